"""Hours in a plan: the part of a day that was asked about, put into the calls that can be narrowed by it.

What a question means is weighed by whole days, as it was learned; the hours are put in at the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fields_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.times.hours import DAY, EITHER_SIDE, Hours

_TIMED = re.compile(r"\d{4}-\d\d-\d\dT")
_THAT = re.compile(r"\b(?:that|the same|same|this same) (?:very )?(?:evening|night|morning|afternoon)\b")
_THEN = re.compile(r"\bthen\b|\b(?:that|the same) (?:time|moment|hour|window)\b|\bat the time\b")
_WHOLE = re.compile(r"\b(?:that|same|whole|entire|full|rest of the) day\b")
_NIGHT, _WEEK = timedelta(days=2), timedelta(days=7)
"""What a night touches, and what is at most between two times of day."""


def _period(call: PlannedCall) -> str:
    return str(call.inputs.get("period", ""))


def time_of(call: PlannedCall) -> str:
    """The period of a call, in hours where it looks around a time of day; empty where it has none."""
    if "around" not in call.inputs:
        return _period(call)
    middle = datetime.fromisoformat(str(call.inputs["around"]))
    side = timedelta(minutes=int(call.inputs.get("minutes", EITHER_SIDE)))
    return str(_hours(middle - side, middle + side)["period"])


def by_days(calls: Sequence[PlannedCall]) -> tuple[PlannedCall, ...]:
    """Calls with the day on which their hours start in place of these hours."""
    return tuple(_at(call, period=_period(call)[:10]) if _TIMED.match(_period(call)) else call for call in calls)


def narrowed(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> tuple[PlannedCall, ...]:
    """The calls, each once, with the hours that were said, or those of the `earlier` calls that they follow."""
    found: list[PlannedCall] = []
    for call in calls:
        if _takes_hours(call, context):
            more = _inputs(call, reading, earlier, context.now)
            fits = more.keys() <= fields_of(context.queries[call.query]).keys()
            call = _at(call, **more) if more and fits else call
        found += [call] if call not in found else []
    return tuple(found)


def not_begun(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> bool:
    """Whether a call would be narrowed to a part of a day that is still to come."""
    said = reading.when.hours
    timed = "period" in call.inputs or _takes_hours(call, context)
    if said is None or said.kind not in ("part", "open") or not timed:
        return False
    days = _days(call, reading, earlier, said, context.now)
    return days is not None and days[0] + timedelta(minutes=said.start) >= context.now


def _takes_hours(call: PlannedCall, context: Context) -> bool:
    return "T18:00" in str(fields_of(context.queries[call.query]).get("period", ""))  # else AWS bills by the day


def is_narrowed(call: PlannedCall) -> bool:
    """Whether a call is about some hours."""
    return bool({"around", "hours"} & call.inputs.keys() or _TIMED.match(_period(call)))


def _at(call: PlannedCall, **more: Any) -> PlannedCall:
    return call.having(**{"around": None, "minutes": None, **more})


def _inputs(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], now: datetime) -> dict[str, Any]:
    """The inputs that narrow a call; none where nothing was said that does."""
    said = reading.when.hours
    if said is None:
        return _again(call, reading, earlier, now)
    if said.kind == "many" or ("around" in call.inputs and said.kind == "part"):
        return {}
    if said.kind == "last":
        return _hours(now - timedelta(minutes=said.start), now)
    days = _days(call, reading, earlier, said, now)
    if said.kind == "each" or (days is None and said.kind == "part"):
        return {"hours": said.word or "..".join(f"{m // 60 % 24:02d}:{m % 60:02d}" for m in (said.start, said.end))}
    if days is None:
        return {}
    if reading.when.relative and said.kind == "part" and (near := _beside(days[0], said, earlier, now)):
        days = near, near
    start, end = days[0] + timedelta(minutes=said.start), days[said.kind == "ends"] + timedelta(minutes=said.end)
    return _hours(start, now if said.kind == "since" else end) if start < now else {}


def _days(
    call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], said: Hours, now: datetime
) -> tuple[datetime, datetime] | None:
    """The first and the last midnight of the days that the hours are of; None if they are of each of many days."""
    words, today = [_period(call)], _midnight(now)
    if said.today:
        return today, today
    if _THAT.search(reading.flat) and not reading.when.mentions and (near := _of_before(earlier, said, now)):
        return near, near
    if not reading.when.mentions and not reading.when.relative:
        if _period(call) not in [time_of(one)[:10] for one in earlier]:
            day = timedelta(days=today + timedelta(minutes=said.start) >= now or said.end - said.start > DAY * 3 // 4)
            return today - day, today  # the latest that has begun
    elif said.kind == "ends":
        words = [mention.word for mention in reading.when.mentions]
    spans = [period for word in words if (period := resolved(word, now))]
    if not spans or words[0].startswith("last_"):
        return None
    first = _midnight(min(period.start for period in spans))
    last = _midnight(max(max(period.start, period.end - timedelta(microseconds=1)) for period in spans))
    if last - first >= (_WEEK if said.kind == "ends" else _NIGHT):
        return None
    return (last, last) if said.kind == "part" and said.end <= DAY // 2 else (first, last)  # of a night, the morning


def _of_before(earlier: Sequence[PlannedCall], said: Hours, now: datetime) -> datetime | None:
    """The day of the part that "that evening" means: of the hours, or of the one day, that was talked about."""
    for one in earlier:
        held = resolved(time_of(one), now)
        if held is not None and held.days <= 1:
            first = _midnight(held.start)
            over = first + timedelta(minutes=said.end) <= held.start
            return first + timedelta(days=over)
    return None


def _beside(day: datetime, said: Hours, earlier: Sequence[PlannedCall], now: datetime) -> datetime | None:
    """The day whose part lies nearest to the hours of before, on the side on which `day` was stepped to.

    "The night after" a morning begins on the same day. None where nothing was stepped from.
    """
    held = resolved(_timed(earlier), now)
    if held is None or (first := _midnight(held.start)) == day:
        return None
    start, end = timedelta(minutes=said.start), timedelta(minutes=said.end)
    days = [first + timedelta(days=number) for number in range(-2, 3)]
    if day > first:
        return next((one for one in days if one + start >= held.end), None)
    return next((one for one in reversed(days) if one + end <= held.start), None)


def _timed(earlier: Sequence[PlannedCall]) -> str:
    """The hours that were talked about; empty if none were."""
    return next((word for one in earlier if _TIMED.match(word := time_of(one))), "")


def _again(call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], now: datetime) -> dict[str, Any]:
    """The hours of before on the day before or after, or on the same day; or as many as are said beside them."""
    then = bool(_THEN.search(reading.flat))  # of other things that were about a time of day, it is the day
    word = _timed([one for one in earlier if then or "around" not in one.inputs or one.query == call.query])
    if rolling := _before_rolling(call, reading, earlier, now):
        return rolling
    held = resolved(word, now)
    if reading.when.mentions or not earlier or _WHOLE.search(reading.flat):
        return {}
    period = resolved(_period(call), now)
    if held is None or period is None or not 0 < period.days <= _NIGHT.days:
        return {}
    moved = period.start - _midnight(held.start)
    start, end = (datetime.fromisoformat(part) + moved for part in word.split(".."))
    return _hours(start, end) if reading.when.relative or not moved else {}


_ROLLING = re.compile(r"last_\d+_hours")


def _before_rolling(
    call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], now: datetime
) -> dict[str, Any]:
    """The day before the last so many hours, or as many hours before these; none where hours were not counted back."""
    held = resolved(next((_period(one) for one in earlier if _ROLLING.fullmatch(_period(one))), ""), now)
    if held is None or reading.when.relative not in ("day_before", "before"):
        return {}
    length = timedelta(days=1) if reading.when.relative == "day_before" else held.end - held.start
    return _hours(held.start - length, held.start)


def _hours(start: datetime, end: datetime) -> dict[str, Any]:
    return {"period": f"{start:%Y-%m-%dT%H:%M}..{end:%Y-%m-%dT%H:%M}"}


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
