"""The evidence store where the disk goes with the session: snapshots also lie in a bucket, and come back from it.

Not in the ledger's bucket: snapshots in which somebody is named can be erased, and nothing under Object Lock can.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from policies.audit.errors import RemoteError
from policies.audit.note import Signer, VerifierKey
from policies.audit.remote import Bucket
from policies.controls.errors import EvidenceError
from policies.controls.store import EvidenceStore, is_name


class BucketEvidence(EvidenceStore):
    """An `EvidenceStore` whose snapshots are in `bucket` once `settle` has returned."""

    def __init__(
        self, folder: Path, origin: str, keys: Iterable[VerifierKey], signer: Signer | None, bucket: Bucket
    ) -> None:
        super().__init__(folder, origin, keys, signer)
        self._bucket = bucket
        self._there: set[str] = set()

    def settle(self) -> None:
        super().settle()
        for path in sorted(self.folder.glob("[!.]*")) if self.folder.is_dir() else ():
            if path.name in self._there:
                continue
            try:
                self._bucket.put_new(path.name, path.read_bytes())
            except (OSError, RemoteError) as error:
                raise EvidenceError(f"The snapshot {path.name[:12]} cannot be kept in the bucket: {error}") from error
            self._there.add(path.name)

    def raw(self, sha256: str) -> tuple[bytes, bytes]:
        if is_name(sha256) and not (self.folder / f"{sha256}.note").exists():
            self._fetch(sha256)
        return super().raw(sha256)

    def _fetch(self, sha256: str) -> None:
        """Lay a snapshot of the bucket on this disk; what it holds is checked by whoever reads it."""
        for name in (f"{sha256}.json", f"{sha256}.note"):
            try:
                found = self._bucket.get(name)
            except RemoteError as error:
                raise EvidenceError(
                    f"The snapshot {sha256[:12]} is neither here nor in the bucket; collect it anew."
                ) from error
            self._write(name, found)
            self._there.add(name)
