"""The finder: everything in a text that reads as a figure, in digits or in words.

It works on folded text (`fold`), in this order: dates, times and periods (`when`); then chunks of non-space
characters with a digit in them (numbers, ranges, amounts, ids, ARNs, addresses, versions); then number words; then
disguises (`lOO`, roman numerals). Harmless uses are listed in `lexicon`. Every run of decimal digits ends up in a
`Found`, unless it is one of those names or a list number. All steps are linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from policies.grounding import lexicon
from policies.grounding.fold import Folded, fold
from policies.grounding.numbers import Number, read_number, read_words
from policies.grounding.when import When, find_times

Kind = Literal["number", "fraction", "ordinal", "vague", "name", "date", "time", "period"]


@dataclass(frozen=True, slots=True)
class Found:
    """A figure in a text: `text[start:end]`, what it may mean, and what unit it names itself.

    `values` holds every reading (`1,234` is 1234 or 1.234); `quantum` is the worth of the last written digit, for
    rounding; `unit` is a unit of `tools.units`, or `months` and the like that no fact has, or None; `nouns` are the
    words that follow a bare number and may name what is counted.
    """

    text: str
    start: int
    end: int
    kind: Kind
    values: tuple[Decimal, ...] = ()
    quantum: Decimal = Decimal(0)
    unit: str | None = None
    nouns: tuple[str, ...] = ()
    rough: bool = False
    when: When | None = field(default=None, compare=False)


_CHUNK = re.compile(r"[^\s|()\[\]{}<>\"“”„«»*`…]+")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_LISTED = re.compile(r"^[ \t]*(?:#{1,4} )?(\d{1,3})[.)](?=[ \t]+\S)", re.MULTILINE)
_ORDINAL = re.compile(r"(\d{1,9})(?:st|nd|rd|th|e|de|º|ª)$", re.IGNORECASE)
_EDGE_BEFORE, _EDGE_AFTER = "'.,;:!?~=_&^@", "'.,;:!?_&^-/"
_ARN = re.compile(r"arn:aws[\w-]*:\S+")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}(?:/\d{1,3})?", re.I)
_DISGUISED = re.compile(r"(?<!\w)(?=[Oo\u041e\u043eQIl|]{0,8}[Oo\u041e\u043e])[1Il|][Oo\u041e\u043eIl|]{1,8}(?!\w)")
_ROMAN = re.compile(r"(?<!\w)(?:X{0,3}(?:IX|IV|V?I{1,3}|V)|X{2,3}|X{1,3}V)(?!\w)")
_MAGNITUDE_AFTER = re.compile(r"[ -]?(?:and a half )?(" + "|".join(lexicon.SCALE) + r"|mln|bn|k|M)\b\.?(?:-?dollar)?")
_UNIT_AFTER = re.compile(
    r"[ -]{0,2}(%|percentage|p(?:er|or)[ -]?cent(?:o\b|\b)|[^\W\d_]{1,12}(?:['-][^\W\d_]{1,12})?)(?:[- ](points?|"
    r"punten|punt|ponto\w*)\b)?"
)
_CURRENCY_BEFORE = re.compile(r"(?<!\w)(us\$|r\$|[$€£¥₹]|[a-z]{3}|euro?s?) ?$", re.IGNORECASE)
_NOUNS_AFTER = re.compile(r"[ -]?((?:[^\W\d_][\w'-]*[ /]?){1,5})")
_ROUGH_BEFORE = re.compile(r"(~|≈|[^\W\d_'][\w'.]*)[ ]?$")


def find_figures(text: str, now: datetime, locale: str = "en", times: tuple[When, ...] | None = None) -> list[Found]:
    """Everything that reads as a figure, in text order, without overlaps. Offsets are those of `text`.

    `times` are the phrases of time in `text` if they are known already.
    """
    folded = fold(text)
    if times is None or folded.text != text:
        times = find_times(folded.text, now)
    taken = bytearray(len(folded.text))
    found: list[Found] = []
    for match in _LISTED.finditer(folded.text):
        if _counts_up(match, folded.text):
            _take(taken, match.start(1), match.end(1))
    for match in lexicon.NAMES.finditer(folded.text):
        if _stands_alone(match, folded.text):
            _take(taken, *match.span())
    for phrase in lexicon.HARMLESS.finditer(folded.text):
        if _stands_alone(phrase, folded.text):
            _take(taken, *phrase.span())
    for our in _OUR.finditer(folded.text):
        if locale == "nl" or (locale == "en" and _is_dutch(folded.text, our.start())):
            _take(taken, *our.span())
    for when in times:
        if not any(taken[when.start : when.end]) and _stands(when, folded.text):
            _take(taken, when.start, when.end)
            found.append(Found("", when.start, when.end, when.kind, when=when))
    for piece in (
        *_digits(folded.text, taken, locale),
        *_words(folded.text, taken),
        *_disguises(folded.text, taken),
    ):
        found.append(piece)
    return [_settle(each, folded, text) for each in sorted(found, key=lambda f: f.start)]


_OUR = re.compile(r"(?<!\w)onze(?= [^\W\d_])", re.IGNORECASE)
_DUTCH = re.compile(
    r"\b(?:het|een|van|zijn|staan|staat|hebben|heeft|wij|voor|met|niet|dat|deze|bij|kosten|waren|werd|worden|uit|ook|"
    r"maar|naar|kijken|geen|wel)\b",
    re.IGNORECASE,
)
_PORTUGUESE = re.compile(
    r"\b(?:o|a|os|as|um|uma|de|do|da|dos|das|no|na|nos|nas|em|e|que|para|com|por|s\u00e3o|est\u00e3o|foram|h\u00e1|t\u00eam|"
    r"n\u00e3o|mais|ao|pelo|pela|outros|demais)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(r"\b(?:the|of|and|are|were|have|has|with|for|there|to|on|was|you|our|by|from)\b", re.IGNORECASE)


def _is_dutch(text: str, at: int) -> bool:
    """Whether the words around an offset are Dutch, where `onze` is `our`, rather than Portuguese, where it is 11."""
    around = text[max(0, at - 120) : at + 120]
    dutch = len(_DUTCH.findall(around))
    return dutch > len(_PORTUGUESE.findall(around)) and dutch > len(_ENGLISH.findall(around))


def _digits(text: str, taken: bytearray, locale: str) -> Iterator[Found]:
    for match in _CHUNK.finditer(text):
        start, end = match.span()
        if not _has_digit(text, start, end, taken):
            continue
        if len(whole := match[0]) < 2048 and (_ARN.match(whole) or _ADDRESS.fullmatch(whole.rstrip(".,;:"))):
            end = start + len(whole.rstrip(".,;:"))
            _take(taken, start, end)
            yield Found("", start, end, "name")
            continue
        for left, right in _parts(text, start, end, taken):
            yield from _part(text, left, right, taken, locale)


def _parts(text: str, start: int, end: int, taken: bytearray) -> Iterator[tuple[int, int]]:
    """The chunk's stretches that are not taken; a range such as `10-20` or `5/11` falls into its numbers."""
    left = start
    for index in range(start, end + 1):
        if index < end and not taken[index]:
            continue
        if left < index:
            piece = text[left:index]
            sides = (
                re.split(r"(?<=[\dkKmM%])(?:-|/|\.\.\.?|x|\u00d7|:)(?=[$€£]?\d)", piece) if len(piece) < 64 else [piece]
            )
            if len(sides) > 1 and all(read_number(side.strip(_EDGE_BEFORE + _EDGE_AFTER)) for side in sides):
                at = left
                for side in sides:
                    at = text.index(side, at)
                    yield at, at + len(side)
                    at += len(side)
            else:
                yield left, index
        left = index + 1


