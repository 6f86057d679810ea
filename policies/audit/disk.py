"""The few system calls the ledger makes on its files, in one place so that a test can make any of them fail."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from policies.audit.keys import sync_directory


class Disk:
    """Real files. Every method raises OSError as the system does."""

    def open(self, path: Path, create: bool = False) -> int:
        """Open for reading and writing, never through a symbolic link; `create` demands that it is new."""
        flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT | os.O_EXCL if create else 0)
        return os.open(path, flags, 0o600)

    def write(self, fd: int, data: bytes | memoryview, offset: int) -> None:
        """Write all of `data`, which is the caller's again on return: keep a copy, not a view."""
        done = os.pwrite(fd, data, offset)
        while done < len(data):
            done += os.pwrite(fd, data[done:], offset + done)

    def sync(self, fd: int) -> None:
        os.fdatasync(fd)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def sync_names(self, directory: Path) -> None:
        sync_directory(directory)


def read_regular(path: Path, most: int = -1) -> bytes:
    """The bytes of a regular file, not following a link; OSError when it is anything else."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(f"{path} is no regular file")
        return file.read(most) if most >= 0 else file.read()
