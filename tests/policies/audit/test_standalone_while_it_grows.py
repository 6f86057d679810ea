"""verify.py on a ledger that is written to while it reads: no sound one is damaged, and no damaged one is sound."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.audit import Ledger, frames
from policies.audit.disk import Disk
from tests.policies.audit.test_interrupted import note

ROOT = Path(__file__).parents[3]
WRITER = """
import sys, time
from pathlib import Path
from policies.audit import Ledger, Note, Record, frames
frames.SEGMENT_BYTES = 60_000
with Ledger.open(Path(sys.argv[1])) as ledger:
    print("open", flush=True)
    for number in range(10**9):
        ledger.append(Record(actor="system", body=Note(name=f"n{number}")), wait=number % 7 == 0)
        if number % 50 == 0:
            ledger.checkpoint()
            time.sleep(0.02)
"""


@pytest.fixture
def standalone(tmp_path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("standalone", ROOT / "verify.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(ledger: Path) -> list[str]:
    head = next((ledger.parent / "anchors").glob("*.note"))
    return [str(ledger), "--key", str(ledger.parent / "keys" / "ledger.vkey"), "--head", str(head), "--json"]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger") as ledger:
        for number in range(250):
            ledger.append(note(f"n{number}"), wait=False)
        ledger.checkpoint()
        yield ledger


def said(module: Any, given: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = module.main(given)
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return code, found


def more(ledger: Ledger, many: int, *, signed: bool = True) -> None:
    for number in range(many):
        ledger.append(note(f"more{number}"), wait=number == many - 1)
    if signed:
        ledger.checkpoint()


def meanwhile(module: Any, monkeypatch: pytest.MonkeyPatch, name: str, at: int, do: Callable[[], None]) -> None:
    """`do` happens just before the `at`th call of a function or method of the verifier, once."""
    where = module.Verifier if hasattr(module.Verifier, name) else module
    real, calls = getattr(where, name), [0]

    def call(*given: Any, **more: Any) -> Any:
        calls[0] += 1
        if calls[0] == at:
            do()
        return real(*given, **more)

    monkeypatch.setattr(where, name, call)


@pytest.mark.parametrize("many", [1, 300, 700])
@pytest.mark.parametrize(("name", "at"), [("read_batch", 1), ("read_batch", 2), ("open_regular", 2), ("record", 249)])
def test_what_is_written_while_it_reads_is_read_too_and_no_damage(
    standalone: Any,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    at: int,
    many: int,
) -> None:
    monkeypatch.setattr(frames, "SEGMENT_BYTES", 20_000)
    given = words(ledger.path)
    meanwhile(standalone, monkeypatch, name, at, lambda: more(ledger, many))
    code, found = said(standalone, given, capsys)
    assert (code, found["size"]) == (0, 250 + many), found["reason"]


def test_tiles_that_the_writer_is_behind_with_are_looked_at_again(
    standalone: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = words(ledger.path)
    more(ledger, 300, signed=False)  # a whole tile of it is not written yet
    meanwhile(standalone, monkeypatch, "between_writes", 2, ledger.checkpoint)
    code, found = said(standalone, given, capsys)
    assert (code, found["size"]) == (0, 550), found["reason"]


class InTwo(Disk):
    """Writes the first half, lets somebody else go on, and writes the rest."""

    def __init__(self) -> None:
        self.half, self.rest = threading.Event(), threading.Event()

    def write(self, fd: int, data: bytes | memoryview, offset: int) -> None:
        middle = len(data) // 2
        super().write(fd, data[:middle], offset)
        self.half.set()
        self.rest.wait(0.2)
        super().write(fd, data[middle:], offset + middle)


def test_a_batch_that_is_half_written_is_waited_for(
    standalone: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given, disk = words(ledger.path), InTwo()
    monkeypatch.setattr(ledger._store, "disk", disk)
    real = standalone.read_batch

    def slowly(file: Any) -> Any:
        try:
            return real(file)
        except standalone.Torn:
            disk.rest.set()  # by the time that the rest is looked at, whole batches lie behind the torn one
            writing.join(10)
            raise

    monkeypatch.setattr(standalone, "read_batch", slowly)
    writing = threading.Thread(target=lambda: [more(ledger, 2) for _ in range(3)])
    writing.start()
    assert disk.half.wait(10)
    code, found = said(standalone, given, capsys)
    writing.join(10)
    assert code in (0, 2) and not found["torn_bytes"], found["reason"]


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_one_is_not_sound_because_it_grows(
    standalone: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    monkeypatch.setattr(frames, "SEGMENT_BYTES", 20_000)
    more(ledger, 600)
    given, chance = words(ledger.path), random.Random(seed)
    where = sorted([*ledger.path.glob("segments/*.seg")][:-1] + [*ledger.path.glob("tile/0/*")][:-1])
    path = chance.choice(where)
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    meanwhile(standalone, monkeypatch, "read_batch", 2, lambda: more(ledger, 300))
    assert said(standalone, given, capsys)[0] == 1, f"{path.name} was changed"


def test_a_tile_that_grew_by_itself_is_damage(
    standalone: Any, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def longer() -> None:
        more(ledger, 3)
        tile = ledger.path / "tile" / "0" / "000"
        tile.write_bytes(tile.read_bytes() + bytes(32))

    given = words(ledger.path)
    meanwhile(standalone, monkeypatch, "read_batch", 1, longer)
    code, found = said(standalone, given, capsys)
    assert code == 1 and "tile" in found["reason"]


@pytest.mark.slow
def test_beside_a_process_that_writes_all_the_time(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with Ledger.open(path) as ledger:
        more(ledger, 10)
    given = [sys.executable, str(ROOT / "verify.py"), *words(path)]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout is not None and writer.stdout.readline() == "open\n"
        sizes, codes = [], []
        for _ in range(12):
            ran = subprocess.run(given, capture_output=True, text=True, timeout=100, check=False)
            found = json.loads(ran.stdout)
            assert ran.returncode in (0, 2), found["reason"]
            sizes.append(found["size"])
            codes.append(ran.returncode)
        assert sizes == sorted(sizes) and sizes[-1] > sizes[0], "it grew between them"
        first = sorted(path.glob("segments/*.seg"))[0]
        data = bytearray(first.read_bytes())
        data[1000] ^= 1
        first.write_bytes(data)
        for _ in range(3):
            assert subprocess.run(given, capture_output=True, timeout=100, check=False).returncode == 1
    finally:
        writer.kill()
        writer.communicate()
