"""Whole file: what somebody asked to be written, there when all of it is written and not before."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def written_whole(out: Path) -> Iterator[IO[bytes]]:
    """A file that becomes `out` once all of it is written; a pipe or a device is written to as it comes.

    It is written aside. Of two at once each has a file of its own, and the last one to be whole stays. What a killed
    one left goes with the next that writes `out`: whoever writes holds a lock on their file, which dies with them.

    Raises:
        OSError: it cannot be written; then nothing of it is left, and what `out` was before stays.
    """
    if out.exists() and not out.is_file():
        with out.open("wb") as straight:
            yield straight
        return
    out = out.resolve()
    _clear(out)
    part, file = _aside(out)
    with file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)


def _aside(out: Path) -> tuple[Path, IO[bytes]]:
    """A new file beside `out`, locked where its file system has locks."""
    while True:
        part = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
        file: IO[bytes] = part.open("x+b")
        try:
            with suppress(OSError):  # without locks nobody can take one to clear it, either
                fcntl.flock(file, fcntl.LOCK_EX)
            if part.exists():
                return part, file
        except BaseException:
            file.close()
            part.unlink(missing_ok=True)
            raise
        file.close()  # somebody took it for a dead one's before it was locked


def _clear(out: Path) -> None:
    """Remove what others left beside `out` who died while they wrote it."""
    left = re.compile(rf"\.{re.escape(out.name)}\.[0-9a-f]{{8}}")
    for part in out.parent.iterdir():
        if left.fullmatch(part.name) is None:
            continue
        with suppress(OSError):  # it is being written, is gone by now, or is not ours to remove
            fd = os.open(part, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if stat.S_ISREG(os.fstat(fd).st_mode):
                    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    part.unlink()
            finally:
                os.close(fd)
