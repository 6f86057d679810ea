"""Hours: a part of a day, or hours of each day, that a text names: an evening, `14:00 to 16:00`, office hours. In UTC."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.models.offline.times.clock import Clock, clock_in

DAY = 1440
"""Minutes of a day."""
EITHER_SIDE = 30
"""Minutes to look to either side of a time of day, unless another number is said."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of a day in minutes from midnight of the day that is named; it may reach into the next one."""

    start: int
    end: int
    kind: str = "part"
    """`part` of a day; `open` to its other end; `since` it began; `ends`: the first on the first day named, the last on
    the last; `each` day; `many` parts of several days; or `last`: the minutes up to now."""
    word: str = ""
    """Of `each` day, what the queries call it, where they have a word for it."""
    today: bool = False
    """Whether it is a part of this day by its name alone ("tonight")."""


_PARTS = {
    "morning": (6, 9, 12), "afternoon": (12, 15, 18), "evening": (18, 21, 24), "eve": (18, 21, 24), "night": (18, 30, 30),
    "am": (6, 9, 12), "pm": (12, 15, 18), "aft": (12, 15, 18), "overnight": (18, 30, 30), "tonight": (18, 21, 24),
    "small hours": (0, 6, 6), "early hours": (0, 6, 6), "wee hours": (0, 6, 6), "dead of night": (0, 6, 6),
    "avond": (18, 21, 24), "ochtend": (6, 9, 12), "morgen": (6, 9, 12), "middag": (12, 15, 18), "nacht": (18, 30, 30),
    "noite passada": (18, 30, 30), "noite": (18, 21, 24), "tarde": (12, 15, 18), "manha": (6, 9, 12), "lunch": (12, 14, 14), "lunchtime": (12, 14, 14),
    "first half": (0, 12, 12), "second half": (12, 24, 24),
}  # fmt: skip
"""From when, to when it is early, and until when, in hours."""
_OFFICE = r"(?:normal |regular |usual |our |the )*(?:office|business|working|work|kantoor) ?(?:hours|uren|day|time)|kantooruren"
_OUTSIDE = re.compile(
    rf"\b(?:outside|out|beyond|off|not (?:with)?in|not during|buiten|outwith|other than)(?: of)?[ -](?:{_OFFICE}|hours)\b|\bafter[ -](?:{_OFFICE}|hours)\b(?! of)"
    r"|\boffice (?:is|was) closed\b|\boff[ -]hours\b"
)
_WITHIN = re.compile(rf"\b(?:{_OFFICE}|nine to five|9 to 5)\b")
_EACH = re.compile(
    r"\b(?:(?:at|by|each|every|per) (?P<one>night|evening|morning|afternoon)s?|(?:the |in |during )*(?P<many>night|evening|morning|afternoon)s|nights)\b"
)
_NOT = r"(?! (?:reports?|briefings?|checks?|calls?|meetings?|summary|shift|stand|update|round)s?\b)"
_PART = re.compile(
    r"(?<!good )(?<!this is )(?<![a-z](?<!van)(?<!gister)(?<!dag))(?P<part>morning|afternoon|evening|eve|night|overnight|tonight|small hours|early hours|wee hours|dead of night|lunch(?:time)?|aft|"
    r"(?:(?<=\bvan)|(?<=\bgister)|(?<=\bgisteren )|(?<=dag)|(?<=dag ))(?:avond|ochtend|morgen|middag|nacht)|nacht|noite passada|(?<=ontem a )(?:tarde|noite)|(?<=hoje de )manha|"
    r"(?:first|second) half(?= of (?:the )?(?:day|mon|tue|wed|thu|fri|sat|sun|yesterday))|(?<=day )[ap]m|(?<=day )[ap](?=\.m\b))(?!\w)"
    + _NOT
)
_WHOLE = re.compile(
    r"\b(?:morning (?:to|till|until) (?:evening|night)|(?:day and|morning , noon and|noon and) night|all day|whole day|round the clock)\b"
)
_WIDE = re.compile(r"\b(early|late)\b(?: \w+)?(?: \w+)?(?: \w+)? $")
_CLOCK = r"[\w:.]+(?: ?(?:am|pm|o ?'? ?clock|utc))?"
_AFTER = re.compile(rf"(?<!just )(?<!shortly )(?<!soon )\b(?:after|past|later than|beyond)(?: about)? {_CLOCK} *$")
_FROM = re.compile(rf"\bfrom {_CLOCK} *$")
_ONWARDS = re.compile(
    r" *(?:utc )?(?:onwards?|on\b(?! (?:the|\w+day|\d))|(?:until|till|to) (?:the end|late|midnight)|up\b)|.*\b(?:so far|now)\b"
)
_BEFORE = re.compile(
    rf"(?<!just )(?<!shortly )\b(?:before|until|till|up to|earlier than|prior to|no later than)(?: about)? {_CLOCK} *$"
)
_UP_TO = re.compile(r"\b(?:to|until|till|op)\b|\.\.")
_SINCE = re.compile(r"\bsince (?:the |yesterday |last |this |early |late |\w+day |of )*$")
_LAST = re.compile(r"\b(?:last|past|previous|these) (\d{1,3}) min")


