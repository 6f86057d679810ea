"""Writing: from a guarded question to a text in which every figure is bound, or to the sentence that says why not."""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agents import wording
from agents.conversations import owner
from agents.drafting import Draft, draft, draft_on, repair
from agents.outcome import status_of, why
from agents.pausing import PausedRun, pause
from agents.specialists import specialists
from agents.telling import flat
from agents.waited import as_became
from policies.access.scope import sight
from policies.audit import GroundingChecked
from policies.governed import sight_of
from policies.grounding import Figure, ground, repair_prompt

if TYPE_CHECKING:
    from agents.answer import Question, Status
    from agents.conversations import Exchange
    from agents.desk import Desk
    from policies.guardrails import Assessment
    from policies.turn import Turn
    from tools.facts import Fact

_MARKER = re.compile(r"\{\{[a-z_:]{1,40}\}\}(?:[ \t]*\n)*")
_READING = re.compile(r"(?P<heading>[^{}\n]+)\{\{reading: (?P<read>[^{}\n]{1,600})\}\}")
"""A heading, and what code writes behind it: how queries read what was asked."""


@dataclass(frozen=True, slots=True)
class Written:
    """What the specialists' work came to: a status, a text, and its figures."""

    status: Status
    text: str
    figures: tuple[Figure, ...] = ()
    facts: tuple[Fact, ...] = ()
    approval: str | None = None
    """The approval that it waits for."""


async def write(desk: Desk, seen: Assessment, question: Question, turn: Turn) -> Written:
    """Have the specialists answer a question that was let in, and ground what they wrote.

    Raises whatever ended the turn: the model's error, or a step that could not be recorded.
    """
    if seen.outcome == "blocked":
        return Written("blocked", " ".join(seen.reasons))
    await asyncio.to_thread(look, desk, turn)
    history: tuple[Exchange, ...] = ()
    if question.session:
        if question.follows:
            desk.conversations.follow(owner(turn.principal), question.session, question.follows)
        kept = desk.conversations.latest(owner(turn.principal), question.session)
        history = await asyncio.to_thread(as_became, kept, desk.oversight.approvals)
    turn.follows = tuple(exchange.question for exchange in history)
    known = specialists()
    domains = desk.maker.domains(seen.text, history, turn)
    turn.progress({"event": "specialists.chosen", "domains": list(domains)})
    chosen = [known[domain] for domain in domains if domain in known]
    made = await draft(seen.text, history, chosen, desk.maker, turn)
    # a follow-up may rest on what was named before: "and the month before?"
    asked = " ".join([*(exchange.question for exchange in history[-1:]), seen.text])
    return await judge(desk, made, question.model_copy(update={"text": seen.text}), asked, turn)


async def go_on(desk: Desk, run: PausedRun, turn: Turn) -> Written:
    """Have the specialists of a paused run go on, and ground what they wrote. Raises what `write` raises."""
    look(desk, turn)
    return await judge(desk, await draft_on(run, desk.maker, turn), run.question, run.asked, turn)


def look(desk: Desk, turn: Turn) -> None:
    """Find out which accounts there are and which of them the asker may see now; on record."""
    units = turn.principal.units is not None or desk.gate.reads_units
    turn.everyone = desk.estate.directory(desk.store, units=units)
    turn.sight = sight(turn.principal, turn.everyone)
    turn.record("system:desk", sight_of(turn.sight, turn.estate), wait=False)


async def judge(desk: Desk, made: Draft, question: Question, asked: str, turn: Turn) -> Written:
    """What a draft comes to: why it is none, a pause, or a text that is grounded."""
    if turn.halted:
        return Written("denied", turn.halted)
    if made.waiting:
        approval, said = await asyncio.to_thread(pause, desk, turn, question, asked, made)
        return Written("needs_approval", said, approval=approval)
    status = status_of(turn)
    refused = any(attempt.outcome == "refused" for attempt in turn.attempts)
    if status in ("denied", "needs_approval", "error") or (status == "unanswerable" and refused):
        return Written(status, why(turn), (), turn.facts())
    if turn.stopped:
        said = wording.stopped(turn.stopped, bool(turn.facts()))
        return Written("withheld", said, (), turn.facts())
    return await _ground(desk, made, asked, status, turn)


async def _ground(desk: Desk, made: Draft, question: str, status: Status, turn: Turn) -> Written:
    facts, now = turn.facts(), turn.estate.clock()
    text, headings = _apart(made.text)
    checked = ground(text, facts, question=question, now=now, accounts=turn.sight.accounts)
    if not checked.ok and desk.maker.is_llm:
        _checked(turn, "repair", text, [fault.kind for fault in checked.faults])
        turn.progress({"event": "answer.repaired", "faults": len(checked.faults)})
        mended = await repair(repair_prompt(text, checked.faults), desk.maker, turn)
        if turn.halted:
            return Written("denied", turn.halted)
        text, headings = _apart(mended.text)
        checked = ground(text, facts, question=question, now=now, accounts=turn.sight.accounts)
    if not checked.ok or not checked.text.strip():
        _checked(turn, "withheld", text, [fault.kind for fault in checked.faults])
        return Written("withheld", wording.withheld(len(checked.faults), bool(facts)), (), facts)
    _checked(turn, "bound", text, [])
    if status == "unanswerable" and desk.maker.is_llm:
        return Written(status, wording.NOTHING_LOOKED_AT)
    written = _headed(checked.text, headings, turn)
    return Written(status, written, checked.figures, facts)


def _apart(draft: str) -> tuple[str, list[tuple[str, str]]]:
    """A draft without its markers, and its headings of readings, each with how its queries read what was asked."""
    headings = [(match["heading"], match["read"]) for match in _READING.finditer(draft)]
    return _MARKER.sub("", _READING.sub(r"\g<heading>", draft)).strip(), headings


def _headed(text: str, headings: list[tuple[str, str]], turn: Turn) -> str:
    """The headings with their readings, where those are in truth what queries of this turn say of themselves."""
    known = {flat(attempt.result.read_as): attempt.result.read_as for attempt in turn.attempts if attempt.result}
    for heading, read in headings:
        own = [known[part] for part in read.split("; ") if part in known]
        if "; ".join(map(flat, own)) == read:
            text = text.replace(f"{heading}:", f"{heading}, {'; '.join(own)}:", 1)
    return text


def _checked(turn: Turn, outcome: Any, text: str, faults: list[str]) -> None:
    # kinds only: a fault's sentence quotes the draft, and of a draft nothing but its hash is kept
    turn.record(
        "system:grounding",
        GroundingChecked(outcome=outcome, faults=faults[:20], text_sha256=hashlib.sha256(text.encode()).hexdigest()),
    )
