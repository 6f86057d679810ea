"""Usage in SQLite: a transaction holds the file's write lock while it looks and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from policies.oversight.database import Database
from policies.oversight.usage import Count, UsageError

if TYPE_CHECKING:
    import sqlite3

_KEPT = 40 * 86_400.0
"""Seconds for which counters outlive their window."""


class SqliteUsage:
    """A `UsageStore` in the local database. Safe for threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    remote = False

    def latest(self, now: float) -> float:
        with self._database.transaction(UsageError) as db:
            db.execute("insert into seen values (1, ?) on conflict do update set at = max(at, excluded.at)", (now,))
            db.execute("delete from used where ends < ?", (now - _KEPT,))
            return float(next(db.execute("select at from seen"))[0])

    def count(self, counts: Sequence[Count]) -> Count | None:
        with self._database.transaction(UsageError) as db:
            refused = _first_that_does_not_fit(db, counts)
            if refused is None:
                _add(db, counts)
            return refused

    def hold(self, name: str, counts: Sequence[Count], expires: float, now: float) -> Count | None:
        with self._database.transaction(UsageError) as db:
            _release_expired(db, now)
            refused = _first_that_does_not_fit(db, counts)
            if refused is None:
                _add(db, counts)
                rows = [(name, number, one.key, one.amount, expires) for number, one in enumerate(counts)]
                db.executemany("insert into held values (?, ?, ?, ?, ?)", rows)
            return refused

    def settle(self, name: str, counts: Sequence[Count], amounts: Sequence[int]) -> None:
        with self._database.transaction(UsageError) as db:
            held = db.execute("select number, key, amount from held where name = ?", (name,)).fetchall()
            if held:  # else it expired
                back = [(amounts[number] - amount, key) for number, key, amount in held]
                db.executemany("update used set total = total + ? where key = ?", back)
                db.execute("delete from held where name = ?", (name,))

    def total(self, key: str) -> int:
        with self._database.transaction(UsageError) as db:
            return _total(db, key)

    def erase(self, part: str) -> int:
        with self._database.transaction(UsageError) as db:
            gone = sum(
                db.execute(f"delete from {table} where instr(key, ?) > 0", (part,)).rowcount  # noqa: S608
                for table in ("used", "held")
            )
        if gone:
            self._database.rewrite(UsageError)
        return gone


def _total(db: sqlite3.Connection, key: str) -> int:
    row = db.execute("select total from used where key = ?", (key,)).fetchone()
    return int(row[0]) if row else 0


def _first_that_does_not_fit(db: sqlite3.Connection, counts: Sequence[Count]) -> Count | None:
    over = (one for one in counts if one.limit is not None and _total(db, one.key) + one.amount > one.limit)
    return next(over, None)


def _add(db: sqlite3.Connection, counts: Sequence[Count]) -> None:
    db.executemany(
        "insert into used values (?, ?, ?) on conflict do update set total = total + excluded.total",
        [(one.key, one.amount, one.ends) for one in counts],
    )


def _release_expired(db: sqlite3.Connection, now: float) -> None:
    """Take holds that expired back out of their counters."""
    gone = db.execute("select key, amount from held where expires <= ?", (now,)).fetchall()
    if gone:
        db.executemany("update used set total = total - ? where key = ?", [(amount, key) for key, amount in gone])
        db.execute("delete from held where expires <= ?", (now,))
