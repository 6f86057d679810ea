"""The local store of oversight: one SQLite file, one connection for all threads, every change one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from policies.transaction import immediate, write_ahead
from tools.own_file import own_file

if TYPE_CHECKING:
    import sqlite3

_WAIT = 15.0
"""Seconds to wait for another process's transaction."""
_TABLES = """
create table if not exists seen (one integer primary key check (one = 1), at real not null);
create table if not exists used (key text primary key, total integer not null, ends real not null) without rowid;
create table if not exists held (
    name text not null, number integer not null, key text not null, amount integer not null, expires real not null,
    primary key (name, number)
) without rowid;
create index if not exists held_by_key on held (key, expires);
create table if not exists approval (
    id text primary key, question text not null, state text not null, created real not null, expires real not null,
    requested integer not null, box text not null, answer text
) without rowid;
"""


class Database:
    """The file at `path` with its `tables`, opened when it is first needed.

    `failing` makes the error of what cannot be done.
    """

    def __init__(self, path: Path, tables: str = _TABLES) -> None:
        self.path, self._tables = path, tables
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    @contextmanager
    def transaction(self, failing: Callable[[str], Exception]) -> Iterator[sqlite3.Connection]:
        """The connection, holding the write lock between processes; rolled back when anything is raised."""
        import sqlite3

        with self._lock:
            try:
                db = self._open or self._connect()
                self._open = db
            except (sqlite3.Error, OSError) as error:
                raise failing(f"{self.path.name} cannot be used: {error}.") from error
            try:
                with immediate(db):
                    yield db
            except sqlite3.Error as error:
                raise failing(f"{self.path.name} cannot be used: {error}.") from error

    def _connect(self) -> sqlite3.Connection:
        import sqlite3

        own_file(self.path)
        db = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        write_ahead(db)
        # a killed process loses nothing; a power cut may lose the last counts, and of approvals the ledger is the truth
        db.execute("pragma synchronous = normal")
        db.execute("pragma secure_delete = on")
        db.executescript(self._tables)
        return db

    def rewrite(self, failing: Callable[[str], Exception]) -> None:
        """Write the file anew, so that nothing erased stays in unused pages or in the write-ahead log."""
        import sqlite3

        with self._lock:
            try:
                db = self._open or self._connect()
                self._open = db
                db.execute("vacuum")
                db.execute("pragma wal_checkpoint(truncate)")
            except (sqlite3.Error, OSError) as error:
                raise failing(f"{self.path.name} cannot be rewritten: {error}.") from error

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None
