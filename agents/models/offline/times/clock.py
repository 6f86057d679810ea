"""Clock: a time of day, or a stretch of one, in figures or words, and how far to look to either side of it."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.models.offline.words.lazily import compiled
from agents.models.offline.words.text import number


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in minutes from midnight UTC (it may lie outside the day, where a zone or midnight moves it)."""

    minute: int
    either_side: int | None = None
    """Minutes to look before and after it, where that was said."""
    onward: bool = False
    """Said with `since`: from it until now."""
    place: tuple[int, int] = (0, 0)
    """Where it stands in the text."""

    @property
    def around(self) -> str:
        """The time of day as `HH:MM`."""
        return f"{self.minute // 60 % 24:02d}:{self.minute % 60:02d}"

    @property
    def days(self) -> int:
        """Days that it lies after the day that was named with it."""
        return self.minute // 1440


_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HALF = r"(?: ?(am|pm|a\.m|p\.m))"
_CUE = r"(?:at|around|about|circa|ca|near|by|approximately|approx|roughly|towards|om|rond|just before|just after|shortly before|shortly after|since|after|before|as)"
_OCLOCK = r"(?: o ?'? ?clock)"
_ON_DAY = r"(?= (?:utc|gmt|zulu|hrs|hours|on|yesterday|today|this|last|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|in the)\b)"
_TIME = rf"(\d{{1,2}}|{_WORDS})(?:[:.h](\d\d))?(?:{_HALF})?"
_ZONES = {
    "utc": 0, "gmt": 0, "z": 0, "zulu": 0, "cest": 120, "cet": 60, "bst": 60, "ist": 60, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "pst": -480, "pdt": -420, "amsterdam time": 120, "dutch time": 120, "london time": 60,
}  # fmt: skip
"""Minutes that a zone is ahead of UTC; of a place, in summer."""
_ZONE = re.compile(r"^ ?(" + "|".join(sorted(_ZONES, key=len, reverse=True)) + r")\b")
_WIDTH = (
    r"\b(?:within |give or take |plus or minus |plus minus |plus/minus |by )(\d{1,3}|half an?|an?|one|two) ?(minutes?|mins?|min|m|hours?|h)\b(?: of)?|"
    r"\b(\d{1,3}|an?|one|two|half an?) ?(minutes?|mins?|min|m|hours?|h)\b (?:(?:either side|each side|both sides|each way|before and after|around|on either side|on both sides|to either side)\b(?: of)?)"
)

_STRETCH = rf"\b(?:between |from |van |tussen |entre as )?{_TIME} ?(?:utc |hrs |h |h(?=-))?(?:and|to|until|till|through|-|en|tot|e as) ?{_TIME}(?:h\b)?(?![\w:/.-]| (?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|okt|nov|dec))(?: ?(?:hrs|hours|h)\b)?"
_FIGURES = (
    rf"(?<![\w:./-])([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?:{_HALF})?z?(?![\w:])|"
    rf"(?<![\w:./-])([01]?\d|2[0-3])h([0-5]\d)(?!\w)|"
    rf"\b{_CUE} ([01]?\d|2[0-3])\.([0-5]\d)(?:{_HALF})?(?![\w.])|"
    rf"(?<![\w:./-])(1[0-2]|[1-9])(?:\.([0-5]\d))?{_HALF}(?!\w)|"
    rf"\b{_CUE} ([01]\d|2[0-3])([0-5]\d)(?: ?(?:h|hrs|hours|utc|gmt|z|zulu))?(?![\w.-]| (?:accounts?|errors?|dollars|euros|usd|eur|findings?|instances?|percent))|"
    rf"(?<![\w:./-])([01]\d|2[0-3])([0-5]\d) ?(?:h|hrs|utc|zulu)(?!\w)|"
    rf"(?<![\w:./-])([01]?\d|2[0-3]) ?(?:hrs?|h|uhr|uur) (?=utc\b|on the\b)|"
    rf"\b(?:at|around|about) ([01]?\d|2[0-3]) ?(?:h|uur|uhr)(?!\w)"
)
_SPOKEN = rf"\b(?:{_CUE} )?(?:(?:a )?(quarter|half)|(five|ten|20|25|twenty|\d{{1,2}})(?: minutes?)?) (past|after|to|before|of) ({_WORDS}|\d{{1,2}})(?:{_OCLOCK})?(?:{_HALF})?(?!\w| (?:days?|weeks?|months?|hours?|accounts?|minutes?))"
_HOUR = (
    rf"\b(?:{_CUE} )({_WORDS}|1[0-2]|[1-9])(?:{_OCLOCK}|{_ON_DAY}|(?= ?[,?;]?$))|(?<!\w)({_WORDS}|1[0-2]|[1-9]){_OCLOCK}|"
    rf"(?<!\w)(?:clock struck )({_WORDS})\b|(?<!\w)({_WORDS})(?= (?:am|pm)\b)|(?<!\w)({_WORDS}|1[0-2]|[1-9])(?= (?:in the (?:morning|afternoon|evening)|this morning|this evening|at night)\b)"
)
_NOON = r"\b(?:(?:at|around|about|just|shortly|by|near) )*(?:(?<!hour )(?<!hours )(?<!minute )(?<!minutes )(before|after) )?(?<!since )(noon|midday|midnight)\b"
_ONWARD = re.compile(
    r"\bsince (?:about |around )?(?:(?:yesterday|today|this morning|last night) )?(?:at |around |about )?(?:\d[\d:.h]*|(?:half past )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: o ?'? ?clock)?) ?(?:am|pm)?(?: utc)?$"
)
_NEAR = 15
"""Half of the minutes that `just before` a time is, which end with it, or `just after` it, which begin with it."""
_JUST = (
    r"(?<!since )(?<!until )(?<!till )(?<!from )\b(?:(?:just|shortly|right|immediately|directly|moments|soon|straight) "
    r"(?:(?P<after>after|past|following)|before|prior to|ahead of)(?: the)?|(?:vlak|net|kort) (?:(?P<na>na)|voor|for)) "
)


