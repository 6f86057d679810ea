"""Cleaning: a text as a person would read it, without what steers a terminal, hides, or disguises letters."""

from __future__ import annotations

import re
import unicodedata

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # control sequences: colours, cursor, erase
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]{0,4000}(?:\x07|\x1b\\|\x9c)?"  # strings: titles, links
    r"|\x1b[ -/]*[0-~]?"
)
_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_IGNORABLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_FOLDED = ("<wide>", "<narrow>", "<font>", "<circle>", "<initial>", "<medial>", "<final>", "<isolated>")
_DANGEROUS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def clean(text: str) -> str:
    """Without escape sequences, control, invisible and direction characters; disguised letters in their plain form.

    Accents, other scripts and emoji stay: a joiner stays between two emoji and inside a word of a script that joins.
    Superscripts and fractions stay as well, because `10²` is not `102`.
    """
    if text.isascii() and not _ASCII_CONTROL.search(text):
        return text
    text = unicodedata.normalize("NFC", "".join(map(_folded, text)))
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text))
    kept: list[str] = []
    for at, char in enumerate(text):
        after = text[at + 1] if at + 1 < len(text) else ""
        if _stays(char, kept[-1] if kept else "", after):
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


# Letters of other scripts that look like a Latin one; NFKC leaves them as they are.
_LOOKALIKES = str.maketrans(
    "абвгԁеёһіїјкӏмноорԛгѕстуԝхузьАВЕЅІЈКМНОРСТУХαβεγικνορστυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧօոսցհıɑɡɩʟɴʀʏ",
    "abbrdeehiijkimhoopqrsctywxy3bABESIJKMHOPCTYXabeyikvopctuxwABEZHIKMNOPTYXonughiagilnry",
)


def latin(text: str) -> str:
    """Look-alike letters of Cyrillic, Greek, Armenian and phonetic scripts as the Latin letters they imitate."""
    return text if text.isascii() else text.translate(_LOOKALIKES)


def visible(text: str) -> str:
    """For a terminal: control, direction and surrogate characters written as `\\u001b`. JSON stays JSON."""
    return _DANGEROUS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _folded(char: str) -> str:
    if char.isascii() or not unicodedata.decomposition(char).startswith(_FOLDED):
        return char
    return unicodedata.normalize("NFKC", char)


def _stays(char: str, before: str, after: str) -> bool:
    if char in "\n\t":
        return True
    if char == _ZWJ and (_emoji(before) and _emoji(after)):
        return True
    if char in (_ZWJ, _ZWNJ):
        return _joins(before) and _joins(after)
    if "\ufe00" <= char <= "\ufe0f":
        return _emoji(before) and before not in _VARIATIONS
    if "\U000e0100" <= char <= "\U000e01ef":
        return False
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co") and char not in _IGNORABLE


_VARIATIONS = frozenset(map(chr, range(0xFE00, 0xFE10)))


def _emoji(char: str) -> bool:
    return bool(char) and (unicodedata.category(char) in ("So", "Sk") or char in _VARIATIONS) and not char.isascii()


def _joins(char: str) -> bool:
    """A letter or mark of a script that joins its letters: Arabic to Sinhala, Myanmar, Khmer, Mongolian."""
    return bool(char) and ("\u0600" <= char <= "\u0dff" or "\u1000" <= char <= "\u18af") and char not in _IGNORABLE
