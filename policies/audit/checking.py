"""The contents of records: members, index, rising time, no duplicate keys, bodies as their type demands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from policies.audit.bodies import KNOWN
from policies.audit.encoding import blanked, loads
from policies.audit.errors import LedgerDamagedError
from policies.audit.segments import read_raw
from policies.audit.trust import Trust


class RecordCheck:
    """Checks records in order and keeps what they say about keys, cuts and erasures."""

    def __init__(self, schema: bool = True) -> None:
        self.schema = schema
        self.cut_bytes = 0
        self.forgotten: set[str] = set()
        self.unknown: set[str] = set()
        self._time = -1
        self.last = b""
        self._looked = 0

    def batch(self, index: int, leaves: Sequence[bytes], trust: Trust) -> None:
        """Check records `index` on. LedgerDamagedError at the first that is not as it must be."""
        for offset, leaf in enumerate(leaves):
            self._record(index + offset, leaf[1:], trust)

    def time(self, size: int) -> int:
        """The time of the last of the first `size` records, which is the last one seen; -1 when there is none."""
        if self.schema or not self.last:
            return self._time
        return int(loads(size - 1, self.last[1:])["time"])

    def look_for_keys(self, path: Path, size: int, trust: Trust) -> None:
        """Read the first `size` records again for keys that they introduce or revoke."""
        for index, leaf in read_raw(path / "segments", self._looked, size - 1):
            if b'"type":"key.' in leaf[:160]:
                value = loads(index, leaf[1:])
                self._note(value["type"], value["body"], trust)
        self._looked = size

    def _record(self, index: int, raw: bytes, trust: Trust) -> None:
        value = loads(index, raw)
        if orjson.dumps(value) != raw:
            # Written differently than orjson would: then look for duplicate keys the slow way.
            _without_duplicates(index, raw)
        time, kind, body, parent = value["time"], value["type"], value["body"], value["parent"]
        if time <= self._time:
            raise LedgerDamagedError(f"Record {index} is not later than the one before it.")
        if parent is not None and not (type(parent) is int and 0 <= parent < index):
            raise LedgerDamagedError(f"Record {index} names record {parent} as its parent, which is not before it.")
        self._time = time
        known = KNOWN.get(kind) if isinstance(kind, str) else None
        if known is None:
            self.unknown.add(str(kind))
            return
        try:
            known.__pydantic_validator__.validate_python(blanked(known, body))
        except (ValueError, TypeError) as error:
            raise LedgerDamagedError(f"Record {index} is no {kind} record: {error}") from error
        if kind.startswith(("key.", "ledger.", "subject.")):
            self._note(kind, body, trust)

    def _note(self, kind: str, body: dict[str, Any], trust: Trust) -> None:
        if kind == "ledger.recovered":
            self.cut_bytes += body["cut_bytes"]
        elif kind == "subject.forgotten":
            self.forgotten.update(body["subjects"])
        elif kind == "key.introduced":
            trust.introduce(body["vkey"])
        elif kind == "key.revoked":
            trust.revoke(body["vkey"], body["since"])


def _without_duplicates(index: int, raw: bytes) -> None:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(items)
        if len(value) != len(items):
            raise LedgerDamagedError(f"Record {index} has a duplicate key.")
        return value

    try:
        json.loads(raw, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        raise LedgerDamagedError(f"Record {index} is not JSON: {error}.") from error
