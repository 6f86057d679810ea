"""Where paused runs wait: rows that say where to look in the ledger, with the run itself sealed. Never the truth.

Whether something was approved, by whom, and whether that is used up, the ledger says; a row is an index.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from policies.oversight.database import Database
from tools.errors import RegentError

State = Literal["pending", "approved", "denied", "expired", "consumed", "answered"]
"""Decisions and expiries stand in rows of earlier versions alone; `consumed` lets one answer take the run's place."""
_COLUMNS = ("id", "question", "state", "created", "expires", "requested", "box", "answer")


class ApprovalError(RegentError):
    """An approval that cannot be given, used or found; the sentence says why. Nothing was run."""


class UnknownApprovalError(ApprovalError):
    """No approval of that id is kept here."""


class StillWaitsError(ApprovalError):
    """Nobody has decided yet; it can be used when somebody has."""


class Stored(BaseModel):
    """One row. Times are Unix seconds, `requested` is the index of its record; `box` and `answer` are sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    question: str
    state: State
    created: float
    expires: float
    requested: int
    box: str
    answer: str | None = None


class ApprovalStore(Protocol):
    """Where the rows are kept."""

    def add(self, row: Stored) -> None:
        """Keep a new row; ApprovalError when there is one of that id."""

    def get(self, approval: str) -> Stored | None:
        """The row of this id."""

    def all(self) -> list[Stored]:
        """Every row, the newest first."""

    def swap(self, approval: str, before: State, after: State, answer: str | None = None) -> bool:
        """Compare and swap the state; whether this call did it. An answer takes the place of the paused run."""

    def erase(self, gone: Callable[[Stored], bool]) -> int:
        """Remove the rows for which `gone` holds; how many."""


class SqliteApprovals:
    """An `ApprovalStore` in the local database. Safe for threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: Stored) -> None:
        marks = ", ".join("?" * len(_COLUMNS))
        with self._database.transaction(ApprovalError) as db:
            db.execute(
                f"insert into approval ({', '.join(_COLUMNS)}) values ({marks})",  # noqa: S608
                tuple(getattr(row, column) for column in _COLUMNS),
            )

    def get(self, approval: str) -> Stored | None:
        return next(iter(self._read("where id = ?", (approval,))), None)

    def all(self) -> list[Stored]:
        return self._read("order by created desc", ())

    def swap(self, approval: str, before: State, after: State, answer: str | None = None) -> bool:
        with self._database.transaction(ApprovalError) as db:
            changed = db.execute(
                "update approval set state = ?1, answer = coalesce(?2, answer), box = iif(?2 is null, box, '')"
                " where id = ?3 and state = ?4",
                (after, answer, approval, before),
            )
            return changed.rowcount == 1

    def erase(self, gone: Callable[[Stored], bool]) -> int:
        names = [(row.id,) for row in self.all() if gone(row)]
        with self._database.transaction(ApprovalError) as db:
            db.executemany("delete from approval where id = ?", names)
        if names:
            self._database.rewrite(ApprovalError)
        return len(names)

    def _read(self, how: str, values: tuple[object, ...]) -> list[Stored]:
        with self._database.transaction(ApprovalError) as db:
            rows = db.execute(f"select {', '.join(_COLUMNS)} from approval {how}", values).fetchall()  # noqa: S608
        try:
            return [Stored(**dict(zip(_COLUMNS, row, strict=True))) for row in rows]
        except ValueError as error:
            raise ApprovalError(f"{self._database.path.name} holds a row that is no approval.") from error
