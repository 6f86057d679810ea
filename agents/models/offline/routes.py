"""Routes: which domains a question needs, of which specialists are chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.intents.scoring import scores
from agents.models.offline.naming.names import Names
from agents.models.offline.reading import read
from agents.models.offline.understand import planned
from tools.registry import Query


@dataclass(frozen=True, slots=True)
class Route:
    """Which domains a question needs: `domains` strictly as planned, `scores` generously (0 to 1) for every domain."""

    domains: tuple[str, ...]
    scores: dict[str, float]


def route(
    question: str,
    history: Sequence[str],
    *,
    names: Names,
    now: datetime,
    queries: Mapping[str, Query],
    answers: Sequence[str] = (),
) -> Route:
    """The domains that `question` needs; with an LLM, use `scores` to choose generously."""
    plan = planned(question, history, answers, Context(names, now, queries))
    best: dict[str, float] = {q.domain: 0.0 for q in queries.values() if q.domain != "shared"}
    for name, points in scores(read(question, names, now), queries).items():
        domain = queries[name].domain
        best[domain] = max(best[domain], min(1.0, max(0.0, points) / 8))
    for domain in plan.domains:
        best[domain] = 1.0
    return Route(plan.domains, best)
