"""Dates, periods and distances in time that the model wrote itself: which of them the facts know.

A date must be one that a fact holds, a day on which a fact's period starts or ends, one that the question named, or
today where the words speak of now. A period must be, hold, lie in or follow that of a fact; a clause without a figure
that says what is unknown or to do may name any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from policies.grounding import bind, words
from policies.grounding.claims import contradictions
from policies.grounding.figures import Found
from policies.grounding.lexicon import WEEKDAYS
from policies.grounding.model import FaultKind
from policies.grounding.spans import apart
from policies.grounding.timing import advice
from policies.grounding.view import Item, View
from policies.grounding.when import When
from tools.facts import Fact

_OF_TODAY = re.compile(r"(?:this|today|deze|dit|vandaag|est[ea]|hoje)\b", re.IGNORECASE)
_WEEKDAY = re.compile(rf"(?:next |coming )?(?:{'|'.join(WEEKDAYS)})", re.IGNORECASE)
_NEXT = timedelta(days=45)
_DISTANCE = re.compile(
    r"\s*(?:later|earlier|before|after|ago|apart|in a row|eerder|later|daarvoor|daarna|geleden|depois|antes|"
    r"atr\u00e1s)\b"
)
_ALONE = frozenset({"second", "third", "fourth", "fifth", "sixth", "tweede", "derde", "vierde", "vijfde", "segundo",
                    "segunda", "terceiro", "terceira", "quarto", "quarta"})  # fmt: skip


def settle_time(
    found: Found, view: View, near: Sequence[Fact], asked: Sequence[Found]
) -> tuple[FaultKind, str] | Fact | None:
    """Decide on a date, time, period or ordinal."""
    if found.kind == "ordinal":
        return _settle_ordinal(found, view)
    when = found.when
    if when is None or when.relative:
        return None
    options = bind.candidates(found, view.facts)
    if options:
        fitting = [f for f in options if not contradictions(Item(found.start, found.end, f, literal=True), view)]
        return fitting[0] if len(fitting) == 1 else None if fitting else options[0]
    if not near and _OF_TODAY.match(found.text):
        return None  # `I would plan it this week`: advice, not the date of a figure
    if when.kind == "time":
        if (not when.days and when.clock in _clocks(view.facts)) or _edge(when, view.facts):
            return None
    elif any(f.when and set(f.when.periods) & set(when.periods) for f in asked) or bind.framed(when, view.facts):
        return None
    sentence = view.layout.sentence(found.start)
    said = view.said(sentence)
    before = view.text[max(0, found.start - 16) : found.start]
    days = near if when.kind != "period" else view.facts
    if bind.is_known_period(when, said, [*days, *_daily(view.facts)], view.facts, view.now, before):
        return None
    if not near and _WEEKDAY.fullmatch(found.text) and advice(view, found.start):
        return None
    if when.kind == "period" and any(_holds(when, day) for day in _moments(near)):
        return None  # `since early September (the last on [[f32]])`
    if when.kind == "period" and (_known(when, view) or words.DENIAL.search(said) or advice(view, found.start)):
        return None
    return "unbound_figure", "No fact has this date, time or period."


def _moments(facts: Sequence[Fact]) -> set[date]:
    """The days that facts hold as their values."""
    return _days(f for f in facts if f.unit in ("date", "time"))


def _holds(when: When, day: date) -> bool:
    return any(a.date() <= day < b.date() for a, b in when.periods)


def _clocks(facts: Sequence[Fact]) -> set[str]:
    """The times of day at which periods of facts start and end; one that ends at midnight ends at 24:00."""
    found = {f"{moment:%H:%M}" for f in facts if f.period is not None for moment in (f.period.start, f.period.end)}
    return found | {"24:00"} if any(f.period and f"{f.period.end:%H:%M}" == "00:00" for f in facts) else found


def _edge(when: When, facts: Sequence[Fact]) -> bool:
    """Whether a day and a time of day are those at which the period of a fact, of hours, starts or ends."""
    hours = [f.period for f in facts if f.period is not None and f.period.days % 1]
    return any(
        f"{moment:%H:%M}" == when.clock and moment.date() in when.days for p in hours for moment in (p.start, p.end)
    )


def _daily(facts: Sequence[Fact]) -> list[Fact]:
    return [f for f in facts if f.period is not None and 0 < f.period.days <= 1]


def _known(when: When, view: View) -> bool:
    """Whether a period shares a day with that of a fact, follows one, or starts and ends on days of facts."""
    facts = [f for f in view.facts if f.period is not None]
    if any(not apart(when, f) and when.periods for f in facts):
        return True
    ends = [f.period.end for f in facts if f.period is not None]
    return any(timedelta(0) <= a - end <= _NEXT for a, _ in when.periods for end in ends)


def _settle_ordinal(found: Found, view: View) -> tuple[FaultKind, str] | Fact | None:
    """A rank in words ranks what the answer lists; `the 26th` must be a day of a fact."""
    options = bind.candidates(found, view.facts)
    if options or found.text.lower().split()[0] in _ALONE:
        return options[0] if len(options) == 1 else None
    if found.values and any(day.day == found.values[0] for day in _days(view.facts)):
        return None
    return "unbound_figure", "No fact has this rank or day."


def _days(facts: Iterable[Fact]) -> set[date]:
    out = set()
    for fact in facts:
        if fact.unit == "date":
            out.add(date.fromisoformat(str(fact.value)))
        elif fact.unit == "time":
            out.add(datetime.fromisoformat(str(fact.value)).astimezone(UTC).date())
        if fact.period is not None and fact.period.start != fact.period.end:
            out |= {fact.period.start.date(), (fact.period.end - timedelta(microseconds=1)).date()}
    return out


def is_distance(found: Found, view: View, near: Sequence[Fact]) -> bool:
    """`two days later`: as far apart as two times in the sentence are, or as a fact's time is from now."""
    if found.unit not in ("days", "weeks", "months", "hours") or not found.values:
        return False
    if not _DISTANCE.match(view.text[found.end : found.end + 20].lower()):
        return False
    sentence = view.layout.sentence(found.start)
    days = _days(near) | {d for w in view.timed(sentence) for d in w.days}
    before = next(view.layout.lead_in(sentence[0]), None)
    if before is not None:
        days |= {d for w in view.timed(before) for d in w.days}
        days |= _days([i.fact for i in view.items if before[0] <= i.start < before[1]])
    days.add(view.now.date())
    size = {"days": 1, "weeks": 7, "months": 30, "hours": 0}[found.unit]
    gap = int(found.values[0]) * size
    slack = 2 if found.unit == "months" else 0
    return bool(gap) and any(abs((a - b).days - gap) <= slack for a in days for b in days)
