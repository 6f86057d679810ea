"""Routing: which specialists a language model's question needs. A first guess by words; in doubt, all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agents.conversations import Exchange
    from policies.turn import Turn


def likely_domains(question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
    """The domains that the question's words point to; every domain if they point nowhere."""
    from agents.models.offline.maker import plan_domains
    from agents.specialists import specialists

    planned = plan_domains(question, history, turn)
    return planned or tuple(specialists())
