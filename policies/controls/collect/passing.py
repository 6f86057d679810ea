"""One pass over the ledger's raw records, for all needs at once: memory grows with what is kept, not with the ledger.

Persons stay pseudonyms and sealed values are left out: the pass has no keys. What it counts for the populations comes
from the bytes by pattern, apart from the parsed records that become items.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from policies.audit.bodies import KNOWN
from policies.audit.segments import read_raw
from policies.audit.vault import is_sealed
from policies.controls.collect.base import of_nanoseconds

MOST_BYTES = 32 << 20
"""Bytes of raw records that the questions of one snapshot may have."""
_TYPE = re.compile(rb'"time":(\d+),"type":"([a-z._-]+)"')


@dataclass(slots=True)
class Passed:
    """What one pass kept."""

    size: int = 0
    counted: Counter[str] = field(default_factory=Counter)
    """Records by type, by pattern over the bytes."""
    windowed: Counter[str] = field(default_factory=Counter)
    """The same, of the window alone."""
    types: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    kept_bytes: int = 0
    dropped: int = 0
    """Records of questions that did not fit any more."""
    cases: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    approvals: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    switches: list[dict[str, Any]] = field(default_factory=list)
    erasures: list[dict[str, Any]] = field(default_factory=list)


def run_pass(ledger: Path, since: int) -> Passed:
    """Read every record of the ledger in directory `ledger`; questions only from `since` (UTC nanoseconds) on."""
    passed = Passed()
    for index, leaf in read_raw(ledger / "segments"):
        passed.size += 1
        _count(passed, leaf, since)
        value = orjson.loads(leaf[1:])
        _type_of(passed, value)
        keep = _KEEP.get(str(value["type"]).partition(".")[0])
        asked = value["question"] is not None and value["time"] >= since and value["type"] not in _NOT_QUESTIONS
        if keep is None and not asked:
            continue
        record = {
            "index": index,
            "time": of_nanoseconds(value["time"]),
            "type": value["type"],
            "actor": value["actor"],
            "question": value["question"],
            "principal": value["principal"],
            "body": trimmed(value["type"], value["body"]),
        }
        if keep is not None:
            keep(passed, record, value["body"])
        if asked:
            _question(passed, value["question"], record, len(leaf))
    return passed


def trimmed(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """A body as items have it: our names of the fields, nothing sealed, receipts by id and source, facts by id."""
    known = KNOWN.get(kind)
    names = {info.alias or name: name for name, info in known.model_fields.items()} if known else {}
    personal = known.always_sealed | known.sealed_when_marked if known else frozenset()
    plain = {
        names.get(key, key): item
        for key, item in body.items()
        if not is_sealed(item) and not (key in personal and known is not None and key in known.always_sealed)
    }
    if isinstance(plain.get("receipts"), list):
        plain["receipts"] = [
            {"id": one["id"], "source": one["source"]} if isinstance(one, dict) else one for one in plain["receipts"]
        ]
    if isinstance(plain.get("facts"), list):
        plain["facts"] = [one["id"] if isinstance(one, dict) else one for one in plain["facts"]]
    return plain


def _count(passed: Passed, leaf: bytes, since: int) -> None:
    found = _TYPE.search(leaf, 1, 200)
    if found is not None:
        kind = found.group(2).decode()
        passed.counted[kind] += 1
        if int(found.group(1)) >= since:
            passed.windowed[kind] += 1


def _type_of(passed: Passed, value: dict[str, Any]) -> None:
    kind, body = str(value["type"]), value["body"]
    row = passed.types.setdefault(
        kind, {"type": kind, "count": 0, "known": kind in KNOWN, "schemas": [], "in_clear": 0}
    )
    row["count"] += 1
    if value["v"] not in row["schemas"]:
        row["schemas"] = sorted([*row["schemas"], value["v"]])
    known = KNOWN.get(kind)
    if known is not None:
        sealed = known.always_sealed | (known.sealed_when_marked if body.get("personal_data") else frozenset())
        row["in_clear"] += any(key in body and not is_sealed(body[key]) for key in sealed)


def _question(passed: Passed, question: str, record: dict[str, Any], size: int) -> None:
    if passed.kept_bytes + size > MOST_BYTES:
        passed.dropped += 1
        return
    passed.kept_bytes += size
    kept = {key: item for key, item in record.items() if key not in ("principal", "question")}
    passed.questions.setdefault(question, []).append(kept)


def _case(passed: Passed, record: dict[str, Any], body: dict[str, Any]) -> None:
    passed.cases.setdefault(str(body.get("case")), []).append(record)


def _approval(passed: Passed, record: dict[str, Any], body: dict[str, Any]) -> None:
    sealed = {key: item for key, item in body.items() if is_sealed(item)}
    passed.approvals.setdefault(str(body.get("approval")), []).append({**record, "sealed": sealed})


def _switch(passed: Passed, record: dict[str, Any], body: dict[str, Any]) -> None:
    passed.switches.append(record)


def _erasure(passed: Passed, record: dict[str, Any], body: dict[str, Any]) -> None:
    passed.erasures.append(record)


_KEEP: dict[str, Callable[[Passed, dict[str, Any], dict[str, Any]], None]] = {
    "incident": _case,
    "concern": _case,
    "release": _case,
    "approval": _approval,
    "switch": _switch,
    "subject": _erasure,
}
_NOT_QUESTIONS = frozenset(
    {f"{case}.{step}" for case in ("incident", "concern", "release") for step in ("opened", "updated", "closed")}
)
