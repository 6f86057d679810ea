"""Inbox, queue and runs in one SQLite file, for running a channel on one's own machine. It keeps what AWS keeps.

Taking and queueing are one transaction; a message that a worker does not finish comes back after a while, and is put
aside when it was tried often enough. Messages of one conversation come one after the other.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from agents.channels.delivery import ChannelError, Delivery
from agents.channels.inbox import KEPT_SECONDS, Taken
from agents.channels.working import LEASE_SECONDS, MOST_RECEIVES, Claim
from policies.transaction import immediate, write_ahead
from tools.own_file import own_file

if TYPE_CHECKING:
    import sqlite3

_NONE: Mapping[str, int] = {}
HIDDEN_SECONDS = 960.0
"""How long a message that a worker has is not given to another; longer than the claim of a worker that died holds."""
_TABLES = """
create table if not exists delivery (
    key text primary key, state text not null, digest text not null, until real not null, said text not null,
    expires real not null
) without rowid;
create table if not exists message (
    number integer primary key autoincrement, lane text not null, body text not null,
    visible real not null, receives integer not null, aside integer not null, share text not null default ''
);
create index if not exists message_by_lane on message (aside, lane, number);
"""
_NEXT = """
select number, body, receives, share,
       coalesce((select value from json_each(:held) as had where had.key = one.share), 0) as has
from message as one
where not aside and visible <= :now and has < :most
and not exists (select 1 from message as before where before.lane = one.lane and not before.aside
                and before.number < one.number)
order by has, number limit 1
"""
"""The oldest of whoever has the fewest in workers' hands, and not yet as many as one may have."""


class Message(NamedTuple):
    """One message that a worker has in its hands."""

    number: int
    body: str
    receives: int
    share: str
    """Whose share of the workers it takes (`Delivery.share`)."""


