"""Querying: one query for a verified principal, without a model. What the Gateway and MCP clients call.

It is a turn like any other: kill switch, budgets, guard, gate, allow-list and ledger, in the same order. The question
on record is the call itself. No model writes anything, so there is nothing to ground: what comes back is what the query
told, with its facts and receipts.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from agents import wording
from agents.answer import Answer, Question, Status, Usage
from agents.desk import new_id
from agents.outcome import principal_shown, queries_made, results_of, status_of, why
from agents.telling import tell
from agents.writing import look
from policies.access import DeniedError
from policies.audit import AnswerDelivered
from policies.governed import governed_call
from policies.guarded import guarded, hide, masked_inputs, withhold
from policies.guardrails import assess_question, for_the_record, local_guard
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
    return asyncio.run(aquery_for(desk, call, principal))


async def aquery_for(desk: Desk, call: QueryCall, principal: Principal) -> Answer:
    """`query_for`, for callers that run an event loop."""
    question = Question(text=call.text, channel=call.channel, session=call.session, reason=call.reason)
    with desk.oversight.running.one(principal.id, principal.role) as full:
        if full is None:
            return await _queried(desk, call, question, principal)
        return await desk.turned_away(question, principal, full)


async def _queried(desk: Desk, call: QueryCall, question: Question, principal: Principal) -> Answer:
    started = time.perf_counter()
    question_id = new_id()
    shown = assess_question(question.text).text or for_the_record(question.text)
    turn: Turn | None = None
    try:
        turn = desk.open_turn(question_id, question, principal, lambda event: None, shown)
        turn.record("person", desk.asked(question, principal, shown))
        refused, _ = await asyncio.gather(
            asyncio.to_thread(admit, turn), asyncio.to_thread(desk.remember, turn, question.session)
        )
        if refused:
            turn.guard = local_guard()  # while stopped, not even a guard is asked over the network
            return await _delivered(desk, turn, question, shown, "denied", refused, started)
        seen = await guarded(turn, question.text, "question")
        if seen.outcome == "blocked":
            return await _delivered(desk, turn, question, shown, "blocked", " ".join(seen.reasons), started)
        status, text = await _run(desk, turn, call)
        return await _delivered(desk, turn, question, shown, status, text, started)
    except Exception as error:  # noqa: BLE001 - the border of the house, as in the desk
        return await desk.failed(turn, question_id, question, principal, shown, error, started)


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


async def _delivered(
    desk: Desk, turn: Turn, question: Question, shown: str, status: Status, text: str, started: float
) -> Answer:
    leaving = await guarded(turn, text, "answer")
    if leaving.outcome == "blocked":
        status, text = "blocked", f"The guard withheld what was found. {' '.join(leaving.reasons)}"
    else:
        text = text if leaving.outcome == "passed" else leaving.text
    facts = turn.facts() if status == "answered" else ()
    receipts = tuple(turn.receipts[one] for one in dict.fromkeys(r for f in facts for r in f.receipts))
    usage = Usage(
        model=desk.maker.name,
        aws_calls=sum(1 for receipt in turn.receipts.values() if not receipt.cached),
        aws_cost_usd=float(turn.aws_cost_usd),
        seconds=round(time.perf_counter() - started, 3),
    )
    turn.record(
        "system:desk",
        AnswerDelivered(
            status=status,
            text_sha256=hashlib.sha256(text.encode()).hexdigest(),
            figures=0,
            facts=[fact.id for fact in facts],
            receipts=[receipt.id for receipt in receipts],
            usage=usage.model_dump(mode="json"),
        ),
    )
    return Answer(
        id=turn.question,
        question=shown,
        principal=principal_shown(turn.principal),
        status=status,
        text=text,
        disclosure=wording.unwritten(desk.words),
        facts=tuple(hide(turn, fact) for fact in facts),
        receipts=receipts,
        queries=queries_made(turn),
        personal=turn.personal,
        usage=usage,
        ledger=desk.span(turn),
        results=results_of(turn) if status == "answered" else (),
    )
