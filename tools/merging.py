"""Merging: what period and scope a fact has that is computed from others, and which facts count a thing twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from tools.facts import Fact, Scope
from tools.periods import Period, between_months


def merged_period(periods: Sequence[Period | None]) -> Period | None:
    """The period of values that are added up: one stretch if they follow each other, else all of them by name.

    None if one of them has none.
    """
    distinct = {(p.start, p.end): p for p in periods if p is not None}
    if any(p is None for p in periods) or not distinct:
        return None
    held = [distinct[edges] for edges in sorted(distinct)]
    if len(held) == 1:
        return held[0]
    start, end = held[0].start, max(period.end for period in held)
    in_a_row = all(one.end == two.start for one, two in pairwise(held))
    whole_months = all(p.start.day == 1 and p.end.day == 1 and _midnight(p) for p in held)
    if in_a_row and whole_months:
        return between_months(start.date(), (end - timedelta(days=1)).date())
    if in_a_row:
        label = f"{held[0].label} to {held[-1].label}"
    elif len(held) <= 3:
        label = " and ".join(period.label for period in held)
    else:
        label = f"{len(held)} periods from {held[0].label} to {held[-1].label}"
    return Period(label=label, start=start, end=end)


def compared_period(base: Period | None, other: Period | None) -> Period | None:
    """The period of a comparison: `September 2026 against August 2026`, or the common one."""
    if base is None or other is None or (base.start, base.end) == (other.start, other.end):
        return other if base is not None else None
    label = f"{other.label} against {base.label}"
    return Period(label=label, start=min(base.start, other.start), end=max(base.end, other.end))


def merged_scope(scopes: Sequence[Scope]) -> Scope:
    """All accounts and filters of `scopes`; a filter that only some of them have says `in part`."""
    if all(scope == scopes[0] for scope in scopes):
        return scopes[0]
    accounts: tuple[str, ...] = ()
    if all(scope.accounts for scope in scopes):
        accounts = tuple(sorted({name for scope in scopes for name in scope.accounts}))
    where: dict[str, str] = {}
    for key in dict.fromkeys(key for scope in scopes for key in scope.where):
        values = dict.fromkeys(scope.where[key] for scope in scopes if key in scope.where)
        part = "" if all(key in scope.where for scope in scopes) else " (in part)"
        where[key] = " + ".join(values) + part
    bases = {scope.basis for scope in scopes}
    return Scope(accounts=accounts, where=where, basis=bases.pop() if len(bases) == 1 else None)


def inside(part: Fact, whole: Fact) -> bool:
    """Whether `part` covers nothing that `whole` leaves out: accounts, filters and time."""
    if whole.scope.accounts and not (part.scope.accounts and set(part.scope.accounts) <= set(whole.scope.accounts)):
        return False
    if any(part.scope.where.get(key) != value for key, value in whole.scope.where.items()):
        return False
    if part.period is None or whole.period is None:
        return part.period is whole.period
    return whole.period.start <= part.period.start and part.period.end <= whole.period.end


def overlap(one: Fact, two: Fact) -> bool:
    """Whether adding the two counts something twice.

    Facts of one scope and period are taken as different things (critical and high findings), unless they have one
    label or one of them is the total.
    """
    if not _times_meet(one.period, two.period) or not _scopes_meet(one.scope, two.scope):
        return False
    same_span = one.period is two.period or (
        one.period is not None
        and two.period is not None
        and (one.period.start, one.period.end) == (two.period.start, two.period.end)
    )
    if one.scope != two.scope or not same_span:
        return True
    return one.label == two.label or any(fact.label.startswith(("total", "sum of")) for fact in (one, two))


def _times_meet(one: Period | None, two: Period | None) -> bool:
    if one is None or two is None:
        return True
    if (one.start, one.end) == (two.start, two.end):
        return True
    return one.start < two.end and two.start < one.end


def _scopes_meet(one: Scope, two: Scope) -> bool:
    if one.accounts and two.accounts and not set(one.accounts) & set(two.accounts):
        return False
    return all(two.where.get(key, value) == value for key, value in one.where.items())


def _midnight(period: Period) -> bool:
    return (period.start.hour, period.start.minute, period.end.hour, period.end.minute) == (0, 0, 0, 0)
