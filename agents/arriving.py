"""Arriving: a question that came in, with what stays the same about it until its answer goes out."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.guardrails import assess_question, for_the_record

if TYPE_CHECKING:
    from agents.answer import Question
    from agents.pausing import PausedRun
    from policies.access import Principal


@dataclass(frozen=True, slots=True)
class Arrival:
    """A question that came in. `started` is when, on the clock of `time.perf_counter`."""

    id: str
    question: Question
    principal: Principal
    shown: str
    """The question's text, masked: as it stands on record and in the answer."""
    started: float

    @property
    def reason(self) -> str:
        """Why the person wants to know, masked as the question is."""
        return self.shown if self.question.reason is None else for_the_record(self.question.reason)


def arrived(question: Question, principal: Principal) -> Arrival:
    """A question that comes in now."""
    started = time.perf_counter()
    shown = assess_question(question.text).text or for_the_record(question.text)
    return Arrival(new_id(), question, principal, shown, started)


def arrived_again(run: PausedRun, asker: Principal, started: float) -> Arrival:
    """The question of a paused run, which goes on now; its text was masked when it came in."""
    return Arrival(run.question_id, run.question, asker, run.question.text, started)


def new_id() -> str:
    """Sorts by time, and is not guessable."""
    return f"q-{time.time_ns():x}-{secrets.token_hex(3)}"
