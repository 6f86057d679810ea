"""Read a ledger without writing to it: records by index, its name, its checkpoints."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from policies.audit import frames
from policies.audit.encoding import decode
from policies.audit.errors import LedgerDamagedError, NoSuchRecordError
from policies.audit.note import Checkpoint
from policies.audit.records import StoredRecord
from policies.audit.segments import list_segments, read_header, read_raw
from policies.audit.tiles import Tiles
from policies.audit.vault import Vault


class Reader:
    """The ledger in directory `path`; sealed members are opened with `vault`, if given."""

    def __init__(self, path: Path, vault: Vault | None = None) -> None:
        self.path, self.vault = Path(path), vault
        self.segments, self.tiles = self.path / "segments", Tiles(self.path / "tile")

    def origin(self) -> str | None:
        """The ledger's name, from the first whole header; None when it holds nothing yet."""
        for segment in list_segments(self.segments):
            try:
                batch = next(frames.walk(segment.read()), None)
            except frames.BrokenBatchError:
                return None
            if batch is not None:
                return read_header(batch.header, segment.path)[0]
        return None

    def read(self, first: int = 0, last: int | None = None) -> Iterator[StoredRecord]:
        """Records `first` to `last` inclusive, in order; LedgerDamagedError at the first that is none."""
        for index, leaf in read_raw(self.segments, first, last):
            yield decode(index, leaf, hashlib.sha256(leaf).hexdigest(), self.vault)

    def of_question(self, question: str) -> Iterator[StoredRecord]:
        """Every record of `question`; the others are not decoded."""
        needle = b'"question":' + orjson.dumps(question)
        for index, leaf in read_raw(self.segments):
            if needle in leaf:
                stored = decode(index, leaf, hashlib.sha256(leaf).hexdigest(), self.vault)
                if stored.record.question == question:
                    yield stored

    def pick(self, indexes: Iterable[int]) -> Iterator[StoredRecord]:
        """The records at `indexes`, in order, each segment read once; those that are not there are left out."""
        wanted = sorted(set(indexes))
        segments = list_segments(self.segments)
        for number, segment in enumerate(segments):
            end = segments[number + 1].first if number + 1 < len(segments) else None
            here = {index for index in wanted if index >= segment.first and (end is None or index < end)}
            if here:
                for index, leaf in read_raw(self.segments, min(here), max(here)):
                    if index in here:
                        yield decode(index, leaf, hashlib.sha256(leaf).hexdigest(), self.vault)

    def get(self, index: int) -> StoredRecord:
        """Record `index`; NoSuchRecordError when there is none."""
        for stored in self.read(index, index):
            return stored
        raise NoSuchRecordError(f"The ledger {self.path} has no record {index}.")

    def checkpoint(self) -> Checkpoint | None:
        """The last checkpoint stored in the ledger, unchecked."""
        for segment in reversed(list_segments(self.segments)):
            raw: bytes | None = None
            try:
                for batch in frames.walk(segment.read()):
                    raw = batch.notes[-1] if batch.notes else raw
            except frames.BrokenBatchError as error:
                if raw is None and error.offset == 0:
                    continue
            if raw is not None:
                return Checkpoint.parse(raw)
        return None


def require(path: Path) -> Path:
    """`path` if a ledger lies there; LedgerDamagedError when not."""
    if not (Path(path) / "segments").is_dir():
        raise LedgerDamagedError(
            f"There is no ledger in {path}; `regent audit verify` tells whether there ever was one."
        )
    return Path(path)
