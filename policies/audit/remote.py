"""The ledger in an S3 bucket with Object Lock: shipped as it grows, or acknowledged only there; and restored.

A ledger's segments go up in chunks, keyed by where they belong, so that each byte is put exactly once:
`PREFIX/ORIGIN_HASH/segments/FIRST/OFFSET` and `PREFIX/ORIGIN_HASH/checkpoints/SIZE`; `PREFIX/index/ORIGIN_HASH` is a
note, signed by the ledger's key, that says that this ledger exists. Every put is conditional (`If-None-Match: *`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from policies.audit.disk import Disk
from policies.audit.errors import LedgerDamagedError, LedgerError, RemoteError, SignatureError
from policies.audit.keys import Home, write_durably
from policies.audit.locks import between_writes
from policies.audit.note import Checkpoint, Note, Signer, VerifierKey, sign
from policies.audit.reader import Reader
from policies.audit.segments import list_segments
from tools.own_file import opened_own, own_folder

CHUNK = 8 << 20
LOOK = 5.0
"""Seconds after which a shipper looks whether a segment closed."""


class Bucket(Protocol):
    """Where chunks go: an object can be made once and never changed."""

    def put_new(self, key: str, data: bytes) -> bool:
        """Store `data`; False when there is an object of that key already. RemoteError otherwise."""

    def get(self, key: str) -> bytes: ...

    def keys(self, prefix: str) -> Iterator[str]: ...


class S3Bucket:
    """An S3 bucket; with `retain_days`, every object is locked in compliance mode for so long."""

    def __init__(self, client: Any, name: str, prefix: str = "", retain_days: int = 0) -> None:
        self.client, self.name, self.retain = client, name, retain_days
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    @classmethod
    def at(cls, url: str, retain_days: int = 0, client: Any = None) -> S3Bucket:
        """From `s3://BUCKET/PREFIX`."""
        if not url.startswith("s3://"):
            raise RemoteError(f"{url!r} is no s3://BUCKET/PREFIX address.")
        import boto3

        name, _, prefix = url.removeprefix("s3://").partition("/")
        return cls(client or boto3.client("s3"), name, prefix, retain_days)

    def put_new(self, key: str, data: bytes) -> bool:
        from botocore.exceptions import BotoCoreError, ClientError

        lock: dict[str, Any] = {}
        if self.retain:
            lock = {
                "ObjectLockMode": "COMPLIANCE",
                "ObjectLockRetainUntilDate": datetime.now(UTC) + timedelta(days=self.retain),
            }
        try:
            self.client.put_object(
                Bucket=self.name,
                Key=self.prefix + key,
                Body=data,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
                **lock,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "412"):
                return False
            raise RemoteError(f"s3://{self.name}/{self.prefix}{key} could not be written: {error}.") from error
        except BotoCoreError as error:
            raise RemoteError(f"s3://{self.name}/{self.prefix}{key} could not be written: {error}.") from error
        return True

    def get(self, key: str) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            data: bytes = self.client.get_object(Bucket=self.name, Key=self.prefix + key)["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise RemoteError(f"s3://{self.name}/{self.prefix}{key} could not be read: {error}.") from error
        return data

    def delete(self, key: str) -> None:
        """Delete the object, for good. RemoteError when the bucket keeps versions: then it is still there."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            done = self.client.delete_object(Bucket=self.name, Key=self.prefix + key)
        except (ClientError, BotoCoreError) as error:
            raise RemoteError(f"s3://{self.name}/{self.prefix}{key} could not be deleted: {error}.") from error
        if done.get("VersionId") or done.get("DeleteMarker"):
            raise RemoteError(
                f"s3://{self.name} keeps versions, so {self.prefix}{key} is still in it: delete its versions, and "
                "suspend versioning; nothing can be erased in such a bucket."
            )

    def keys(self, prefix: str) -> Iterator[str]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self.prefix + prefix)
            for page in pages:
                for item in page.get("Contents", []):
                    yield item["Key"].removeprefix(self.prefix)
        except (BotoCoreError, ClientError) as error:
            raise RemoteError(f"s3://{self.name}/{self.prefix} could not be listed: {error}.") from error


def folder(origin: str) -> str:
    """Where a ledger lies in the bucket: a name that says nothing of its origin, and fits every origin."""
    return hashlib.sha256(origin.encode()).hexdigest()[:32]


