"""Refusing: questions that are not taken up at all, on record each by itself, and of a flood as a count."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from agents import wording
from agents.answer import Answer, LedgerSpan, PrincipalShown, Question, Usage
from policies.audit import AnswerDelivered, Body, LimitReached, QuestionAsked, Record
from policies.guardrails import for_the_record
from policies.oversight.running import RETRY_SECONDS, Full

if TYPE_CHECKING:
    from agents.desk import Desk
    from policies.access import Principal
    from policies.oversight.refusals import Why


def refuse(
    desk: Desk,
    question: Question,
    question_id: str,
    who: PrincipalShown,
    reason: str,
    why: Why,
    full: Full | None = None,
) -> Answer:
    """The answer that refuses it. Nothing is guarded, remembered or asked.

    Raises:
        LedgerError, UsageError: not even the refusal could be recorded.
    """
    shown = for_the_record(question.text)
    alone = desk.oversight.refusals.by_itself(question.channel, why)
    span = LedgerSpan(origin=desk.ledger.origin, first=None, last=None, root="")
    if alone:
        span = _record(desk, question_id, question.model_copy(update={"text": shown}), who, reason, full)
    return Answer(
        id=question_id,
        question=shown,
        principal=who,
        status="denied",
        text=reason,
        disclosure=wording.origin(desk.maker, "denied", False, desk.words),
        usage=Usage(model=desk.maker.name),
        ledger=span,
        retry_after=None if full is None else RETRY_SECONDS,
    )


def turn_away(desk: Desk, question: Question, question_id: str, principal: Principal, full: Full) -> Answer:
    """Refuse a question of somebody who has as many running as they may; it may be asked again."""
    who = PrincipalShown(id=principal.id, role=principal.role, assurance=principal.assurance)
    return refuse(desk, question, question_id, who, full.sentence, "at_once", full)


def _record(
    desk: Desk, question_id: str, question: Question, who: PrincipalShown, reason: str, full: Full | None
) -> LedgerSpan:
    asked = QuestionAsked(
        text=question.text,
        channel=question.channel,
        principal_id=who.id,
        role=who.role,
        assurance=who.assurance,
        model=desk.maker.name,
        estate=desk.estate.source,
    )
    whose = None if full is None else who.id  # somebody unknown is nobody's principal

    def record(actor: str, body: Body, parent: int | None, *, wait: bool = False) -> int:
        made = Record(actor=actor, body=body, question=question_id, principal=whose, parent=parent)
        return desk.ledger.append(made, wait=wait)

    first = record("person", asked, None)
    if full is not None:
        record("system:desk", LimitReached(limit=full.limit, value=full.value), first)
    delivered = AnswerDelivered(status="denied", text_sha256=hashlib.sha256(reason.encode()).hexdigest(), figures=0)
    last = record("system:desk", delivered, first, wait=True)
    return LedgerSpan(origin=desk.ledger.origin, first=first, last=last, root=desk.ledger.root())
