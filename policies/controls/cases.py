"""Cases: incidents, concerns and releases, as people put them on record, and how each stands.

A case is its records in the ledger; nothing else is kept. Every record of a case has the case's id where a question's
would stand, so that `regent audit show --question CASE` tells the whole story.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from policies.audit import Ledger, Record
from policies.audit.bodies import (
    Body,
    ConcernClosed,
    ConcernOpened,
    ConcernUpdated,
    IncidentClosed,
    IncidentOpened,
    IncidentUpdated,
    ReleaseClosed,
    ReleaseOpened,
    ReleaseUpdated,
)
from policies.audit.records import StoredRecord
from policies.audit.search import Filter, search
from policies.controls.collect.base import of_nanoseconds
from policies.controls.errors import ControlsError
from policies.guardrails import clean_and_mask

Kind = Literal["incident", "concern", "release"]
OPENED: dict[str, type[Body]] = {"incident": IncidentOpened, "concern": ConcernOpened, "release": ReleaseOpened}
UPDATED: dict[str, type[Body]] = {"incident": IncidentUpdated, "concern": ConcernUpdated, "release": ReleaseUpdated}
CLOSED: dict[str, type[Body]] = {"incident": IncidentClosed, "concern": ConcernClosed, "release": ReleaseClosed}
_MOST = 5_000


class Case(BaseModel):
    """How one case stands. `fields` are those of its records, later ones over earlier ones; lists are joined."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: Kind
    state: Literal["open", "closed"]
    opened: str
    closed: str | None
    by: str | None
    """Who opened it; None for concerns, whose reporter is nobody's business, and for persons who were forgotten."""
    fields: dict[str, Any]
    records: tuple[int, ...]


def new_case(kind: Kind) -> str:
    """An id that cannot be guessed and says what it is."""
    return f"{kind}-{secrets.token_hex(5)}"


def put(ledger: Ledger, body: Body, case: str, principal: str) -> int:
    """Record one step of a case, secrets and identifiers in its texts masked; durable on return."""
    texts = {key: getattr(body, key) for key in body.sealed_when_marked - {"reporter"}}
    body = body.model_copy(update={key: clean_and_mask(text) for key, text in texts.items()})
    return ledger.append(Record(actor="person", body=body, question=case, session=None, principal=principal))


def reporter_of(case: str) -> str:
    """Whose key seals a concern: the concern's own, so that nothing links it to a person."""
    return f"concern:{case}"


def find(ledger: Ledger, kind: Kind, case: str) -> Case:
    """The case of this id.

    Raises:
        ControlsError: there is none of this kind; the sentence lists open ones.
    """
    rows = [
        stored
        for stored in search(ledger.path, Filter(question=case, limit=_MOST), home=ledger.home.path, vault=ledger.vault)
        if stored.type.partition(".")[0] == kind
    ]
    if not rows:
        others = ", ".join(one.id for one in cases(ledger, kind) if one.state == "open") or "none is open"
        raise ControlsError(f"There is no {kind} {case!r} ({others}); see `regent {kind} list`.")
    return _folded(kind, case, sorted(rows, key=lambda row: row.index))


def open_case(ledger: Ledger, kind: Kind, case: str) -> Case:
    """The same, if it is still open.

    Raises:
        ControlsError: there is none, or it was closed.
    """
    found = find(ledger, kind, case)
    if found.state == "closed":
        raise ControlsError(f"The {kind} {case} was closed on {found.closed}; open a new one that refers to it.")
    return found


def cases(ledger: Ledger, kind: Kind) -> tuple[Case, ...]:
    """All cases of a kind, newest first."""
    ledger.flush()
    rows: dict[str, list[StoredRecord]] = {}
    for body in (OPENED[kind], UPDATED[kind], CLOSED[kind]):
        what = Filter(type=body.type, limit=_MOST)
        for stored in search(ledger.path, what, home=ledger.home.path, vault=ledger.vault):
            rows.setdefault(str(stored.record.question), []).append(stored)
    folded = [_folded(kind, case, sorted(some, key=lambda row: row.index)) for case, some in rows.items()]
    return tuple(sorted(folded, key=lambda one: one.records[0], reverse=True))


def late(deadlines: Iterable[dict[str, Any]], done: Iterable[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Deadlines that passed without the step being done in time, each with `done` (or None)."""
    met: dict[tuple[str, str], str] = {}
    for one in done:
        met.setdefault((one["regime"], one["stage"]), one["at"])
    found = []
    for one in deadlines:
        at = met.get((one["regime"], one["stage"]))
        until = datetime.fromisoformat(at) if at else now
        if until > datetime.fromisoformat(one["due"]):
            found.append({**one, "done": at})
    return found


def utc(text: str) -> datetime:
    """A time that a person gave, in UTC.

    Raises:
        ControlsError: it is none, or says no time zone.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ControlsError(f"{text!r} is no time; write for instance 2026-10-14T09:30Z.") from None
    if at.tzinfo is None:
        raise ControlsError(f"{text!r} says no time zone; write for instance {text}Z for UTC.")
    return at.astimezone(UTC)


def _folded(kind: Kind, case: str, rows: Sequence[StoredRecord]) -> Case:
    fields: dict[str, Any] = {}
    for row in rows:
        body = row.body.model_dump(mode="json")
        for key, value in body.items():
            if key in ("case", "personal_data") or value is None or value == "":
                continue
            replaces = key in ("deadlines", "classes")
            if isinstance(value, list) and not replaces:
                fields[key] = [*fields.get(key, []), *value]
            elif key == "text":
                said = {"at": of_nanoseconds(row.time), "text": value}
                fields["said"] = [*fields.get("said", []), said]
            elif value is not False or key not in fields:
                fields[key] = value
    closed = next((row for row in rows if row.type == f"{kind}.closed"), None)
    who = rows[0].record.principal
    known = who if who is not None and kind != "concern" and not who.startswith("p-") else None
    return Case(
        id=case,
        kind=kind,
        state="closed" if closed else "open",
        opened=of_nanoseconds(rows[0].time),
        closed=of_nanoseconds(closed.time) if closed else None,
        by=known,
        fields=fields,
        records=tuple(row.index for row in rows),
    )
