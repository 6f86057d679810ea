"""Planning: what the offline model makes of a question of somebody who sees all of the sample estate."""

from __future__ import annotations

from typing import Any

from agents.models.offline.plan import Plan
from agents.models.offline.understand import understand
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW


def plan_of(*asked: str, answers: tuple[str, ...] = ()) -> Plan:
    """The plan of the last question, after the others, which were answered so."""
    return understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries(), answers=answers)


def calls_of(*asked: str, answers: tuple[str, ...] = ()) -> list[tuple[str, dict[str, Any]]]:
    """The calls of that plan: queries and their inputs."""
    return [(call.query, dict(call.inputs)) for call in plan_of(*asked, answers=answers).calls]
