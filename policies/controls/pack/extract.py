"""The ledger's part of a pack: raw records with a proof each, under one checkpoint, and the keys to check it with."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from policies.audit import Ledger
from policies.audit.merkle import inclusion_proof
from policies.audit.note import Checkpoint
from policies.audit.reader import Reader
from policies.audit.segments import read_raw
from policies.audit.verifying import verify
from policies.controls.errors import ControlsError

CHUNK = 500
"""Records in one file, so that neither making nor verifying a pack holds the ledger in memory."""
_NODES = 1 << 14
"""Nodes of the tree that are remembered between proofs."""
_ALWAYS = ("document.attested", "key.introduced", "key.revoked")
"""Types that are in every extract: approvals and keys, whenever they were recorded."""
_HEAD = re.compile(rb'\x00\{"v":\d+,"index":\d+,"time":(\d+),"type":"([a-z._-]+)"')
_NAMES = re.compile(rb'"sha256":"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True)
class Head:
    """The verified state that a pack is of: its checkpoint, the keys that count, the time of its last record."""

    checkpoint: Checkpoint
    keys: tuple[str, ...]
    at: datetime


def head(ledger: Ledger) -> Head:
    """Sign what is there, and verify all of it. ControlsError when it does not verify or holds nothing."""
    signed = ledger.checkpoint()
    verdict = verify(ledger.path, home=ledger.home.path, remember=False)
    if verdict.code == 1:
        raise ControlsError(f"The ledger does not verify, so nothing was packed: {verdict.reason}")
    if signed is None or not signed.size:
        raise ControlsError("Nothing has been recorded yet; leave out --stored, so that the controls are evaluated.")
    last = Reader(ledger.path).get(signed.size - 1)
    keys = dict.fromkeys([*verdict.keys, *map(str, ledger.home.trusted()), str(ledger.signer.vkey)])
    # to the microsecond: evidence taken within the last second is not from the future
    return Head(signed, tuple(keys), datetime.fromtimestamp(0, UTC) + timedelta(microseconds=last.time // 1000))


def extract(
    ledger: Ledger, under: Head, rests_on: Set[str], evaluated: int, start: date | None, end: date | None
) -> Iterator[tuple[str, bytes]]:
    """The files below `ledger/`, one after another: records of the days `start` to `end` (inclusive, UTC) and whatever
    statuses rest on.

    `rests_on` are SHA-256s of evidence; the records that name them come along whenever they were made, and so do the
    evaluation `evaluated` and the last record, whose time is that of the checkpoint.
    """
    since = _nanoseconds(start) if start is not None else 0
    until = _nanoseconds(end + timedelta(days=1)) if end is not None else None
    reader, size = Reader(ledger.path), under.checkpoint.size
    node_at = lru_cache(_NODES)(reader.tiles.node_at)  # neighbours share most of their path
    yield "ledger/checkpoint", under.checkpoint.raw
    picked: list[tuple[int, bytes]] = []
    for index, leaf in read_raw(reader.segments, 0, size - 1):
        at, kind = _time_and_type(leaf)
        inside = at >= since and (until is None or at < until)
        if inside or index in (evaluated, size - 1) or kind in _ALWAYS or _named(kind, leaf, rests_on):
            picked.append((index, leaf[1:]))
        if len(picked) == CHUNK:
            yield from _files(node_at, size, picked)
            picked = []
    if picked:
        yield from _files(node_at, size, picked)


def _files(
    node_at: Callable[[int, int], bytes], size: int, picked: list[tuple[int, bytes]]
) -> Iterator[tuple[str, bytes]]:
    first = f"{picked[0][0]:012}"
    lines = (f'{{"index": {index}, "raw": "{_b64(raw)}"}}\n' for index, raw in picked)
    yield f"ledger/records/{first}.jsonl", "".join(lines).encode()
    proofs = {str(i): [_b64(node) for node in inclusion_proof(node_at, i, size)] for i, _ in picked}
    yield f"ledger/proofs/{first}.json", (json.dumps(proofs) + "\n").encode()


def _time_and_type(leaf: bytes) -> tuple[int, str]:
    """Time and type of a record, from the beginning of its bytes."""
    found = _HEAD.match(leaf)
    if found is None:
        record = json.loads(leaf[1:])
        return record["time"], record["type"]
    return int(found.group(1)), found.group(2).decode()


def _named(kind: str, leaf: bytes, rests_on: Set[str]) -> bool:
    """Whether it says that one of these snapshots was taken."""
    return kind == "evidence.collected" and any(sha.decode() in rests_on for sha in _NAMES.findall(leaf))


def _nanoseconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) * 10**9


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