_HALF_SAID = re.compile(r"\bbetween \d{1,2} and \d{1,2}(?= (?:on|yesterday|today|this)\b)")
"""Of the morning or of the afternoon, that is not said."""


def hours_in(said: str, text: str, clock: Clock | None, rest: str, *, days: int) -> Hours | None:
    """The hours that are named in what was `said`, or in the `text` that its times were made plain in.

    `clock` was found in that text, and `rest` is left of it; `days` is how many days are named.
    """
    if _OUTSIDE.search(said):
        return Hours(8 * 60, 18 * 60, "each", "outside_office")
    if last := _LAST.search(text):
        return Hours(int(last[1]), 0, "last")
    if clock is not None:
        return _by_clock(text, clock, rest, days)
    if _WITHIN.search(said) or "from always" in text:
        return Hours(8 * 60, 18 * 60, "part", "office")
    if each := _EACH.search(said):
        part = each["one"] or each["many"] or "night"
        start, _, end = _PARTS[part]
        return Hours(start * 60 if part != "night" else 22 * 60, end * 60, "each" if days != 1 else "part")
    if _HALF_SAID.search(text):
        return Hours(0, 0, "many")
    found = list(_PART.finditer(said)) if not _WHOLE.search(said) else []
    if not found:
        return None
    first, last_part = _of_part(found[0], said), _of_part(found[-1], said)
    if first == last_part or days < 2:
        return first
    one = "between" in said or _UP_TO.search(said[found[0].end() : found[-1].start()])
    return Hours(first.start, last_part.end, "ends" if one else "many")


def _of_part(match: re.Match[str], text: str) -> Hours:
    name = match["part"] + ("m" if match["part"] in ("a", "p") else "")
    start, middle, end = _PARTS[name]
    if (said := _WIDE.search(text[: match.start()])) and middle < end:
        start, end = (start, middle) if said[1] == "early" else (middle, end)
    kind = "since" if _SINCE.search(text[: match.start()]) else "part"
    return Hours(start * 60, end * 60, kind, today=name == "tonight")


def _by_clock(text: str, clock: Clock, rest: str, days: int) -> Hours:
    if clock.either_side is not None:
        left = clock.minute - clock.either_side
        left += left % 5 == 4  # half of an odd number of minutes was rounded up
        return Hours(left, clock.minute + clock.either_side)
    other, _ = clock_in(rest)
    point = other if other and other.either_side is None else None
    if point and days > 1:
        return Hours(clock.minute, point.minute, "ends")
    said = text[: clock.place[1]]
    if _AFTER.search(said) or (_FROM.search(said) and _ONWARDS.match(text[clock.place[1] :])):
        return Hours(clock.minute, DAY, "open")
    if _BEFORE.search(said):
        return Hours(0, clock.minute, "open")
    if point and clock.minute < point.minute:
        return Hours(clock.minute, point.minute)
    return Hours(clock.minute - EITHER_SIDE, clock.minute + EITHER_SIDE)
