"""A desk whose questions come with some calls approved already, as by a second person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from agents.desk import Desk
from policies.access import call_sha256
from policies.turn import Turn
from tools.catalogue import find


class ApprovingDesk(Desk):
    """A desk that knows these calls as approved."""

    approved: frozenset[str]

    def open_turn(self, *given: Any) -> Turn:
        turn = super().open_turn(*given)
        turn.approved = self.approved
        return turn


def approving(desk: Desk, calls: Iterable[tuple[str, dict[str, Any]]]) -> ApprovingDesk:
    """The same desk, with these calls (query, inputs) approved and no others."""
    made = ApprovingDesk(**{field.name: getattr(desk, field.name) for field in fields(desk)})
    hashes = frozenset(call_sha256(name, find(name).parse(given)) for name, given in calls)
    object.__setattr__(made, "approved", hashes)
    return made
