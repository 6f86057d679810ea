"""Heard: who has heard of what, and who is just being told. It is what makes telling happen once.

Something is claimed for one hearer, told, and marked. Whoever dies in between leaves a claim that ends by itself, and
then it is told again: twice rather than never.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agents.channels.delivery import ChannelError
from tools.own_file import own_file

if TYPE_CHECKING:
    import sqlite3

KEPT_SECONDS = 400 * 24 * 3600
CLAIMED_SECONDS = 120.0
"""How long a claim holds: longer than any channel takes to take a message."""


class Heard(Protocol):
    """Who has heard of what. Safe for threads and processes; each may raise ChannelError."""

    def has(self, what: str, who: str) -> bool:
        """Whether it was marked before."""

    def said(self, what: str, who: str) -> str | None:
        """What was kept with the mark; None when there is none."""

    def claim(self, what: str, who: str) -> bool:
        """Whether the caller may tell `who` now: it is not marked, and nobody else is telling them."""

    def release(self, what: str, who: str) -> None:
        """Give a claim back: it could not be told."""

    def mark(self, what: str, who: str, said: str = "") -> None:
        """Remember it for a year and more, with what was said where."""


class HeardFile:
    """`Heard` in the file at `path`."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock

    def has(self, what: str, who: str) -> bool:
        return self.said(what, who) is not None

    def said(self, what: str, who: str) -> str | None:
        with self._open() as db:
            held = db.execute("select said from heard where what = ? and who = ? and until is null", (what, who))
            found = held.fetchone()
        return None if found is None else str(found[0])

    def claim(self, what: str, who: str) -> bool:
        now = self._clock()
        with self._open() as db:
            return bool(
                db.execute(
                    "insert into heard (what, who, at, until, said) values (?1, ?2, ?3, ?4, '') on conflict do update"
                    " set until = excluded.until, at = excluded.at where until is not null and until < ?3",
                    (what, who, now, now + CLAIMED_SECONDS),
                ).rowcount
                == 1
            )

    def release(self, what: str, who: str) -> None:
        with self._open() as db:
            db.execute("delete from heard where what = ? and who = ? and until is not null", (what, who))

    def mark(self, what: str, who: str, said: str = "") -> None:
        now = self._clock()
        with self._open() as db:
            db.execute("delete from heard where at < ?", (now - KEPT_SECONDS,))
            db.execute(
                "insert into heard (what, who, at, until, said) values (?, ?, ?, null, ?) on conflict do update"
                " set until = null, said = excluded.said, at = excluded.at where until is not null",
                (what, who, now, said),
            )

    def erase(self, who: Sequence[str]) -> int:
        """Forget what these hearers were told, and where; how much that was. The file is written anew."""
        with self._open() as db:
            marks = ", ".join("?" * len(who))
            gone = db.execute(f"delete from heard where who in ({marks})", tuple(who)).rowcount  # noqa: S608
            if gone:
                db.execute("vacuum")
        return int(gone)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        import sqlite3
        from contextlib import closing

        try:
            own_file(self._path)
            with closing(sqlite3.connect(self._path, timeout=15, isolation_level=None)) as db:
                _prepare(db)
                yield db
        except (sqlite3.Error, OSError) as error:
            raise ChannelError(f"The file {self._path.name} of who heard what cannot be used: {error}.") from error


def _prepare(db: sqlite3.Connection) -> None:
    columns = {row[1] for row in db.execute("pragma table_info(heard)")}
    if "until" in columns:
        return
    db.execute("begin immediate")
    if not columns and not db.execute("pragma table_info(heard)").fetchall():
        db.execute(
            "create table heard (what text, who text, at real, until real, said text not null default '',"
            " primary key (what, who)) without rowid"
        )
    elif "until" not in {row[1] for row in db.execute("pragma table_info(heard)")}:
        # of a version that knew marks and no claims
        db.execute("alter table heard add column until real")
        db.execute("alter table heard add column said text not null default ''")
    db.execute("commit")
