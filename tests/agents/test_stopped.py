"""A process that is stopped while it answers: each question is answered, or has its end on record, and all verifies."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from agents.answer import Question
from agents.desk import Desk
from agents.home import Home
from agents.interrupting import NAME, ClosingError
from policies.access import local_principal
from policies.audit import AnswerDelivered, Ledger, Note, QuestionAsked, verify
from tests.agents.channels.protocols.test_many_at_once import QUESTIONS
from tests.agents.scripted import ScriptedMaker, ScriptedModel
from tests.homes import furnished
from tests.ports import free_port, wait_for_port
from tests.warm import REGENT, Warm

SPEND: list[Any] = [("spend", {"period": "last_month"})]


def ends(home: Path) -> tuple[set[str | None], dict[str | None, str], set[str | None]]:
    """The questions that were asked, how each ended, and which were broken off."""
    with Ledger.open(home / "ledger") as ledger:
        found = list(ledger.read())
    asked = {one.record.question for one in found if isinstance(one.body, QuestionAsked)}
    ended = {one.record.question: one.body.status for one in found if isinstance(one.body, AnswerDelivered)}
    return asked, ended, {one.record.question for one in found if isinstance(one.body, Note) and one.body.name == NAME}


def test_a_house_that_closes_gives_each_running_question_its_end(
    open_desk_with: Callable[..., Desk], home: Home
) -> None:
    begun, never = threading.Barrier(5), threading.Event()

    class Endless(ScriptedMaker):
        def make(self, turn: Any) -> ScriptedModel:
            model = ScriptedModel([SPEND, "[[f1]]"])
            real = model.stream

            async def stream(*given: Any, **more: Any) -> Any:
                await asyncio.to_thread(begun.wait, 20)
                await asyncio.sleep(60)
                async for one in real(*given, **more):
                    yield one

            model.stream = stream  # type: ignore[method-assign]
            return model

    desk = open_desk_with(Endless())

    def ask(number: int) -> str:
        session = "s" if number < 2 else None  # one of the two waits for the other
        try:
            return desk.answer(Question(text=f"Question {number}?", session=session), local_principal("local")).status
        except asyncio.CancelledError as error:
            return type(error).__name__

    with ThreadPoolExecutor(5) as pool:
        running = [pool.submit(ask, number) for number in range(5)]
        while len(desk.underway._tasks) < 5:
            time.sleep(0.01)
        begun.wait(20)  # four have come to their model
        before = time.monotonic()
        desk.underway.end_all()
        assert time.monotonic() - before < 8
        assert {one.result() for one in running} == {"CancelledError"}
    never.set()
    with pytest.raises(ClosingError, match="being stopped"):
        desk.answer(Question(text="And now?"), local_principal("local"))
    desk.ledger.close()
    asked, ended, broken = ends(home.path)
    assert len(asked) == 5 == len(broken) and ended == dict.fromkeys(asked, "error")
    assert verify(home.ledger).code == 0


class Served:
    """`regent serve`, and twenty-four questions to it at once."""

    def __init__(self, folder: Path) -> None:
        self.home, self.port = folder / "home", free_port()
        furnished(self.home)
        many = json.dumps({"person": {"questions_at_once": 40}})
        self.process = Warm(
            [REGENT, "serve", "--port", str(self.port)], env=os.environ | {"REGENT_HOME": str(self.home),
            "REGENT_BUDGETS": many}, cwd=folder, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        wait_for_port(self.port, self.process)

    def ask(self, number: int) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        body = json.dumps({"prompt": QUESTIONS[number % len(QUESTIONS)], "session": f"s-{number}"})
        try:
            connection.request("POST", "/invocations", body, {"Content-Type": "application/json"})
            got = connection.getresponse()
            said = got.read()
            if got.status != 200:
                return str(got.status)
            answer = json.loads(said)
            return str(answer["text"] if answer["status"] == "error" else answer["status"])
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__

    def stopped(self, when: Callable[[], bool], *signals: signal.Signals) -> tuple[list[str], int, str]:
        """How each ended (what an error said), the exit code, and what the server said meanwhile."""
        with ThreadPoolExecutor(24) as pool:
            told = [pool.submit(self.ask, number) for number in range(24)]
            end = time.monotonic() + 60
            while not when() and time.monotonic() < end:
                time.sleep(0.02)
            for sent in signals:
                self.process.send_signal(sent)
                time.sleep(0.2)
            code = self.process.wait(90)
            assert self.process.stderr is not None
            return [one.result() for one in told], code, self.process.stderr.read()

    def asked(self) -> int:
        segments = [*(self.home / "ledger" / "segments").glob("*.seg")]
        return sum(path.read_bytes().count(b'"type":"question.asked"') for path in segments)


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["sigterm", "sigint"])
def test_a_stopped_server_answers_what_it_was_asked_and_starts_again(tmp_path: Path, sent: signal.Signals) -> None:
    served = Served(tmp_path)
    told, code, said = served.stopped(lambda: served.asked() >= 24, sent)
    assert code == 0 and "Traceback" not in said, said
    assert set(told) <= {"answered", "unanswerable"}
    asked, ended, broken = ends(served.home)
    assert len(asked) == 24 and set(ended) == asked and not broken
    assert verify(served.home / "ledger").code == 0
    again = Served(tmp_path)
    assert again.ask(0) == "answered"
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(60) == 0
    assert verify(served.home / "ledger").code == 0


@pytest.mark.slow
@pytest.mark.parametrize("asked_by_then", [0, 1, 24])
def test_ctrl_c_twice_breaks_off_what_is_running_and_every_question_has_its_end(
    tmp_path: Path, asked_by_then: int
) -> None:
    served = Served(tmp_path)
    told, code, said = served.stopped(lambda: served.asked() >= asked_by_then, signal.SIGINT, signal.SIGINT)
    assert code in (0, 130, -signal.SIGINT) and "Traceback" not in said, said
    asked, ended, broken = ends(served.home)
    assert set(ended) == asked, f"{len(asked - set(ended))} of {len(asked)} have no end on record"
    assert len(broken) >= (1 if asked_by_then == 24 else 0)
    assert "answered" not in told or broken < asked
    assert verify(served.home / "ledger").code == (0 if asked else 2)
    again = Served(tmp_path)
    assert again.ask(0) == "answered"
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(60) == 0 and verify(served.home / "ledger").code == 0
