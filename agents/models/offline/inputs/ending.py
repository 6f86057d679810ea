"""Ending: the time in which commitments that are asked about end ("which expire in 2027?"), or what AWS planned begins.

What a question means is weighed by its time alone, as it was learned; which of the two it is, is put in at the end.
"""

# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.times import dates
from agents.models.offline.times.when import FUTURE
from agents.models.offline.words.text import number
from tools.periods import parse_dates

ENDS = re.compile(
    r"\b(?:expir\w*|laps(?:e[sd]?|ing)|r[ua]n(?:s|ning)? out|renewals?|renew(?:ed|ing)?|(?:fall|fell) away"
    r"|end(?:s|ed|ing)?(?! (?:of|up)\b)|matur\w+)\b"
)
_ENDED = re.compile(r"\b(?:expired|lapsed|ran out|ended|fell away)\b")
_OF_THEM = re.compile(r"\b(?:ones?|those|these|them|which)\b")
_MEASURED = re.compile(
    r"\b(?:cover\w*|utili[sz]\w*|us(?:e|ed|age)|sav(?:e|ed|ings?)(?! plans?\b)|cost\w*|spen[dt]\w*|pa(?:y|id))\b"
)
_COMING = re.compile(r"\b(?:next|coming|within|in) (?:the )?(?:next |coming )?(\w+) (day|week|month)s?\b")
_QUARTER = re.compile(r"\b(?:next|coming) quarter\b")
_UNTIL = re.compile(r"\b(?P<before>before|prior to|earlier than)|\b(?:by|until|till|up to|no later than)$")
_TO_THE_END = frozenset({"this_year", "this_month_end"})
_MONTH, _LONG = r"\d{4}-\d\d", {"day": 1, "week": 7, "month": 30}


def expiring(
    calls: Sequence[PlannedCall], reading: Reading, now: datetime, earlier: Sequence[PlannedCall] = ()
) -> tuple[PlannedCall, ...]:
    """The calls, with the time in which commitments end in place of one over which they are measured.

    So with the time to come in which what AWS planned begins, or that of the `earlier` call where no other is named.
    Beside other calls the time may be that of another clause, so that all is told.
    """
    queries = [call.query for call in calls]
    if queries == ["commitments"] and (word := _window(reading, now, earlier)):
        any_kind = {} if _OF_A_KIND.search(reading.flat) or not has_ended(reading) else {"kind": None}
        return (calls[0].having(period=None, ending=word, **any_kind),)
    if queries == ["aws_health_events"] and (word := _to_come(calls[0], reading, now, earlier)):
        return (calls[0].having(period=None, status="upcoming", starting=word),)
    return tuple(calls)


def asks_ends(calls: Sequence[PlannedCall], reading: Reading, now: datetime, earlier: Sequence[PlannedCall]) -> bool:
    """Whether it is asked which commitments end in a time, and these calls look at commitments alone."""
    return [call.query for call in calls] == ["commitments"] and _window(reading, now, earlier) is not None


def measured(calls: Sequence[PlannedCall]) -> tuple[PlannedCall, ...]:
    """Calls without that time: what a follow-up means is weighed so, as it was learned."""
    return tuple(call.having(ending=None, starting=None) if call.query in _TIMED else call for call in calls)


_TIMED = frozenset({"commitments", "aws_health_events"})


def _to_come(call: PlannedCall, reading: Reading, now: datetime, earlier: Sequence[PlannedCall]) -> str | None:
    """The time in which what is planned begins: one that begins today or later, or any of which "upcoming" is said."""
    word = _named_time(reading, now) if call.inputs.get("status") in (None, "upcoming") else None
    upcoming = "status" in call.inputs
    if word is None:
        held = [str(one.inputs["starting"]) for one in earlier if "starting" in one.inputs]
        said = reading.when.mentions or "period" in call.inputs or _ANOTHER_TIME.search(reading.flat)
        return held[0] if held and upcoming and not said else None
    if not upcoming and _WAS.search(reading.flat):
        return None
    if upcoming and re.fullmatch(rf"{_MONTH}-\d\d", word) and _WEEKDAY.search(reading.flat):
        word = _next(word, now)
    window = parse_dates(word)
    later = window.end > now if upcoming else window.start.date() >= now.date() and window.end > now + timedelta(days=1)
    return word if later else None


_WEEKDAY = re.compile(rf"\b(?:{'|'.join(dates.WEEKDAYS)})\b")


def _next(day: str, now: datetime) -> str:
    """The same weekday from today on, of one that was read as the latest."""
    found = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=now.tzinfo).date()
    while found < now.date():
        found += timedelta(days=7)
    return found.isoformat()


_ANOTHER_TIME = re.compile(r"\b(?:all|everything|any(?:time|thing)?|later|after|beyond|ever)\b")
_WAS = re.compile(r"\b(?:was|were|did|had|has|have)\b")


_HAS_ENDED = re.compile(
    r"\b(?:(?:has|have|had|is|are|was|were|what|which|that|already|recently|lately|just|did)\b(?: (?!not\b|never\b|n't\b|yet\b)[a-z-]+){0,4}? (?:expired?|lapsed?|r[au]n out|ended?|fell away|fallen away)|(?:expired|lapsed|ended) (?:already|recently|lately))\b"
)
_NOT_ENDED = re.compile(r"\b(?:not|never|n't|yet|since|when|will|would|going|about|soon|next|does|do|how long)\b")
_OF_A_KIND = re.compile(
    r"\b(?:plans?|reserv\w+|ris?|instances?|commitments?|them|these|those|ones?|it|they|any|which)\b"
)
"""A kind of commitment, or words for those that were shown: what ended is asked of no other."""
ENDED_DAYS = 60
"""Days back for which it is told what has ended."""


