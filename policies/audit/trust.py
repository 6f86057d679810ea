"""Which keys count, as a ledger is read from its start: introduced by an earlier key, revoked from a time on."""

from __future__ import annotations

from collections.abc import Iterable

from policies.audit.errors import SignatureError
from policies.audit.note import Checkpoint, VerifierKey


class Trust:
    """Trusted keys at one point of the ledger. See docs/ledger.md section 8."""

    def __init__(self, keys: Iterable[VerifierKey]) -> None:
        self.keys = list(keys)
        self._introduced: list[VerifierKey] = []
        self._revocations: list[tuple[VerifierKey, int]] = []
        self._revoked: dict[VerifierKey, int] = {}

    def introduce(self, vkey: str) -> None:
        self._introduced.append(VerifierKey.parse(vkey))

    def revoke(self, vkey: str, since: int) -> None:
        self._revocations.append((VerifierKey.parse(vkey), since))

    def cover(self) -> None:
        """An accepted checkpoint covers every introduction so far: trust those keys."""
        self.keys += [key for key in self._introduced if key not in self.keys]
        self._introduced.clear()

    def counts(self, key: VerifierKey, time: int) -> bool:
        return time < self._revoked.get(key, time + 1)

    def accept(self, checkpoint: Checkpoint, time: int) -> list[VerifierKey]:
        """The trusted keys that signed `checkpoint`, whose last record is of `time` (ns); empty when none counts.

        SignatureError when no trusted key signed at all, or a trusted key's signature is wrong.
        """
        signers = checkpoint.note.signers(self.keys)
        if not signers:
            raise SignatureError(
                f"The checkpoint of {checkpoint.size} records is signed by no trusted key "
                f"({', '.join(f'{name} {id_.hex()}' for name, id_, _ in checkpoint.note.signatures)})."
            )
        for key, since in self._revocations:
            if any(signer != key for signer in signers):
                self._revoked[key] = min(since, self._revoked.get(key, since))
        counting = [key for key in signers if self.counts(key, time)]
        if counting:
            self.cover()
        return counting
