"""Running the bank: one process, one real desk on the sample estate, every conversation in a session of its own."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Protocol

from agents.answer import Answer, Question
from agents.approving import decide
from agents.home import Home
from agents.opening import open_desk
from policies.access import local_principal
from tests.questions.bank import Entry, Expect, read
from tests.questions.judge import Judgement, Verdict, judge
from tests.questions.tokens import CountingMaker, Sent
from tests.questions.truth import Truth
from tools.estate.export import export


class Ask(Protocol):
    """Asks one question; what waits is approved by this second person, and the resumed answer is judged."""

    def __call__(
        self, text: str, by: str, session: str | None, approved_by: str | None = None
    ) -> tuple[Answer, Sent]: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question that was asked, what came back, and the judgement (None: it only set the scene)."""

    entry: Entry
    number: int
    expect: Expect | None
    answer: Answer
    judgement: Judgement | None
    sent: Sent
    seconds: float

    @property
    def name(self) -> str:
        """The entry's id, with the turn's number if there are several."""
        return f"{self.entry.id}[{self.number}]" if self.entry.follow_up else self.entry.id


@contextmanager
def truth() -> Iterator[Truth]:
    """The ground truth, exported to a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="regent-truth-") as folder:
        export(Path(folder))
        yield Truth(Path(folder))


@contextmanager
def asking(model: str) -> Iterator[Ask]:
    """A function that asks a desk of its own: `ask(text, principal id, session, approver's id)`."""
    with (
        tempfile.TemporaryDirectory(prefix="regent-bank-") as folder,
        open_desk(model=model, home=Home(Path(folder))) as desk,
    ):
        maker = CountingMaker(desk.maker)
        counted = replace(desk, maker=maker)

        def ask(text: str, by: str, session: str | None, approved_by: str | None = None) -> tuple[Answer, Sent]:
            question, asker = Question(text=text, session=session), local_principal(by)
            answer = counted.answer(question, asker)
            if answer.status == "needs_approval" and approved_by:
                assert answer.approval is not None
                decide(counted, answer.approval, local_principal(approved_by), "approve", "", lambda _: asker)
                answer = counted.resume(answer.approval, asker)
            return answer, maker.take()

        yield ask


def run(entries: Sequence[Entry], model: str, tell: Callable[[Outcome], None] = lambda outcome: None) -> list[Outcome]:
    """Ask every question of these entries and judge the answers; `tell` hears of each as it comes."""
    outcomes = []
    with truth() as known, asking(model) as ask:
        for entry in entries:
            for number, turn in enumerate(entry.turns, start=1):
                started = time.perf_counter()
                answer, sent = ask(
                    turn.ask, entry.by, f"bank-{entry.id}" if entry.follow_up else None, entry.approved_by
                )
                seconds = time.perf_counter() - started
                judgement = judge(answer, turn.expect, known.compute) if turn.expect else None
                outcomes.append(Outcome(entry, number, turn.expect, answer, judgement, sent, seconds))
                tell(outcomes[-1])
    return outcomes


@cache
def answered_offline(files: tuple[str, ...]) -> tuple[Outcome, ...]:
    """What comes of these files with the offline model, asked once in a process: it would answer the same again."""
    return tuple(run(read(files), "offline"))


def verdicts(outcomes: Sequence[Outcome]) -> dict[str, Verdict]:
    """One verdict for each entry: its worst turn's."""
    order: list[Verdict] = ["right", "abstained", "silently wrong"]
    found: dict[str, Verdict] = {}
    for outcome in outcomes:
        if outcome.judgement is not None:
            so_far = found.get(outcome.entry.id, "right")
            found[outcome.entry.id] = max(so_far, outcome.judgement.verdict, key=order.index)
    return found
