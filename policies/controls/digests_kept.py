"""Digests in the outbox: each is composed once for its time, by one of those who would, and kept until it was sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

from policies.controls.outbox import transaction

KEPT = timedelta(days=14)
"""For how long a place that is down gets a digest later."""
CLAIMED = timedelta(minutes=15)
"""For how long whoever composes one may take."""
_TABLES = """
create table if not exists digest (name text not null, slot text not null, body text not null, begun text not null,
    until text, primary key (name, slot)) without rowid;
create table if not exists digest_since (name text primary key, at text not null) without rowid;
"""


class Begun(NamedTuple):
    """A digest that the caller composes: what of it is there already, and when somebody first tried."""

    body: str
    at: datetime


class KeptDigests(Protocol):
    """Where digests wait. Safe for processes; each may raise OutboxError. Times are in UTC."""

    def since(self, name: str, now: datetime) -> datetime:
        """The time of the last one that was composed; of a digest that is new, when it was first looked for."""

    def begin(self, name: str, slot: datetime, now: datetime) -> Begun | None:
        """Claim the one of this time to compose it; None when somebody else does, or it is there."""

    def keep(self, name: str, slot: datetime, body: str, now: datetime, *, done: bool) -> None:
        """Keep what is composed of it, by whoever claimed it; with `done` it is whole, and may be sent."""

    def release(self, name: str, slot: datetime) -> None:
        """Give a claim back: it could not be composed."""

    def get(self, name: str, slot: datetime) -> str | None:
        """A whole one."""

    def ready(self, now: datetime) -> list[str]:
        """Every whole one that is not too old to be sent, oldest first."""


class SqliteDigests:
    """`KeptDigests` in the file of the outbox."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def since(self, name: str, now: datetime) -> datetime:
        with transaction(self._path, _TABLES) as db:
            db.execute("insert or ignore into digest_since values (?, ?)", (name, now.isoformat()))
            [at] = db.execute("select at from digest_since where name = ?", (name,)).fetchone()
        return datetime.fromisoformat(at)

    def begin(self, name: str, slot: datetime, now: datetime) -> Begun | None:
        key, until = (name, slot.isoformat()), (now + CLAIMED).isoformat()
        with transaction(self._path, _TABLES) as db:
            db.execute("insert or ignore into digest values (?, ?, '', ?, '')", (*key, now.isoformat()))
            claimed = db.execute(
                "update digest set until = ? where name = ? and slot = ? and until is not null and until < ?",
                (until, *key, now.isoformat()),
            ).rowcount
            held = db.execute("select body, begun from digest where name = ? and slot = ?", key).fetchone()
        return Begun(held[0], datetime.fromisoformat(held[1])) if claimed else None

    def keep(self, name: str, slot: datetime, body: str, now: datetime, *, done: bool) -> None:
        key, until = (name, slot.isoformat()), None if done else (now + CLAIMED).isoformat()
        with transaction(self._path, _TABLES) as db:
            db.execute(
                "update digest set body = ?, until = ? where name = ? and slot = ? and until is not null",
                (body, until, *key),
            )
            if done:
                db.execute("update digest_since set at = max(at, ?) where name = ?", (slot.isoformat(), name))
                db.execute("delete from digest where slot < ?", ((now - KEPT).isoformat(),))

    def release(self, name: str, slot: datetime) -> None:
        with transaction(self._path, _TABLES) as db:
            change = "update digest set until = '' where name = ? and slot = ? and until is not null"
            db.execute(change, (name, slot.isoformat()))

    def get(self, name: str, slot: datetime) -> str | None:
        if not self._path.exists():
            return None
        with transaction(self._path, _TABLES) as db:
            asked = "select body from digest where name = ? and slot = ? and until is null"
            found = db.execute(asked, (name, slot.isoformat())).fetchone()
        return str(found[0]) if found else None

    def ready(self, now: datetime) -> list[str]:
        if not self._path.exists():
            return []
        with transaction(self._path, _TABLES) as db:
            asked = "select body from digest where until is null and slot >= ? order by slot, name"
            return [str(body) for (body,) in db.execute(asked, ((now - KEPT).isoformat(),))]
