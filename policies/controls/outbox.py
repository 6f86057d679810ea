"""The outbox: changes of controls, and which of them are alerts that wait for a place. Each is put in once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import BaseModel, ConfigDict

from policies.controls.errors import ControlsError
from policies.transaction import immediate
from tools.own_file import own_file

if TYPE_CHECKING:
    import sqlite3

_WAIT = 15.0
"""Seconds to wait for another process's transaction."""
_TABLES = """
create table if not exists looked (ledger text not null, source text not null, upto integer not null,
    primary key (ledger, source)) without rowid;
create table if not exists alert (number integer primary key autoincrement, id text not null unique, body text not null,
    delivered text);
"""


class OutboxError(ControlsError):
    """The outbox cannot be used: an alert may be missing from it."""


class Alert(BaseModel):
    """A control changed; if it `left` evidenced, people are told. `record` is the evaluation that found it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """`LEDGER/RECORD/CONTROL`: equal for the same event, however often it is looked at."""
    control: str
    before: str
    after: str
    source: str
    """`sample` or `aws`."""
    record: int
    at: datetime
    delivered: datetime | None = None
    """When the first place of all heard of it; who else has, channels remember."""

    @property
    def left(self) -> bool:
        """Whether the control left `evidenced`."""
        return self.before == "evidenced" and self.after != "evidenced"


class Outbox(Protocol):
    """Where alerts wait. One implementation is local; channels only read and mark."""

    def looked(self, ledger: str, source: str) -> int | None:
        """The last record whose changes are in here; None before the first look."""

    def put(self, ledger: str, source: str, upto: int, alerts: Sequence[Alert]) -> tuple[Alert, ...]:
        """Add what is new and remember how far was looked, as one step; the alerts that were not there yet."""

    def alerts(self, *, waiting: bool = False) -> tuple[Alert, ...]:
        """All changes, oldest first, or the alerts of which no place has heard yet."""

    def delivered(self, id: str, at: datetime) -> bool:
        """Note that a first place has heard of an alert; whether it was waiting."""


class SqliteOutbox:
    """An `Outbox` in one file. Safe for processes; what it took survives a crash."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def looked(self, ledger: str, source: str) -> int | None:
        with self._transaction() as db:
            row = db.execute("select upto from looked where ledger = ? and source = ?", (ledger, source)).fetchone()
        return int(row[0]) if row else None

    def put(self, ledger: str, source: str, upto: int, alerts: Sequence[Alert]) -> tuple[Alert, ...]:
        new = []
        with self._transaction() as db:
            for alert in alerts:
                body = alert.model_dump_json(exclude={"delivered"})
                if db.execute("insert or ignore into alert (id, body) values (?, ?)", (alert.id, body)).rowcount:
                    new.append(alert)
            db.execute(
                "insert into looked values (?, ?, ?) on conflict do update set upto = max(upto, excluded.upto)",
                (ledger, source, upto),
            )
        return tuple(new)

    def alerts(self, *, waiting: bool = False) -> tuple[Alert, ...]:
        if not self.path.exists():
            return ()
        with self._transaction() as db:
            rows = db.execute("select body, delivered from alert order by number").fetchall()
        found = [Alert.model_validate_json(body).model_copy(update={"delivered": _time(at)}) for body, at in rows]
        return tuple(one for one in found if not waiting or (one.left and one.delivered is None))

    def delivered(self, id: str, at: datetime) -> bool:
        with self._transaction() as db:
            done = db.execute(
                "update alert set delivered = ? where id = ? and delivered is null", (at.isoformat(), id)
            ).rowcount
        return bool(done)

    def _transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self.path, _TABLES)


@contextmanager
def transaction(path: Path, tables: str) -> Iterator[sqlite3.Connection]:
    """One transaction on the outbox's file, in which these tables are. OutboxError when it cannot be made."""
    import sqlite3
    from contextlib import closing

    try:
        own_file(path)
        with closing(sqlite3.connect(path, timeout=_WAIT, isolation_level=None)) as db:
            db.execute("pragma synchronous = full")
            db.executescript(tables)
            with immediate(db):
                yield db
    except (sqlite3.Error, OSError) as error:
        raise OutboxError(f"The alerts in {path.name} cannot be used: {error}.") from error


def _time(at: str | None) -> datetime | None:
    return datetime.fromisoformat(at) if at else None
