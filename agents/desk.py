"""The desk: takes a question, has it answered by governed specialists, and lets out only what is grounded."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import structlog

from agents import wording
from agents.answer import Answer, LedgerSpan, PrincipalShown, Question, Status, Usage
from agents.arriving import Arrival, arrived, arrived_again, new_id
from agents.conversations import WAITS, ConversationError, ConversationStore, Exchange, Whose, owner
from agents.drafting import ModelMaker, leaving_results
from agents.handing_over import deliver_on_record, handed_over
from agents.home import Home
from agents.in_order import in_order
from agents.interrupting import SAID, Underway, end
from agents.outcome import cause_of, principal_shown, queries_made
from agents.pausing import restored
from agents.refusing import refuse, turn_away
from agents.resuming import allow, keep_answer, kept_answer, paused_run, take_up
from agents.settings import Disclosure
from agents.to_its_end import to_its_end
from agents.writing import Written, go_on, write
from policies.access import Gate, Principal
from policies.audit import Ledger, QuestionAsked
from policies.audit.errors import LedgerError
from policies.guarded import guarded
from policies.guardrails import Asked, Guard, clean_and_mask, for_the_record, local_guard
from policies.guardrails.definition import load
from policies.halting import admit
from policies.oversight import Limits, Meter, Oversight
from policies.oversight.refusals import Why
from policies.oversight.running import Full
from policies.turn import Turn
from tools.accounts import Directory
from tools.errors import RegentError
from tools.estates import Estate
from tools.memory import CallCache
from tools.receipts import ReceiptStore

log = structlog.get_logger()
Progress = Callable[[dict[str, Any]], None]
_OPENING = threading.Lock()
UNVERIFIED = "unverified"
"""Stands on record in the place of the id of somebody who has none."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that questions share. Safe for many questions at the same time."""

    home: Home
    estate: Estate
    ledger: Ledger
    store: ReceiptStore
    gate: Gate
    maker: ModelMaker
    conversations: ConversationStore
    limits: Limits
    guard: Guard = field(default_factory=local_guard)
    overseen: Oversight | None = None
    """What oversees its questions; None: files in its home."""
    words: Disclosure = field(default_factory=Disclosure)
    """What is said below every answer, in the company's words."""
    underway: Underway = field(default_factory=Underway)

    @property
    def oversight(self) -> Oversight:
        """The kill switch and the budgets over every question of this desk."""
        with _OPENING:  # of two first questions each would count what runs for itself
            if self.overseen is None:
                object.__setattr__(self, "overseen", Oversight.local(self.home.path, self.ledger))
        assert self.overseen is not None
        return self.overseen

    def answer(self, question: Question, principal: Principal, progress: Progress = lambda event: None) -> Answer:
        """Answer one question. Never raises for what goes wrong on the way: the answer's status says it."""
        return to_its_end(self.aanswer(question, principal, progress))

    async def aanswer(
        self, question: Question, principal: Principal, progress: Progress = lambda event: None
    ) -> Answer:
        """`answer`, for callers that run an event loop."""
        with self.oversight.running.one(principal.id, principal.role) as full:
            if full is not None:
                return await self.turned_away(question, principal, full)
            with self.underway.one():
                return await self._answered(question, principal, progress)

    async def turned_away(self, question: Question, principal: Principal, full: Full) -> Answer:
        """The answer to somebody who has as many questions running as they may; on record as a refusal."""
        started, question_id = time.perf_counter(), new_id()
        try:
            return await asyncio.to_thread(turn_away, self, question, question_id, principal, full)
        except RegentError as error:  # of a flood, nothing is assessed
            arrival = Arrival(question_id, question, principal, for_the_record(question.text), started)
            return await self.failed(None, arrival, error)

    async def _answered(self, question: Question, principal: Principal, progress: Progress) -> Answer:
        arrival = arrived(question, principal)
        turn: Turn | None = None
        try:
            turn = self.open_turn(arrival, progress)
            turn.sealed_as = self.ledger.vault.pseudonym(principal.id)
            turn.record("person", self.asked(arrival))
            async with in_order(self.conversations, owner(principal), question.session):
                turn.meter = Meter(self.limits)  # waiting is not its own doing
                refused, _ = await asyncio.gather(
                    asyncio.to_thread(admit, turn), asyncio.to_thread(self.remember, turn, question.session)
                )
                if refused:
                    turn.guard = local_guard()  # while stopped, not even a guard is asked over the network
                    written = Written("denied", refused)
                else:
                    written = await write(self, await guarded(turn, question.text, "question"), question, turn)
                return await self._deliver(turn, arrival, written)
        except asyncio.CancelledError:
            if turn is not None and turn.first is not None:
                await self._broken_off(turn, arrival)
            raise
        except Exception as error:  # noqa: BLE001 - the border of the house: a failure becomes an answer, not a trace
            return await self.failed(turn, arrival, error)

    def resume(self, approval: str, asker: Principal, progress: Progress = lambda event: None) -> Answer:
        """Let a paused run go on as its asker, once; or give its answer again.

        Raises:
            ApprovalError: it waits still, was used already, or belongs to another estate or model.
            NotInChargeError: somebody else's.
            StoppedError: the kill switch is on; the approval is not used up.
        """
        return to_its_end(self.aresume(approval, asker, progress))

    async def aresume(self, approval: str, asker: Principal, progress: Progress = lambda event: None) -> Answer:
        """`resume`, for callers that run an event loop."""
        with self.oversight.running.one(asker.id, asker.role, bounded=False), self.underway.one():
            return await self._resumed(approval, asker, progress)

    async def _resumed(self, approval: str, asker: Principal, progress: Progress) -> Answer:
        started = time.perf_counter()
        kept = await asyncio.to_thread(kept_answer, self, approval, asker)
        if kept is not None:
            return kept
        session = (await asyncio.to_thread(paused_run, self, approval)).question.session
        async with in_order(self.conversations, owner(asker), session):
            run, used = await asyncio.to_thread(take_up, self, approval, asker)
            arrival = arrived_again(run, asker, started)
            turn = restored(self.open_turn(arrival, progress), run)
            try:
                turn.sealed_as = self.ledger.vault.pseudonym(asker.id)
                allow(turn, used)
                answer = await self._deliver(turn, arrival, await go_on(self, run, turn))
            except asyncio.CancelledError:
                await self._broken_off(turn, arrival, partial(keep_answer, self, approval, run))
                raise
            except Exception as error:  # noqa: BLE001 - the border of the house, as in `aanswer`
                answer = await self.failed(turn, arrival, error)
            await asyncio.to_thread(keep_answer, self, approval, run, answer)
            return answer

    async def _broken_off(
        self, turn: Turn, arrival: Arrival, then: Callable[[Answer], object] = lambda answer: None
    ) -> None:
        """The end of a question that is broken off, on record; `then` keeps it for whoever asks for it later."""
        turn.guard = local_guard()

        async def deliver() -> None:
            then(await self._deliver(turn, arrival, Written("error", SAID)))

        await end(turn, deliver)

    def refuse(self, question: Question, principal_id: str | None, reason: str) -> Answer:
        """Refuse somebody who is not known, or who has proved to be nobody (None), on record; of a flood, its count is
        on record (`policies.oversight.refusals`). Nothing else happens.

        Raises:
            LedgerError, UsageError: not even the refusal could be recorded.
        """
        who = PrincipalShown(id=clean_and_mask(principal_id or UNVERIFIED)[:128], role="unknown", assurance="none")
        why: Why = "unknown" if principal_id else "unverified"
        return refuse(self, question, new_id(), who, clean_and_mask(reason), why)

    def open_turn(self, arrival: Arrival, progress: Progress = lambda event: None) -> Turn:
        """A new turn, with the whole chain of what must hold over it; nothing is on record yet."""
        question, empty = arrival.question, Directory((), self.estate.payer)
        return Turn(
            question=arrival.id,
            session=question.session or arrival.id,
            principal=arrival.principal,
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
            # rules cannot be talked into anything, and read the words to choose among facts
            prose_from=load().orders_in_data.prose_from_words if self.maker.is_llm else 0,
            reason=arrival.reason,
            progress=progress,
        )

    def asked(self, arrival: Arrival) -> QuestionAsked:
        """The first record of a question."""
        return QuestionAsked(
            text=arrival.shown,
            channel=arrival.question.channel,
            principal_id=arrival.principal.id,
            role=arrival.principal.role,
            assurance=arrival.principal.assurance,
            model=self.maker.name,
            estate=self.estate.source,
            reason=arrival.reason,
        )

    def remember(self, turn: Turn, session: str | None) -> None:
        """Whose this question is, for what is said of it later. Without that it is answered all the same."""
        vouched = session if turn.principal.assurance == "envelope" else None
        whose = Whose(owned_by=owner(turn.principal), channel=turn.channel, session=vouched)
        try:
            self.conversations.asked(turn.question, whose)
        except ConversationError as error:
            log.error("nobody will be able to give feedback on it", question=turn.question, error=str(error))

    async def _let_out(self, turn: Turn, shown: str, written: Written) -> tuple[Written, str]:
        """What may go out of what was written: the guard's last look, at all of the text."""
        text = wording.finished(written.text, written.status, turn)
        asked, reasons = Asked(), tuple[str, ...]()
        if turn.guard.remote:  # the local rules saw every text of the estate as it became a fact
            asked = Asked(question=shown, facts=await leaving_results(turn))
            if not {fact.id for fact in written.facts} <= {fact.id for fact in turn.facts()}:
                reasons = ("What a query brought back must not leave.",)
        leaving = await guarded(turn, text, "answer", asked)
        if reasons or leaving.outcome == "blocked":
            said = wording.guarded([*reasons, *leaving.reasons])
            written = Written("blocked", said)
            return written, wording.finished(written.text, written.status, turn)
        return written, leaving.text

    async def _deliver(self, turn: Turn, arrival: Arrival, written: Written) -> Answer:
        written, text = await self._let_out(turn, arrival.shown, written)
        # after the guard, which would mask an address in it: it is a setting, and nothing of a model or the estate
        disclosure = self._origin(written.status, any(attempt.result for attempt in turn.attempts))
        written = replace(written, text=f"{text}\n\n{disclosure}")
        usage = deliver_on_record(self, turn, arrival, written)
        session = arrival.question.session
        if session and written.status not in ("blocked", "error"):
            # what would run is for the asker and the approver: the conversation has the question, to be followed
            said = WAITS if written.status == "needs_approval" else written.text
            exchange = Exchange(question=arrival.shown, answer=said)
            self.conversations.keep(owner(turn.principal), session, turn.question, exchange)
            if turn.forgotten:
                self.conversations.erase("", {turn.question}, lambda question, answer: False)
        return handed_over(self, turn, arrival, written, usage=usage, disclosure=disclosure)

    async def failed(self, turn: Turn | None, arrival: Arrival, error: Exception) -> Answer:
        """The answer that says that something failed, on record where a record can still be made."""
        cause = cause_of(error)
        said = clean_and_mask(wording.failure(cause))
        log.debug("what failed", question=arrival.id, exc_info=error)
        log.error("question failed", question=arrival.id, error=type(cause).__name__, said=said)
        if turn is not None and not isinstance(cause, LedgerError):
            turn.guard = local_guard()  # what is left to say is our own sentence; it must not fail for a network
            try:
                return await self._deliver(turn, arrival, Written("error", said))
            except RegentError as second:
                said = clean_and_mask(wording.failure(second))
        return Answer(
            id=arrival.id,
            question=arrival.shown,
            principal=principal_shown(arrival.principal),
            status="error",
            text=said,
            disclosure=self._origin("error"),
            queries=queries_made(turn) if turn else (),
            personal=turn.personal if turn else False,
            usage=Usage(
                model=self.maker.name,
                input_tokens=turn.input_tokens if turn else 0,
                output_tokens=turn.output_tokens if turn else 0,
                seconds=round(time.perf_counter() - arrival.started, 3),
            ),
            ledger=LedgerSpan(origin=self.ledger.origin, first=turn.first if turn else None, last=None, root=""),
        )

    def _origin(self, status: Status, has_facts: bool = False) -> str:
        return wording.origin(self.maker, status, has_facts, self.words)

    def span(self, turn: Turn) -> LedgerSpan:
        """The records that a turn left, under a signed checkpoint."""
        self.ledger.checkpoint()  # signed at the end of every question
        return LedgerSpan(origin=self.ledger.origin, first=turn.first, last=turn.last, root=self.ledger.root())
