"""The ledger's part of a pack: raw records with a proof each, under one checkpoint, and the keys to check it with."""

from __future__ import annotations

import base64
import json
from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from policies.audit import Ledger
from policies.audit.merkle import inclusion_proof
from policies.audit.note import Checkpoint
from policies.audit.reader import Reader
from policies.audit.segments import read_raw
from policies.audit.verifying import verify
from policies.controls.errors import ControlsError

_CHUNK = 500
_ALWAYS = ("document.attested", "key.introduced", "key.revoked")
"""Types that are in every extract: approvals and keys, whenever they were recorded."""


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
    return Head(signed, tuple(keys), datetime.fromtimestamp(last.time // 10**9, UTC))


def extract(ledger: Ledger, under: Head, rests_on: Set[str], start: date | None, end: date | None) -> dict[str, bytes]:
    """The files below `ledger/`: records of the days `start` to `end` (inclusive, UTC) and whatever statuses rest on.

    `rests_on` are SHA-256s of evidence; the records that name them come along whenever they were made, and so does the
    last evaluation.
    """
    since = _nanoseconds(start) if start is not None else 0
    until = _nanoseconds(end + timedelta(days=1)) if end is not None else None
    reader, size = Reader(ledger.path), under.checkpoint.size
    picked: dict[int, bytes] = {}
    evaluated: tuple[int, bytes] | None = None
    for index, leaf in read_raw(reader.segments, 0, size - 1):
        record = json.loads(leaf[1:])
        inside = record["time"] >= since and (until is None or record["time"] < until)
        kind = record["type"]
        named = kind == "evidence.collected" and record["body"]["sha256"] in rests_on
        if inside or named or kind in _ALWAYS:
            picked[index] = leaf[1:]
        if kind == "controls.evaluated":
            evaluated = index, leaf[1:]
    if evaluated is not None:
        picked[evaluated[0]] = evaluated[1]
    order = sorted(picked)
    lines = [f'{{"index": {index}, "raw": "{_b64(picked[index])}"}}\n' for index in order]
    files = {"ledger/records.jsonl": "".join(lines).encode(), "ledger/checkpoint": under.checkpoint.raw}
    for begin in range(0, len(order), _CHUNK):
        some = order[begin : begin + _CHUNK]
        proofs = {str(i): [_b64(node) for node in inclusion_proof(reader.tiles.node_at, i, size)] for i in some}
        files[f"ledger/proofs/{some[0]:012}.json"] = (json.dumps(proofs) + "\n").encode()
    return files


def _nanoseconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) * 10**9


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