class Box:
    """An `Inbox`, a queue and `Runs` in the file at `path`. Safe for threads and processes."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._db: sqlite3.Connection | None = None
        self._hold: IO[bytes] | None = None
        # SQLite lets who finds a file busy sleep for up to 100 ms; threads of one process need not
        self._writing = threading.Lock()

    def take(self, delivery: Delivery) -> Taken:
        [taken] = self.take_all([delivery])
        return taken

    def take_all(self, deliveries: Sequence[Delivery]) -> list[Taken]:
        """`take` each, with one write to the disk for all. ChannelError when that failed: then none was taken."""
        now = self._clock()
        with self._transaction() as db:
            db.execute("delete from delivery where expires < ?", (now,))
            return [_taken(db, delivery, now) for delivery in deliveries]

    def receive(
        self, hidden: float = HIDDEN_SECONDS, *, held: Mapping[str, int] = _NONE, most: int = sys.maxsize
    ) -> Message | None:
        """The next message, hidden from others for a while; None when there is none now.

        `held` says how many are worked on of each share; whoever has `most` of them waits, and who has fewest is next.
        """
        now, counted = self._clock(), json.dumps({share: many for share, many in held.items() if share})
        with self._transaction() as db:
            while (found := db.execute(_NEXT, {"now": now, "held": counted, "most": most}).fetchone()) is not None:
                number, body, receives, share, _ = found
                if receives > MOST_RECEIVES:  # once more than it is tried: whoever asked is to hear of it
                    db.execute("update message set aside = 1 where number = ?", (number,))
                    continue
                hide = "update message set visible = ?, receives = receives + 1 where number = ?"
                db.execute(hide, (now + hidden, number))
                return Message(number, body, receives + 1, share)
        return None

    def take_over(self) -> bool:
        """Say that this process works on the box; if no other does, what one that died had in hand is free at once.

        Without this it would be free when the dead worker's claim is over, a quarter of an hour later.
        """
        import fcntl

        if self._hold is not None:
            return False
        beside = self._path.with_name(f"{self._path.name}.lock")
        try:
            own_file(beside)
            self._hold = beside.open("rb")  # open for as long as this process lives: the system lets go of it then
            try:
                fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
                alone = True
            except BlockingIOError:
                alone = False
            if alone:
                with self._transaction() as db:
                    db.execute("update delivery set until = 0 where state = 'running'")
                    db.execute("update message set visible = ? where not aside and visible > ?", [self._clock()] * 2)
            fcntl.flock(self._hold, fcntl.LOCK_SH)
        except OSError as error:
            raise ChannelError(f"The channel's box {self._path.name} cannot be locked: {error}.") from error
        return alone

    def let_go(self) -> None:
        """This process works on the box no more."""
        if self._hold is not None:
            self._hold.close()
            self._hold = None

    def finish(self, message: Message) -> None:
        """Take a message out of the queue: it was worked on."""
        with self._transaction() as db:
            db.execute("delete from message where number = ?", (message.number,))

    def give_back(self, message: Message, after: float) -> None:
        """Let a message come again in `after` seconds, or put it aside if it came often enough."""
        aside = message.receives >= MOST_RECEIVES
        with self._transaction() as db:
            change = "update message set visible = ?, aside = ? where number = ?"
            db.execute(change, (self._clock() + after, aside, message.number))

    def keep_trying(self, message: Message, after: float) -> None:
        """Let a message come again in `after` seconds, for one last try once more."""
        with self._transaction() as db:
            change = "update message set visible = ?, receives = ? where number = ?"
            db.execute(change, (self._clock() + after, MOST_RECEIVES - 1, message.number))

    def aside(self) -> list[str]:
        """The messages that wait for a person."""
        with self._transaction() as db:
            return [body for (body,) in db.execute("select body from message where aside order by number")]

    def claim(self, delivery: Delivery) -> Claim:
        now = self._clock()
        with self._transaction() as db:
            found = db.execute("select state, until, said from delivery where key = ?", (delivery.key,)).fetchone()
            state, until, said = found or ("queued", 0.0, "")
            if state == "answered":
                return Claim("answered", said)
            if state == "done" or (state == "running" and now <= until):
                return Claim("done" if state == "done" else "busy")
            db.execute(
                "insert or replace into delivery values (?, 'running', ?, ?, '', ?)",
                (delivery.key, delivery.digest, now + LEASE_SECONDS, now + KEPT_SECONDS),
            )
        return Claim("run")

    def keep(self, delivery: Delivery, said: str) -> None:
        if not self._move(delivery, "running", "answered", said):
            raise ChannelError(f"{delivery.channel}: another worker took the delivery over.")

    def done(self, delivery: Delivery) -> None:
        self._move(delivery, "answered", "done")

    def release(self, delivery: Delivery) -> None:
        self._move(delivery, "running", "queued")

    def fail(self, delivery: Delivery) -> None:
        for state in ("queued", "running"):
            self._move(delivery, state, "failed")

    def answer(self, key: str) -> tuple[str, str] | None:
        """State and kept answer of a delivery; None when nothing is known under that key."""
        with self._transaction() as db:
            found = db.execute("select state, said from delivery where key = ?", (key,)).fetchone()
        return (found[0], found[1]) if found else None

    def _move(self, delivery: Delivery, before: str, after: str, said: str | None = None) -> bool:
        change = (
            "update delivery set state = ?, said = coalesce(?, said), expires = ? where key = ? and state = ?",
            (after, said, self._clock() + KEPT_SECONDS, delivery.key, before),
        )
        with self._transaction() as db:
            return db.execute(*change).rowcount == 1

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        import sqlite3

        try:
            with self._writing, immediate(self._connection()) as db:
                yield db
        except (sqlite3.Error, OSError) as error:
            raise ChannelError(f"The channel's box {self._path.name} cannot be used: {error}.") from error

    def _connection(self) -> sqlite3.Connection:
        """One for the process, kept: closing the last one of a file makes SQLite write all of it anew."""
        import sqlite3

        if self._db is None:
            own_file(self._path)  # answers for one person alone lie here
            db = sqlite3.connect(self._path, timeout=15, isolation_level=None, check_same_thread=False)
            write_ahead(db)
            db.execute("pragma secure_delete = on")
            db.executescript(_TABLES)
            if "share" not in {column[1] for column in db.execute("pragma table_info(message)")}:
                db.execute("alter table message add column share text not null default ''")
            self._db = db
        return self._db


def _taken(db: sqlite3.Connection, delivery: Delivery, now: float) -> Taken:
    put = "insert or ignore into delivery values (?, 'queued', ?, 0, '', ?)"
    if db.execute(put, (delivery.key, delivery.digest, now + KEPT_SECONDS)).rowcount:
        message = (delivery.lane, delivery.to_text(), now, delivery.share)
        put = "insert into message (lane, body, visible, receives, aside, share) values (?, ?, ?, 0, 0, ?)"
        db.execute(put, message)
        return "new"
    [digest] = db.execute("select digest from delivery where key = ?", (delivery.key,)).fetchone()
    return "again" if digest == delivery.digest else "other"
