"""Hours in a plan: the part of a day that was asked about, put into the calls that can be narrowed by it.

What a question means is weighed by whole days, as it was learned; the hours of the day are put in at the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fields_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.times.hours import DAY, Hours
from agents.models.offline.words.text import number
from tools.periods import Period

_TIMED = re.compile(r"\d{4}-\d\d-\d\dT")
_HOURS_BEFORE = re.compile(
    r"\b(?:(\d{1,2}|an?|one|two|three|four|five|six|eight|twelve) )?hours? (before|earlier|prior|after|later)\b"
)
_NIGHT = 2
"""Days that a night touches."""
_WEEK = 7


def by_days(calls: Sequence[PlannedCall]) -> tuple[PlannedCall, ...]:
    """Calls with the day on which their hours start in place of these hours."""
    return tuple(
        call.model_copy(update={"inputs": {**call.inputs, "period": str(call.inputs["period"])[:10]}})
        if _TIMED.match(str(call.inputs.get("period", "")))
        else call
        for call in calls
    )


def narrowed(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> tuple[PlannedCall, ...]:
    """The calls, narrowed to the hours that were said, or to those of the `earlier` calls that they follow."""
    found = []
    for call in calls:
        if takes_hours(call, context) and (more := _inputs(call, reading, earlier, context)):
            kept = {key: value for key, value in call.inputs.items() if key not in ("around", "minutes")}
            call = call.model_copy(update={"inputs": {**kept, **more}})
        if call not in found:
            found.append(call)
    return tuple(found)


def takes_hours(call: PlannedCall, context: Context) -> bool:
    """Whether a query is not of what is billed by the day."""
    return "T18:00" in str(fields_of(context.queries[call.query]).get("period", ""))


def is_narrowed(call: PlannedCall) -> bool:
    """Whether a call is about some hours."""
    return bool({"around", "hours"} & call.inputs.keys() or _TIMED.match(str(call.inputs.get("period", ""))))


def _inputs(
    call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> dict[str, Any] | None:
    said, now = reading.when.hours, context.now
    before = next((c.inputs["period"] for c in earlier if _TIMED.match(str(c.inputs.get("period", "")))), None)
    if shift := _HOURS_BEFORE.search(reading.flat) if said is None and earlier else None:
        return _shifted(before or earlier[0].inputs.get("period"), shift, now)
    if said is None:
        return _again(call, str(before), reading, now) if before else None
    if said.kind == "many" or ("around" in call.inputs and said.kind == "part"):
        return None
    if said.kind == "last":
        return {"period": _word(now - timedelta(minutes=said.start), now)}
    days = _days(call, reading, earlier, said, now)
    if said.kind == "each" or (days is None and said.kind == "part"):
        if "hours" not in fields_of(context.queries[call.query]):
            return None
        return {"hours": said.word or f"{_clock(said.start)}..{_clock(said.end)}"}
    if days is None:
        return None
    first, last = days
    start = first + timedelta(minutes=said.start)
    end = (last if said.kind == "ends" else first) + timedelta(minutes=said.end)
    end = now if said.kind == "since" else end
    return {"period": _word(start, end)} if start < min(now, end) else None


def _days(
    call: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], said: Hours, now: datetime
) -> tuple[datetime, datetime] | None:
    """The first and the last midnight of the days that the hours are of; None if they are of each of many days."""
    word = str(call.inputs.get("period", ""))
    if not reading.when.mentions and not reading.when.relative:
        if word not in [str(c.inputs.get("period", ""))[:10] for c in earlier]:
            today = _midnight(now)
            late = today + timedelta(minutes=said.start) >= now or said.end - said.start > DAY // 4 * 3
            return (today - timedelta(days=1), today) if late else (today, today)
    elif said.kind == "ends":
        spans = [period for m in reading.when.mentions if (period := resolved(m.word, now))]
        ends = (min(_midnight(p.start) for p in spans), max(_last(p) for p in spans)) if spans else None
        return ends if ends and ends[1] - ends[0] <= timedelta(days=_WEEK) else None
    period = resolved(word, now)
    if period is None or word.startswith("last_") or period.days > _NIGHT:
        return None
    first, last = _midnight(period.start), _last(period)
    if first != last and said.end <= DAY // 2:
        first = last  # of a night, the morning
    return first, last


def _again(call: PlannedCall, before: str, reading: Reading, now: datetime) -> dict[str, Any] | None:
    """The same hours as before, on the day before or after it, or on the same day where no other time is said."""
    period, held = resolved(str(call.inputs.get("period", "")), now), resolved(before, now)
    if reading.when.mentions or period is None or held is None or not 0 < period.days <= _NIGHT:
        return None
    moved = period.start - _midnight(held.start)
    if moved and not reading.when.relative:
        return None
    return {"period": _word(held.start + moved, _end(before) + moved)}


def _shifted(base: object, match: re.Match[str], now: datetime) -> dict[str, Any] | None:
    """As many hours as were said, else as before, just before or after the hours that were spoken of."""
    period = resolved(str(base or ""), now)
    if period is None or period.days > 1:
        return None
    length = (
        timedelta(hours=number(match[1] or "") or 1) if match[1] else min(timedelta(hours=1), period.end - period.start)
    )
    if match[2] in ("after", "later"):
        return {"period": _word(period.end, period.end + length)} if period.end < now else None
    return {"period": _word(period.start - length, period.start)}


def _word(start: datetime, end: datetime) -> str:
    return f"{start:%Y-%m-%dT%H:%M}..{end:%Y-%m-%dT%H:%M}"


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _end(word: str) -> datetime:
    return datetime.fromisoformat(word.partition("..")[2]).replace(tzinfo=UTC)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _last(period: Period) -> datetime:
    return _midnight(max(period.start, period.end - timedelta(microseconds=1)))