def _part(text: str, start: int, end: int, taken: bytearray, locale: str) -> Iterator[Found]:
    while start < end and text[start] in _EDGE_BEFORE + "/-+" and not (text[start] in "-+" and _signs(text, start)):
        start += 1
    while start < end and text[end - 1] in _EDGE_AFTER:
        end -= 1
    if not _has_digit(text, start, end, taken):
        return
    piece = text[start:end]
    ordinal = _ORDINAL.fullmatch(piece) if len(piece) < 16 else None
    if ordinal:
        _take(taken, start, end)
        yield Found("", start, end, "ordinal", (Decimal(ordinal[1]),))
    elif len(piece) < 48 and (number := read_number(piece)):
        yield _number(text, start, end, number, taken, locale)
    elif re.fullmatch(r"\d{1,4}-[^\W\d_]{2,12}", piece):
        cut = start + piece.index("-")
        plain = read_number(text[start:cut])
        if plain:
            yield _number(text, start, cut, plain, taken, locale)
    else:
        _take(taken, start, end)
        yield Found("", start, end, "name")


def _number(text: str, start: int, end: int, number: Number, taken: bytearray, locale: str) -> Found:
    """A number with what stands around it: currency before or after, magnitude, unit, nouns."""
    unit, factor = number.unit, number.factor
    if factor == 1 and unit is None and (magnitude := _MAGNITUDE_AFTER.match(text, end)):
        word = magnitude[1].lower()
        factor, end = lexicon.SCALE.get(word) or lexicon.SUFFIX[word], magnitude.end()
    before = _CURRENCY_BEFORE.search(text, max(0, start - 6), start) if not number.currency else None
    if before and before[1].lower() in lexicon.CURRENCY:
        unit, start = lexicon.CURRENCY[before[1].lower()], before.start(1)
    elif unit is None and (after := _unit_after(text, end)):
        unit, end = after
    _take(taken, start, end)
    values = tuple(value * factor for value in number.values)
    rough = _rough(text, start)
    nouns = () if unit else _nouns(text, end)
    return Found("", start, end, "number", values, number.quantum * factor, unit, nouns, rough)


