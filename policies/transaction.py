"""Transactions of the local files of state: SQLite, shared by threads and processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


@contextmanager
def immediate(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One transaction that holds the write lock between processes; rolled back when anything is raised."""
    db.execute("begin immediate")
    try:
        yield db
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


_WAIT, _PAUSE = 15.0, 0.01
"""Seconds in which other processes may hold the file, and seconds between two tries."""


def write_ahead(db: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, which a file keeps once it has it.

    Where several processes open a new file at once, SQLite refuses this without waiting for as long as it was told.
    """
    import sqlite3

    until = time.monotonic() + _WAIT
    while True:
        try:
            db.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(_PAUSE)