def announce(bucket: Bucket, origin: str, signer: Signer) -> None:
    """Say in the signed index that the ledger `origin` exists, so that a missing one is noticed."""
    text = f"regent-ledger-index/1\n{origin}\n{signer.vkey}\n".encode()
    bucket.put_new(f"index/{folder(origin)}", sign(text, [signer]))


def announced(bucket: Bucket, keys: list[VerifierKey]) -> dict[str, str]:
    """Every announced ledger: folder by origin. RemoteError for an entry that is not signed by one of `keys`.

    Keys are compared by their bytes: the same KMS key signs every session's log under that log's name.
    """
    found, trusted = {}, {key.data for key in keys}
    for name in bucket.keys("index/"):
        try:
            note = Note.parse(bucket.get(name))
            magic, origin, vkey, _ = note.text.decode().split("\n")
            own = VerifierKey.parse(vkey)
            good = magic == "regent-ledger-index/1" and name == f"index/{folder(origin)}" and own.data in trusted
            good = good and bool(note.signers([own]))
        except (SignatureError, ValueError):
            good = False
        if not good:
            raise RemoteError(f"The index entry {name} is not what was signed, or by none of the keys given.")
        found[origin] = folder(origin)
    return found


class RemoteDisk(Disk):
    """For where the disk disappears with the session: a batch is durable only when the bucket has it, too.

    Give it to `Ledger.open(disk=...)`. A put that fails, fails the append; nothing is acknowledged.
    """

    def __init__(self, bucket: Bucket, origin: str) -> None:
        self.bucket, self.folder = bucket, folder(origin)
        self._written: dict[int, tuple[int, bytes]] = {}
        self._names: dict[int, str] = {}

    def open(self, path: Path, create: bool = False) -> int:
        fd = super().open(path, create)
        self._names[fd] = path.stem
        return fd

    def write(self, fd: int, data: bytes | memoryview, offset: int) -> None:
        super().write(fd, data, offset)
        self._written[fd] = (offset, bytes(data))

    def truncate(self, fd: int, size: int) -> None:
        self._written.pop(fd, None)
        super().truncate(fd, size)

    def sync(self, fd: int) -> None:
        super().sync(fd)
        written = self._written.pop(fd, None)
        if written is None:
            return
        offset, data = written
        try:
            put_all(self.bucket, f"{self.folder}/segments/{self._names[fd]}", offset, data)
        except RemoteError as error:
            raise OSError(str(error)) from error


def put_all(bucket: Bucket, segment: str, offset: int, data: bytes) -> int:
    """Put a segment's bytes from `offset` on, what is there already excepted; the bytes put.

    RemoteError when the bucket refuses, or holds other bytes at that place.
    """
    put = 0
    while data:
        key = f"{segment}/{offset:012}"
        if bucket.put_new(key, data):
            return put + len(data)
        there = bucket.get(key)
        if not there or not data.startswith(there):
            raise RemoteError(
                f"{key} in the bucket is not what this ledger holds: one of the two was changed, two writers share "
                "the name, or the ledger was opened from an old copy."
            )
        offset, data = offset + len(there), data[len(there) :]
    return put


def put_checkpoint(bucket: Bucket, ledger: Path) -> None:
    """Put the last checkpoint of a ledger whose records the bucket has."""
    reader = Reader(ledger)
    signed, origin = reader.checkpoint(), reader.origin()
    if signed is not None and origin is not None:
        bucket.put_new(f"{folder(origin)}/checkpoints/{signed.size:020}", signed.raw)


