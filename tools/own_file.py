"""Own file: a file of state that nobody but this user reads."""

from __future__ import annotations

import os
from pathlib import Path


def own_file(path: Path) -> None:
    """Make the file, and its folder, so that nobody but this user reads them. One that is there stays as it is.

    SQLite gives the files beside its database (`-wal`, `-shm`) the mode of the database.

    Raises:
        OSError: it cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
