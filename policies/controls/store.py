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
be dated back.

Evidence is made without the keys of persons: ledger snapshots hold pseudonyms, and so does the collector's name.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from policies.audit.errors import SignatureError
from policies.audit.keys import sync_directory
from policies.audit.note import Note, Signer, VerifierKey, sign
from policies.controls.errors import EvidenceError
from policies.controls.evidence import Evidence

_FORM = "regent-evidence/1"
_NAME = re.compile(r"[0-9a-f]{64}")


def is_name(sha256: str) -> bool:
    """Whether this can be the name of a snapshot."""
    return bool(_NAME.fullmatch(sha256))


class EvidenceStore:
    """Keeps snapshots in `folder`. `keys` are the verifier keys that count; `signer` is needed to keep new ones."""

    def __init__(self, folder: Path, origin: str, keys: Iterable[VerifierKey], signer: Signer | None = None) -> None:
        self.folder, self.origin = folder, origin
        self._keys, self._signer = tuple(keys), signer

    def keep(self, evidence: Evidence) -> str:
        """Write and sign a snapshot; its SHA-256. It is durable once `settle` has returned.

        Raises:
            EvidenceError: it cannot be written or signed; then it must not be relied on.
        """
        data = evidence.encode()
        name = hashlib.sha256(data).hexdigest()
        if self._signer is None:
            raise EvidenceError("Evidence cannot be kept without the ledger's signing key; this store only reads.")
        note = sign(self._statement(str(evidence.need), name), [self._signer])
        try:
            self._write(f"{name}.json", data)
            self._write(f"{name}.note", note)
        except OSError as error:
            raise EvidenceError(f"The evidence for {evidence.need} cannot be kept: {error}.") from error
        return name

    def settle(self) -> None:
        """Make the names of what was kept durable; once after many. EvidenceError when the disk says no."""
        if not self.folder.is_dir():
            return
        try:
            sync_directory(self.folder)
        except OSError as error:
            raise EvidenceError(f"The evidence in {self.folder} cannot be kept: {error}.") from error

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
        self._check(note, str(evidence.need), sha256)
        return evidence

    def raw(self, sha256: str) -> tuple[bytes, bytes]:
        """The snapshot's and the note's bytes, unchecked, for packs. EvidenceError when one is missing."""
        if not is_name(sha256):
            raise EvidenceError(f"{sha256[:80]!r} is no SHA-256 of a snapshot.")
        try:
            return (self.folder / f"{sha256}.json").read_bytes(), (self.folder / f"{sha256}.note").read_bytes()
        except OSError as error:
            raise EvidenceError(
                f"The snapshot {sha256[:12]} is not in the evidence store ({error.strerror}); collect it anew."
            ) from error

    def erase(self, named_in: Callable[[str], bool]) -> int:
        """Erase snapshots in which somebody is named; how many. Their hashes stay in the ledger."""
        erased = 0
        for path in sorted(self.folder.glob("*.json")):
            if named_in(path.read_text(encoding="utf-8", errors="replace")):
                path.unlink()
                path.with_suffix(".note").unlink(missing_ok=True)
                erased += 1
        return erased

    def _write(self, name: str, data: bytes) -> None:
        """Replace a file by these bytes, synced before they take the name."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.folder / name)
        finally:
            part.unlink(missing_ok=True)

    def _check(self, raw: bytes, need: str, sha256: str) -> None:
        try:
            note = Note.parse(raw)
            signers: Sequence[VerifierKey] = note.signers(self._keys)
        except SignatureError as error:
            raise EvidenceError(f"The signature of the snapshot {sha256[:12]} does not hold: {error}") from error
        if not signers:
            raise EvidenceError(f"The snapshot {sha256[:12]} is signed by no key that this ledger trusts.")
        if note.text != self._statement(need, sha256):
            raise EvidenceError(f"The signature beside the snapshot {sha256[:12]} is of another snapshot.")

    def _statement(self, need: str, sha256: str) -> bytes:
        return f"{_FORM}\n{self.origin}\n{need}\n{sha256}\n".encode()