def _words(text: str, taken: bytearray) -> Iterator[Found]:
    words = [m for m in _WORD.finditer(text) if not taken[m.start()]]
    index = done = 0
    while index < len(words):
        if words[index].start() < done:
            index += 1
            continue
        reading = read_words([w[0].lower() for w in words[index : index + 8]], _gaps(text, words, index))
        if reading is None:
            index += 1
            continue
        start, end = words[index].start(), words[index + reading.length - 1].end()
        index += reading.length
        unit = None
        if reading.kind != "vague" and (after := _unit_after(text, end)):
            unit, end = after
        if reading.kind == "ordinal" and unit is None and not _states_rank(text, end):
            unit = None
        nouns, done = () if unit else _nouns(text, end), end
        _take(taken, start, end)
        yield Found("", start, end, reading.kind, (reading.value,), Decimal(0), unit, nouns, _rough(text, start))


def _disguises(text: str, taken: bytearray) -> Iterator[Found]:
    for pattern in (_DISGUISED, _ROMAN):
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]) and (pattern is _DISGUISED or _roman_counts(match, text)):
                _take(taken, *match.span())
                yield Found("", *match.span(), "name")


def _roman_counts(match: re.Match[str], text: str) -> bool:
    return match[0] not in ("I", "V", "X") or bool(
        re.match(r" (?:%|percent|findings|accounts|days)", text[match.end() :][:12])
    )


def _states_rank(text: str, end: int) -> bool:
    return bool(re.match(r"[ -](?:\w+ ){0,2}(?:largest|highest|biggest|place|rank)", text[end : end + 40]))


def _unit_after(text: str, end: int) -> tuple[str, int] | None:
    match = _UNIT_AFTER.match(text, end)
    if not match:
        return None
    word = match[1].lower().replace(" ", "-").replace("per-cent", "percent").replace("por-cento", "percent")
    if word in ("percentage", "percent", "%", "procent", "pontos", "ponto") and (match[2] or word.startswith("ponto")):
        return "percentage points", match.end()
    if word in ("point", "points") and text[match.end() : match.end() + 1] != "s":
        return "percentage points", match.end(1)
    close = text[end : match.start(1)] == "" or len(word) > 2
    unit = (
        lexicon.UNIT.get(word)
        if close or word == "%" or word.isupper() or word in ("pp", "gb", "tb", "mb", "kb")
        else None
    ) or (lexicon.CURRENCY.get(word) if len(word) > 2 or not word.isalpha() else None)
    return (unit, match.end(1)) if unit else None


def _nouns(text: str, end: int) -> tuple[str, ...]:
    match = _NOUNS_AFTER.match(text, end)
    return tuple(re.split(r"[ /]", match[1].strip().lower())) if match else ()


def _rough(text: str, start: int) -> bool:
    match = _ROUGH_BEFORE.search(text, max(0, start - 16), start)
    return bool(match and match[1].lower() in lexicon.ROUGHLY)


def _gaps(text: str, words: list[re.Match[str]], index: int) -> list[str]:
    return [
        text[a.end() : b.start()] for a, b in zip(words[index : index + 8], words[index + 1 : index + 9], strict=False)
    ]


def _signs(text: str, at: int) -> bool:
    return (
        at + 1 < len(text)
        and (text[at + 1].isdigit() or text[at + 1] in "$€£.")
        and (at == 0 or not text[at - 1].isalnum())
    )


def _counts_up(match: re.Match[str], text: str) -> bool:
    number = int(match[1])
    if number == 1:
        return True
    pattern = re.compile(rf"^[ \t]*(?:#{{1,4}} )?{number - 1}[.)][ \t]+\S", re.MULTILINE)
    return number <= 50 and bool(pattern.search(text, 0, match.start()))


def _stands_alone(match: re.Match[str], text: str) -> bool:
    """Not part of a longer word: `S3` in `S3 bucket`, not in `S300`."""
    start, end = match.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    follows = text[end + 1 : end + 2]
    glued = (after in "-.:,/" and after != "" and follows.isdigit()) or after.isalnum() or after in "_%"
    return not (before.isalnum() or (before in "_$€£" and before != "") or (glued and after != ""))


def _stands(when: When, text: str) -> bool:
    return not (when.start and text[when.start - 1].isalnum()) and not text[when.end : when.end + 1].isalnum()


def _has_digit(text: str, start: int, end: int, taken: bytearray) -> bool:
    return any(text[i].isdigit() and not taken[i] for i in range(start, end))


def _take(taken: bytearray, start: int, end: int) -> None:
    taken[start:end] = b"\x01" * (end - start)


def _settle(found: Found, folded: Folded, text: str) -> Found:
    start, end = folded.span(found.start, found.end)
    return replace(found, text=text[start:end], start=start, end=end)
