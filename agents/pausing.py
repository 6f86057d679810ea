"""Pausing: a run that waits for a second person, taken down to what it needs to go on in another process."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from agents import wording
from agents.answer import Question
from policies.access import Principal
from policies.audit.bodies import ApprovalRequested
from policies.oversight import Meter
from policies.turn import Attempt, Outcome, Turn
from tools.catalogue import find
from tools.facts import FactBook, QueryResult
from tools.receipts import Receipt

if TYPE_CHECKING:
    from agents.desk import Desk
    from agents.drafting import Draft


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class PausedSpecialist(_Frozen):
    """One specialist: Strands' snapshot of its agent if it is paused, what it wrote if it is done."""

    domain: str
    snapshot: dict[str, Any] | None
    text: str
    next_fact: int


class PausedCall(_Frozen):
    """The call that waits, as the gate decided on it."""

    approval: str
    query: str
    input: dict[str, Any]
    accounts: tuple[str, ...]
    call_sha256: str


class PausedAttempt(_Frozen):
    """A query call that was tried before the pause."""

    query: str
    input: dict[str, Any]
    outcome: Outcome
    said: str
    result: QueryResult | None


class RunOf(_Frozen):
    """Whose run it is, and where it can go on."""

    asker: Principal
    estate: str
    model: str


class PausedRun(RunOf):
    """A whole paused run. Text of persons is in it, so it is only ever kept sealed."""

    model_config = ConfigDict(extra="ignore")  # one that an older version kept says more

    question_id: str
    question: Question
    asked: str
    """What grounding holds the text against: the question, and the one before it."""
    reason: str
    follows: tuple[str, ...] = ()
    first: int | None
    specialists: tuple[PausedSpecialist, ...]
    attempts: tuple[PausedAttempt, ...]
    receipts: tuple[Receipt, ...]
    told: dict[str, int]
    """Results by the text in which a model read them: indexes into `attempts`."""
    hidden: dict[str, str]
    model_calls: int
    query_calls: int
    seconds: float
    input_tokens: int
    output_tokens: int
    aws_cost_usd: Decimal
    personal: bool


def pause(desk: Desk, turn: Turn, question: Question, asked: str, made: Draft) -> tuple[str, str]:
    """Keep the run and ask for the approval of the first call that waits; the approval's id and the sentence for it.

    Raises:
        LedgerError, ApprovalError: it could not be recorded or kept.
    """
    call, approvals = made.waiting[0], turn.oversight.approvals
    request = ApprovalRequested(
        approval=call.approval,
        query=call.query,
        input=call.input,
        call_sha256=call.call_sha256,
        accounts=list(call.accounts),
        reason=turn.reason if question.reason is not None else wording.following(turn.reason, turn.follows),
        expires=approvals.until().isoformat(),
        personal_data=find(call.query).personal_data,
    )
    index = turn.record("system:approval", request)
    run = _taken_down(desk, turn, question, asked, made)
    approvals.keep(request, index, turn.question, turn.principal.id, run.model_dump(mode="json"))
    turn.progress({"event": "approval.requested", "approval": call.approval, "query": call.query})
    return call.approval, wording.waiting(
        request, len(call.accounts), question.channel, undecidable=question.undecidable
    )


def _taken_down(desk: Desk, turn: Turn, question: Question, asked: str, made: Draft) -> PausedRun:
    kept = [attempt for attempt in turn.attempts if attempt.outcome != "needs_approval"]
    at = {id(attempt.result): number for number, attempt in enumerate(kept) if attempt.result is not None}
    return PausedRun(
        question_id=turn.question,
        question=question,
        asker=turn.principal,
        estate=desk.estate.source,
        model=desk.maker.name,
        asked=asked,
        reason=turn.reason,
        follows=turn.follows,
        first=turn.first,
        specialists=made.specialists,
        attempts=tuple(
            PausedAttempt(query=a.query, input=a.input, outcome=a.outcome, said=a.said, result=a.result) for a in kept
        ),
        receipts=tuple(turn.receipts.values()),
        told={text: at[id(result)] for text, result in turn.told.items() if id(result) in at},
        hidden=turn.hidden,
        model_calls=turn.meter.model_calls,
        query_calls=turn.meter.query_calls,
        seconds=turn.meter.seconds,
        input_tokens=turn.input_tokens,
        output_tokens=turn.output_tokens,
        aws_cost_usd=turn.aws_cost_usd,
        personal=turn.personal,
    )


def restored(turn: Turn, run: PausedRun) -> Turn:
    """A new turn with what the paused one had found and used."""
    turn.first, turn.reason, turn.follows = run.first, run.reason, run.follows
    turn.attempts = [Attempt(a.query, a.input, a.outcome, a.said, a.result) for a in run.attempts]
    turn.receipts = {receipt.id: receipt for receipt in run.receipts}
    results = [attempt.result for attempt in turn.attempts]
    turn.told = {text: result for text, number in run.told.items() if (result := results[number]) is not None}
    turn.hidden = dict(run.hidden)
    turn.meter = Meter(turn.meter.limits, model_calls=run.model_calls, query_calls=run.query_calls, seconds=run.seconds)
    turn.input_tokens, turn.output_tokens = run.input_tokens, run.output_tokens
    turn.aws_cost_usd, turn.personal = run.aws_cost_usd, run.personal
    return turn


def book_of(run: PausedRun, number: int) -> FactBook:
    """The fact book of the specialist with this number: its facts, and the ids that come next."""
    step = len(run.specialists)
    results = [attempt.result for attempt in run.attempts if attempt.result is not None]
    own = [one for one in results if one.facts and (int(one.facts[0].id[1:]) - 1) % step == number]
    book = FactBook(
        first=run.specialists[number].next_fact, step=step, known=[fact for one in own for fact in one.facts]
    )
    book.results.extend(own)
    return book
