"""Busy: which conversations of this machine are being answered, between threads and processes.

One empty file for each, locked (`flock`) while it is, and gone afterwards. The system lets go of what a killed process
held. A file's name is a short hash, of which many conversations share one: it says neither whose nor which.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from pathlib import Path

from tools.own_file import own_folder

_DIGITS = 6


class Busy:
    """Claims on the conversations of the database at `path`. OSError from each method as the system raises it."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._held: dict[str, tuple[int, Path]] = {}

    def claim(self, owned_by: str, session: str, by: str) -> bool:
        """Whether it is `by`'s now: nobody else has it."""
        named = hashlib.sha256(f"{len(owned_by)}:{owned_by}{session}".encode()).hexdigest()[:_DIGITS]
        place = self._path.with_name(f".{self._path.name}.{named}")
        own_folder(place.parent)
        fd = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            there = place.lstat().st_ino == os.fstat(fd).st_ino
        except (BlockingIOError, FileNotFoundError):
            there = False
        except BaseException:
            os.close(fd)
            raise
        if not there:  # another has it, or took the file away between our opening and our locking it
            os.close(fd)
            return False
        with self._lock:
            self._held[by] = fd, place
        return True

    def release(self, by: str) -> None:
        """Let go of what `by` claimed."""
        with self._lock:
            fd, place = self._held.pop(by)
        try:
            place.unlink(missing_ok=True)  # while it is locked: whoever opened it meanwhile looks whether it is there
        finally:
            os.close(fd)