def has_ended(reading: Reading) -> bool:
    """Whether it is asked what has ended by now, and no time is named in which it did."""
    named = {mention.word for mention in reading.when.mentions} - {"recently", "now"}
    past = _HAS_ENDED.search(reading.flat) and _ENDED_BY_NOW.search(reading.flat)
    return bool(past) and not named and not _NOT_ENDED.search(reading.flat) and not _MEASURED.search(reading.flat)


_ENDED_BY_NOW = re.compile(
    r"\b(?:expired|lapsed|ran out|(?:has|have|had|already|did)\b.* (?:run out|expire|lapse|end)|ended|f[ae]ll(?:en)? away)\b"
)


def _of_ends(reading: Reading, earlier: Sequence[PlannedCall]) -> bool:
    """Whether a time is asked about in which commitments end: it is said, or it picks some of those shown before."""
    if ENDS.search(reading.flat):
        return True
    shown = [call.query for call in earlier] == ["commitments"] and not _MEASURED.search(reading.flat)
    coming = _COMING.search(reading.flat) or any(mention.word in FUTURE for mention in reading.when.mentions)
    return shown and bool(coming or _OF_THEM.search(reading.flat))


def _window(reading: Reading, now: datetime, earlier: Sequence[PlannedCall]) -> str | None:
    """The time that is named in a question of what ends, in dates; None if there is none, or it is not understood."""
    if [call.query for call in earlier] == ["commitments"] and has_ended(reading):
        return dates.span(now.date() - timedelta(days=ENDED_DAYS), now.date() - timedelta(days=1))
    if _of_ends(reading, earlier):
        return None if _of_another(reading) else _named_time(reading, now)
    held = next((str(one.inputs["ending"]) for one in earlier if "ending" in one.inputs), None)
    said = reading.when.mentions or _MEASURED.search(reading.flat) or _ANOTHER_TIME.search(reading.flat)
    return None if said else held


def _of_another(reading: Reading) -> bool:
    """Whether the time that is named is not that of an end: it is held today, or how far it was used in a month is asked."""
    if len(reading.when.mentions) != 1:
        return False
    mention = reading.when.mentions[0]
    verb = max((match.end() for match in ENDS.finditer(mention.lead)), default=0)
    if any(match.start() >= verb for match in _MEASURED.finditer(mention.lead)):
        return True
    return mention.word in ("today", "now") and not (verb and len(mention.lead[verb:].split()) <= 1)


def _named_time(reading: Reading, now: datetime) -> str | None:
    today = now.date()
    if (match := _COMING.search(reading.flat)) and (count := number(match[1])):
        return dates.span(today, today + timedelta(days=count * _LONG[match[2]]))
    if _QUARTER.search(reading.flat):
        later = (today.month - 1) // 3 + 1
        return f"{today.year + later // 4}-Q{later % 4 + 1}"
    if len(reading.when.mentions) != 1:
        return None
    mention = reading.when.mentions[0]
    word = _dated(mention.word, reading, now)
    until = _UNTIL.search(mention.lead.rstrip())
    if word is None or until is None:
        return word
    window = parse_dates(word)
    # "before the end of the year" names the year; "before March" ends when March begins
    end = window.start if until["before"] and mention.word not in _TO_THE_END else window.end
    last = end.date() - timedelta(days=1)
    return dates.span(today, last) if last > today else word


def _dated(word: str, reading: Reading, now: datetime) -> str | None:
    """A time in dates. A month or a quarter without a year is the next one, unless what has ended is asked for."""
    today, past = now.date(), _ENDED.search(reading.flat)
    monday = dates.monday_of(today)
    named = {
        "month_to_date": f"{today:%Y-%m}", "this_month_end": f"{today:%Y-%m}",
        "next_month": dates.month_back(today, -1),
        "this_quarter": f"{today.year}-Q{(today.month - 1) // 3 + 1}", "next_year": str(today.year + 1),
        "year_to_date": str(today.year), "this_year": str(today.year), "today": today.isoformat(),
        "next_3_months": f"{dates.month_back(today, -1)}..{dates.month_back(today, -3)}",
        "tomorrow": (today + timedelta(days=1)).isoformat(),
        "this_week": dates.span(monday, monday + timedelta(days=6)),
        "next_week": dates.span(monday + timedelta(days=7), monday + timedelta(days=13)),
    }  # fmt: skip
    if word in named:
        return named[word]
    if not past and word[:4] not in reading.flat and word[:4].isdigit() and word < f"{today:%Y-%m}":
        if re.fullmatch(_MONTH, word):
            return dates.shifted(word, 12)
        if re.fullmatch(r"\d{4}-Q\d", word) and word != named["this_quarter"]:
            return f"{int(word[:4]) + 1}{word[4:]}"
    if re.fullmatch(rf"\d{{4}}(?:-Q\d)?|{_MONTH}(?:-\d\d)?(?:\.\.{_MONTH}(?:-\d\d)?)?", word):
        return word
    period = resolved(word, now)
    return dates.word_of(period) if period else None
