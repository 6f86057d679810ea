"""A person is forgotten exactly while they ask: whatever the moment, nothing of the old key or the old words stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.answer import Answer, Question
from agents.conversations import Conversations
from agents.desk import Desk
from agents.home import Home
from agents.places import register_places
from policies.access import Principal, shipped_gate
from policies.audit import AnswerDelivered, Ledger, QuestionAsked, verify
from policies.audit.bodies import SubjectForgotten
from policies.audit.erasure import forget, sealed_shut
from policies.audit.recompute import recompute
from policies.audit.records import Record
from policies.audit.vault import Vault
from policies.oversight import Limits
from tests.agents.scripted import ScriptedMaker
from tests.approving import approving
from tools.estates import Estate, open_sample
from tools.receipts import ReceiptFiles

CANARY = "kanarie88"
ASKER, OTHER = "vera@example.com", "otto@example.com"
WHO: list[Any] = [("who_did_what", {"period": "last_30_days"})]
SPEND: list[Any] = [("spend", {"period": "last_month"})]


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with open_sample(tmp_path_factory.mktemp("estate")) as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("REGENT_HOME", str(tmp_path / "home"))
    register_places()
    return Home(tmp_path / "home")


def ask(home: Home, estate: Estate, ledger: Ledger, person: str, text: str, script: list[Any]) -> Answer:
    desk = Desk(
        home=home, estate=estate, ledger=ledger, store=ReceiptFiles(home.receipts, home.keys / "receipts.key"),
        gate=shipped_gate(),
        maker=ScriptedMaker([script, "There were [[f1]]."], domains=("security" if script is WHO else "cost",)),
        conversations=Conversations(home.conversations), limits=Limits(),
    )  # fmt: skip
    principal = Principal(id=person, role="admin", assurance="local")
    return approving(desk, script).answer(Question(text=text, session="thread"), principal)


def forgotten_at(home: Home, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, at: int, when: str) -> list[str]:
    """Another process forgets the asker right before or after the `at`th record; the types that were recorded."""
    real, seen = Ledger.append, list[str]()

    def append(self: Ledger, record: Record, **more: Any) -> int:
        if self is not ledger:
            return real(self, record, **more)
        seen.append(record.type)
        mine = len(seen) == at
        if mine and when == "before":
            elsewhere()
        index = real(self, record, **more)
        if mine and when == "after":
            elsewhere()
        return index

    def elsewhere() -> None:
        ledger.flush()
        with Ledger.open(home.ledger) as other:
            forget(other, ASKER, [CANARY])

    monkeypatch.setattr(Ledger, "append", append)
    return seen


def holding(home: Home, word: str) -> list[str]:
    return [
        str(path.relative_to(home.path))
        for path in home.path.rglob("*")
        if path.is_file() and word.encode() in path.read_bytes()
    ]


MOMENTS = [
    pytest.param(name, at, when, marks=() if (name, at) in {("persons", 9), ("spend", 14)} else pytest.mark.slow)
    for name, many in (("persons", 15), ("spend", 14))
    for at in range(1, many + 1)
    for when in ("before", "after")
]


def test_the_moments_are_all_there_are(home: Home, estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(home.ledger) as ledger:
        seen = forgotten_at(home, ledger, monkeypatch, 0, "never")
        ask(home, estate, ledger, ASKER, "What did we spend?", SPEND)
        spend = len(seen)
        ask(home, estate, ledger, ASKER, "Who did what?", WHO)
    assert (spend, len(seen) - spend) == (14, 15), seen


@pytest.mark.parametrize(("name", "at", "when"), MOMENTS)
def test_whatever_the_moment_nothing_of_before_stays(
    home: Home, estate: Estate, monkeypatch: pytest.MonkeyPatch, name: str, at: int, when: str
) -> None:
    script = WHO if name == "persons" else SPEND
    with Ledger.open(home.ledger) as ledger:
        before = ask(home, estate, ledger, OTHER, "What did we spend?", SPEND)
        ask(home, estate, ledger, ASKER, f"Earlier, about {CANARY}?", SPEND)
        seen = forgotten_at(home, ledger, monkeypatch, at, when)
        answer = ask(home, estate, ledger, ASKER, f"What did {CANARY} do?", script)
        monkeypatch.undo()
        monkeypatch.setenv("REGENT_HOME", str(home.path))
        assert len(seen) >= at
        assert answer.status in ("answered", "error"), answer.text
        if answer.status == "error":
            assert "forgotten" in answer.text
        other = ask(home, estate, ledger, OTHER, "And now?", SPEND)
        assert before.status == other.status == "answered"
    assert verify(home.ledger).code == 0
    with Ledger.open(home.ledger) as ledger:
        found = list(ledger.read())
        asked = [one for one in found if isinstance(one.body, QuestionAsked)]
        begun = next(one for one in asked if one.record.question == answer.id)
        gone = next(one for one in found if isinstance(one.body, SubjectForgotten))
        if begun.index < gone.index:
            assert begun.body.text == "[forgotten]"  # type: ignore[attr-defined]
            assert not any(path.startswith("conversations") for path in holding(home, CANARY)), "words of before"
        assert {one.body.text for one in asked if one.record.question in (before.id, other.id)} == {  # type: ignore[attr-defined]
            "What did we spend?",
            "And now?",
        }
        assert any(isinstance(one.body, AnswerDelivered) for one in found if one.record.question == answer.id)
        for one in (before, other):
            done = recompute(ledger, one.id, ReceiptFiles(home.receipts, home.keys / "receipts.key"))
            assert done and not any(part.faults for part in done)
        said = recompute(ledger, answer.id, ReceiptFiles(home.receipts, home.keys / "receipts.key"))
        assert not [fault for part in said for fault in part.faults]
        stored = {path.name for path in home.receipts.rglob("r-*") if path.is_file()}
        for one in found:
            if sealed_shut(one.raw, ledger.vault):
                kept = {receipt["id"] for receipt in getattr(one.body, "receipts", ())} & stored
                assert not kept, f"{one.body.type}: what AWS answered is kept and its key is gone"


@pytest.mark.parametrize("when", ["before", "after"])
def test_forgotten_as_the_answer_is_kept(
    home: Home, estate: Estate, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    real = Conversations.keep

    def keep(self: Conversations, *given: Any) -> None:
        if when == "after":
            real(self, *given)
        with Ledger.open(home.ledger) as other:
            forget(other, ASKER, [CANARY])
        if when == "before":
            real(self, *given)

    monkeypatch.setattr(Conversations, "keep", keep)
    with Ledger.open(home.ledger) as ledger:
        assert ask(home, estate, ledger, ASKER, f"What did {CANARY} cost?", SPEND).status == "answered"
    assert not holding(home, CANARY)
    assert verify(home.ledger).code == 0


def test_words_kept_while_others_are_erased_go_too(home: Home, estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is kept after the conversations were gone through and before the key goes."""
    with Ledger.open(home.ledger) as ledger:
        ask(home, estate, ledger, ASKER, "Earlier?", SPEND)
        real = Vault.forget

        def late(self: Vault, pseudonyms: Any) -> list[str]:
            monkeypatch.undo()
            monkeypatch.setenv("REGENT_HOME", str(home.path))
            assert ask(home, estate, ledger, ASKER, f"What did {CANARY} cost?", SPEND).status == "answered"
            return real(self, pseudonyms)

        monkeypatch.setattr(Vault, "forget", late)
        with Ledger.open(home.ledger) as other:
            forget(other, ASKER, [CANARY])
    assert not holding(home, CANARY)
