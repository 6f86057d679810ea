"""The evidence store: every snapshot as the exact bytes that were hashed, signed with the ledger's key.

`<sha256>.json` holds `Evidence.encode()`, byte for byte. `<sha256>.note` is a C2SP signed note by the ledger's key over

    regent-evidence/1
    ORIGIN            the ledger's name, which is the key's name too
    KIND:NAME         the need
    SHA256            of the bytes in the .json file, in hex

each line ending in a newline; then an empty line and the signature lines (`policies.audit.note`; docs/ledger.md 5 and
8). The first line keeps it apart from checkpoints, which the same key signs. To verify: hash the .json file, compare
with its name and with the last line, and check the signature under a verifier key that the ledger's verification
accepts. The record `evidence.collected` in the ledger names the hash, so that a snapshot can neither be slipped in nor
be dated back. A key that was revoked counts only for what was collected before.

Where the files lie is a `Place`: a folder of this machine (`places.py`), or a bucket (`places_s3.py`).

Evidence is made without the keys of persons: ledger snapshots hold pseudonyms, and so does the collector's name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping

from pydantic import ValidationError

from policies.audit.errors import SignatureError
from policies.audit.note import Note, Signer, VerifierKey, sign
from policies.controls.errors import EvidenceError
from policies.controls.evidence import Evidence
from policies.controls.places import Place

_FORM = "regent-evidence/1"
_NAME = re.compile(r"[0-9a-f]{64}")


class EvidenceStore:
    """Keeps snapshots in `place`. `keys` are the verifier keys that count, `revoked` those that do not from a UTC time
    (ns) on; `signer` is needed to keep new ones.
    """

    def __init__(
        self,
        place: Place,
        origin: str,
        keys: Iterable[VerifierKey],
        signer: Signer | None = None,
        revoked: Mapping[str, int] | None = None,
    ) -> None:
        self.place, self.origin = place, origin
        self._keys, self._signer, self._revoked = tuple(keys), signer, dict(revoked or {})

    def keep(self, evidence: Evidence) -> str:
        """Write and sign a snapshot; its SHA-256. It is durable once `settle` has returned.

        Raises:
            EvidenceError: it cannot be written or signed; then it must not be relied on.
        """
        data = evidence.encode()
        name = hashlib.sha256(data).hexdigest()
        note = self._sign(self._statement(str(evidence.need), name))
        self.place.put(f"{name}.json", data)
        self.place.put(f"{name}.note", note)
        return name

    def settle(self) -> None:
        """Make the names of what was kept durable; once after many. EvidenceError when that cannot be."""
        self.place.settle()

    def read(self, sha256: str) -> Evidence:
        """The snapshot of this hash.

        Raises:
            EvidenceError: it is missing, was changed, is signed by nobody trusted, or is no evidence.
        """
        data, note = self.raw(sha256)
        if hashlib.sha256(data).hexdigest() != sha256:
            raise EvidenceError(f"The snapshot {sha256[:12]} was changed after it was collected; collect it anew.")
        try:
            evidence = Evidence.model_validate_json(data)
        except ValidationError as error:
            raise EvidenceError(f"The snapshot {sha256[:12]} is no evidence: {error.errors()[0]['msg']}.") from error
        self._check(note, evidence, sha256)
        return evidence

    def raw(self, sha256: str) -> tuple[bytes, bytes]:
        """The snapshot's and the note's bytes, unchecked, for packs. EvidenceError when one is missing."""
        if not _NAME.fullmatch(sha256):
            raise EvidenceError(f"{sha256[:80]!r} is no SHA-256 of a snapshot.")
        return self.place.get(f"{sha256}.json"), self.place.get(f"{sha256}.note")

    def signed_once(self, text: bytes) -> bytes:
        """A note over `text`, the same one each time: a KMS key would sign the same text with other bytes each time.

        Raises:
            EvidenceError: it cannot be signed or kept.
        """
        if self._signer is None:
            raise EvidenceError("Nothing can be signed without the ledger's signing key; this store only reads.")
        name = f"{hashlib.sha256(text + str(self._signer.vkey).encode()).hexdigest()}.signed"
        try:
            held = self.place.get(name)
            note = Note.parse(held)
            if note.text == text and note.signers([self._signer.vkey]):
                return held
        except (EvidenceError, SignatureError):
            pass  # not there, or not what we kept: sign now
        note_bytes = self._sign(text)
        self.place.put(name, note_bytes)
        self.place.settle()
        return note_bytes

    def erase(self, named_in: Callable[[str], bool]) -> int:
        """Erase snapshots in which somebody is named; how many. Their hashes stay in the ledger."""
        erased = 0
        for name in sorted(self.place.names()):
            if name.endswith(".json") and named_in(self.place.get(name).decode("utf-8", errors="replace")):
                self.place.delete(name)
                self.place.delete(f"{name.removesuffix('.json')}.note")
                erased += 1
        return erased

    def _sign(self, text: bytes) -> bytes:
        if self._signer is None:
            raise EvidenceError("Evidence cannot be kept without the ledger's signing key; this store only reads.")
        return sign(text, [self._signer])

    def _check(self, raw: bytes, evidence: Evidence, sha256: str) -> None:
        try:
            note = Note.parse(raw)
            signers = note.signers(self._keys)
        except SignatureError as error:
            raise EvidenceError(f"The signature of the snapshot {sha256[:12]} does not hold: {error}") from error
        if not signers:
            raise EvidenceError(f"The snapshot {sha256[:12]} is signed by no key that this ledger trusts.")
        at = int(evidence.collected.timestamp() * 1e9)
        if not any(at < self._revoked.get(str(key), at + 1) for key in signers):
            raise EvidenceError(f"The snapshot {sha256[:12]} is signed by a key that was revoked before; collect anew.")
        if note.text != self._statement(str(evidence.need), sha256):
            raise EvidenceError(f"The signature beside the snapshot {sha256[:12]} is of another snapshot.")

    def _statement(self, need: str, sha256: str) -> bytes:
        return f"{_FORM}\n{self.origin}\n{need}\n{sha256}\n".encode()