_MAYBE = re.compile(rf"\d|\b(?:{_WORDS}|noon|midday|midnight|lunch ?time|half past|quarter (?:past|to))\b")


def clock_in(text: str) -> tuple[Clock | None, str]:
    """The time of day that is named, and the text without it (as many characters as before)."""
    if not _MAYBE.search(text):
        return None, text
    either, text = _width(text)
    for finder, maybe in _FINDERS:
        if maybe.search(text) and (found := finder(text)):
            minute, start, end, side = found
            zone = _ZONE.match(text[end:])
            if zone:
                minute, end = minute - _ZONES[zone[1]], end + zone.end()
            if beside := compiled(_BESIDE).search(text[:start]):
                minute, side = _moved(beside, minute, side)
                start = beside.start()
            elif side is None and (just := _just(text[:end], start)):
                minute, side = minute + (_NEAR if just["after"] or just["na"] else -_NEAR), _NEAR
                start = just.start()
            onward = side is None and bool(_ONWARD.search(text[:end]))
            clock = Clock(minute, either if either is not None else side, onward, (start, end))
            return clock, text[:start] + " " * (end - start) + text[end:]
    return None, text


_BESIDE = r"(?:\b(in|during|within|over) )?(?:\b(the) )?(?:\b(\d{1,3}|half an|an?|one|two|three|four|five|six|ten|last|final) )?\b(minute|hour)s? (before|prior to|leading up to|up to|after|following|from)(?: the)? $"


def _moved(match: re.Match[str], minute: int, side: int | None) -> tuple[int, int | None]:
    """A time of day moved ("two hours before midnight"), or the stretch beside it ("in the hour before 19:10")."""
    size = 60 if match[4] == "hour" else 1
    length = size // 2 if match[3] == "half an" else (number(match[3] or "") or 1) * size
    back = match[5] not in ("after", "following", "from")
    if match[1] or match[2]:
        half = max(1, length // 2)
        return minute + (-half if back else half), half
    return minute + (-length if back else length), side


def _just(said: str, start: int) -> re.Match[str] | None:
    """Where a time of day that stands from `start` on, at the end of what is said, is one that was just before or after."""
    return next((one for one in compiled(_JUST).finditer(said) if one.end() >= start), None)


def _width(text: str) -> tuple[int | None, str]:
    match = compiled(_WIDTH).search(text)
    if match is None or (
        match[1]
        and not re.match(r" ?(?:of )?(?:the )?(?:\d|a |\w+ past)", text[match.end() :])
        and not re.search(r"\d[:.h]\d\d", text)
    ):
        return None, text
    count, unit = match[1] or match[3], match[2] or match[4]
    size = 60 if unit.startswith("h") else 1
    minutes = size // 2 if count.startswith("half") else (number(count) or 1) * size
    return minutes, text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]


def _of_day(hour: int, half: str | None, text: str, beside: str = "") -> int:
    """The hour of the day, by its half or the part of the day that is spoken of, `beside` it before elsewhere."""
    if half:
        return hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 12:
        return hour
    part = re.match(rf".{{0,18}}?{_DAYTIME}", beside) or re.search(_DAYTIME, text)
    if part is None or part[1] == "morning":
        return hour
    if part[1] == "afternoon" or (part[1] == "evening" and hour != 12):
        return hour % 12 + 12
    return hour + 12 if 6 <= hour <= 11 else hour % 12


def _hour_of(text: str) -> int:
    return number(text) or 0


