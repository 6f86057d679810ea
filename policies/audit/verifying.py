"""Verify a ledger from its files alone: what is wrong, from which record on, and how far it can be relied on.

Streams segment by segment; memory does not grow with the ledger. The steps are those of docs/ledger.md section 6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from policies.audit import frames
from policies.audit.checking import RecordCheck
from policies.audit.errors import LedgerError, SignatureError
from policies.audit.keys import Home
from policies.audit.locks import between_writes
from policies.audit.merkle import Tree
from policies.audit.note import Checkpoint, VerifierKey
from policies.audit.segments import Segment, list_segments, read_header
from policies.audit.tilecheck import TileCheck
from policies.audit.trust import Trust
from policies.audit.verdict import Verdict

_sha256 = hashlib.sha256


class BadError(Exception):
    """Verification fails: `index` is the first record that cannot be trusted."""

    def __init__(self, index: int | None, reason: str) -> None:
        super().__init__(reason)
        self.index, self.reason = index, reason


def verify(
    path: Path,
    keys: Iterable[VerifierKey] | None = None,
    since: Checkpoint | None = None,
    *,
    home: Path | None = None,
    schema: bool = True,
    remember: bool = True,
) -> Verdict:
    """Check the whole ledger in directory `path`. Never raises for what it finds in the files.

    `keys` are the verifier keys to trust (default: those this machine trusts, from `home`/keys); `since` is a
    checkpoint seen earlier, beside those remembered in `home`/anchors. `schema=False` leaves out the records'
    contents: hashes only, and so no erasures, cuts or revocations. With `remember`, the last checkpoint of a ledger
    in which nothing is wrong becomes the known head; where it cannot, the reason says so.
    """
    path = Path(path)
    place = Home(path, home)
    try:
        trusted = list(keys) if keys is not None else place.trusted()
        heads = [*place.known_heads(), *([since] if since else [])]
        if not (path / "segments").is_dir():
            missing = _missing(path, place, expected=keys is not None or since is not None)
            # looked for once more: what shows that there is one may be of one that is made in this moment
            if not (path / "segments").is_dir():
                return missing
    except (OSError, LedgerError) as error:
        return Verdict(code=1, reason=str(error))
    run = _Pass(path, trusted, heads, schema)
    verdict = run.verdict()
    if remember and run.last is not None and verdict.code != 1 and run.anchored == run.last.size:
        try:
            place.remember(run.last)
        except (OSError, LedgerError) as error:  # on a copy that nobody may write to, or a full disk
            return verdict.model_copy(update={"reason": f"{verdict.reason} Its head was not remembered: {error}."})
    return verdict


def _missing(path: Path, place: Home, *, expected: bool) -> Verdict:
    """No ledger in `path`: an alarm where one must have been, by what the caller knows or what lies around it."""
    said = f"There is no ledger in {path}, and "
    traces = place.traces()
    if traces:
        return Verdict(code=1, reason=f"{said}{traces[0]} shows that one was written: it was removed.")
    if expected:
        return Verdict(code=1, reason=f"{said}a key or checkpoint of it was given.")
    if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
        return Verdict(code=1, reason=f"{said}something else lies there.")
    return Verdict(
        code=2,
        absent=True,
        reason=f"{said}nothing beside it shows that there ever was one. The first question makes it (`regent ask`).",
    )


class _Pass:
    """One reading of the ledger from its first byte to its last."""

    def __init__(self, path: Path, keys: list[VerifierKey], heads: list[Checkpoint], schema: bool) -> None:
        self.path, self.heads = path, heads
        self.trust = Trust(keys)
        self.keyed = bool(keys)
        self.names = {key.name for key in keys}
        self.tree, self.check = Tree(), RecordCheck(schema)
        self.tiles = TileCheck(path / "tile")
        self.origin: str | None = None
        self.last: Checkpoint | None = None
        self.anchored = self.sound = self.torn = self.checkpoints = self.seen = 0
        self.begun = False
        self._seen = (0, 0)
        self._leaves: list[bytes] = []

    def verdict(self) -> Verdict:
        try:
            self._read()
            self._finish()
        except BadError as bad:
            return self._say(1, bad.reason, bad.index)
        except (OSError, LedgerError) as error:
            return self._say(1, str(error), self.tree.size)
        behind = self.tree.size - self.anchored
        if self.torn:
            return self._say(2, f"{self.torn} bytes at the end are a torn write; opening the ledger recovers it.")
        if self.begun:
            return self._say(
                2, "The last segment is empty: a writer died as it began it; opening the ledger recovers it."
            )
        if not self.tree.size:
            return self._say(2, f"The ledger in {self.path} holds no records yet.")
        if not self.keyed:
            return self._say(2, "The hashes hold, but no verifier key is known; give one with --key.")
        if behind:
            return self._say(2, f"The last {behind} records lie behind the last signed checkpoint.")
        if not self.seen:
            return self._say(2, "Signed throughout, but no checkpoint seen earlier is known to compare with.")
        if self.tiles.missing:
            return self._say(2, f"The tile {self.tiles.missing} is missing; run `regent audit repair`.")
        return self._say(0, "Verified, signed throughout, and consistent with every known head.")

    def _say(self, code: int, reason: str, bad: int | None = None) -> Verdict:
        size, whole = self.tree.size, code != 1
        return Verdict.model_validate(
            {
                "code": code,
                "reason": reason,
                "origin": self.origin,
                "size": size,
                "root": self.tree.root().hex() if whole else None,
                "first_bad": bad,
                "verified_through": (size if whole else self.sound) - 1 if (size if whole else self.sound) else None,
                "anchored_through": self.anchored - 1 if self.anchored else None,
                "known_head": max((head.size for head in self.heads if head.origin == self.origin), default=None),
                "unanchored": size - self.anchored,
                "torn_bytes": self.torn,
                "quarantined_bytes": self.check.cut_bytes,
                "erased": len(self.check.forgotten),
                "checkpoints": self.checkpoints,
                "keys": tuple(str(key) for key in self.trust.keys),
                "unknown_types": tuple(sorted(self.check.unknown)),
            }
        )

    def _read(self) -> None:
        for name in sorted(self.path.iterdir()):
            if name.name not in {"segments", "tile"} or name.is_symlink() or not name.is_dir():
                raise BadError(None, f"{name} does not belong in a ledger.")
        found, ends = self._snapshot()
        self._seen = len(found), ends
        for number, segment in enumerate(found):
            data = b""  # let go of one segment before reading the next: half the memory, and no page is touched twice
            data = segment.read()
            if number == len(found) - 1:
                self.tiles.live = len(data) > ends
                data = data[:ends]
                if not data and not segment.path.exists():
                    return  # its writer took it back meanwhile
            if segment.first != self.tree.size:
                raise BadError(self.tree.size, f"Segment {segment.path.name} follows record {self.tree.size - 1}.")
            self._segment(segment, data, number == len(found) - 1)

    def _snapshot(self) -> tuple[list[Segment], int]:
        """The segments and the length of the last one while no batch is half written."""
        with between_writes(self.path):
            return self._ends()

    def _ends(self) -> tuple[list[Segment], int]:
        found = list_segments(self.path / "segments")
        return found, found[-1].size() if found else 0

    def _segment(self, segment: Segment, data: bytes, last: bool) -> None:
        try:
            for batch in frames.walk(data):
                if batch.start == 0:
                    self._header(segment, batch)
                if self.check.schema:
                    self.check.batch(self.tree.size + len(self._leaves), batch.leaves, self.trust)
                elif batch.starts:
                    self.check.last = batch.last
                self._leaves += batch.hashes()
                if batch.notes:
                    self._grow()
                if batch.size != self.tree.size + len(self._leaves):
                    raise BadError(self.tree.size, f"A commit says {batch.size} records; there are others.")
                for raw in batch.notes:
                    self._checkpoint(raw)
        except frames.BrokenBatchError as error:
            self._grow()
            if not last or frames.whole_batch_behind(data, error.offset):
                index = self._first_bad(data, error.offset)
                raise BadError(index, f"{segment.path.name} is damaged at byte {error.offset}: {error.why}.") from error
            self.torn = len(data) - error.offset
        self._grow()
        if not data:
            if not last:
                raise BadError(self.tree.size, f"{segment.path.name} is empty.")
            self.begun = True

    def _header(self, segment: Segment, batch: frames.Batch) -> None:
        origin, first, peaks = read_header(batch.header, segment.path)
        if self.origin is None:
            self.origin = origin
            if self.names and origin not in self.names:
                raise BadError(0, f"This is the ledger {origin!r}; the trusted key is of {sorted(self.names)[0]!r}.")
        if origin != self.origin:
            raise BadError(self.tree.size, f"{segment.path.name} belongs to the ledger {origin!r}.")
        if first != self.tree.size or peaks != self.tree.peaks():
            raise BadError(self.tree.size, f"{segment.path.name} does not continue the records before it.")

    def _grow(self) -> None:
        """Take the collected leaves into the tree, stopping at every known head to compare roots."""
        leaves, self._leaves = self._leaves, []
        stops = sorted({h.size for h in self.heads if self.tree.size < h.size < self.tree.size + len(leaves)})
        start = self.tree.size
        for stop in [*stops, start + len(leaves)]:
            self.tree.extend(leaves[self.tree.size - start : stop - start], self.tiles.feed)
            if self.tiles.wrong is not None:
                index, name = self.tiles.wrong
                raise BadError(index, f"The records do not match the hashes in tile {name}.")
            for head in self.heads:
                if head.origin == self.origin and head.size == self.tree.size and head.root != self.tree.root():
                    raise BadError(self.sound, f"The first {head.size} records are not the ones that were seen before.")

    def _checkpoint(self, raw: bytes) -> None:
        self.checkpoints += 1
        try:
            checkpoint = Checkpoint.parse(raw)
            if checkpoint.origin != self.origin:
                raise SignatureError(f"A checkpoint is of the ledger {checkpoint.origin!r}.")
            if checkpoint.size != self.tree.size:
                raise SignatureError(f"A checkpoint is for {checkpoint.size} records where {self.tree.size} are.")
            if checkpoint.root != self.tree.root():
                raise SignatureError(f"The records up to {checkpoint.size} are not the ones that were signed.")
            if self.keyed and self._accepted(checkpoint):
                self.anchored = checkpoint.size
        except SignatureError as error:
            raise BadError(self.sound, str(error)) from error
        self.sound, self.last = self.tree.size, checkpoint

    def _accepted(self, checkpoint: Checkpoint) -> bool:
        time = self.check.time(checkpoint.size)
        try:
            return bool(self.trust.accept(checkpoint, time))
        except SignatureError:
            if self.check.schema:
                raise
            # Hashes only: no record was read. Look now whether one introduced the key.
            self.check.look_for_keys(self.path, self.anchored, self.trust)
            self.trust.cover()
            return bool(self.trust.accept(checkpoint, time))

    def _finish(self) -> None:
        for head in self.heads:
            if head.origin == self.origin or (self.origin is None and head.origin in self.names):
                if self.keyed and not head.note.signers(self.trust.keys):
                    raise BadError(None, f"The known head of {head.size} records is signed by no trusted key.")
                if head.size > self.tree.size:
                    raise BadError(
                        self.tree.size,
                        f"There are {self.tree.size} records; {head.size} were seen before. It was cut or rolled back.",
                    )
                self.seen = max(self.seen, head.size)
        with between_writes(self.path):
            # The last tiles may have grown since the records were read: then their beginning is compared.
            found, ends = self._ends()
            self.tiles.live = self.tiles.live or (len(found), ends) > self._seen
            self.tiles.finish(self.tree.size)
        if self.tiles.wrong is not None:
            index, name = self.tiles.wrong
            raise BadError(index, f"The records do not match the hashes in tile {name}.")

    def _first_bad(self, data: bytes, offset: int) -> int:
        """The first record of a damaged batch whose hash is not the one in its tile."""
        index = self.tree.size
        for leaf in frames.loose_records(data, offset):
            if self.tiles.leaf(index) != _sha256(leaf).digest():
                break
            index += 1
        return index
