"""The bytes of a segment: frames in batches, each batch closed by a commit. See docs/ledger.md section 3."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

RECORD, HEADER, CHECKPOINT, COMMIT = 0, 1, 2, 3
MAX_RECORD = 1 << 20
SEGMENT_BYTES = 8 << 20
TILE = 256

_MARK = b"\xfeCMT"
_length = struct.Struct(">I")
_head = struct.Struct(">IB")
_commit = struct.Struct(">IB4sQI")
_crc = struct.Struct(">I")
COMMIT_BYTES = _commit.size + _crc.size
_COMMIT_START = _length.pack(COMMIT_BYTES - 4) + bytes([COMMIT]) + _MARK


@dataclass(frozen=True, slots=True)
class Batch:
    """One whole batch: `end` is its end offset, `size` what its commit says. Records are cut out when asked for."""

    start: int
    end: int
    size: int
    header: bytes | None
    notes: list[bytes]
    data: bytes
    starts: list[int]
    stops: list[int]

    @property
    def leaves(self) -> list[bytes]:
        """Record frames without their length: what a leaf hash is over."""
        data = self.data
        return [data[start:stop] for start, stop in zip(self.starts, self.stops, strict=True)]

    @property
    def last(self) -> bytes:
        """The last record frame; empty when there is none."""
        return self.data[self.starts[-1] : self.stops[-1]] if self.starts else b""

    def hashes(self) -> list[bytes]:
        """Leaf hashes, without copying the records."""
        view, sha256 = memoryview(self.data), hashlib.sha256
        return [sha256(view[start:stop]).digest() for start, stop in zip(self.starts, self.stops, strict=True)]


class BrokenBatchError(Exception):
    """The bytes from `offset` on are no whole batch."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(why)
        self.offset, self.why = offset, why


def frame(kind: int, payload: bytes) -> bytes:
    """One frame: its length in four bytes, its kind in one, and what it holds."""
    return _length.pack(len(payload) + 1) + bytes([kind]) + payload


def batch(parts: Sequence[bytes], size: int) -> bytes:
    """Frames `parts` and the commit that says that the ledger then holds `size` records."""
    return bytes(fill(io.BytesIO(), parts, size))


def fill(buffer: io.BytesIO, parts: Iterable[bytes], size: int) -> memoryview:
    """`batch` into a buffer that is used again and again: a fresh megabyte each time costs more than hashing it.

    Release the view before the buffer is filled again.
    """
    buffer.seek(0)
    buffer.writelines(parts)
    length = buffer.tell()
    head = _commit.pack(COMMIT_BYTES - 4, COMMIT, _MARK, size, length)
    with buffer.getbuffer() as whole, whole[:length] as data:
        checksum = zlib.crc32(head, zlib.crc32(data))
    buffer.write(head + _crc.pack(checksum))
    with buffer.getbuffer() as whole:
        return whole[: length + COMMIT_BYTES]


def record_frames(leaves: Iterable[bytes]) -> list[bytes]:
    """Frames of records, each given with its kind byte in front, as it is hashed."""
    pack = _length.pack
    parts = []
    for leaf in leaves:
        parts.append(pack(len(leaf)))
        parts.append(leaf)
    return parts


def header_text(origin: str, first: int, peaks: Sequence[bytes]) -> bytes:
    """What a segment begins with: its ledger, its first record, and the complete subtrees of all before it."""
    lines = ["regent-ledger/1", origin, str(first), *(base64.b64encode(p).decode() for p in peaks)]
    return "".join(f"{line}\n" for line in lines).encode()


def walk(data: bytes, start: int = 0, checksums: bool = True) -> Iterator[Batch]:
    """Every batch of a segment from offset `start`. BrokenBatchError at the first that is not whole."""
    end = len(data)
    head, unpack, crc32 = _head.unpack_from, _length.unpack_from, zlib.crc32
    position = start
    view = memoryview(data)
    while position < end:
        begin = position
        # Numbers, not slices: the garbage collector walks over slices, again and again.
        starts: list[int] = []
        stops: list[int] = []
        header: bytes | None = None
        notes: list[bytes] = []
        start_at, stop_at = starts.append, stops.append
        try:
            while True:
                length, kind = head(data, position)
                after = position + 4
                stop = after + length
                if kind == RECORD:
                    start_at(after)
                    stop_at(stop)
                elif kind == COMMIT and stop - position == COMMIT_BYTES:
                    break
                elif kind == CHECKPOINT and stop > after + 1:
                    notes.append(data[after + 1 : stop])
                elif kind == HEADER and position == 0:
                    header = data[after + 1 : stop]
                else:
                    raise BrokenBatchError(begin, f"a frame at byte {position} is of unknown kind {kind}")
                if stop == after:
                    raise BrokenBatchError(begin, f"a frame at byte {position} is empty")
                position = stop
            _, _, mark, size, span = _commit.unpack_from(data, position)
            stored = unpack(data, stop - 4)[0]
        except (struct.error, IndexError) as error:
            raise BrokenBatchError(begin, "the file ends inside a batch") from error
        if mark != _MARK or span != position - begin:
            raise BrokenBatchError(begin, "its commit is malformed")
        if checksums and crc32(view[begin : stop - 4]) != stored:
            raise BrokenBatchError(begin, "its checksum does not match")
        position = stop
        yield Batch(begin, stop, size, header, notes, data, starts, stops)


def whole_batch_behind(data: bytes, offset: int) -> bool:
    """Whether any whole batch ends behind `offset`: then what is broken there is damage and no torn tail."""
    at = data.find(_COMMIT_START, offset)
    while at >= 0:
        stop = at + COMMIT_BYTES
        if stop <= len(data):
            begin = at - _commit.unpack_from(data, at)[4]
            if begin > offset and zlib.crc32(data[begin : stop - 4]) == _crc.unpack_from(data, stop - 4)[0]:
                return True
        at = data.find(_COMMIT_START, at + 1)
    return False


def loose_records(data: bytes, offset: int) -> Iterator[bytes]:
    """Record frames from `offset` on as far as lengths lead, checksum or not: to find where damage starts."""
    position = offset
    while position + 5 <= len(data):
        stop = position + 4 + _length.unpack_from(data, position)[0]
        if stop > len(data) or data[position + 4] == COMMIT:
            return
        if data[position + 4] == RECORD:
            yield data[position + 4 : stop]
        position = stop