class _Spool(BaseModel):
    """How far a ledger was shipped, and what is being put now: a crash repeats exactly that put."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    segment: int = 0
    offset: int = 0
    end: int | None = None
    checkpoint: int = 0
    announced: bool = False


class Shipper:
    """Ships a local ledger to a bucket, from where it stopped. The ledger's own files are the spool."""

    def __init__(self, ledger: Path, bucket: Bucket, *, home: Path | None = None, signer: Signer | None = None) -> None:
        """With `signer` the ledger is announced in the bucket's signed index, once."""
        self.ledger, self.bucket, self._signer = ledger, bucket, signer
        self._state = Home(ledger, home).path / "spool" / f"{ledger.name}.json"
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.error: LedgerError | OSError | None = None

    def ship(self) -> int:
        """Put everything up to the end of the last whole batch; the bytes put. RemoteError when the bucket refuses."""
        with self._lock, _alone(self._state):
            reader = Reader(self.ledger)
            origin = reader.origin()
            return 0 if origin is None else self._ship(reader, folder(origin))

    def start(self, every: float = 60.0) -> None:
        """Ship in the background: a segment as it closes, the open one every `every` seconds.

        A failure is kept in `error` and tried again.
        """
        self._thread = threading.Thread(target=self._run, args=(every,), name="ledger-shipper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ship what is left and stop. Raises what the last try raised."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self.ship()

    def _run(self, every: float) -> None:
        since, segments = 0.0, 1
        while not self._stop.wait(min(every, LOOK)):
            since += min(every, LOOK)
            try:
                there = len(list_segments(self.ledger / "segments"))
                if since >= every or there > segments:
                    since, segments = 0.0, there
                    self.ship()
                    self.error = None
            except (LedgerError, OSError) as error:
                self.error = error

    def _ship(self, reader: Reader, prefix: str) -> int:
        state = _Spool.model_validate_json(self._state.read_bytes()) if self._state.exists() else _Spool()
        put, origin = 0, reader.origin()
        if self._signer is not None and origin is not None and not state.announced:
            announce(self.bucket, origin, self._signer)
            state = self._keep(state.model_copy(update={"announced": True}))
        with between_writes(self.ledger):  # a batch whose sync is under way may be taken back
            found = list_segments(reader.segments)
            ends = found[-1].size() if found else 0
        signed = b""
        for segment in found:
            if segment.first < state.segment:
                continue
            if segment.first > state.segment:
                state = state.model_copy(update={"segment": segment.first, "offset": 0, "end": None})
            data = segment.read()
            if segment is found[-1]:
                data = data[:ends]
            end, note = _whole(data, segment.path)
            signed = note or signed
            if state.offset < end:
                _sync(segment.path)
            while state.offset < end:
                stop = state.end or min(end, state.offset + CHUNK)
                state = self._keep(state.model_copy(update={"end": stop}))
                put += put_all(
                    self.bucket, f"{prefix}/segments/{segment.first:020}", state.offset, data[state.offset : stop]
                )
                state = self._keep(state.model_copy(update={"offset": stop, "end": None}))
        size = Checkpoint.parse(signed).size if signed else 0
        if size > state.checkpoint:
            self.bucket.put_new(f"{prefix}/checkpoints/{size:020}", signed)
            self._keep(state.model_copy(update={"checkpoint": size}))
        return put

    def _keep(self, state: _Spool) -> _Spool:
        write_durably(self._state, state.model_dump_json().encode())
        return state


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """One process at a time: two that ship at once would cut the same bytes into different objects."""
    own_folder(state.parent)
    fd = os.open(state.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _sync(path: Path) -> None:
    """What a power cut could take away here must not be in the bucket already."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        os.fdatasync(fd)
    finally:
        os.close(fd)


def _whole(data: bytes, path: Path) -> tuple[int, bytes]:
    """Where the last whole batch ends, and the last checkpoint before that."""
    from policies.audit import frames

    end, signed = 0, b""
    try:
        for batch in frames.walk(data):
            end, signed = batch.end, batch.notes[-1] if batch.notes else signed
    except frames.BrokenBatchError as error:
        if frames.whole_batch_behind(data, error.offset):
            raise LedgerDamagedError(f"{path} is damaged at byte {error.offset}; it is not shipped.") from error
    return end, signed


def restore(bucket: Bucket, origin: str, path: Path, *, home: Path | None = None) -> int:
    """Lay the ledger `origin` out in the new directory `path` from the bucket alone; the bytes restored.

    The bucket's last checkpoint becomes a known head, so that `verify` notices chunks that are missing.
    """
    from policies.audit.store import Store

    if path.exists():
        raise RemoteError(f"{path} is there already; restore into a new directory.")
    prefix, total = folder(origin), 0
    ends: dict[str, int] = {}
    own_folder(path / "segments")
    own_folder(path / "tile")
    for key in sorted(bucket.keys(f"{prefix}/segments/")):
        name, offset = key.split("/")[-2:]
        if int(offset) != ends.get(name, 0):
            raise RemoteError(f"Bytes {ends.get(name, 0)} to {int(offset)} of segment {name} are missing.")
        data = bucket.get(key)
        with open(path / "segments" / f"{name}.seg", "ab", opener=opened_own) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        ends[name] = int(offset) + len(data)
        total += len(data)
    if not total:
        raise RemoteError(f"The bucket holds no records of the ledger {origin}.")
    place = Home(path, home)
    Store(path, place, origin, Disk()).rebuild_tiles()
    heads = sorted(bucket.keys(f"{prefix}/checkpoints/"))
    if heads:
        place.remember(Checkpoint.parse(bucket.get(heads[-1])))
    return total
