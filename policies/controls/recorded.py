"""What the ledger holds of controls: evidence by need, attestations by document, the last evaluation.

The search index says where to look; every record is read from the ledger itself.
"""

from __future__ import annotations

from pathlib import Path

from policies.audit import Ledger
from policies.audit.bodies import ControlsEvaluated, DocumentAttested, EvaluationRecorded, EvidenceCollected, KeyRevoked
from policies.audit.records import StoredRecord
from policies.audit.search import Filter, search
from policies.audit.vault import Vault
from policies.controls.documents import Attestation

_MOST = 5_000
_PSEUDONYM = ("p-", "r-")


class Recorded:
    """Reads the records of this room, newest first."""

    def __init__(self, ledger: Path, home: Path, vault: Vault) -> None:
        self._ledger, self._home, self._vault = ledger, home, vault

    @classmethod
    def of(cls, ledger: Ledger) -> Recorded:
        """For an open ledger; what it has appended is durable before it is looked at."""
        ledger.flush()
        return cls(ledger.path, ledger.home.path, ledger.vault)

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
        return search(self._ledger, Filter(type=kind, limit=_MOST), home=self._home, vault=self._vault)
