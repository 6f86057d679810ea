"""What a shipper sends while the ledger is being written: nothing that the ledger then takes back."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.audit import Ledger, LedgerUnwritableError, Note, Record, verify
from policies.audit.disk import Disk
from policies.audit.remote import Shipper, folder, restore


class Shelf:
    """A bucket in memory, in which an object can be made once."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put_new(self, key: str, data: bytes) -> bool:
        return self.kept.setdefault(key, data) is data

    def get(self, key: str) -> bytes:
        return self.kept[key]

    def keys(self, prefix: str) -> Iterator[str]:
        return iter([key for key in self.kept if key.startswith(prefix)])


class Failing(Disk):
    """The next sync fails, and somebody ships between the write and that."""

    def __init__(self) -> None:
        self.shipper: Shipper | None = None
        self.thread = threading.Thread()

    def sync(self, fd: int) -> None:
        if self.shipper is not None:
            self.thread = threading.Thread(target=self.shipper.ship, daemon=True)
            self.shipper = None
            self.thread.start()
            self.thread.join(0.3)
            raise OSError(errno.EIO, "the disk is gone")
        super().sync(fd)


def note(name: str) -> Record:
    return Record(actor="system", body=Note(name=name))


def test_a_batch_whose_sync_fails_is_not_shipped(tmp_path: Path) -> None:
    disk, bucket = Failing(), Shelf()
    shipper = Shipper(tmp_path / "ledger", bucket)
    ledger = Ledger.open(tmp_path / "ledger", "house.example/ledger", disk=disk)
    ledger.append(note("kept"))
    disk.shipper = shipper
    with pytest.raises(LedgerUnwritableError):
        ledger.append(note("taken back"))
    ledger.close()
    disk.thread.join(10)
    with Ledger.open(tmp_path / "ledger") as again:
        again.append(note("another in its place"))
    shipper.ship()
    there = b"".join(bucket.kept[key] for key in sorted(bucket.keys(f"{folder('house.example/ledger')}/segments/")))
    assert there == next((tmp_path / "ledger" / "segments").iterdir()).read_bytes() and b"taken back" not in there
    assert restore(bucket, "house.example/ledger", tmp_path / "restored" / "ledger") == len(there)


def test_a_checkpoint_is_shipped_with_all_that_it_covers(tmp_path: Path) -> None:
    """Records and a checkpoint are written while the shipper puts: the bucket alone must always restore whole."""
    ledger = Ledger.open(tmp_path / "ledger", "house.example/ledger")
    ledger.append(note("first"))
    ledger.checkpoint()

    class Busy(Shelf):
        def put_new(self, key: str, data: bytes) -> bool:
            if "/segments/" in key:
                ledger.append(note("meanwhile"))
                ledger.checkpoint()
            return super().put_new(key, data)

    bucket = Busy()
    Shipper(tmp_path / "ledger", bucket).ship()
    ledger.close()
    restore(bucket, "house.example/ledger", tmp_path / "restored" / "ledger")
    (tmp_path / "restored" / "keys").mkdir()
    (tmp_path / "restored" / "keys" / "ledger.vkey").write_bytes((tmp_path / "keys" / "ledger.vkey").read_bytes())
    verdict = verify(tmp_path / "restored" / "ledger")
    assert (verdict.code, verdict.size) == (0, 1), verdict.reason


def test_a_full_disk_does_not_end_the_shipper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger.open(tmp_path / "ledger", "house.example/ledger") as ledger:
        ledger.append(note("first"))
    bucket, tried = Shelf(), threading.Event()

    def full(*_: object) -> None:
        tried.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    shipper = Shipper(tmp_path / "ledger", bucket)
    with monkeypatch.context() as patched:
        patched.setattr("policies.audit.remote.write_durably", full)
        shipper.start(every=0.01)
        assert tried.wait(10)
    for _ in range(1000):
        if bucket.kept and shipper.error is None:
            break
        threading.Event().wait(0.01)
    assert bucket.kept and shipper.error is None
    shipper.stop()
