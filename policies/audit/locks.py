"""Whose turn it is, between processes: `flock` on the ledger's directories, so that no lock file lies in it, or on an
empty file beside what is read and changed.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from tools.own_file import opened_own, own_folder

forks = 0
"""How often this process was forked: asking the system for the process id at every append costs more."""


def _forked() -> None:
    global forks
    forks += 1


os.register_at_fork(after_in_child=_forked)


_WHILE = 0.005
"""Seconds for which a writer goes on without asking who waits: looking costs two system calls."""


def alone(lock: Path) -> FileIO:
    """For a `with`: what is read meanwhile still holds when it is written, for all who take the same `lock`.

    Between threads as between processes; who dies lets go of it. A file of C, which lets go wherever Ctrl-C interrupts
    its owner. Not to be taken twice by one thread.
    """
    own_folder(lock.parent)
    held = FileIO(lock, "a", opener=opened_own)
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


class Turn:
    """One ledger's write lock. Who waits stands in a second lock, so that the last holder cannot push in again."""

    def __init__(self, ledger: Path, queue: Path) -> None:
        self._ledger, self._queue = ledger, queue
        self._lock = self._door = -1
        self._since = 0.0
        self.held = False

    def open(self) -> None:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        self._lock = os.open(self._ledger, flags)
        self._door = os.open(self._queue, flags)

    def take(self, kind: int = fcntl.LOCK_EX) -> None:
        """Wait for the turn; with `LOCK_SH`, for a moment in which it is nobody's or others only look, too."""
        try:
            fcntl.flock(self._door, kind)
            self.held = True  # before it is: whoever is interrupted here lets go of it, too
            fcntl.flock(self._lock, kind)
        finally:
            fcntl.flock(self._door, fcntl.LOCK_UN)
        self._since = time.monotonic()

    def release(self) -> None:
        if self.held:
            fcntl.flock(self._lock, fcntl.LOCK_UN)
            self.held = False

    def contended(self) -> bool:
        """Whether another process waits for the turn, and this one had it for a while."""
        if time.monotonic() - self._since < _WHILE:
            return False
        try:
            fcntl.flock(self._door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self._door, fcntl.LOCK_UN)
        return False

    def forget(self) -> None:
        """In a forked child: let go of what is the parent's without unlocking it."""
        self.held = False
        self.close()

    def close(self) -> None:
        self.release()
        held, self._lock, self._door = (self._lock, self._door), -1, -1
        for fd in held:
            if fd >= 0:
                os.close(fd)


@contextmanager
def between_writes(ledger: Path) -> Iterator[None]:
    """Nobody writes to `ledger` meanwhile: every whole batch in it is there to stay. For a moment only."""
    turn = Turn(ledger, ledger / "segments")
    try:
        turn.open()
        turn.take(fcntl.LOCK_SH)
        yield
    finally:
        turn.close()
