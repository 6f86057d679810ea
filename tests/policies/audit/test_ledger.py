"""The ledger as its callers meet it: what was appended is there, in order, durable, and reads back typed."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from policies.audit import (
    AnswerDelivered,
    GateDecided,
    GuardAssessed,
    Ledger,
    LedgerClosedError,
    LedgerError,
    LedgerUnwritableError,
    ModelCalled,
    NoSuchRecordError,
    Note,
    QueryCalled,
    QueryReturned,
    QuestionAsked,
    Record,
    RecordTooLargeError,
    story,
    verify,
)
from policies.audit.merkle import Tree
from policies.audit.reader import Reader


def note(name: str, question: str | None = None) -> Record:
    return Record(actor="system", question=question, body=Note(name=name))


def asked(text: str, question: str, principal: str = "vera@example.com") -> Record:
    body = QuestionAsked(
        text=text,
        channel="cli",
        principal_id=principal,
        role="manager",
        assurance="local",
        model="offline",
        estate="sample",
    )
    return Record(actor="person", question=question, session="s1", principal=principal, body=body)


def delivered(question: str) -> Record:
    body = AnswerDelivered(status="answered", text_sha256="0" * 64, figures=2, facts=["f1"], receipts=["r1"])
    return Record(actor="system", question=question, body=body)


def test_records_read_back_as_written_after_reopening(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        assert ledger.append(asked("What did we spend? € 漢 \u2028", "q1")) == 0
        assert ledger.append(note("between"), wait=False) == 1
        body = ModelCalled(specialist="cost", model="offline", input_tokens=3, output_tokens=2**53 + 1)
        assert ledger.append(Record(actor="agent:cost", question="q1", parent=0, body=body)) == 2
    with Ledger.open(tmp_path / "ledger") as ledger:
        first, _, third = ledger.read(0, 2)
        assert isinstance(first.body, QuestionAsked) and first.body.text == "What did we spend? € 漢 \u2028"
        assert first.record.principal == "vera@example.com"
        assert isinstance(third.body, ModelCalled) and third.body.output_tokens == 2**53 + 1
        assert third.record.parent == 0 and first.time < third.time
        assert [s.index for s in ledger.read(1, 1)] == [1]
        assert ledger.size == 3


def test_threads_and_tasks_get_distinct_indexes_without_gaps(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        seen: list[int] = []

        def work(name: str) -> None:
            for step in range(20):
                seen.append(ledger.append(note(name), wait=step % 3 == 0))

        threads = [threading.Thread(target=work, args=(str(n),)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        async def tasks() -> list[int]:
            return list(await asyncio.gather(*(ledger.aappend(note("task")) for _ in range(20))))

        seen.extend(asyncio.run(tasks()))
        assert sorted(seen) == list(range(100)) == [s.index for s in ledger.read()]


def test_two_handles_append_to_one_ledger(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as one, Ledger.open(tmp_path / "ledger") as two:
        assert [one.append(note("a")), two.append(note("b")), one.append(note("c"))] == [0, 1, 2]
        assert one.size == two.size == 3 and one.root() == two.root()


def test_story_tells_one_question_and_no_other(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        for question in ("q1", "q2"):
            ledger.append(asked(f"Tell me {question}", question))
            ledger.append(delivered(question))
        told = story(ledger, "q2")
        assert (told.text, told.status, told.first, told.last) == ("Tell me q2", "answered", 2, 3)
        with pytest.raises(NoSuchRecordError, match="q3"):
            story(ledger, "q3")


def test_a_story_says_which_call_the_policies_decided_and_what_it_brought(tmp_path: Path) -> None:
    given = {"period": "last_month", "accounts": None, "top": 3}
    call: dict[str, Any] = {"query": "who_did_what", "input": given, "input_sha256": "1" * 64, "accounts": ["1", "2"]}
    told = "who_did_what(period=last_month, top=3)"
    receipt, fact = {"id": "r1"}, {"id": "f1"}
    said = {
        f"gate: deny {told} by a, b: No.": GateDecided(**call, decision="deny", policies=["a", "b"], reason="No."),
        f"gate: deny {told}: Nobody may.": GateDecided(**call, decision="deny", reason="Nobody may."),
        f"query {told} starts, as of 2026": QueryCalled(**call, now="2026"),
        "query who_did_what returned facts 2, receipts 1 in 7 ms; 2 of 14 accounts denied": QueryReturned(
            query="who_did_what", intent=0, receipts=[receipt], facts=[fact, fact], facts_sha256="2" * 64,
            duration_ms=7, incomplete="2 of 14 accounts denied", personal_data=True,
        ),
        "guard on the tool result: masked keys": GuardAssessed(point="tool_result", outcome="masked", masked=["keys"]),
    }  # fmt: skip
    with Ledger.open(tmp_path / "ledger") as ledger:
        for body in said.values():
            ledger.append(Record(actor="system:test", body=body, question="q1", principal="anna"))
        assert [one.line for one in story(ledger, "q1").steps] == list(said)
    unread = [one.line for one in story(Reader(tmp_path / "ledger"), "q1").steps]
    assert unread[3] == "query who_did_what returned facts [forgotten], receipts 1 in 7 ms; 2 of 14 accounts denied"


def test_verify_accepts_what_the_ledger_wrote_and_never_a_missing_one(tmp_path: Path) -> None:
    never = verify(tmp_path / "ledger")
    assert (never.code, never.absent, never.verified_through) == (2, True, None)
    with Ledger.open(tmp_path / "ledger") as ledger:
        ledger.append(note("a"))
    there = verify(tmp_path / "ledger")
    assert there.code in (0, 2) and not there.absent
    shutil.rmtree(tmp_path / "ledger")
    assert verify(tmp_path / "ledger").code == 1
    assert verify(tmp_path / "another").code == 1, "a head that is known here may be its"


def test_a_closed_ledger_and_an_oversized_record_are_refused(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    with pytest.raises(RecordTooLargeError, match="bytes"):
        ledger.append(note("x" * (2 << 20)))
    assert ledger.append(note("still works")) == 0
    ledger.close()
    with pytest.raises(LedgerClosedError, match="closed"):
        ledger.append(note("late"))


def test_a_place_that_cannot_be_written_fails_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LedgerUnwritableError, match="cannot be opened"):
        Ledger.open(tmp_path / "file" / "ledger")


def test_a_parent_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as one, Ledger.open(tmp_path / "ledger") as two:
        with pytest.raises(LedgerError, match="parent"):
            one.append(Record(actor="system", parent=0, body=Note(name="orphan")))
        assert two.append(note("not locked out")) == 0
        assert one.append(Record(actor="system", parent=0, body=Note(name="child"))) == 1


@contextmanager
def hashing(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> Iterator[None]:
    """`work` runs in a thread and stands still in the middle of hashing new records while the body runs."""
    inside, go = threading.Event(), threading.Event()
    extend = Tree.extend

    def slow(*args: Any) -> None:
        inside.set()
        assert go.wait(20)
        extend(*args)

    thread = threading.Thread(target=work)
    with monkeypatch.context() as patched:
        patched.setattr(Tree, "extend", slow)
        thread.start()
        assert inside.wait(20)
        try:
            yield
        finally:
            go.set()
            thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parametrize("work", ["root", "checkpoint", "close"])
def test_a_record_appended_while_others_are_hashed_gets_the_next_place_and_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        for n in range(3):
            ledger.append(note(f"n{n}"))
        with hashing(monkeypatch, getattr(ledger, work)):
            assert ledger.append(note("n3"), wait=False) == 3
    with Ledger.open(tmp_path / "ledger") as ledger:
        assert [one.body for one in ledger.read()] == [Note(name=f"n{n}") for n in range(4)]
    assert verify(tmp_path / "ledger").code == 0


def test_a_refused_record_takes_no_turn_from_a_checkpoint_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        for n in range(3):
            ledger.append(note(f"n{n}"))
        with hashing(monkeypatch, ledger.checkpoint):
            with pytest.raises(LedgerError, match="names record 9 as its parent; there are 3 so far"):
                ledger.append(Record(actor="system", parent=9, body=Note(name="lost")))
            assert ledger.append(note("n3"), wait=False) == 3
    assert verify(tmp_path / "ledger").code == 0


def test_buffered_records_become_durable_by_themselves(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        ledger.append(note("lingering"), wait=False)
        with Ledger.open(tmp_path / "ledger") as other:
            assert [stored.index for stored in other.read()] == [0]


def test_a_question_that_ended_is_signed_without_waiting_for_close(tmp_path: Path) -> None:
    import time

    with Ledger.open(tmp_path / "ledger") as ledger:
        ledger.append(delivered("q1"))
        deadline = time.monotonic() + 60
        while verify(tmp_path / "ledger", remember=False).code != 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert verify(tmp_path / "ledger").anchored_through == 0


def test_a_directory_without_write_permission_says_so(tmp_path: Path) -> None:
    """Root ignores permissions, so a read-only mount is imitated by a file in the way."""
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "segments").write_text("")
    with pytest.raises(LedgerError):
        Ledger.open(tmp_path / "ledger")


def test_another_name_for_an_existing_ledger_is_refused(tmp_path: Path) -> None:
    Ledger.open(tmp_path / "ledger", origin="house.example/ledger").close()
    with Ledger.open(tmp_path / "ledger", origin="house.example/ledger") as ledger:
        assert ledger.origin == "house.example/ledger"
    with pytest.raises(LedgerError, match="not 'other"):
        Ledger.open(tmp_path / "ledger", origin="other.example/ledger")
