"""After a crash, a full disk or a failed sync: nothing acknowledged is lost, and the ledger opens again."""

from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from policies.audit import Ledger, LedgerClosedError, LedgerUnwritableError, Note, Record, frames, verify
from policies.audit.disk import Disk
from policies.audit.errors import LedgerDamagedError
from policies.audit.note import Checkpoint

ROOT = Path(__file__).parents[3]


def note(name: str) -> Record:
    return Record(actor="system", body=Note(name=name, data={"pad": "x" * 90}))


def names(ledger: Ledger) -> list[str]:
    return [stored.body.model_dump().get("name", stored.type) for stored in ledger.read()]


class FullDisk(Disk):
    """Takes `room` more bytes, then says that it is full, having written what fitted."""

    room: int | None = None

    def write(self, fd: int, data: bytes, offset: int) -> None:
        if self.room is not None and len(data) > self.room:
            os.pwrite(fd, data[: self.room], offset)
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(fd, data, offset)


class FailingSync(Disk):
    fail = False

    def sync(self, fd: int) -> None:
        if self.fail:
            raise OSError(errno.EIO, "Input/output error")
        super().sync(fd)


def kill_nine(home: Path, runs: int, writers: int) -> None:
    """Kill so often, in `runs` of one ledger after the other: after each the whole ledger is read, so that one that
    grew all the time would take most of the time to read what was read before."""
    driver = str(Path(__file__).with_name("crash_driver.py"))
    command = [sys.executable, driver, str(home), str(runs), str(writers), "7"]
    environment = os.environ | {"PYTHONPATH": "."}
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)
    result: dict[str, int] = json.loads(done.stdout)
    assert result["runs"] == runs and result["acknowledged"] > 0
    assert (result["lost"], result["bad_verdicts"]) == (0, 0), result


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing_acknowledged(tmp_path: Path) -> None:
    kill_nine(tmp_path, runs=200, writers=1)


@pytest.mark.slow
def test_four_processes_writing_and_dying_lose_nothing_acknowledged(tmp_path: Path) -> None:
    kill_nine(tmp_path, runs=60, writers=4)


def test_disk_full_at_every_byte_of_a_write(tmp_path: Path) -> None:
    disk = FullDisk()
    expected = []
    with Ledger.open(tmp_path / "ledger", disk=disk) as ledger:
        size = len(frames.frame(0, b"")) + 400
        for room in range(0, size, 1):
            disk.room = room
            try:
                ledger.append(note(f"no room at {room}"))
                disk.room = None
                expected.append(f"no room at {room}")
                break
            except LedgerUnwritableError as error:
                assert "No space left" in str(error)
            disk.room = None
            ledger.append(note(f"after {room}"))
            expected.append(f"after {room}")
        assert len(expected) > 200
        assert names(ledger) == expected
    assert verify(tmp_path / "ledger").code == 0
    with Ledger.open(tmp_path / "ledger") as ledger:
        assert names(ledger) == expected


def test_disk_full_while_a_new_segment_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "SEGMENT_BYTES", 1)
    disk = FullDisk()
    with Ledger.open(tmp_path / "ledger", disk=disk) as ledger:
        for number in range(256):
            ledger.append(note(str(number)), wait=False)
        ledger.flush()
        for room in (0, 1, 10, 100, 200):
            disk.room = room
            with pytest.raises(LedgerUnwritableError):
                ledger.append(note("lost"))
            disk.room = None
        ledger.append(note("first of the second segment"))
    assert len(list((tmp_path / "ledger" / "segments").iterdir())) == 2
    assert verify(tmp_path / "ledger").code == 0


@pytest.mark.parametrize("wrote", [0, 1, 100])
@pytest.mark.parametrize("others", [False, True], ids=["reopened", "another process goes on"])
def test_a_writer_that_died_as_it_began_a_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrote: int, others: bool
) -> None:
    """Killed between making the file and its first sync: nothing is lost, and it is no tampering."""
    monkeypatch.setattr(frames, "SEGMENT_BYTES", 1)
    site = tmp_path / "ledger"
    other = Ledger.open(site)
    for number in range(256):
        other.append(note(str(number)), wait=False)
    other.checkpoint()
    begun = site / "segments" / f"{256:020}.seg"
    begun.touch(0o600)
    begun.write_bytes(frames.frame(frames.HEADER, b"x" * 200)[:wrote])
    command = [sys.executable, str(ROOT / "verify.py"), str(site), "--key", str(tmp_path / "keys" / "ledger.vkey")]
    assert verify(site).code == 2
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2
    if others:
        assert other.append(note("next")) == (257 if wrote else 256)
    other.close()
    with Ledger.open(site) as ledger:
        found = names(ledger)
        assert found[:256] == [str(number) for number in range(256)]
        ledger.append(note("later"))
    assert verify(site).code == 0
    head = next((tmp_path / "anchors").glob("*.note"))
    assert subprocess.run([*command, "--head", str(head)], check=False, capture_output=True).returncode == 0


