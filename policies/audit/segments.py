"""Segment files: their names, their headers, and the records in them by index."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from policies.audit import frames
from policies.audit.disk import read_regular
from policies.audit.errors import LedgerDamagedError, ProofError
from policies.audit.merkle import Tree

_NAME = re.compile(r"^[0-9]{20}\.seg$")


@dataclass(frozen=True)
class Segment:
    """One segment file; `first` is the index of its first record."""

    path: Path
    first: int

    def read(self) -> bytes:
        """Its bytes; none of a last one that a writer took back after it was listed: it held nothing whole."""
        try:
            return read_regular(self.path)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and self._was_last():
                return b""
            raise LedgerDamagedError(f"The segment {self.path} cannot be read: {error}.") from error

    def size(self) -> int:
        """Its length in bytes, by the same rule."""
        try:
            return self.path.lstat().st_size
        except FileNotFoundError:
            return 0

    def _was_last(self) -> bool:
        return all(other.first < self.first for other in list_segments(self.path.parent))

    def start(self, batch: frames.Batch, origin: str | None) -> Tree:
        """The tree before this segment, from its header; LedgerDamagedError when it is not this ledger's."""
        found, first, peaks = read_header(batch.header, self.path)
        if origin is not None and found != origin:
            raise LedgerDamagedError(f"The segment {self.path} belongs to the ledger {found!r}, not to {origin!r}.")
        if first != self.first:
            raise LedgerDamagedError(f"The segment {self.path} says that it starts at record {first}: it was renamed.")
        try:
            return Tree(first, peaks)
        except ProofError as error:
            raise LedgerDamagedError(f"The header of {self.path} is malformed: {error}") from error

    def time_before(self) -> int:
        """The time of the last record before this segment; 0 when it is the first."""
        if not self.first:
            return 0
        before = [s for s in list_segments(self.path.parent) if s.first < self.first]
        last = b""
        for leaves in records_in(before[-1]) if before else ():
            last = leaves[-1] if leaves else last
        return int(orjson.loads(last[1:])["time"]) if last else 0


def list_segments(folder: Path) -> list[Segment]:
    """The segments in `folder`, by first record. LedgerDamagedError for any other name."""
    if not folder.is_dir():
        return []
    found = []
    for path in sorted(folder.iterdir()):
        if not _NAME.match(path.name) or path.is_symlink() or not path.is_file():
            if not os.path.lexists(path):
                continue  # a writer took it back in this moment
            raise LedgerDamagedError(f"{path} is no segment of a ledger; only segment files belong there.")
        found.append(Segment(path, int(path.name[:20])))
    return found


def read_header(header: bytes | None, path: Path) -> tuple[str, int, list[bytes]]:
    """Origin, first index and peaks of a header. LedgerDamagedError unless it is written in its one form."""
    import base64
    import binascii

    try:
        magic, origin, first, *rest = (header or b"").decode("utf-8").split("\n")
        peaks = [base64.b64decode(line, validate=True) for line in rest[:-1]]
        if magic == "regent-ledger/1" and frames.header_text(origin, int(first), peaks) == header:
            return origin, int(first), peaks
    except (ValueError, binascii.Error) as error:
        raise LedgerDamagedError(f"The header of {path} is malformed: {error}.") from error
    raise LedgerDamagedError(f"{path} does not start with the header of a ledger segment.")


def records_in(segment: Segment) -> Iterator[list[bytes]]:
    """The record frames (kind byte in front) of every whole batch; a torn end is left out."""
    data = segment.read()
    try:
        for batch in frames.walk(data):
            yield batch.leaves
    except frames.BrokenBatchError as error:
        if frames.whole_batch_behind(data, error.offset):
            raise LedgerDamagedError(f"{segment.path} is damaged at byte {error.offset}: {error.why}.") from error


def read_raw(folder: Path, first: int = 0, last: int | None = None) -> Iterator[tuple[int, bytes]]:
    """(index, record frame) of records first..last inclusive, segment by segment."""
    found = list_segments(folder)
    for number, segment in enumerate(found):
        if number + 1 < len(found) and found[number + 1].first <= first:
            continue
        if last is not None and segment.first > last:
            return
        index = segment.first
        for leaves in records_in(segment):
            if index + len(leaves) > first:
                for leaf in leaves:
                    if index >= first and (last is None or index <= last):
                        yield index, leaf
                    index += 1
            else:
                index += len(leaves)
