"""The desk: takes a question, has it answered by governed specialists, and lets out only what is grounded."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from agents import wording
from agents.answer import Answer, AnswerFigure, LedgerSpan, PrincipalShown, QueryMade, Question, Status, Usage
from agents.conversations import Conversations, Exchange
from agents.drafting import Draft, ModelMaker, draft, repair, told_again
from agents.home import Home
from agents.specialists import specialists
from policies.access import Gate, Principal
from policies.audit import (
    AnswerDelivered,
    GroundingChecked,
    Ledger,
    QuestionAsked,
    Record,
    SightResolved,
)
from policies.audit.errors import LedgerError
from policies.grounding import Figure, ground, repair_prompt
from policies.guarded import guarded, hidden_attempt, hide
from policies.guardrails import (
    Asked,
    Assessment,
    Guard,
    assess_question,
    clean_and_mask,
    for_the_record,
    local_guard,
)
from policies.halting import admit
from policies.oversight import Limits, Meter, Oversight
from policies.turn import Turn
from tools.accounts import Directory
from tools.errors import RegentError
from tools.estates import Estate
from tools.facts import Fact, QueryResult
from tools.memory import CallCache
from tools.receipts import ReceiptStore

log = structlog.get_logger()
Progress = Callable[[dict[str, Any]], None]
_MARKER = re.compile(r"\{\{[a-z_:]{1,40}\}\}[ \t]*\n?")


@dataclass(frozen=True, slots=True)
class _Written:
    """What the specialists' work came to: a status, a text, and its figures."""

    status: Status
    text: str
    figures: tuple[Figure, ...] = ()
    facts: tuple[Fact, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that questions share. Safe for many questions at the same time."""

    home: Home
    estate: Estate
    ledger: Ledger
    store: ReceiptStore
    gate: Gate
    maker: ModelMaker
    conversations: Conversations
    limits: Limits
    guard: Guard = field(default_factory=local_guard)
    overseen: Oversight | None = None
    """What oversees its questions; None: files in its home."""

    @property
    def oversight(self) -> Oversight:
        """The kill switch and the budgets over every question of this desk."""
        if self.overseen is None:
            object.__setattr__(self, "overseen", Oversight.local(self.home.path, self.ledger))
        assert self.overseen is not None
        return self.overseen

    def answer(self, question: Question, principal: Principal, progress: Progress = lambda event: None) -> Answer:
        """Answer one question. Never raises for what goes wrong on the way: the answer's status says it."""
        return asyncio.run(self.aanswer(question, principal, progress))

    async def aanswer(
        self, question: Question, principal: Principal, progress: Progress = lambda event: None
    ) -> Answer:
        """`answer`, for callers that run an event loop."""
        started = time.perf_counter()
        question_id = _new_id()
        shown = assess_question(question.text).text or for_the_record(question.text)
        turn: Turn | None = None
        try:
            turn = self._open_turn(question_id, question, principal, progress, shown)
            turn.record("person", self._asked(question, principal, shown))
            refused = await asyncio.to_thread(admit, turn)
            if refused:
                written = _Written("denied", refused)
            else:
                written = await self._write(await guarded(turn, question.text, "question"), question, turn)
            return await self._deliver(turn, question, shown, written, started)
        except Exception as error:  # noqa: BLE001 - the border of the house: a failure becomes an answer, not a trace
            return await self._failed(turn, question_id, question, principal, shown, error, started)

    def refuse(self, question: Question, principal_id: str, reason: str) -> Answer:
        """Refuse somebody who is not known, on record. Nothing else happens.

        Raises:
            LedgerError: not even the refusal could be recorded.
        """
        question_id = _new_id()
        shown = for_the_record(question.text)
        principal_id, reason = clean_and_mask(principal_id), clean_and_mask(reason)
        asked = QuestionAsked(
            text=shown,
            channel=question.channel,
            principal_id=principal_id[:128],
            role="unknown",
            assurance="none",
            model=self.maker.name,
            estate=self.estate.source,
        )
        first = self.ledger.append(Record(actor="person", body=asked, question=question_id), wait=False)
        delivered = AnswerDelivered(status="denied", text_sha256=hashlib.sha256(reason.encode()).hexdigest(), figures=0)
        last = self.ledger.append(Record(actor="system:desk", body=delivered, question=question_id, parent=first))
        return Answer(
            id=question_id,
            question=shown,
            principal=PrincipalShown(id=principal_id[:128], role="unknown", assurance="none"),
            status="denied",
            text=reason,
            usage=Usage(model=self.maker.name),
            ledger=LedgerSpan(origin=self.ledger.origin, first=first, last=last, root=self.ledger.root()),
        )

    def _open_turn(
        self, question_id: str, question: Question, principal: Principal, progress: Progress, shown: str
    ) -> Turn:
        empty = Directory((), self.estate.payer)
        return Turn(
            question=question_id,
            session=question.session or question_id,
            principal=principal,
            channel=question.channel,
            estate=self.estate,
            everyone=empty,
            sight=empty,
            ledger=self.ledger,
            gate=self.gate,
            oversight=self.oversight,
            meter=Meter(self.limits),
            store=self.store,
            memory=CallCache(self.home.cache / "calls" / self.estate.epoch, self.store, fresh=question.fresh),
            fresh=question.fresh,
            guard=self.guard,
            reason=_reason(question, shown),
            progress=progress,
        )

    def _asked(self, question: Question, principal: Principal, shown: str) -> QuestionAsked:
        return QuestionAsked(
            text=shown,
            channel=question.channel,
            principal_id=principal.id,
            role=principal.role,
            assurance=principal.assurance,
            model=self.maker.name,
            estate=self.estate.source,
            reason=_reason(question, shown),
        )

    async def _write(self, seen: Assessment, question: Question, turn: Turn) -> _Written:
        if seen.outcome == "blocked":
            return _Written("blocked", " ".join(seen.reasons))
        turn.everyone = await asyncio.to_thread(self.estate.directory, self.store)
        turn.sight = turn.everyone.cut(turn.principal.accounts)
        turn.record("system:desk", _sight(turn), wait=False)
        history: tuple[Exchange, ...] = ()
        if question.session:
            history = self.conversations.latest(turn.principal.id, question.session)
        known = specialists()
        domains = self.maker.domains(seen.text, history, turn)
        turn.progress({"event": "specialists.chosen", "domains": list(domains)})
        chosen = [known[domain] for domain in domains if domain in known]
        made = await draft(seen.text, history, chosen, self.maker, turn)
        if turn.halted:
            return _Written("denied", turn.halted, (), (), made.input_tokens, made.output_tokens)
        status = _status(turn)
        refused = any(attempt.outcome == "refused" for attempt in turn.attempts)
        if status in ("denied", "needs_approval", "error") or (status == "unanswerable" and refused):
            return _Written(status, _why(turn), (), turn.facts(), made.input_tokens, made.output_tokens)
        if turn.stopped:
            return self._withheld(turn, wording.stopped(turn.stopped), made)
        # a follow-up may rest on what was named before: "and the month before?"
        asked = " ".join([*(exchange.question for exchange in history[-1:]), seen.text])
        return await self._ground(made, asked, status, turn)

    async def _ground(self, made: Draft, question: str, status: Status, turn: Turn) -> _Written:
        facts, now = turn.facts(), turn.estate.clock()
        text = _MARKER.sub("", made.text).strip()
        used = [made]
        checked = ground(text, facts, question=question, now=now)
        if not checked.ok and self.maker.is_llm:
            self._checked(turn, "repair", text, [fault.kind for fault in checked.faults])
            turn.progress({"event": "answer.repaired", "faults": len(checked.faults)})
            mended = await repair(repair_prompt(text, checked.faults), self.maker, turn)
            used.append(mended)
            if turn.halted:
                return _Written("denied", turn.halted)
            text = _MARKER.sub("", mended.text).strip()
            checked = ground(text, facts, question=question, now=now)
        tokens = Draft(
            text="",
            input_tokens=sum(one.input_tokens for one in used),
            output_tokens=sum(one.output_tokens for one in used),
        )
        if not checked.ok or not checked.text.strip():
            self._checked(turn, "withheld", text, [fault.kind for fault in checked.faults])
            return self._withheld(turn, wording.withheld(len(checked.faults)), tokens)
        self._checked(turn, "bound", text, [])
        return _Written(status, checked.text, checked.figures, facts, tokens.input_tokens, tokens.output_tokens)

    def _withheld(self, turn: Turn, said: str, made: Draft) -> _Written:
        return _Written("withheld", said, (), turn.facts(), made.input_tokens, made.output_tokens)

    def _checked(self, turn: Turn, outcome: Any, text: str, faults: list[str]) -> None:
        # kinds only: a fault's sentence quotes the draft, and of a draft nothing but its hash is kept
        turn.record(
            "system:grounding",
            GroundingChecked(
                outcome=outcome, faults=faults[:20], text_sha256=hashlib.sha256(text.encode()).hexdigest()
            ),
        )

    async def _let_out(self, turn: Turn, shown: str, written: _Written) -> tuple[_Written, str]:
        """What may go out of what was written: the guard's last look, at all of the text."""
        text = wording.finished(written.text, written.status, turn, self.maker)
        asked = Asked(question=shown, facts=await told_again(turn)) if turn.guard.remote else Asked()
        leaving = await guarded(turn, text, "answer", asked)
        if leaving.outcome == "blocked":
            written = _Written("blocked", wording.guarded(leaving.reasons))
            return written, wording.finished(written.text, written.status, turn, self.maker)
        return written, leaving.text

    async def _deliver(self, turn: Turn, question: Question, shown: str, written: _Written, started: float) -> Answer:
        written, text = await self._let_out(turn, shown, written)
        used = dict.fromkeys(receipt for fact in written.facts for receipt in fact.receipts)
        receipts = tuple(turn.receipts[receipt] for receipt in used if receipt in turn.receipts)
        prices = self.oversight.budgets.prices
        usage = Usage(
            input_tokens=written.input_tokens,
            output_tokens=written.output_tokens,
            model=self.maker.name,
            aws_calls=sum(1 for receipt in turn.receipts.values() if not receipt.cached),
            aws_cost_usd=float(turn.aws_cost_usd),
            model_cost_usd=float(prices.tokens(self.maker.name, written.input_tokens, written.output_tokens)),
            seconds=round(time.perf_counter() - started, 3),
        )
        turn.record(
            "system:desk",
            AnswerDelivered(
                status=written.status,
                text_sha256=hashlib.sha256(text.encode()).hexdigest(),
                figures=len(written.figures),
                facts=[fact.id for fact in written.facts],
                receipts=[receipt.id for receipt in receipts],
                usage=usage.model_dump(mode="json"),
            ),
        )
        if question.session and written.status not in ("blocked", "error", "needs_approval"):
            exchange = Exchange(question=shown, answer=text)
            self.conversations.keep(turn.principal.id, question.session, turn.question, exchange)
        return Answer(
            id=turn.question,
            question=shown,
            principal=_shown(turn.principal),
            status=written.status,
            text=text,
            figures=tuple(
                hide(turn, AnswerFigure(text=f.text, value=f.value, unit=f.unit, facts=f.facts))
                for f in written.figures
            ),
            facts=tuple(hide(turn, fact) for fact in written.facts),
            receipts=receipts,
            queries=_made(turn),
            usage=usage,
            ledger=self._span(turn),
            results=_results(turn) if written.status != "blocked" else (),
        )

    async def _failed(
        self,
        turn: Turn | None,
        question_id: str,
        question: Question,
        principal: Principal,
        shown: str,
        error: Exception,
        started: float,
    ) -> Answer:
        cause = _cause(error)
        said = clean_and_mask(wording.failure(cause))
        log.debug("what failed", question=question_id, exc_info=error)
        log.error("question failed", question=question_id, error=type(cause).__name__, said=said)
        written = _Written("error", said)
        if turn is not None and not isinstance(cause, LedgerError):
            turn.guard = local_guard()  # what is left to say is our own sentence; it must not fail for a network
            try:
                return await self._deliver(turn, question, shown, written, started)
            except RegentError as second:
                said = clean_and_mask(wording.failure(second))
        return Answer(
            id=question_id,
            question=shown,
            principal=_shown(principal),
            status="error",
            text=said,
            queries=_made(turn) if turn else (),
            usage=Usage(model=self.maker.name, seconds=round(time.perf_counter() - started, 3)),
            ledger=LedgerSpan(origin=self.ledger.origin, first=turn.first if turn else None, last=None, root=""),
        )

    def _span(self, turn: Turn) -> LedgerSpan:
        self.ledger.checkpoint()  # signed at the end of every question
        return LedgerSpan(origin=self.ledger.origin, first=turn.first, last=turn.last, root=self.ledger.root())


def _sight(turn: Turn) -> SightResolved:
    return SightResolved(
        accounts=[account.model_dump() for account in turn.sight.accounts],
        payer=turn.sight.payer.model_dump(),
        complete=turn.sight.complete,
        regions=list(turn.estate.regions),
        currency=turn.estate.currency,
        source=turn.estate.source,
    )


def _reason(question: Question, shown: str) -> str:
    """Why the person wants to know, masked as the question is."""
    return shown if question.reason is None else for_the_record(question.reason)


def _new_id() -> str:
    """Sorts by time, and is not guessable."""
    return f"q-{time.time_ns():x}-{secrets.token_hex(3)}"


def _status(turn: Turn) -> Status:
    """The status so far, from what became of the query calls: never from what a model wrote."""
    outcomes = [attempt.outcome for attempt in turn.attempts]
    if "needs_approval" in outcomes:
        return "needs_approval"
    if "returned" in outcomes:
        return "answered"
    if "denied" in outcomes:
        return "denied"
    if "failed" in outcomes:
        return "error"
    return "unanswerable"


def _why(turn: Turn) -> str:
    """Why nothing came back, in the words of what said no: waits for approval and denials first."""
    for outcome in ("needs_approval", "denied", "failed", "refused"):
        said = [attempt.said for attempt in turn.attempts if attempt.outcome == outcome]
        if said:
            return wording.not_answered(outcome, said)
    return wording.not_answered("failed", [])


def _made(turn: Turn) -> tuple[QueryMade, ...]:
    words: dict[str, Any] = {"returned": "allow", "denied": "deny", "needs_approval": "needs_approval"}
    return tuple(QueryMade(name=a.query, input=a.input, decision=words.get(a.outcome, "error")) for a in turn.attempts)


def _results(turn: Turn) -> tuple[QueryResult, ...]:
    shown = (hidden_attempt(turn, attempt).result for attempt in turn.attempts)
    return tuple(result for result in shown if result)


def _shown(principal: Principal) -> PrincipalShown:
    return PrincipalShown(id=principal.id, role=principal.role, assurance=principal.assurance)


def _cause(error: BaseException) -> BaseException:
    """The error that a framework wrapped, if it wrapped one of ours."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, RegentError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return error
