"""Querying: one query for a verified principal, without a model. What the Gateway and MCP clients call.

It is a turn like any other: kill switch, budgets, guard, gate, allow-list and ledger, in the same order. The question
on record is the call itself. No model writes anything, so there is nothing to ground: what comes back is what the query
told, with its facts and receipts.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from agents import wording
from agents.answer import Answer, Question, Status
from agents.arriving import Arrival, arrived
from agents.handing_over import deliver_on_record, handed_over
from agents.outcome import status_of, why
from agents.telling import tell
from agents.to_its_end import to_its_end
from agents.writing import Written, look
from policies.access import DeniedError
from policies.governed import governed_call
from policies.guarded import guarded, masked_inputs, withhold
from policies.guardrails import local_guard
from policies.halting import admit
from policies.oversight import LimitReachedError
from tools.errors import AwsCallError, InputError, UnreadableError
from tools.facts import FactBook

if TYPE_CHECKING:
    from agents.desk import Desk
    from policies.access import Principal
    from policies.turn import Turn
    from tools.registry import Query


class QueryCall(BaseModel):
    """One query call that came from elsewhere. `reason` says why the caller wants to know; none is assumed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(max_length=128)
    given: dict[str, Any]
    channel: str
    session: str | None = None
    reason: str = Field(default="", max_length=2000)

    @property
    def text(self) -> str:
        """The call as one line, for the record and the guard."""
        return f"{self.name} {json.dumps(masked_inputs(self.given), ensure_ascii=False, sort_keys=True)}"


def callable_queries() -> dict[str, Query]:
    """The queries that make sense by themselves: those that look at the estate, not at facts of a turn before.

    Queries about persons are left out: they need a second person, and there is no run here that could wait for one.
    """
    from tools.catalogue import queries

    return {name: one for name, one in queries().items() if one.reach != "facts" and not one.personal_data}


def query_for(desk: Desk, call: QueryCall, principal: Principal) -> Answer:
    """Run one query. Never raises for what goes wrong on the way: the answer's status says it."""
    return to_its_end(aquery_for(desk, call, principal))


async def aquery_for(desk: Desk, call: QueryCall, principal: Principal) -> Answer:
    """`query_for`, for callers that run an event loop."""
    question = Question(text=call.text, channel=call.channel, session=call.session, reason=call.reason)
    with desk.oversight.running.one(principal.id, principal.role) as full:
        if full is None:
            return await _queried(desk, call, question, principal)
        return await desk.turned_away(question, principal, full)


async def _queried(desk: Desk, call: QueryCall, question: Question, principal: Principal) -> Answer:
    arrival = arrived(question, principal)
    turn: Turn | None = None
    try:
        turn = desk.open_turn(arrival)
        turn.record("person", desk.asked(arrival))
        refused, _ = await asyncio.gather(
            asyncio.to_thread(admit, turn), asyncio.to_thread(desk.remember, turn, question.session)
        )
        if refused:
            turn.guard = local_guard()  # while stopped, not even a guard is asked over the network
            return await _delivered(desk, turn, arrival, "denied", refused)
        seen = await guarded(turn, question.text, "question")
        if seen.outcome == "blocked":
            return await _delivered(desk, turn, arrival, "blocked", " ".join(seen.reasons))
        status, text = await _run(desk, turn, call)
        return await _delivered(desk, turn, arrival, status, text)
    except Exception as error:  # noqa: BLE001 - the border of the house, as in the desk
        return await desk.failed(turn, arrival, error)


async def _run(desk: Desk, turn: Turn, call: QueryCall) -> tuple[Status, str]:
    await asyncio.to_thread(look, desk, turn)
    try:
        if call.name not in callable_queries():
            raise InputError(f"There is no query {call.name[:60]!r} to be called by itself.")
        result = await asyncio.to_thread(governed_call, turn, call.name, call.given, FactBook())
    except (InputError, DeniedError, AwsCallError, LimitReachedError, UnreadableError) as error:
        if not turn.attempts:
            return "unanswerable", f"{error}"
        return status_of(turn), why(turn)
    text = tell(result, prose_from=turn.prose_from)
    turn.told[text] = result
    found = await guarded(turn, text, "tool_result")
    if found.outcome == "blocked":
        said = f"The guard withheld what was found. {' '.join(found.reasons)}"
        withhold(turn, text, said)
        return "blocked", said
    return status_of(turn), text if found.outcome == "passed" else found.text


async def _delivered(desk: Desk, turn: Turn, arrival: Arrival, status: Status, text: str) -> Answer:
    leaving = await guarded(turn, text, "answer")
    if leaving.outcome == "blocked":
        status, text = "blocked", f"The guard withheld what was found. {' '.join(leaving.reasons)}"
    else:
        text = text if leaving.outcome == "passed" else leaving.text
    written = Written(status, text, facts=turn.facts() if status == "answered" else ())
    usage = deliver_on_record(desk, turn, arrival, written)
    return handed_over(desk, turn, arrival, written, usage=usage, disclosure=wording.unwritten(desk.words))
