"""Timing: other times that a call may be about, where the words leave it open; what was learned chooses.

A whole question in the past tense without a time ("how many errors did we have?") is of the time that was spoken of.
"""
# ruff: noqa: E501, SIM905 - patterns of words and lists of names read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fields_of
from agents.models.offline.inputs.hours import time_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.times import dates
from agents.models.offline.times.stretches import kind
from agents.models.offline.times.when import FUTURE

Timed = tuple[str, list[PlannedCall]]
"""What is different, and the calls."""
_DAY_ALONE = re.compile(
    r"\b(?:the |on )(\d{1,2})(?:st|nd|rd|th)\b(?! (?:of|[a-z]*(?:uary|ber|march|april|june|july|august)))"
)
_MOST = 3


def timings(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> list[Timed]:
    """The call over other times that were named, over all of them as one, or on the day of the month talked about."""
    fields = fields_of(context.queries[call.query])
    if "period" not in fields or "compared_to" in fields or call.query == "forecast":
        return []
    words = [m.word for m in reading.when.mentions if m.word not in FUTURE and m.word not in ("now", "recently")]
    known = list(dict.fromkeys(word for word in words if resolved(word, context.now)))
    found: list[Timed] = []
    if len(known) > 1:
        spans = [period for word in known if (period := resolved(word, context.now))]
        whole = dates.word_of(
            spans[0].model_copy(update={"start": min(s.start for s in spans), "end": max(s.end for s in spans)})
        )
        found = [("whole time", [_at(call, whole)])]
        found += [("other time", [_at(call, word)]) for word in known if word != call.inputs.get("period")]
    alone = _DAY_ALONE.search(reading.flat) if earlier and known and kind(known[0]) == "day" else None
    if alone and (moved := _of_the_month(int(alone[1]), earlier, context)):
        found.append(("day of the month", [_at(call, moved)]))
    return found[:_MOST]


EVENTS = frozenset("alarm_history backups error_logs recent_changes".split())
"""Queries of what happened in a time."""
IN_THE_PAST = re.compile(
    r"\b(?:did|was|were|had|went|came|got|fell|rang|broke|happened|occurred|fired|triggered"
    r"|failed(?! (?:backups?|jobs?)\b))\b"
)
AT_NO_TIME = re.compile(
    r"\b(?:ever|recently|lately|usually|normally|so far|still|now|currently|before|last|latest|since|until|always|never"
    r"|most recent)\b"
)


_AT_ANY_TIME = re.compile(r"\b(?:we|our|us|all|any\w*|every\w*|overall|total|elsewhere|others?)\b")
"""Words by which the same may be asked of any time."""
_WENT_OFF = re.compile(
    r"\b(?:fired|went(?: off)?|rang|rung|triggered|tripped|sounded|(?:was|were|been|got) (?:raised|set off)"
    r"|did (?:\w+ ){0,3}?(?:fire|go off|ring|trip))\b"
)


def at_that_time(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> tuple[PlannedCall, ...]:
    """Calls that look for what happened at a time that nobody named, at the time of which what happened was shown.

    Alarms that "fired" are those that went off then, and not those that fire now.
    """
    timed = (one for one in earlier if time_of(one) and (one.query in EVENTS or _is_of_a_day(one, context)))
    period = next(map(time_of, timed), None)
    # of one place at one time, of which all was shown that happened: what is asked of it names neither
    whole = len(earlier) > 1 and all(one.query in EVENTS and one.inputs == earlier[0].inputs for one in earlier)
    if period is None or reading.when.named or AT_NO_TIME.search(reading.flat):
        return tuple(calls)
    if [one.query for one in earlier] == ["alarm_history"] and _counts_those(calls, reading):
        elsewhere = reading.found.placed() or _EVERYWHERE.search(reading.flat)
        where = calls[0].inputs if elsewhere else {}
        kept = {key: value for key, value in earlier[0].inputs.items() if key == "period" or not elsewhere}
        return (earlier[0].model_copy(update={"inputs": {**kept, **{k: where[k] for k in PLACES if k in where}}}),)
    again = all(call.query in {one.query for one in earlier} for call in calls) and not _AT_ANY_TIME.search(
        reading.flat
    )
    if not whole and not again and not IN_THE_PAST.search(reading.flat):
        return tuple(calls)
    if "alarm_history" in context.queries and _WENT_OFF.search(reading.flat):
        calls = _that_went_off(calls)
    if any(call.query not in EVENTS or {"period", "around"} & call.inputs.keys() for call in calls):
        return tuple(calls)
    place = earlier[0].inputs.get("accounts") if whole and not reading.found.placed() else None
    there = {"accounts": place} if place else {}
    return tuple(
        call.having(**{**there, **call.inputs, "period": _around(call, str(period), context)}) for call in calls
    )


_COUNTS_ALARMS = re.compile(
    r"\b(?:how many|number of|count(?: of)?|total|sum of)\b.*\balarms?\b|\balarms? (?:in )?(?:total|all)\b"
)
_OF_NOW = re.compile(
    r"\b(?:are|is|do|does|have|has|we|our|us|exist|set up|defined|configured|states?|firing|ok|normal)\b"
)
_EVERYWHERE = re.compile(
    r"\b(?:overall|altogether|whole|entire|everywhere|anywhere|elsewhere|company|organi[sz]ation|estate|(?:all|every|each|other) (?:the |our )?(?:accounts?|venues?|teams?))\b"
)


def _counts_those(calls: Sequence[PlannedCall], reading: Reading) -> bool:
    """Whether alarms are counted without a word of now or of us: after those that went off these are meant, in total."""
    counted = _COUNTS_ALARMS.search(reading.flat) and not _OF_NOW.search(reading.flat)
    return (
        bool(counted) and [call.query for call in calls] == ["alarms"] and calls[0].inputs.get("state", "all") == "all"
    )


def _is_of_a_day(call: PlannedCall, context: Context) -> bool:
    """Whether unusual spend, or a measure, was shown of a day or two: what happened then is asked next."""
    period = resolved(time_of(call), context.now)
    return call.query in ("cost_anomalies", "metric") and period is not None and period.days <= 2


_AN_HOUR = timedelta(hours=1)


def _around(call: PlannedCall, word: str, context: Context) -> str:
    """The time of a call; of alarms, the day of the hour before the first one of them, in which none had fired yet."""
    period = resolved(word, context.now)
    short = period is not None and period.end - period.start <= _AN_HOUR
    return f"{period.start:%Y-%m-%d}" if period and short and call.query == "alarm_history" else word


def _that_went_off(calls: Sequence[PlannedCall]) -> Sequence[PlannedCall]:
    """Calls for the alarms that went off then, in the place of those that fire now."""
    place = [{key: call.inputs[key] for key in ("accounts",) if key in call.inputs} for call in calls]
    found = [
        call.model_copy(update={"query": "alarm_history", "inputs": where}) if call.query == "alarms" else call
        for call, where in zip(calls, place, strict=True)
    ]
    return [one for number, one in enumerate(found) if one not in found[:number]]


def _at(call: PlannedCall, word: str) -> PlannedCall:
    return call.model_copy(update={"inputs": {**call.inputs, "period": word}})


def _of_the_month(day: int, earlier: Sequence[PlannedCall], context: Context) -> str | None:
    """The day of the month that the earlier question was about."""
    for call in earlier:
        period = resolved(str(call.inputs.get("period", "")), context.now)
        if period and (period.start.year, period.start.month) != (context.now.year, context.now.month):
            try:
                return date(period.start.year, period.start.month, day).isoformat()
            except ValueError:
                return None
    return None
