"""Own file: files and folders of state that nobody but this user reads."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def own_folder(path: Path) -> None:
    """Make the folder, and what it lies in, so that nobody but this user looks into them. One that is there stays.

    `Path.mkdir` gives its mode to the last folder only; those that it makes on the way are as open as the umask lets
    them be, and the home itself is mostly made on the way.

    Raises:
        OSError: it cannot be made.
    """
    if path.is_dir():
        return
    for folder in (*reversed(path.parents), path):  # from the top, as others may make or miss the same ones meanwhile
        try:
            folder.mkdir(mode=0o700)
        except OSError:
            if not folder.is_dir():
                raise


def opened_own(path: str, flags: int) -> int:
    """An `opener` for `open`: a file that it makes is read by this user alone."""
    return os.open(path, flags, 0o600)


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
    own_folder(path.parent)
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
