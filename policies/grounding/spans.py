"""Whether a phrase of time agrees with the period of a fact. Starts and ends are compared, never how they are called.

A person says "so far this month" of the first to yesterday, "October" of its second half that is still to come,
"since 15 September" of thirty days, and of a change either of the two periods it compares.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from policies.grounding import words
from policies.grounding.when import When
from tools.facts import Fact

_SINCE = re.compile(r"\b(?:since|from|after|sinds|vanaf|desde|a partir de)(?: the)? $", re.IGNORECASE)
_SINCE_ABOUT = re.compile(
    r"\b(?:since|sinds|desde) (?:the )?(?:mid|early|late|middle of|start of|end of|"
    r"medio|begin|eind|half|meados de)[- ]$",
    re.IGNORECASE,
)

_UNTIL = re.compile(r"\b(?:until|till|to|through|up to|t/m|tot(?: en met)?|at\u00e9)(?: the)? $", re.IGNORECASE)


def agrees(when: When, fact: Fact, now: datetime, before: str = "") -> bool:
    """Whether `when` may speak of the fact's period; `before` are the characters in front of the phrase."""
    period = fact.period
    if period is None:
        return True
    start, end = period.start, period.end
    if start == end:
        return when.kind == "date" or any(a <= start <= b for a, b in when.periods)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    change = words.is_change(fact)
    pair = " against " in period.label  # then the period holds both sides
    for a, b in when.periods:
        if (a, b) == (start, end):
            return True
        if a == start and min(b, end) >= today:  # both run until now, whatever part of today they hold
            return True
        if a <= start and b == end and start >= today:  # what is left of it
            return True
        if a <= start < b and end >= today and _SINCE_ABOUT.search(before):
            return True
        if a == start and end >= today and _SINCE.search(before):
            return True
        if b == end and b - a <= timedelta(days=1) and _UNTIL.search(before):
            return True
        before_it = not pair and abs((start - a) - (end - start)) <= timedelta(days=3)
        if change and when.span and b == end and before_it:
            return True  # `between August and September` of September's change
        until = min(b, end) if start <= a < end and end >= today else b  # `this month`, of which nothing came later
        if change and not when.span and _compared(a, until, start, end, pair):
            return True
    return False


def _compared(a: datetime, b: datetime, start: datetime, end: datetime, pair: bool) -> bool:
    """Whether a period is one side of a change over `start` to `end`, or all of it.

    Unless the period holds both sides (`pair`), the side it is compared with lies just before it.
    """
    inside = start <= a and b <= end
    return (b == start and not pair) or (a <= start and end <= b) or (inside and (a == start or b == end))


def frame(whens: Sequence[When], fact: Fact) -> bool:
    """Whether two phrases are the first and the last part of the fact's period: `from April to September`."""
    period = fact.period
    if period is None:
        return False
    firsts = [w for w in whens if any(a == period.start for a, _ in w.periods)]
    lasts = [w for w in whens if any(b == period.end for _, b in w.periods)]
    return any(one is not two for one in firsts for two in lasts)


def is_edge(when: When, fact: Fact) -> bool:
    """Whether a phrase is the first or the last part of the fact's period."""
    period = fact.period
    if period is None or when.kind != "period":
        return False
    return any(
        (a == period.start and b <= period.end) or (b == period.end and a >= period.start) for a, b in when.periods
    )


def apart(when: When, fact: Fact) -> bool:
    """Whether every reading of a phrase shares no day with the fact's period, or is only its small part."""
    period = fact.period
    return (
        period is not None and bool(when.periods) and all(b <= period.start or period.end <= a for a, b in when.periods)
    )
