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

from policies.audit import Ledger, Note, Record, segments
from policies.audit import search as module
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
    assert set(found(ledger)) <= set(TRUTH), "and never one that does not match"
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
