"""Folding: one plain spelling for every way a character can be dressed up, with the way back.

Full-width, superscript and non-Latin digits become ASCII digits, `½` becomes `1/2`, zero-width characters and
combining marks on digits vanish, every kind of dash, minus, space and apostrophe becomes one kind.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u2043", "-")
_QUOTES = dict.fromkeys("\u2018\u2019\u02bc\u2032\uff07", "'")
_OTHER = {
    "\u2044": "/",
    "\u2215": "/",
    "\u066b": ".",
    "\u066c": ",",
    "\u060c": ",",
    "\u00b7": ".",
    "\u2024": ".",
}
_PLAIN = {**_DASHES, **_QUOTES, **_OTHER}


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `at[i]` is the offset in the original of folded character `i`, with one more entry at the end."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span behind a folded span."""
        return self.at[start], self.at[end - 1] + 1 if end > start else self.at[start]


def fold(text: str) -> Folded:
    """Fold a text; linear in its length."""
    if text.isascii():
        return Folded(text, tuple(range(len(text) + 1)))
    out: list[str] = []
    at: list[int] = []
    for offset, char in enumerate(text):
        plain = char if char.isascii() else _plain(char)
        out.append(plain)
        at.extend([offset] * len(plain))
    return Folded("".join(out), (*at, len(text)))


def _plain(char: str) -> str:
    if char in _PLAIN:
        return _PLAIN[char]
    category = unicodedata.category(char)
    if category in ("Cf", "Me", "Mn", "Cs"):
        return ""
    if category == "Zs":
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(char))
    worth = unicodedata.numeric(char, None)
    if worth is not None:
        return _numeral(char, worth)
    spelled = unicodedata.normalize("NFKC", char)
    return spelled if spelled.isascii() or len(spelled) == 1 else "".join(c for c in spelled if c != "\u0301")


def _numeral(char: str, worth: float) -> str:
    spelled = unicodedata.normalize("NFKC", char).replace("\u2044", "/")
    if spelled.isascii() and any(c.isdigit() for c in spelled):
        # Neither `1²` nor `1½` may pass for 12 or 11/2.
        return f" {spelled}" if "/" in spelled else f"^{spelled}"
    return f"{worth:g}" if worth < 1e15 else "1000000000000000"
