"""The search index beside other processes and after damage: what is found is always what is in the ledger."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from policies.audit import Ledger, Note, Record, seal, segments
from policies.audit import search as module
from policies.audit.bodies import QueryCalled
from policies.audit.search import Filter, search

WHAT = Filter(question="q7")


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "_WAIT", 0.01, raising=False)
    with Ledger.open(tmp_path / "ledger") as ledger:
        for n in range(120):
            ledger.append(Record(actor="system", question=f"q{n % 10}", body=Note(name=f"n{n}")), wait=False)
    return tmp_path / "ledger"


def found(ledger: Path) -> list[int]:
    return [one.index for one in search(ledger, WHAT)]


TRUTH = list(range(117, 0, -10))


def index_of(ledger: Path) -> Path:
    return ledger.parent / "index" / "ledger.sqlite"


def test_an_index_that_another_process_builds_is_waited_for(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, files = threading.Event(), threading.Event(), list[int]()

    def slowly(*given: Any) -> Iterator[Any]:
        monkeypatch.setattr(module, "read_raw", segments.read_raw)
        for number, one in enumerate(segments.read_raw(*given)):
            if number == 50:
                files.append(index_of(ledger).stat().st_ino)
                begun.set()
                assert go_on.wait(10)
            yield one

    monkeypatch.setattr(module, "read_raw", slowly)
    with ThreadPoolExecutor(2) as pool:
        building = pool.submit(found, ledger)
        assert begun.wait(10)
        searching = pool.submit(found, ledger)
        with pytest.raises(TimeoutError):
            searching.result(0.2)
        go_on.set()
        assert building.result(10) == searching.result(10) == TRUTH
    assert index_of(ledger).stat().st_ino == files[0], "nobody took it away"
    with closing(sqlite3.connect(index_of(ledger))) as db:
        assert db.execute("select count(*) from records").fetchone() == (120,)


def test_an_index_that_another_program_holds_is_left_to_it_and_done_without(ledger: Path) -> None:
    found(ledger)
    with Ledger.open(ledger) as more:
        more.append(Record(actor="system", question="q7", body=Note(name="new")))
    with closing(sqlite3.connect(index_of(ledger), isolation_level=None)) as held:
        held.execute("begin exclusive")
        assert found(ledger)[1:] == TRUTH
        held.execute("insert into meta values ('mine', '1')")
        held.execute("commit")
    with closing(sqlite3.connect(index_of(ledger))) as db:
        assert db.execute("select value from meta where key = 'mine'").fetchone() == ("1",)
    assert found(ledger)[1:] == TRUTH


@pytest.mark.parametrize("seed", range(12))
def test_an_index_that_is_damaged_anywhere_costs_no_search(ledger: Path, seed: int) -> None:
    found(ledger)
    path, chance = index_of(ledger), random.Random(seed)
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    data[at : at + 3000] = chance.randbytes(min(3000, len(data) - at))
    path.write_bytes(data)
    assert found(ledger) == TRUTH
    with Ledger.open(ledger) as more:
        more.append(Record(actor="system", question="q7", body=Note(name="new")))
    assert found(ledger)[0] == 120


def test_an_index_of_which_nothing_is_whole_is_built_anew(ledger: Path) -> None:
    found(ledger)
    for keep in (0, 100, 4096, 8192):
        data = index_of(ledger).read_bytes()
        index_of(ledger).write_bytes(data[:keep] + random.Random(keep).randbytes(len(data) - keep))
        assert found(ledger) == TRUTH


@pytest.mark.parametrize(
    "damage",
    [
        "update meta set value = 'many' where key = 'size'",
        "update meta set value = null where key = 'size'",
        "delete from meta where key = 'size'",
        "drop table accounts",
        "drop table records; create table records (idx text)",
        "drop table meta; create table meta (key)",
    ],
)
def test_an_index_that_makes_no_sense_is_built_anew(ledger: Path, damage: str) -> None:
    found(ledger)
    with closing(sqlite3.connect(index_of(ledger))) as db:
        db.executescript(damage)
    assert found(ledger) == TRUTH
    assert [one.index for one in search(ledger, Filter(account="prod"))] == []


def test_a_home_that_takes_no_index_is_searched_without(ledger: Path) -> None:
    (ledger.parent / "index").write_text("a file where the folder belongs")
    assert found(ledger) == TRUTH


HIDDEN = {
    "a row deleted": "delete from records where idx = 57",
    "a question changed": "update records set question = 'q8' where idx = 57",
    "a row without its question": "update records set question = null where idx > 50",
    "a place changed": "update records set idx = 5000 where idx = 57",
    "all deleted, and the size as it was": "delete from records",
    "more claimed than is there": "delete from records where idx > 60; update meta set value = 120 where key = 'size'",
}


@pytest.mark.parametrize("how", HIDDEN)
def test_attack_an_index_that_was_edited_hides_no_record(ledger: Path, how: str) -> None:
    found(ledger)
    with closing(sqlite3.connect(index_of(ledger))) as db:
        db.executescript(HIDDEN[how])
    assert found(ledger) == TRUTH


def test_attack_an_index_edited_and_sealed_by_who_lacks_the_key_hides_no_record(ledger: Path) -> None:
    found(ledger)
    with closing(sqlite3.connect(index_of(ledger))) as db:
        db.executescript(HIDDEN["a row deleted"])
    for key in (bytes(32), b"guessed"):
        seal.put(index_of(ledger), key)
        assert found(ledger) == TRUTH


def test_an_account_taken_out_of_the_index_hides_no_record(ledger: Path) -> None:
    called = QueryCalled.model_validate(
        {"gen_ai.tool.name": "spend", "input": {}, "input_sha256": "0" * 64, "accounts": ["111111111111"], "now": ""}
    )
    with Ledger.open(ledger) as more:
        more.append(Record(actor="system", body=called))
    what = Filter(account="111111111111")
    assert [one.index for one in search(ledger, what)] == [120]
    with closing(sqlite3.connect(index_of(ledger))) as db, db:
        db.execute("delete from accounts")
    assert [one.index for one in search(ledger, what)] == [120]


@pytest.mark.parametrize("seed", range(8))
def test_one_flipped_bit_anywhere_in_the_index_hides_no_record(ledger: Path, seed: int) -> None:
    found(ledger)
    chance = random.Random(seed)
    whole = index_of(ledger).read_bytes()
    asked = [at for at in range(len(whole)) if whole.startswith(b"q7", at)]
    for at in (*chance.sample(asked, 2), *(chance.randrange(len(whole)) for _ in range(3))):
        data = bytearray(whole)
        data[at] ^= 1 << chance.randrange(8)
        index_of(ledger).write_bytes(data)
        assert found(ledger) == TRUTH, f"byte {at}"


@pytest.mark.parametrize("with_its_seal", [False, True])
def test_an_older_index_that_is_copied_back_hides_nothing_newer(ledger: Path, with_its_seal: bool) -> None:
    found(ledger)
    kept = {path: path.read_bytes() for path in index_of(ledger).parent.glob("*.sqlite*")}
    with Ledger.open(ledger) as more:
        for _ in range(3):
            more.append(Record(actor="system", question="q7", body=Note(name="new")))
    newest = [122, 121, 120, *TRUTH]
    assert found(ledger) == newest
    for path, data in kept.items():
        if with_its_seal or path == index_of(ledger):
            path.write_bytes(data)
    assert found(ledger) == newest


def test_who_dies_between_the_index_and_its_seal_costs_a_building(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(ledger)
    with Ledger.open(ledger) as more:
        more.append(Record(actor="system", question="q7", body=Note(name="new")))

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(seal, "put", dies)
    with pytest.raises(KeyboardInterrupt):
        found(ledger)
    monkeypatch.undo()
    assert found(ledger) == [120, *TRUTH]


@pytest.mark.parametrize("damage", [b"", b"x", bytes(200)])
def test_a_key_of_the_seal_that_is_lost_or_damaged_costs_a_building(ledger: Path, damage: bytes) -> None:
    found(ledger)
    (ledger.parent / "keys" / "index.key").write_bytes(damage)
    assert found(ledger) == TRUTH and found(ledger) == TRUTH
    (ledger.parent / "keys" / "index.key").unlink()
    assert found(ledger) == TRUTH


def test_an_index_that_nobody_touched_is_not_built_again(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(ledger)
    began = list[int]()

    def counted(folder: Path, first: int = 0, *more: Any) -> Iterator[Any]:
        began.append(first)
        return segments.read_raw(folder, first, *more)

    monkeypatch.setattr(module, "read_raw", counted)
    assert found(ledger) == TRUTH and began == [120], "only what is new is looked for"
