"""Waited: what became of the questions of a conversation that waited for a second person, when it is read again."""

from __future__ import annotations

from collections.abc import Sequence

from agents.conversations import Exchange
from policies.oversight import Approvals

DENIED = "This was not answered: the second person who was asked did not approve it."
EXPIRED = "This was not answered: no second person approved it in time."
_OVER = {"denied": DENIED, "expired": EXPIRED}


def as_became(history: Sequence[Exchange], approvals: Approvals) -> tuple[Exchange, ...]:
    """The exchanges, with what was denied or expired meanwhile said to be, in the place of `WAITS`."""
    return tuple(_became(one, approvals) if one.waits else one for one in history)


def _became(exchange: Exchange, approvals: Approvals) -> Exchange:
    known = approvals.latest_of(exchange.waits or "")
    said = _OVER.get(known.state) if known else None
    return exchange.model_copy(update={"answer": said, "waits": None}) if said else exchange
