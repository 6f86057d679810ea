"""Routing: which specialists a language model's question needs. Generous: a model can leave a query unused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.conversations import Exchange
    from policies.turn import Turn

ENOUGH = 0.4
"""A domain that the words point to at least this strongly (0 to 1) takes part."""


def likely_domains(question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
    """The domains that the question's words point to; every domain if they point nowhere."""
    from agents.models.offline.maker import plan_route
    from agents.specialists import specialists

    return generous(plan_route(question, history, turn).scores, tuple(specialists()))


def generous(scores: Mapping[str, float], every: Sequence[str]) -> tuple[str, ...]:
    """The domains of `every` that score enough, in its order; all of them if none does."""
    return tuple(domain for domain in every if scores.get(domain, 0.0) >= ENOUGH) or tuple(every)
