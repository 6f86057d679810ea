"""Where a turn gets its offline model from: the names in the asker's sight, the estate's clock, and all queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agents.models.offline.naming.names import Names, names_of
from agents.models.offline.routes import Route, route
from tools.catalogue import queries

if TYPE_CHECKING:
    from strands.models import Model

    from agents.conversations import Exchange
    from policies.turn import Turn


class OfflineMaker:
    """Makes offline models."""

    name = "offline"
    is_llm = False

    def make(self, turn: Turn) -> Model:
        """A model for one specialist of this turn."""
        from agents.models.offline.model import OfflineModel

        return OfflineModel(_names(turn), turn.estate.clock(), queries())

    def domains(self, question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
        """The domains of the plan; one of them all the same when there is no plan, to say why."""
        from agents.specialists import specialists

        return plan_domains(question, history, turn) or tuple(specialists())[:1]


def plan_domains(question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
    """The domains that the question needs, as planned by rules; empty if the rules do not understand it."""
    return plan_route(question, history, turn).domains


def plan_route(question: str, history: Sequence[Exchange], turn: Turn) -> Route:
    """The planned domains, and how strongly the words point to each domain."""
    asked = [exchange.question for exchange in history]
    answers = [exchange.answer for exchange in history]
    return route(question, asked, names=_names(turn), now=turn.estate.clock(), queries=queries(), answers=answers)


def _names(turn: Turn) -> Names:
    teams: tuple[str, ...] = ()
    if turn.estate.source == "sample" and turn.sight.complete:
        # the deployed package has no sample estate, and routes with these rules, too
        from tools.estate.world import TEAMS

        teams = TEAMS  # teams that own no account are known from cost tags only; the sample estate's are at hand
    return names_of(turn.sight, teams=teams, complete=turn.principal.unlimited)
