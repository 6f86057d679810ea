"""The keys of persons in a bucket of their own, for where the disk goes with the session.

They are wrapped by KMS, must be erasable, and so lie apart from the ledger: in a bucket without Object Lock and without
versions. What is deleted there is gone, and with it all that was sealed with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.audit.errors import KeyFileError, RemoteError
from policies.audit.remote import S3Bucket


class S3Keys:
    """A `policies.audit.vault.KeyStore` below `s3://BUCKET/PREFIX`."""

    def __init__(self, url: str, client: Any) -> None:
        self._bucket = S3Bucket.at(url, client=client)

    def get(self, name: str) -> bytes | None:
        """The bytes of `name`, or None when there are none. KeyFileError when the bucket cannot be read."""
        try:
            return self._bucket.get(name) if self._has(name) else None
        except RemoteError as error:
            if not self._has(name):
                return None  # deleted in this moment
            raise KeyFileError(str(error)) from error

    def _has(self, name: str) -> bool:
        try:
            return name in set(self._bucket.keys(name))
        except RemoteError as error:
            raise KeyFileError(str(error)) from error

    def put_new(self, name: str, data: bytes) -> bool:
        """Store `data`; False when `name` is there already."""
        try:
            return self._bucket.put_new(name, data)
        except RemoteError as error:
            raise KeyFileError(str(error)) from error

    def names(self) -> Iterator[str]:
        try:
            yield from self._bucket.keys("")
        except RemoteError as error:
            raise KeyFileError(str(error)) from error

    def delete(self, name: str) -> None:
        """Delete `name`. KeyFileError when the bucket keeps versions: then nothing is erased."""
        try:
            self._bucket.delete(name)
        except RemoteError as error:
            raise KeyFileError(str(error)) from error
