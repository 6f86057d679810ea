"""Choosing: the one query that fits a question, and its calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agents.models.offline.inputs.filling import fill
from agents.models.offline.naming.names import Names
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from tools.registry import Query

LEAST = 4.0
"""Points below which nothing was understood."""


MARGIN = 0.8
"""Points by which the best query must lead the second."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a question is read in: the names that its asker sees, the clock (UTC), the queries that may be planned."""

    names: Names
    now: datetime
    queries: Mapping[str, Query]


def chosen_of(ranked: Mapping[str, float]) -> str | None:
    """The best of these queries, the best first, if it has enough points and leads the second clearly."""
    pairs = list(ranked.items())
    if not pairs or pairs[0][1] < LEAST:
        return None
    if len(pairs) > 1 and pairs[0][1] - pairs[1][1] < MARGIN:
        return None
    return pairs[0][0]


def calls_for(name: str, reading: Reading, context: Context) -> tuple[list[PlannedCall], list[str]]:
    """The calls of a query that a reading fills, up to four for several things named; and what it cannot apply."""
    query = context.queries[name]
    filled = fill(query, reading, context.names, context.now)
    base = PlannedCall(query=name, domain=query.domain, inputs=filled.inputs)
    calls = [base]
    for slot, values in filled.spread.items():
        calls = [c.model_copy(update={"inputs": {**c.inputs, slot: v}}) for c in calls for v in values][:4]
    return calls, filled.limits


def one_call(name: str, reading: Reading, context: Context) -> PlannedCall:
    """The call of a query that a reading fills, of the first where several things were named."""
    query = context.queries[name]
    return PlannedCall(query=name, domain=query.domain, inputs=fill(query, reading, context.names, context.now).inputs)
