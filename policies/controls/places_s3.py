"""Snapshots in a bucket, where the disk goes with the session: there once `settle` has returned, and back from there.

Whether they are locked is the bucket's owner's choice. Without Object Lock a snapshot in which somebody is named can be
erased; that none was changed is shown by its hash in the ledger, which is locked. With it nothing can be erased before
its time, and whoever is asked to says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policies.audit.errors import RemoteError
from policies.audit.remote import S3Bucket
from policies.controls.errors import EvidenceError
from policies.controls.places import FolderPlace


class BucketPlace:
    """A `Place` in `bucket`, with `folder` as what this session has of it already."""

    def __init__(self, folder: Path, bucket: S3Bucket) -> None:
        self._here, self._bucket = FolderPlace(folder), bucket
        self._waiting: list[str] = []

    def put(self, name: str, data: bytes) -> None:
        self._here.put(name, data)
        self._waiting.append(name)

    def settle(self) -> None:
        self._here.settle()
        while self._waiting:
            name = self._waiting[0]
            try:
                # what is there already is of the same hash, or another signature over the same statement
                self._bucket.put_new(name, self._here.get(name))
            except RemoteError as error:
                raise EvidenceError(f"The snapshot {name[:12]} cannot be kept in the bucket: {error}") from error
            self._waiting.pop(0)

    def get(self, name: str) -> bytes:
        try:
            return self._here.get(name)
        except EvidenceError:
            pass  # of another session
        try:
            found = self._bucket.get(name)
        except RemoteError as error:
            raise EvidenceError(
                f"The snapshot {name[:12]} is neither here nor in the bucket; collect it anew."
            ) from error
        self._here.put(name, found)
        return found

    def names(self) -> Iterator[str]:
        try:
            yield from dict.fromkeys([*self._here.names(), *self._bucket.keys("")])
        except RemoteError as error:
            raise EvidenceError(f"The snapshots in the bucket cannot be listed: {error}") from error

    def delete(self, name: str) -> None:
        self._here.delete(name)
        try:
            self._bucket.delete(name)
        except RemoteError as error:
            raise EvidenceError(f"The snapshot {name[:12]} cannot be erased: {error}") from error
