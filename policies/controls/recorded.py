"""What the ledger holds of controls: evidence by need, attestations by document, the last evaluation.

Every record is found by reading the ledger itself, once, and then only what was added: the search index can be thrown
away, and whoever throws away the rows of the newest evidence would bring an older, better one back.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from policies.audit import Ledger
from policies.audit.bodies import (
    ControlsEvaluated,
    DocumentAttested,
    EvaluationRecorded,
    EvidenceCollected,
    KeyRevoked,
)
from policies.audit.reader import Reader
from policies.audit.records import StoredRecord
from policies.audit.segments import read_raw
from policies.controls.documents import Attestation

_MOST = 5_000
"""Records of a type that are looked at, the newest."""
_PSEUDONYM = ("p-", "r-")
_KINDS = frozenset(
    body.type for body in (ControlsEvaluated, DocumentAttested, EvaluationRecorded, EvidenceCollected, KeyRevoked)
)
_HEAD = re.compile(rb'\x00\{"v":\d+,"index":\d+,"time":\d+,"type":"([a-z._-]+)"')


@dataclass(slots=True)
class _Found:
    """Where the records of this room stand in one open ledger, up to `size` records."""

    size: int = 0
    at: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)


_FOUND: WeakKeyDictionary[Ledger, _Found] = WeakKeyDictionary()


class Recorded:
    """Reads the records of this room, newest first."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @classmethod
    def of(cls, ledger: Ledger) -> Recorded:
        """For an open ledger; what it has appended is durable before it is looked at."""
        ledger.flush()
        return cls(ledger)

    def evidence(self, source: str) -> dict[str, EvidenceCollected]:
        """The newest evidence by need: of this machine, and of one estate (`aws` or `sample`), never of the other."""
        found: dict[str, EvidenceCollected] = {}
        for stored in self._all(EvidenceCollected.type):
            body = stored.body
            if isinstance(body, EvidenceCollected) and body.source in ("local", source):
                found.setdefault(body.need, body)
        return found

    def attestations(self) -> dict[str, Attestation]:
        """The newest attestation by document. The approver is None where their key is gone."""
        found: dict[str, Attestation] = {}
        for stored in self._all(DocumentAttested.type):
            body, who = stored.body, stored.record.principal
            if isinstance(body, DocumentAttested):
                known = who if who is not None and not who.startswith(_PSEUDONYM) else None
                one = Attestation(document=body.document, sha256=body.sha256, approver=known, index=stored.index)
                found.setdefault(body.document, one)
        return found

    def results(self) -> frozenset[str]:
        """SHA-256 of every result of an evaluation suite that somebody put on record."""
        bodies = [stored.body for stored in self._all(EvaluationRecorded.type)]
        return frozenset(body.sha256 for body in bodies if isinstance(body, EvaluationRecorded))

    def last_evaluation(self, source: str) -> tuple[int, ControlsEvaluated] | None:
        """The last evaluation of the same estate, with the index of its record."""
        for stored in self._all(ControlsEvaluated.type):
            if isinstance(stored.body, ControlsEvaluated) and stored.body.source == source:
                return stored.index, stored.body
        return None

    def revoked(self) -> dict[str, int]:
        """Revoked signing keys, with the UTC nanoseconds from which on their signatures prove nothing."""
        found: dict[str, int] = {}
        for stored in self._all(KeyRevoked.type):
            if isinstance(stored.body, KeyRevoked):
                found[stored.body.vkey] = min(stored.body.since, found.get(stored.body.vkey, stored.body.since))
        return found

    def evaluations(self, *, after: int) -> list[StoredRecord]:
        """The evaluations recorded after this record, oldest first."""
        return [stored for stored in reversed(self._all(ControlsEvaluated.type)) if stored.index > after]

    def _all(self, kind: str) -> list[StoredRecord]:
        found = _FOUND.setdefault(self._ledger, _Found())
        with found.lock:
            _look(self._ledger, found)
            wanted = found.at[kind][-_MOST:]
        picked = Reader(self._ledger.path, self._ledger.vault).pick(wanted)
        return [stored for stored in picked if stored.type == kind][::-1]


def _look(ledger: Ledger, found: _Found) -> None:
    """Note what was added since the last look."""
    for index, leaf in read_raw(ledger.path / "segments", found.size):
        head = _HEAD.match(leaf)
        kind = head.group(1).decode() if head else ""
        if kind in _KINDS:
            found.at[kind].append(index)
        found.size = index + 1
