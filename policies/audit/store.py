"""One writer's view of a ledger's files: open and recover, append a durable batch, add a checkpoint.

Not thread-safe and without locks of its own: `Ledger` calls it under the ledger's lock.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Sequence
from pathlib import Path

import orjson

from policies.audit import frames
from policies.audit.disk import Disk
from policies.audit.errors import LedgerDamagedError, LedgerError, SignatureError
from policies.audit.keys import Home, write_durably
from policies.audit.merkle import Tree, subtree_root
from policies.audit.note import Checkpoint
from policies.audit.segments import Segment, list_segments, records_in
from policies.audit.tiles import Tiles

_sha256 = hashlib.sha256
_TOGETHER = 256
"""Records that wait to be hashed before the next write; a checkpoint hashes them in any case."""
_LARGE = 8 << 20
"""A batch above which its buffer is not kept."""


class Cut:
    """What a recovery moved to quarantine."""

    def __init__(self, segment: str, offset: int, data: bytes) -> None:
        self.segment, self.offset, self.bytes = segment, offset, len(data)
        self.sha256 = _sha256(data).hexdigest()


class Store:
    """The files of the ledger in `path`. `size` and `tree` are of what is durable."""

    def __init__(self, path: Path, home: Home, origin: str, disk: Disk) -> None:
        self.path, self.home, self.origin, self.disk = path, home, origin, disk
        self.segments, self.tiles = path / "segments", Tiles(path / "tile")
        self._tree, self.time = Tree(), 0
        self._unhashed: list[bytes] = []
        # counted by itself and not from the two above: what waits for hashing is in neither of them for a moment
        self.size = 0
        self.signed: Checkpoint | None = None
        self.failed: str | None = None
        self._fd, self._first, self._end = -1, 0, 0
        self._buffer = io.BytesIO()

    @property
    def tree(self) -> Tree:
        """The tree of what is durable."""
        self._hash()
        return self._tree

    def _hash(self) -> None:
        """Take what was written into the tree, by the hundred: one by one costs five times as much."""
        leaves, self._unhashed = self._unhashed, []
        if leaves:
            try:
                self._tree.extend([_sha256(leaf).digest() for leaf in leaves], self.tiles.write)
            except OSError as error:
                self.failed = f"the tiles could not be written: {error}"
                raise

    def close(self) -> None:
        self.tiles.close()
        fd, self._fd = self._fd, -1  # first: interrupted in between, it would be closed twice, and be another's by then
        if fd >= 0:
            os.close(fd)

    def recover(self) -> list[Cut]:
        """Read the last segment, cut a torn tail, hold the result against the last known head.

        Raises LedgerDamagedError for anything that a crash cannot explain.
        """
        cuts: list[Cut] = []
        found = list_segments(self.segments)
        while found:
            segment = found[-1]
            data = segment.read()
            if not data:  # a writer died between making the file and writing to it: nothing to keep
                segment.path.unlink()
                self.disk.sync_names(self.segments)
                found.pop()
                continue
            cut = self._load(segment, data)
            if cut is not None:
                cuts.append(cut)
                self._quarantine(segment, data[cut.offset :])
                if cut.offset == 0:
                    segment.path.unlink()
                    self.disk.sync_names(self.segments)
                    found.pop()
                    continue
                fd = self.disk.open(segment.path)
                try:
                    self.disk.truncate(fd, cut.offset)
                    self.disk.sync(fd)
                finally:
                    os.close(fd)
            self._fd = self.disk.open(segment.path)
            break
        else:
            self._tree, self.size, self.time, self._first, self._end = Tree(), 0, 0, 0, 0
        self.tiles.flush()
        self._hold_against_anchor()
        if self.size and not self.tiles.complete(self.size):
            self.rebuild_tiles()
        return cuts

    def _load(self, segment: Segment, data: bytes) -> Cut | None:
        """Take in `data`, the whole last segment; what is torn at its end is returned."""
        anchor = self.home.anchor(self.origin)
        tree, covered, last = Tree(), 0, b""
        end, signed = 0, None
        cut: Cut | None = None
        hashes: list[tuple[int, int, Sequence[bytes]]] = []
        try:
            for batch in frames.walk(data):
                if batch.start == 0:
                    tree = segment.start(batch, self.origin)
                tree.extend(batch.hashes(), lambda *new: hashes.append(new))
                if batch.size != tree.size:
                    raise LedgerDamagedError(f"{segment.path.name} says {batch.size} records where {tree.size} are.")
                last = batch.last or last
                end = batch.end
                for raw in batch.notes:
                    signed, covered = self._checked(raw, tree), batch.end
                if anchor is not None and anchor.size == tree.size and anchor.root != tree.root():
                    raise LedgerDamagedError(
                        f"The ledger {self.path} is not the one last seen: {anchor.size} records have another root."
                    )
        except frames.BrokenBatchError as error:
            if frames.whole_batch_behind(data, error.offset):
                raise LedgerDamagedError(
                    f"{segment.path} is damaged at byte {error.offset} ({error.why}) with whole records behind it; "
                    "run `regent audit verify` and restore it from a copy."
                ) from error
            cut = Cut(segment.path.name, error.offset, data[error.offset :])
        if signed is not None and not signed.note.signers(self.home.trusted()):
            raise LedgerDamagedError(f"No trusted key signed the last checkpoint of the ledger {self.path}.")
        for level, start, nodes in hashes:
            self.tiles.write(level, start, nodes)
        self._tree, self.size, self._first, self._end = tree, tree.size, segment.first, end
        self.signed = signed
        self.time = _time(last) if last else segment.time_before()
        if cut is None and covered < end:
            self._write_again(segment, data[covered:end], covered)
        return cut

    def _checked(self, raw: bytes, tree: Tree) -> Checkpoint:
        try:
            checkpoint = Checkpoint.parse(raw)
        except SignatureError as error:
            raise LedgerDamagedError(f"A checkpoint in the ledger {self.path} is malformed: {error}") from error
        if (checkpoint.origin, checkpoint.size, checkpoint.root) != (self.origin, tree.size, tree.root()):
            raise LedgerDamagedError(f"A checkpoint for {checkpoint.size} records is not of these records.")
        return checkpoint

    def _write_again(self, segment: Segment, data: bytes, offset: int) -> None:
        """A failed sync may have left pages that only look written: write them anew before relying on them."""
        fd = self.disk.open(segment.path)
        try:
            self.disk.write(fd, data, offset)
            self.disk.sync(fd)
        finally:
            os.close(fd)
        self.disk.sync_names(self.segments)

    def _hold_against_anchor(self) -> None:
        anchor = self.home.anchor(self.origin)
        if anchor is None:
            return
        if anchor.size > self.size:
            raise LedgerDamagedError(
                f"The ledger {self.path} has {self.size} records, but {anchor.size} were seen before: "
                "it was cut, rolled back or removed. Restore it, then run `regent audit verify`."
            )
        if anchor.size < self._first:
            before = [subtree_root(self.tiles.node_at, 0, n) for n in (anchor.size, self._first)]
            after = Tree(self._first, self._header_peaks()).root()
            if before != [anchor.root, after]:
                raise LedgerDamagedError(f"The ledger {self.path} does not extend the {anchor.size} records last seen.")

    def _header_peaks(self) -> list[bytes]:
        segment = list_segments(self.segments)[-1]
        return segment.start(next(frames.walk(segment.read())), self.origin).peaks()

    def _quarantine(self, segment: Segment, data: bytes) -> None:
        name = f"{segment.path.name}-{_sha256(data).hexdigest()[:16]}"
        write_durably(self.home.quarantine / name, data)

    def rebuild_tiles(self) -> None:
        """Write every tile anew from the segments."""
        tree = Tree()
        for segment in list_segments(self.segments):
            for leaves in records_in(segment):
                tree.extend([_sha256(leaf).digest() for leaf in leaves], self.tiles.write)
        self.tiles.sync()

    def catch_up(self) -> None:
        """Take in what other processes appended since this one last held the lock."""
        while True:
            total = os.fstat(self._fd).st_size if self._fd >= 0 else 0
            if total != self._end:
                break
            if self.size % frames.TILE or not (self.segments / f"{self.size:020}.seg").exists():
                return
            if self._fd >= 0 and self._first == self.size:
                return
            self._hash()
            self.tiles.flush()
            self.close()
            self._fd = self.disk.open(self.segments / f"{self.size:020}.seg")
            self._first, self._end = self.size, 0
        if total < self._end:
            raise LedgerDamagedError(f"The ledger {self.path} shrank from {self._end} to {total} bytes while open.")
        data = os.pread(self._fd, total - self._end, self._end)
        last = b""
        try:
            for batch in frames.walk(data):
                self.tree.extend(batch.hashes(), self.tiles.write)
                self.size = self._tree.size
                last = batch.last or last
                for raw in batch.notes:
                    self.signed = self._checked(raw, self.tree)
                if batch.size != self.size:
                    raise LedgerDamagedError(f"Another process left {batch.size} records where {self.size} are.")
        except frames.BrokenBatchError as error:
            raise TornByOtherError(f"another process died while writing: {error.why}") from error
        self._end = total
        if last:
            self.time = _time(last)
        self.catch_up()

    def append(self, leaves: Sequence[bytes], now: int) -> None:
        """Write records, each with its kind byte in front, and return when they are durable.

        OSError: nothing of the batch counts; `failed` is set when this store must not be used again.
        """
        done = 0
        while done < len(leaves):
            room = len(leaves)
            if self._end >= frames.SEGMENT_BYTES:
                room = -self.size % frames.TILE
                if not room:
                    self._roll()
                    room = len(leaves)
            part = leaves[done : done + room]
            if len(self._unhashed) >= _TOGETHER:
                self._hash()
            self._write(frames.record_frames(part), self.size + len(part))
            self._unhashed += part
            self.size += len(part)
            done += len(part)
        self.time = now

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint over exactly the records that are durable now."""
        if checkpoint.size != self.size:
            raise LedgerError(f"A checkpoint of {checkpoint.size} records cannot be added to {self.size}.")
        self._hash()
        try:
            self.tiles.flush()
        except OSError as error:
            self.failed = f"the tiles could not be written: {error}"
            raise
        self._write([frames.frame(frames.CHECKPOINT, checkpoint.raw)], self.size)
        self.signed = checkpoint

    def _roll(self) -> None:
        self._hash()
        self.tiles.sync()
        self.close()
        self._first, self._end = self.size, 0

    def _write(self, parts: list[bytes], size: int) -> None:
        fresh = not self._end
        if fresh:
            text = frames.header_text(self.origin, self._first, self.tree.peaks())
            parts = [frames.frame(frames.HEADER, text), *parts]
        with frames.fill(self._buffer, parts, size) as data:
            length = len(data)
            try:
                if self._fd < 0:
                    self._fd = self.disk.open(self._path(), create=True)
                self.disk.write(self._fd, data, self._end)
            except OSError as error:
                self._cut_back(fresh, error)
                raise
        try:
            self.disk.sync(self._fd)
            if fresh:
                self.disk.sync_names(self.segments)
        except OSError as error:
            self.failed = f"a sync failed ({error}), so what the disk holds is unknown"
            self._cut_back(fresh, error)
            raise
        self._end += length
        if length > _LARGE:
            self._buffer = io.BytesIO()

    def _path(self) -> Path:
        return self.segments / f"{self._first:020}.seg"

    def _cut_back(self, fresh: bool, error: OSError) -> None:
        """Undo a write that did not succeed, so that the next one starts where the last good one ended."""
        if self._fd < 0:
            return
        try:
            self.disk.truncate(self._fd, self._end)
            if fresh:
                self.close()
                self._path().unlink()
        except OSError as second:
            self.failed = f"{error}; cutting back failed too: {second}"


class TornByOtherError(LedgerError):
    """Another process died in the middle of a batch; recover before going on."""


def _time(leaf: bytes) -> int:
    """The time of the record in `leaf` (kind byte in front)."""
    try:
        return int(orjson.loads(leaf[1:])["time"])
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerDamagedError(f"The last record of the ledger is no record: {error}") from error
