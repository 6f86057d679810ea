"""Halting: the kill switch and the budgets, asked for one turn before it costs or reads anything, and on record.

What is halted ends with status `denied`: nothing failed and nothing was held back, the house said no.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

from policies.audit import LimitReached
from policies.oversight import Exhausted, Lease, LimitReachedError, halted
from policies.turn import Attempt, Turn
from tools.registry import Query

Given = ParamSpec("Given")
Result = TypeVar("Result")


class StoppedError(LimitReachedError):
    """The kill switch or a budget stopped a query call. Nothing was sent to AWS."""


class MayWait(Protocol):
    """What may have to wait for a network, or never does."""

    @property
    def remote(self) -> bool: ...


async def off_loop(what: MayWait, call: Callable[Given, Result], *given: Given.args, **named: Given.kwargs) -> Result:
    """Call it; in a thread if it may wait for a network, so that the other specialists go on."""
    return await asyncio.to_thread(call, *given, **named) if what.remote else call(*given, **named)


def admit(turn: Turn) -> str | None:
    """Let a question in: the sentence that refuses it, or None. Counts it against the budgets of its principal.

    Raises:
        UsageError: it cannot be counted.
        LedgerError: the refusal cannot be recorded.
    """
    if stopped(turn):
        return turn.halted
    refused = turn.oversight.budgets.question(turn.principal.id, turn.principal.role)
    return None if refused is None else exhausted(turn, refused)


def stopped(turn: Turn, *, domain: str | None = None, query: Query | None = None) -> str | None:
    """The sentence of the kill switch that covers this, or None. A stop of more than one query ends the turn."""
    if turn.halted:
        return turn.halted
    domain = query.domain if query else domain
    stop = halted(turn.oversight.switch, turn.principal.id, domain=domain, query=query.name if query else None)
    if stop is None:
        return None
    about = "principal" if stop.scope.kind == "principal" else str(stop.scope)  # who it is stands sealed elsewhere
    turn.record("system:switch", LimitReached(limit="kill switch", value=about))
    if stop.scope.kind != "query":
        turn.halted = stop.sentence
    return stop.sentence


def exhausted(turn: Turn, refused: Exhausted) -> str:
    """Put on record that a budget is used up, and end the turn with its sentence."""
    turn.record(
        "system:budget",
        LimitReached(limit=refused.limit, value=refused.value, reset=refused.reset.isoformat()),
    )
    turn.halted = refused.sentence
    return refused.sentence


def hold_query(turn: Turn, query: Query, parsed: dict[str, object]) -> Lease | None:
    """The last word before AWS is asked: the kill switch, then the budget of billed calls.

    Raises:
        StoppedError: one of them says no; it is on record.
    """
    said = stopped(turn, query=query)
    held = None
    if said is None:
        held = turn.oversight.budgets.query_call(turn.principal.id, turn.principal.role, query.operations)
        if isinstance(held, Exhausted):
            said = exhausted(turn, held)
    if said is not None or isinstance(held, Exhausted):
        turn.attempts.append(Attempt(query.name, parsed, "denied", said or ""))
        raise StoppedError(said or "")
    return held
