"""docs/ledger.md against what the code writes: a change of one without the other fails here."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from pathlib import Path

from policies.audit import Ledger, Note, Record, frames
from policies.audit.tiles import tile_name


def test_the_bytes_of_a_ledger_are_those_that_the_page_describes(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger", origin="house.example/log") as ledger:
        ledger.append(Record(actor="system", body=Note(name="one")))
        ledger.append(Record(actor="system", question="q", session="s", body=Note(name="two")), wait=False)
        ledger.checkpoint()
    data = (tmp_path / "ledger" / "segments" / "00000000000000000000.seg").read_bytes()
    frames_: list[bytes] = []
    starts, position, batch = [0], 0, 0
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        frame = data[position + 4 : position + 4 + length]
        if frame[0] == 3:
            mark, size, span, crc = struct.unpack(">4sQII", frame[1:])
            assert mark == b"\xfeCMT" and span == position - batch and crc == zlib.crc32(data[batch : position + 21])
            assert size == sum(1 for one in frames_ if one[0] == 0)
            batch = position + 4 + length
            starts.append(batch)
        frames_.append(frame)
        position += 4 + length
    assert [frame[0] for frame in frames_] == [1, 0, 3, 0, 3, 2, 3]
    assert frames_[0][1:] == b"regent-ledger/1\nhouse.example/log\n0\n"
    records = [frame for frame in frames_ if frame[0] == 0]
    value = json.loads(records[1][1:])
    assert list(value) == [
        "v", "index", "time", "type", "question", "session", "principal", "actor", "parent", "body",
    ]  # fmt: skip
    hashes = [hashlib.sha256(record).digest() for record in records]
    root = hashlib.sha256(b"\1" + hashes[0] + hashes[1]).digest()
    text, _, signatures = frames_[5][1:].partition(b"\n\n")
    assert text.decode() == f"house.example/log\n2\n{base64.b64encode(root).decode()}"
    assert signatures.startswith("\u2014 house.example/log ".encode())
    assert (tmp_path / "ledger" / "tile" / "0" / "000").read_bytes() == b"".join(hashes)
    assert {path.name for path in (tmp_path / "ledger").iterdir()} == {"segments", "tile"}


def test_tiles_are_named_as_in_the_specification() -> None:
    assert tile_name(0, 1234067) == "0/x001/x234/067"
    assert (tile_name(1, 0), tile_name(2, 999), tile_name(0, 1000)) == ("1/000", "2/999", "0/x001/000")


def test_a_new_segment_starts_at_a_multiple_of_256_and_continues_the_tree(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger") as ledger:
        pad = "x" * 200_000
        for number in range(260):
            ledger.append(Record(actor="system", body=Note(name=str(number), data={"pad": pad})), wait=False)
        assert ledger.size == 260
    names = sorted(path.name for path in (tmp_path / "ledger" / "segments").iterdir())
    assert names == [f"{0:020}.seg", f"{256:020}.seg"]
    second = next(frames.walk((tmp_path / "ledger" / "segments" / names[1]).read_bytes()))
    assert second.header is not None and second.header.split(b"\n")[2] == b"256"
    assert (tmp_path / "ledger" / "tile" / "1" / "000").stat().st_size == 32
