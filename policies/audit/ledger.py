"""The ledger: append a record, durable before `append` returns; read records back by index."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from policies.audit.errors import (
    LedgerClosedError,
    LedgerDamagedError,
    LedgerUnwritableError,
    RecordTooLargeError,
)
from policies.audit.records import SCHEMA, LedgerRecovered, Record, StoredRecord

MAX_RECORD = 1 << 20
FILE = "records.jsonl"
ZERO = "0" * 64


def chain(previous: str, line: bytes) -> str:
    return hashlib.sha256(previous.encode() + line).hexdigest()


class Ledger:
    """One append-only ledger in a directory. Threads, tasks and processes may share it."""

    def __init__(self, path: Path, origin: str) -> None:
        """Use `Ledger.open`."""
        self.path, self.origin = path, origin
        self._mutex = threading.RLock()
        self._pending: list[bytes] = []
        self._head, self._size, self._end, self._time = ZERO, 0, 0, 0
        self._failed: str | None = None
        self._fd = -1

    @classmethod
    def open(cls, path: Path, origin: str | None = None) -> Self:
        """Open or create the ledger in directory `path`; a torn tail is cut and the cut recorded.

        Raises LedgerUnwritableError (cannot be created or written), LedgerDamagedError (damage in the middle).
        """
        ledger = cls(Path(path), origin or "regent.local/ledger")
        try:
            ledger.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            ledger._fd = os.open(ledger.path / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            with ledger._locked():
                ledger._catch_up(recover=True)
        except OSError as error:
            raise LedgerUnwritableError(
                f"The ledger {path} cannot be opened for writing: {error}."
            ) from error
        return ledger

    def append(self, record: Record, wait: bool = True) -> int:
        """Add `record` and return its index. With `wait` it is durable on return, with all before it.

        Raises LedgerUnwritableError, LedgerClosedError, RecordTooLargeError; then nothing was acknowledged.
        """
        with self._mutex:
            self._usable()
            try:
                if not self._pending:
                    fcntl.flock(self._fd, fcntl.LOCK_EX)
                    self._catch_up()
                index = self._size
                line = self._encode(record, index)
                self._pending.append(line)
                self._size, self._head = index + 1, chain(self._head, line)
                if wait or len(self._pending) >= 256:
                    self.flush()
                return index
            except OSError as error:
                raise self._give_up(error) from error

    async def aappend(self, record: Record, wait: bool = True) -> int:
        """`append` for async code: the event loop goes on while the disk syncs."""
        if not wait:
            return self.append(record, wait=False)
        return await asyncio.to_thread(self.append, record)

    def flush(self) -> None:
        """Make every record appended so far durable."""
        with self._mutex:
            if not self._pending:
                return
            data = b"".join(line + b"\n" for line in self._pending)
            try:
                done = 0
                while done < len(data):
                    done += os.pwrite(self._fd, data[done:], self._end + done)
                os.fdatasync(self._fd)
            except OSError as error:
                raise self._give_up(error) from error
            self._end += len(data)
            self._pending.clear()
            fcntl.flock(self._fd, fcntl.LOCK_UN)

    def read(self, first: int = 0, last: int | None = None) -> Iterator[StoredRecord]:
        """Records `first` to `last` inclusive, in order; `last=None` reads to the end."""
        self.flush()
        head = ZERO
        with (self.path / FILE).open("rb") as file:
            for index, line in enumerate(file):
                if last is not None and index > last:
                    return
                head = chain(head, line.rstrip(b"\n"))
                if index >= first:
                    yield decode(line.rstrip(b"\n"), head, index)

    @property
    def size(self) -> int:
        with self._mutex:
            if not self._pending:
                with self._locked():
                    self._catch_up()
            return self._size

    def root(self) -> str:
        """Hex hash over everything recorded so far."""
        return self._head if self.size else ZERO

    def close(self) -> None:
        with self._mutex:
            if self._fd >= 0 and self._failed is None:
                self.flush()
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _locked(self) -> _Flock:
        return _Flock(self._fd)

    def _usable(self) -> None:
        if self._failed:
            raise LedgerClosedError(
                f"The ledger {self.path} stopped after a failed write ({self._failed}); open it anew."
            )
        if self._fd < 0:
            raise LedgerClosedError(f"The ledger {self.path} is closed; open it anew.")

    def _encode(self, record: Record, index: int) -> bytes:
        self._time = max(time.time_ns(), self._time + 1)
        line = orjson.dumps(envelope(record, index, self._time) | {"prev": self._head})
        if len(line) > MAX_RECORD:
            raise RecordTooLargeError(
                f"A {record.type} record has {len(line)} bytes; the ledger takes {MAX_RECORD}."
            )
        return line

    def _give_up(self, error: OSError) -> LedgerUnwritableError:
        """After a failed write or sync nothing on this handle can be trusted; cut back and stop."""
        self._failed = str(error)
        self._pending.clear()
        try:
            os.ftruncate(self._fd, self._end)
        except OSError as cut:
            self._failed += f"; cutting back failed too: {cut}"
        fcntl.flock(self._fd, fcntl.LOCK_UN)
        return LedgerUnwritableError(
            f"The ledger {self.path} cannot be written: {self._failed}. Nothing was recorded."
        )

    def _catch_up(self, recover: bool = False) -> None:
        """Take in what other processes appended. The caller holds the file lock."""
        total = os.fstat(self._fd).st_size
        if total == self._end:
            return
        if total < self._end:
            raise LedgerDamagedError(
                f"The ledger {self.path} shrank from {self._end} to {total} bytes while open."
            )
        data = os.pread(self._fd, total - self._end, self._end)
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].splitlines():
            value = loads(line, self._size)
            if value.get("prev") != self._head or value.get("index") != self._size:
                raise LedgerDamagedError(
                    f"Record {self._size} of the ledger {self.path} does not follow the one before."
                )
            self._head, self._size, self._time = chain(self._head, line), self._size + 1, value["time"]
        offset, cut = self._end + whole, data[whole:]
        self._end = offset
        if cut:
            self._cut(offset, cut)

    def _cut(self, offset: int, cut: bytes) -> None:
        os.ftruncate(self._fd, offset)
        body = LedgerRecovered(
            segment=FILE, offset=offset, cut_bytes=len(cut), sha256=hashlib.sha256(cut).hexdigest()
        )
        line = self._encode(Record(actor="system", body=body), self._size) + b"\n"
        os.pwrite(self._fd, line, offset)
        os.fdatasync(self._fd)
        self._head, self._size, self._end = chain(self._head, line[:-1]), self._size + 1, offset + len(line)


class _Flock:
    """Holds the file lock between processes for a `with` block."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def __enter__(self) -> None:
        fcntl.flock(self._fd, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._fd, fcntl.LOCK_UN)


def envelope(record: Record, index: int, now: int) -> dict[str, Any]:
    return {
        "v": SCHEMA,
        "index": index,
        "time": now,
        "type": record.type,
        "question": record.question,
        "session": record.session,
        "principal": record.principal,
        "actor": record.actor,
        "parent": record.parent,
        "body": record.body.model_dump(mode="json", by_alias=True),
    }


def loads(line: bytes, index: int) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise LedgerDamagedError(f"Record {index} is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise LedgerDamagedError(f"Record {index} is no JSON object.")
    return value


def decode(line: bytes, leaf: str, index: int) -> StoredRecord:
    """The stored bytes of record `index` as a StoredRecord; LedgerDamagedError when they are no record."""
    value = loads(line, index)
    rest = {key: item for key, item in value.items() if key not in {"v", "index", "time", "prev"}}
    try:
        record = Record.model_validate(rest)
        return StoredRecord(index=value["index"], time=value["time"], hash=leaf, raw=line, record=record)
    except (ValueError, KeyError) as error:
        raise LedgerDamagedError(f"Record {index} does not have the shape of a record: {error}") from error
