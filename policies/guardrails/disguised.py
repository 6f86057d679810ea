"""Secrets in disguise: look-alike letters, breaks inside a key, base64, hex, escapes, rot13, spelling backwards.

A view of the text without its disguise is searched by the same rules of secrets. Most views keep every character at
its place, so that exactly the disguised run is masked; a run that had to be decoded is masked whole.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from policies.guardrails.cleaning import latin

if TYPE_CHECKING:
    from policies.guardrails.masking import Rule

_KEY = "ACCESS KEY"
_ALIKE = frozenset({_KEY, "AWS SECRET KEY", "TOKEN"})
"""Kinds looked for behind look-alike letters; names of passwords are words, and other scripts have words too."""
_ENCODED = _ALIKE | {"PRIVATE KEY", "PASSWORD"}
"""Kinds looked for in what was encoded. Not `SECRET`: AWS's own page tokens decode to a text that names a token."""
_MARK = "*"
_BREAK = r"(?:[ \t]{0,2}\n[ \t]{0,8}(?:[>#*+-] ?)?|</?[a-z]{1,6}>|[ *_`~\\.·:,/‐‑‒–—-]{1,6})?"  # noqa: RUF001 - dashes
_BROKEN = re.compile(rf"A{_BREAK}[KS]{_BREAK}I{_BREAK}A(?:{_BREAK}[A-Z0-9]){{16}}")
_ROT13 = re.compile(r"(?<![A-Za-z0-9])(?:NXVN|NFVN)[A-Z0-9]{16}(?![A-Za-z0-9])")
_BACKWARDS = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]{16}(?:AIKA|AISA)(?![A-Za-z0-9])")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,4000}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[ :]?){20,2000}")
_ESCAPED = re.compile(r"(?:[A-Za-z0-9+/=_.-]|%[0-9A-Fa-f]{2}|&#?[A-Za-z0-9]{1,8};){20,400}")
_NEEDLES = ("QUtJQ", "FLSUF", "BS0lB", "QVNJQ", "FTSUF", "BU0lB")
"""AKIA and ASIA in base64, at each of the three places where they may begin."""
_DEEPEST = 2


def mask_disguised(text: str, kinds: set[str], rules: Sequence[Rule], depth: int = 0) -> str:
    """The text with every disguised secret replaced by its kind in brackets; what was found is added to `kinds`."""
    if not text.isascii():
        text = _alike(text, kinds, rules)
    text = _mask_spans(text, [m.span() for m in _BROKEN.finditer(_plain(text)) if _is_key(m[0])], kinds)
    for pattern in (_ROT13, _BACKWARDS):
        text = _mask_spans(text, [m.span() for m in pattern.finditer(text) if _has_digit(m[0])], kinds)
    if depth >= _DEEPEST:
        return text

    def decoded(match: re.Match[str]) -> str:
        for view in _decoded(match[0]):
            kind = _secret_in(view, rules, depth + 1)
            if kind:
                kinds.add(kind)
                return f"[{kind}]"
        return match[0]

    if "%" in text or "&" in text:
        text = _ESCAPED.sub(decoded, text)
    return _HEX.sub(decoded, _BASE64.sub(decoded, text))


def _alike(text: str, kinds: set[str], rules: Sequence[Rule]) -> str:
    """Masks what only its look-alike letters hid from the rules."""
    for rule in rules:
        if rule.kind in _ALIKE:
            plain, found = _plain(text), []
            for match in rule.pattern.finditer(plain):
                if rule.holds(match):
                    found.append(match.span("secret" if "secret" in rule.pattern.groupindex else 0))
            text = _mask_spans(text, found, kinds, rule.kind)
    return text


def _mask_spans(text: str, spans: list[tuple[int, int]], kinds: set[str], kind: str = _KEY) -> str:
    for start, end in reversed(spans):
        kinds.add(kind)
        text = f"{text[:start]}[{kind}]{text[end:]}"
    return text


def _plain(text: str) -> str:
    """The text with look-alike and accented letters as Latin ones: as long as it was, so that places stay the same."""
    return text if text.isascii() else "".join(map(_plain_letter, text))


@lru_cache(maxsize=4096)
def _plain_letter(char: str) -> str:
    if char.isascii():
        return char
    if unicodedata.category(char) in ("Mn", "Cf"):
        return _MARK
    found = latin(unicodedata.normalize("NFKD", char)[0])
    return found if found.isascii() and found.isalnum() else char


def _is_key(run: str) -> bool:
    """Whether a broken run is a key and no heading in capitals: ASIA is a word ("ASIA PACIFIC SALES TEAM")."""
    groups = re.findall(r"[A-Z0-9]+", re.sub(r"</?[a-z]{1,6}>", " ", run))
    even = len({len(group) for group in groups}) == 1
    if re.match(r"[^S]*K", run):
        return even or _has_digit(run)
    singles = even and len(groups[0]) == 1
    return _has_digit(run) and (singles or any(not g.isalpha() and not g.isdigit() for g in groups))


def _has_digit(run: str) -> bool:
    return any(char.isdigit() for char in run)


def _decoded(run: str) -> list[str]:
    """What a run may say when it is decoded; only what is text."""
    found: list[bytes] = []
    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    offsets = range(4) if any(needle in bare for needle in _NEEDLES) else range(1)
    for at in offsets:
        cut = bare[at:]
        cut = cut[:-1] if len(cut) % 4 == 1 else cut
        try:
            found.append(base64.b64decode(cut + "=" * (-len(cut) % 4), validate=True))
        except (ValueError, binascii.Error):
            continue
    with contextlib.suppress(ValueError):
        found.append(bytes.fromhex(re.sub(r"[ :]", "", run)))
    said = [raw.decode("latin-1") if len(offsets) > 1 else raw.decode(errors="replace") for raw in found]
    if "%" in run or "&" in run:
        said.append(html.unescape(unquote(run, errors="replace")))
    return [text for text in said if "\ufffd" not in text]


def _secret_in(text: str, rules: Sequence[Rule], depth: int) -> str | None:
    """The kind of the first secret in a decoded text."""
    for rule in rules:
        if rule.kind in _ENCODED and any(rule.holds(match) for match in rule.pattern.finditer(text)):
            return rule.kind
    kinds: set[str] = set()
    mask_disguised(text, kinds, rules, depth)
    return min(kinds, default=None)