_DAYTIME = r"\b(morning|afternoon|evening|night|tonight|noon)\b"
_Found = tuple[int, int, int, int | None]


def _stretch(text: str) -> _Found | None:
    for match in compiled(_STRETCH).finditer(text):
        marked = (
            match[2]
            or match[5]
            or match[3]
            or match[6]
            or re.search(r"\b(?:hrs|hours|h)$", match[0])
            or re.match(r" ?(?:utc|hrs|h|uur|o clock|in the (?:morning|afternoon|evening))\b", text[match.end() :])
            or (match[0].startswith(("between", "from")) and re.search(_DAYTIME, text))
        )
        first, last = number(match[1]) or 0, number(match[4]) or 0
        if not marked or first > 24 or last > 24 or (match[2] or "00") > "59" or (match[5] or "00") > "59":
            continue
        if "." in match[0] and not (match[3] or match[6] or "between" in match[0] or "from" in match[0]):
            continue
        halves = (match[3] or match[6], match[6])
        said = "" if max(first, last) > 12 else text  # of 24 hours: in the evening, 06:00 is no evening
        left = _of_day(first, halves[0], said) * 60 + int(match[2] or 0)
        right = _of_day(last, halves[1], said) * 60 + int(match[5] or 0)
        if left > right and not match[3] and match[6]:
            left = _of_day(first, "am", text) * 60 + int(match[2] or 0)
        if right <= left:
            right += 1440
        return left + (right - left) // 2, match.start(), match.end(), -(-(right - left) // 2)
    return None


def _figures(text: str) -> _Found | None:
    for match in compiled(_FIGURES).finditer(text):
        if re.search(r"\d{4}-\d\d-\d\dt?$", text[: match.start()]):
            continue
        parts = [group for group in match.groups() if group]
        half = next((part for part in parts if part[0] in "ap"), None)
        figures = [part for part in parts if part.isdigit()]
        hour, minute = int(figures[0]), int(figures[1]) if len(figures) > 1 else 0
        if len(figures) > 1 and re.fullmatch(rf"{_CUE} 20[2-3]\d", match[0]):
            continue  # a year
        plain = bool(half) or ":" not in match[0] or hour > 12
        beside = text[match.end() :]
        return (
            (_of_day(hour, half, "" if plain else text, "" if plain else beside)) * 60 + minute,
            match.start(),
            match.end(),
            None,
        )
    return None


def _spoken(text: str) -> _Found | None:
    for match in compiled(_SPOKEN).finditer(text):
        cued = bool(re.match(_CUE, match[0])) or match[1] or match[5]
        if match[3] in ("to", "of", "before", "after") and not cued:
            continue
        if match[3] in ("of", "after", "before") and not match[1] and not re.match(_WORDS, match[4]):
            continue
        size = {"quarter": 15, "half": 30}.get(match[1] or "") or number(match[2] or "") or 0
        hour = _hour_of(match[4])
        if not 1 <= hour <= 12 or not 1 <= size <= 30:
            continue
        minute = _of_day(hour, match[5], text) * 60 + (size if match[3] in ("past", "after") else -size)
        return minute, match.start(), match.end(), None
    return None


def _noon(text: str) -> _Found | None:
    for match in compiled(_NOON).finditer(text):
        if re.search(r"\b(?:since|until|till|this) $", text[: match.start()]) or re.match(r"(?:since|until)", match[0]):
            continue
        base = 720 if match[2] != "midnight" else 1440
        return base, match.start(), match.end(), None
    return None


def _hour(text: str) -> _Found | None:
    for match in compiled(_HOUR).finditer(text):
        named = next(group for group in match.groups() if group)
        rest = text[match.end() :]
        if (
            match[1]
            and not re.search(r"clock", match[0])
            and not re.match(r" (?:utc|gmt|hrs|yesterday|this|last|in the|on)\b", rest)
            and not re.match(r" (?:mon|tue|wed|thu|fri|sat|sun)", rest)
            and not re.match(r"(?:at|around) ", match[0])
        ):
            continue
        half = re.match(r" (am|pm)\b", rest)
        end = match.end() + (half.end() if half else 0)
        return _of_day(_hour_of(named), half[1] if half else None, text) * 60, match.start(), end, None
    return None


_FINDERS = (
    (_stretch, re.compile(rf"\d|\b(?:between|from|tussen) (?:{_WORDS})\b")),
    (_figures, re.compile(r"\d")),
    (_spoken, re.compile(r" (?:past|to|after|before|of) ")),
    (_noon, re.compile(r"noon|midday|midnight|lunch")),
    (_hour, re.compile(r"clock|\b(?:at|around|about|circa|near|by|before|after|in the|this|am|pm)\b")),
)
"""Ways to find a time of day, each with what a text must hold for it, in the order in which they are tried."""
