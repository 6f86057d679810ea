"""Several questions in one conversation at once: some order explains the history, and each read what was before it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from agents import desk as desk_module
from agents import in_order as module
from agents.answer import Answer, Question
from agents.conversations import Conversations
from agents.desk import Desk
from agents.home import Home
from agents.in_order import MOST_WAITING, ConversationBusyError, in_order
from policies.access import local_principal
from policies.audit import verify
from tests.agents.scripted import ScriptedMaker, ScriptedModel
from tests.homes import furnished
from tests.warm import REGENT, Warm

SPEND: list[Any] = [[("spend", {"period": "last_month"})]]
OPEN = Callable[..., Desk]


class Maker(ScriptedMaker):
    """A script for each turn, however many run at once, and what each was shown."""

    def __init__(self, before: Callable[[str], None] = lambda question: None) -> None:
        super().__init__()
        self._before, self.shown = before, dict[str, str]()

    def make(self, turn: Any) -> ScriptedModel:
        def first(messages: list[Any]) -> Any:
            said = json.dumps(messages)
            question = json.loads(said)[-1]["content"][0]["text"]
            self.shown[question] = said
            self._before(question)
            return SPEND[0]

        return ScriptedModel([first, "Spend was [[f1]]."])


def ask(desk: Desk, text: str, session: str = "s") -> Answer:
    return desk.answer(Question(text=text, session=session), local_principal("local"))


def kept(home: Home, session: str = "s") -> list[str]:
    return [one.question for one in Conversations(home.conversations).latest("local", session)]


def unexplained(home: Home, shown: dict[str, str], session: str = "s") -> list[str]:
    """What no order explains: questions that are lost, or were read against anything but all that stand before them."""
    order = kept(home, session)
    wrong = [f"{question} is lost" for question in shown if question not in order]
    for at, question in enumerate(order):
        wrong += [f"{question} was not read against {one}" for one in order[:at] if one not in shown[question]]
        wrong += [f"{question} was read against {one}" for one in order[at + 1 :] if one in shown[question]]
    return wrong


def test_a_follow_up_waits_for_what_it_follows(open_desk_with: OPEN, home: Home) -> None:
    answered, begun = threading.Event(), threading.Event()

    def before(question: str) -> None:
        if question == "Question A?":
            begun.set()
            answered.wait(0.4)  # as long as it takes if nobody waited for it

    maker = Maker(before)
    desk = open_desk_with(maker)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, desk, "Question A?")
        assert begun.wait(20)
        second = pool.submit(ask, desk, "Question B?")
        second.add_done_callback(lambda _: answered.set())
        assert {first.result().status, second.result().status} == {"answered"}
    assert kept(home) == ["Question A?", "Question B?"] and unexplained(home, maker.shown) == []


def test_other_conversations_do_not_wait(open_desk_with: OPEN) -> None:
    others = threading.Event()

    def before(question: str) -> None:
        if question == "Question A?":
            assert others.wait(20), "nobody else was answered meanwhile"

    desk = open_desk_with(Maker(before))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, desk, "Question A?", "a")
        assert pool.submit(ask, desk, "Question B?", "b").result().status == "answered"
        others.set()
        assert first.result().status == "answered"


@asynccontextmanager
async def nobody_waits(*_: Any) -> Any:
    yield


def crowd(open_desk_with: OPEN, monkeypatch: pytest.MonkeyPatch, *, ordered: bool) -> Maker:
    """Nine questions through three desks, each with files of its own open, as three processes have them."""
    maker = Maker(lambda question: time.sleep(0.01))
    desks = [open_desk_with(maker) for _ in range(3)]
    if not ordered:
        monkeypatch.setattr(desk_module, "in_order", nobody_waits)
    together = threading.Barrier(9)

    def one(number: int) -> str:
        together.wait(30)
        return ask(desks[number % 3], f"Question {number}?").status

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(9) as pool:
            assert set(pool.map(one, range(9))) == {"answered"}
    finally:
        sys.setswitchinterval(before)
    return maker


def test_some_order_explains_what_many_at_once_left(
    open_desk_with: OPEN, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = crowd(open_desk_with, monkeypatch, ordered=True)
    assert unexplained(home, maker.shown) == [] and len(kept(home)) == 9
    verdict = verify(home.ledger)
    assert verdict.code == 0, verdict.reason
    assert not [path for path in home.path.iterdir() if path.name.startswith(f".{home.conversations.name}")]


def test_the_check_finds_what_no_order_explains(
    open_desk_with: OPEN, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = crowd(open_desk_with, monkeypatch, ordered=False)
    assert unexplained(home, maker.shown)


def test_who_would_wait_behind_too_many_is_told_at_once(open_desk_with: OPEN, home: Home) -> None:
    go_on, begun = threading.Event(), threading.Event()

    def before(question: str) -> None:
        begun.set()
        assert go_on.wait(20)

    desk = open_desk_with(Maker(before))
    with ThreadPoolExecutor(MOST_WAITING + 1) as pool:
        running = [pool.submit(ask, desk, f"Question {n}?") for n in range(MOST_WAITING + 1)]
        assert begun.wait(20)
        key = (id(desk.conversations), "local", "s")
        while len(module._lines.get(key, ())) <= MOST_WAITING:
            time.sleep(0.01)
        late = ask(desk, "One too many?")
        go_on.set()
        assert {one.result().status for one in running} == {"answered"}
    assert late.status == "error" and "questions of this conversation wait" in late.text
    assert late.ledger.first is not None and late.ledger.last is not None, "it is on record, with its end"
    assert "One too many?" not in kept(home) and not module._lines


def test_who_waited_too_long_or_went_away_leaves_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    store = Conversations(tmp_path / "conversations.sqlite")

    async def both() -> None:
        async with in_order(store, "eva", "s"):
            with pytest.raises(ConversationBusyError, match="still being answered"):
                async with in_order(store, "eva", "s"):
                    raise AssertionError("two at once")
            monkeypatch.setattr(module, "PATIENCE", 60)

            async def waits() -> None:
                async with in_order(store, "eva", "s"):
                    raise AssertionError("two at once")

            task = asyncio.create_task(waits())
            await asyncio.sleep(0.02)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with in_order(store, "eva", "s"):
            pass

    asyncio.run(both())
    assert not module._lines and not list(tmp_path.iterdir())


def test_a_killed_process_holds_no_conversation(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom agents.conversations import Conversations\n"
        "print(Conversations(Path(sys.argv[1])).claim('eva', 's', 'me'), flush=True)\ntime.sleep(60)\n"
    )
    path = tmp_path / "conversations.sqlite"
    other = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None and other.stdout.readline() == "True\n"
    mine = Conversations(path)
    assert not mine.claim("eva", "s", "it") and mine.claim("eva", "t", "other")
    other.kill()
    other.communicate()
    assert mine.claim("eva", "s", "it") and not Conversations(path).claim("eva", "s", "third")
    mine.release("eva", "s", "it")
    assert Conversations(path).claim("eva", "s", "third")


@pytest.fixture
def chatting(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`chatting(home, *lines)`: `regent chat` in one session, with these lines typed."""
    running: list[subprocess.Popen[str]] = []

    def start(home: Path, *lines: str) -> subprocess.Popen[str]:
        one = Warm(
            [REGENT, "chat", "--session", "months"], env=os.environ | {"REGENT_HOME": str(home)}, cwd=tmp_path,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(one)
        assert one.stdin is not None
        one.stdin.write("".join(f"{line}\n" for line in (*lines, "exit")))
        one.stdin.close()
        return one

    yield start
    for one in running:
        one.kill()
        one.wait()


@pytest.mark.slow
def test_follow_ups_at_once_through_processes_each_go_one_month_further(
    tmp_path: Path, chatting: Callable[..., subprocess.Popen[str]]
) -> None:
    home = Home(tmp_path / "home")
    furnished(home.path)
    first = chatting(home.path, "What did we spend in September 2026, by service?")
    assert first.wait(120) == 0
    two = [chatting(home.path, "and the month before?", "and the month before?") for _ in range(2)]
    assert [one.wait(200) for one in two] == [0, 0]
    answers = [one.answer for one in Conversations(home.conversations).latest("local", "months")]
    assert len(answers) == 5
    months = ("September 2026", "August 2026", "July 2026", "June 2026", "May 2026")
    for month, answer in zip(months, answers, strict=True):
        assert month in answer, f"{month}: {answer}"
    assert verify(home.ledger).code == 0