def test_records_lost_without_waiting_stop_their_question(tmp_path: Path) -> None:
    """Fail closed: what was appended with wait=False and then lost must surface before the answer goes out."""
    disk = FullDisk()
    with Ledger.open(tmp_path / "ledger", disk=disk) as ledger:
        disk.room = 0
        ledger.append(Record(actor="system", question="q1", body=Note(name="lost")), wait=False)
        with pytest.raises(LedgerUnwritableError):
            ledger.flush()
        disk.room = None
        with pytest.raises(LedgerUnwritableError, match="lost"):
            ledger.append(Record(actor="system", question="q1", body=Note(name="answer")))
        assert ledger.append(Record(actor="system", question="q2", body=Note(name="other"))) == 0


def test_a_failed_sync_is_never_taken_for_success(tmp_path: Path) -> None:
    disk = FailingSync()
    ledger = Ledger.open(tmp_path / "ledger", disk=disk)
    ledger.append(note("good"))
    ledger.checkpoint()
    disk.fail = True
    with pytest.raises(LedgerUnwritableError, match="Input/output"):
        ledger.append(note("lost"))
    disk.fail = False
    with pytest.raises(LedgerClosedError, match="sync"):
        ledger.append(note("later"))
    ledger.close()
    with Ledger.open(tmp_path / "ledger") as again:
        assert names(again) == ["good"]
        again.append(note("after repair"))
    assert verify(tmp_path / "ledger").code == 0


