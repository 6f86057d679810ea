"""Refusals: calls that nobody verified or known makes, and questions of who has as many running as they may. A few are
on record one by one; a flood is counted.

Whoever calls decides how often they call, so what is written for it must not grow with that. Of each kind, the first
`EACH` of a window are recorded by themselves, and no more than `EACH_DAY` of a day. All others are counted, and one
record (`calls.refused`) says after the window how many there were, of which kind, when the first and the last. Every
call is refused all the same.

The counts lie in a file, so that processes share the limit and one that is killed loses none: whoever opens the file
next, or refuses the next call, records what is left. Whoever dies between recording and forgetting leaves a window that
is recorded twice, with the same `first`; the later record is the whole of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import structlog

from policies.audit.bodies import CallsRefused
from policies.audit.errors import LedgerError
from policies.audit.records import Record
from policies.oversight.database import Database
from policies.oversight.usage import UsageError

if TYPE_CHECKING:
    import sqlite3

    from policies.audit import Ledger

log = structlog.get_logger()
Why = Literal["unverified", "unknown", "foreign", "at_once"]
"""Nothing proves who calls; or it is proved and nobody of that id is known; or a web page called in the name of who
sits at the machine; or somebody known has too many questions running."""
EACH = 20
"""Refusals of one kind that are recorded by themselves in a window."""
EACH_DAY = 200
"""The same for a day (UTC): who calls for months on end fills no disk either."""
WINDOW_SECONDS = 60.0
_TABLE = """
create table if not exists refused (
    kind text primary key, began real not null, recorded integer not null, counted integer not null,
    first real, last real
) without rowid;
create table if not exists alone (kind text primary key, day integer not null, recorded integer not null) without rowid;
"""


class _Kind(NamedTuple):
    name: str
    counted: int
    first: float
    last: float


class Refusals:
    """The counts in the file at `path`, recorded in `ledger`. Safe for threads and processes.

    `clock` gives Unix seconds; a window during which it was set back ends at once.
    """

    def __init__(self, path: Path, ledger: Ledger, *, clock: Callable[[], float] = time.time) -> None:
        self._database, self._ledger, self._clock = Database(path, _TABLE), ledger, clock
        self._mutex = threading.Lock()
        self._timer: threading.Timer | None = None
        self._counted = self._closed = False

    def by_itself(self, channel: str, why: Why) -> bool:
        """Whether one more refusal is to be recorded by itself; if not, it is counted now.

        `channel` is a name that our code gives, never one that a caller sent.

        Raises:
            UsageError: it cannot be counted; nothing more of the call may happen.
        """
        return self._noted(f"{channel}/{why}", EACH)

    def count(self, channel: str, times: int = 1, *, why: Why = "unverified") -> None:
        """Count refusals that have nothing to record but that they came. Raises UsageError as `by_itself`."""
        self._noted(f"{channel}/{why}", 0, times)

    def settle(self, *, all_of_them: bool = False) -> None:
        """Record the window that has ended, or `all_of_them`. What cannot be recorded now stays counted."""
        try:
            with self._database.transaction(UsageError) as db:
                if all_of_them or self._left(db) <= 0:
                    self._record(db)
        except (LedgerError, UsageError) as error:
            log.error("refusals are not on record yet", error=type(error).__name__, said=str(error))

    def close(self) -> None:
        """Record what was counted while this was open, and let go of the file."""
        with self._mutex:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
        if self._database.path.exists():
            self.settle(all_of_them=self._counted)
        self._database.close()

    def _noted(self, kind: str, each: int, times: int = 1) -> bool:
        with self._database.transaction(UsageError) as db:
            if (left := self._left(db)) > 0:
                alone = _add(db, kind, each, times, self._clock())
        if left <= 0:
            self.settle()
            with self._database.transaction(UsageError) as db:
                alone = _add(db, kind, each, times, self._clock())
                left = self._left(db)
        if not alone:
            self._counted = True
            self._later(left)
        return alone

    def _left(self, db: sqlite3.Connection) -> float:
        """Seconds until the window ends; a whole one when none has begun."""
        began = db.execute("select min(began) from refused").fetchone()[0]
        if began is None:
            return WINDOW_SECONDS
        gone = self._clock() - began
        return WINDOW_SECONDS - gone if gone >= 0 else 0.0

    def _record(self, db: sqlite3.Connection) -> None:
        found = [
            _Kind(*row)
            for row in db.execute("select kind, counted, first, last from refused where counted > 0 order by kind")
        ]
        if found:
            body = CallsRefused(
                first=_utc(min(one.first for one in found)),
                last=_utc(max(one.last for one in found)),
                count=sum(one.counted for one in found),
                kinds={one.name: one.counted for one in found},
            )
            self._ledger.append(Record(actor="system:refusals", body=body))
        db.execute("delete from refused")

    def _later(self, seconds: float) -> None:
        """Settle when the window ends, also if nobody calls any more."""
        with self._mutex:
            if self._closed or self._timer is not None:
                return
            self._timer = threading.Timer(max(seconds, 0.0) + 0.05, self._at_the_end)
            self._timer.daemon = True
            self._timer.start()

    def _at_the_end(self) -> None:
        with self._mutex:
            self._timer = None
        self.settle()
        try:
            with self._database.transaction(UsageError) as db:
                waits = db.execute("select 1 from refused where counted > 0 limit 1").fetchone()
                left = self._left(db)
        except UsageError:
            return  # it was said; the next call, or whoever opens the file next, tries again
        if waits:
            self._later(left if left > 0 else WINDOW_SECONDS)


def _add(db: sqlite3.Connection, kind: str, each: int, times: int, now: float) -> bool:
    """Whether it fits among those that are recorded by themselves; if not, it is counted."""
    db.execute("insert into refused values (?, ?, 0, 0, null, null) on conflict do nothing", (kind, now))
    one_more = "update refused set recorded = recorded + 1 where kind = ? and recorded < ?"
    if each and _of_the_day(db, kind, now) < EACH_DAY and db.execute(one_more, (kind, each)).rowcount:
        db.execute("update alone set recorded = recorded + 1 where kind = ?", (kind,))
        return True
    db.execute(
        "update refused set counted = counted + ?, first = coalesce(first, ?), last = ? where kind = ?",
        (times, now, now, kind),
    )
    return False


def _of_the_day(db: sqlite3.Connection, kind: str, now: float) -> int:
    """How many of a kind were recorded by themselves on this day."""
    db.execute(
        "insert into alone values (?1, ?2, 0) on conflict do update set day = ?2, recorded = 0 where day != ?2",
        (kind, int(now // 86400)),
    )
    return int(db.execute("select recorded from alone where kind = ?", (kind,)).fetchone()[0])


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
