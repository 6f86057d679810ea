"""Own file: a file of state that nobody but this user reads."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def own_file(path: Path) -> None:
    """Make the file, and its folder, so that nobody but this user reads them. One that is there stays as it is.

    One that is there is not even opened: whoever closes a file lets go of all locks that this process has on it, those
    of other threads' SQLite connections, too, and two writers at once damage the database. For the same reason it is
    made under another name. SQLite gives the files beside its database (`-wal`, `-shm`) the mode of the database.

    Raises:
        OSError: it cannot be made.
    """
    if not path.exists():
        first_written(path, b"")


def first_written(path: Path, data: bytes) -> None:
    """Write a file aside and link it into place: nobody ever reads half of it, and of several the first one stays.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another thread or process was faster
            os.link(aside, path)
    finally:
        aside.unlink()