def test_a_torn_tail_is_cut_kept_and_recorded(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        ledger.append(note("good"))
    segment = next((tmp_path / "ledger" / "segments").iterdir())
    torn = frames.batch(frames.record_frames([b'\0{"v":1}']), 2)[:-3]
    segment.write_bytes(segment.read_bytes() + torn)
    before = verify(tmp_path / "ledger")
    assert (before.code, before.torn_bytes) == (2, len(torn))
    with Ledger.open(tmp_path / "ledger") as ledger:
        assert names(ledger) == ["good", "ledger.recovered"]
    after = verify(tmp_path / "ledger")
    assert (after.code, after.quarantined_bytes) == (0, len(torn))
    assert [path.read_bytes() for path in (tmp_path / "quarantine").iterdir()] == [torn]


@pytest.mark.parametrize("where", [0.2, 0.5, 0.8])
def test_damage_in_the_middle_is_never_repaired(tmp_path: Path, where: float) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        for number in range(20):
            ledger.append(note(str(number)))
    segment = next((tmp_path / "ledger" / "segments").iterdir())
    data = bytearray(segment.read_bytes())
    data[int(len(data) * where)] ^= 0xFF
    segment.write_bytes(data)
    with pytest.raises(LedgerDamagedError, match="damaged"):
        Ledger.open(tmp_path / "ledger")
    assert segment.read_bytes() == bytes(data)
    assert verify(tmp_path / "ledger").code == 1


def test_a_ledger_that_was_cut_rolled_back_or_removed_does_not_open(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        for number in range(5):
            ledger.append(note(str(number)))
        ledger.checkpoint()
    segment = next((tmp_path / "ledger" / "segments").iterdir())
    whole = segment.read_bytes()
    ends = [batch.end for batch in frames.walk(whole)]
    for keep in (*ends[:-2], 0):
        segment.write_bytes(whole[:keep])
        with pytest.raises(LedgerDamagedError, match="seen before"):
            Ledger.open(tmp_path / "ledger")


Op = tuple[str, Path, int, bytes]


class PowerCut(Disk):
    """Remembers every operation, so that any prefix can be laid out as a disk would have it after a power cut."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self._paths: dict[int, Path] = {}

    def open(self, path: Path, create: bool = False) -> int:
        fd = super().open(path, create)
        self._paths[fd] = path
        if create:
            self.ops.append(("create", path, 0, b""))
        return fd

    def write(self, fd: int, data: bytes, offset: int) -> None:
        self.ops.append(("write", self._paths[fd], offset, bytes(data)))
        super().write(fd, data, offset)

    def sync(self, fd: int) -> None:
        super().sync(fd)
        self.ops.append(("sync", self._paths[fd], 0, b""))

    def truncate(self, fd: int, size: int) -> None:
        self.ops.append(("truncate", self._paths[fd], size, b""))
        super().truncate(fd, size)

    def sync_names(self, directory: Path) -> None:
        super().sync_names(directory)
        self.ops.append(("names", directory, 0, b""))


def after_power_cut(ops: list[Op], pick: random.Random) -> dict[str, bytes]:
    """The segment files after a cut behind `ops`: what was synced, and any 512-byte blocks of what was not."""
    files: dict[Path, bytearray] = {}
    unsynced: dict[Path, list[Op]] = {}
    unnamed: set[Path] = set()
    for op in ops:
        kind, path, *_ = op
        if kind == "create":
            files[path] = bytearray()
            unnamed.add(path)
        elif kind in ("write", "truncate"):
            unsynced.setdefault(path, []).append(op)
        elif kind == "sync":
            for _, _, offset, data in unsynced.pop(path, []):
                _put(files[path], offset, data)
        else:
            unnamed.clear()
    for path, left in unsynced.items():
        for _, _, offset, data in left:
            _some_blocks(files[path], offset, data, pick)
    for path in unnamed:
        if pick.random() < 0.5:
            del files[path]
    return {path.name: bytes(file) for path, file in files.items()}


def _put(file: bytearray, offset: int, data: bytes) -> None:
    file.extend(b"\0" * (offset + len(data) - len(file)))
    file[offset : offset + len(data)] = data


def _some_blocks(file: bytearray, offset: int, data: bytes, pick: random.Random) -> None:
    """Part of an unsynced write: its length may or may not have grown, its blocks may or may not have arrived."""
    length = pick.choice([0, len(data), pick.randrange(len(data) + 1)])
    for at in range(0, length, 512):
        block = data[at : min(at + 512, length)]
        _put(file, offset + at, block if pick.random() < 0.6 else b"\0" * len(block))


@pytest.mark.parametrize("seed", range(4))
def test_power_cuts_lose_nothing_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Thirty cuts at random moments of one history each: everything but synced blocks is at the mercy of chance."""
    monkeypatch.setattr(frames, "SEGMENT_BYTES", 30_000)
    pick = random.Random(seed)
    disk = PowerCut()
    acks: list[tuple[int, int, str]] = []
    home = tmp_path / "home"
    with Ledger.open(home / "ledger", disk=disk) as ledger:
        for number in range(700):
            waited = pick.random() < 0.5
            index = ledger.append(note(f"n{number}"), wait=waited)
            if waited:
                acks.append((len(disk.ops), index, f"n{number}"))
            if pick.random() < 0.02:
                ledger.checkpoint()
    cuts = 0
    for run in range(30):
        until = pick.randrange(len(disk.ops))
        files = after_power_cut(disk.ops[:until], pick)
        site = tmp_path / f"cut{run}"
        (site / "ledger" / "segments").mkdir(parents=True)
        (site / "keys").mkdir()
        for path in (home / "keys").iterdir():
            if path.is_file():
                (site / "keys" / path.name).write_bytes(path.read_bytes())
                (site / "keys" / path.name).chmod(0o600)
        for name, data in files.items():
            (site / "ledger" / "segments" / name).write_bytes(data)
        with Ledger.open(site / "ledger") as ledger:
            found = names(ledger)
            acked = [(index, name) for at, index, name in acks if at <= until]
            assert all(found[index] == name for index, name in acked)
            cuts += "ledger.recovered" in found
        if found:
            assert verify(site / "ledger").code == 0
    assert cuts, "no run tore anything: the simulation tests nothing"


def test_checkpoints_never_get_ahead_of_the_records(tmp_path: Path) -> None:
    """Between a record's write and its sync there is no signature over it anywhere."""
    disk = PowerCut()
    with Ledger.open(tmp_path / "ledger", disk=disk) as ledger:
        for number in range(10):
            ledger.append(note(str(number)))
            ledger.checkpoint()
    unsynced = 0
    for kind, *_ in disk.ops:
        if kind == "write":
            unsynced += 1
            assert unsynced == 1, "two writes without a sync between them"
        elif kind == "sync":
            unsynced = 0
    assert Checkpoint.parse(next((tmp_path / "anchors").glob("*.note")).read_bytes()).size == 10


def test_a_file_size_limit_of_the_system_fails_closed(tmp_path: Path) -> None:
    """The same with the kernel refusing the write, not a stand-in."""
    code = """
import resource, signal, sys
from pathlib import Path
from policies.audit import Ledger, LedgerUnwritableError, Note, Record
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ledger = Ledger.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.RLIM_INFINITY))
done = 0
try:
    while True:
        ledger.append(Record(actor="system", body=Note(name=str(done))))
        done += 1
except LedgerUnwritableError as error:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ledger.append(Record(actor="system", body=Note(name="after")))
    ledger.close()
    print(done, "large" in str(error))
"""
    command = [sys.executable, "-c", code, str(tmp_path / "ledger")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    count, said = done.stdout.split()
    assert said == "True"
    with Ledger.open(tmp_path / "ledger") as ledger:
        assert names(ledger) == [*map(str, range(int(count))), "after"]
