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
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    try:
        with suppress(FileExistsError):
            os.link(made, path)
    finally:
        made.unlink()
