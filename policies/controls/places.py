"""Places: where the evidence store's files lie. A folder here; the ledger's bucket in `places_s3.py`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from policies.audit.keys import sync_directory
from policies.controls.errors import EvidenceError
from tools.own_file import opened_own, own_folder


class Place(Protocol):
    """Files by name. Every method raises EvidenceError when the place cannot be used."""

    def put(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`; durable once `settle` has returned."""

    def settle(self) -> None:
        """Make the names of what was put durable."""

    def get(self, name: str) -> bytes:
        """The bytes of `name`. EvidenceError when there are none."""

    def names(self) -> Iterator[str]:
        """Every name there is."""

    def delete(self, name: str) -> None:
        """Make `name` unreadable for good; nothing where it is not there."""


class FolderPlace:
    """A `Place` in a folder of this machine, which is made when something is first kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, data: bytes) -> None:
        try:
            own_folder(self.folder)
            part = self.folder / f".{name}.{secrets.token_hex(4)}"
            try:
                with open(part, "xb", opener=opened_own) as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(self.folder / name)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise EvidenceError(f"The evidence {name[:12]} cannot be kept: {error}.") from error

    def settle(self) -> None:
        if not self.folder.is_dir():
            return
        try:
            sync_directory(self.folder)
        except OSError as error:
            raise EvidenceError(f"The evidence in {self.folder} cannot be kept: {error}.") from error

    def get(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise EvidenceError(
                f"The snapshot {name[:12]} is not in the evidence store ({error.strerror}); collect it anew."
            ) from error

    def names(self) -> Iterator[str]:
        try:
            yield from (path.name for path in self.folder.glob("[!.]*"))
        except OSError as error:
            raise EvidenceError(f"The evidence in {self.folder} cannot be listed: {error}.") from error

    def delete(self, name: str) -> None:
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise EvidenceError(f"The evidence {name[:12]} cannot be erased: {error}.") from error
