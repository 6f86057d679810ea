"""Find records by person, query, decision, period or account, through an index beside the ledger.

The index is a SQLite file that can be thrown away. What it points to is read from the ledger and held against the
filter again; so that it hides nothing either, it counts only with the seal over all of its bytes that its last writer
left beside it (`policies.audit.seal`). Any other file is built anew from the ledger.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from policies.audit import seal
from policies.audit.errors import LedgerError
from policies.audit.keys import Home
from policies.audit.locks import alone
from policies.audit.reader import Reader
from policies.audit.records import StoredRecord
from policies.audit.segments import read_raw
from policies.audit.vault import Vault

_VERSION = "1"
_WAIT = 5.0
"""Seconds in which another program may hold the file; after that it is done without. Ours wait for each other."""
_COLUMNS = ("type", "question", "subject", "query", "decision", "period")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS records (
    idx INTEGER PRIMARY KEY, time INTEGER, type TEXT,
    question TEXT, subject TEXT, query TEXT, decision TEXT, period TEXT
);
CREATE TABLE IF NOT EXISTS accounts (account TEXT, idx INTEGER);
CREATE INDEX IF NOT EXISTS by_account ON accounts (account, idx);
CREATE INDEX IF NOT EXISTS by_question ON records (question);
CREATE INDEX IF NOT EXISTS by_subject ON records (subject);
CREATE INDEX IF NOT EXISTS by_query ON records (query);
"""


class Filter(BaseModel):
    """What to look for; every given field must match. `since` and `until` are UTC nanoseconds, `until` exclusive.

    `decision` matches a gate's decision, a guard's or grounding's outcome, or an answer's status.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str | None = None
    query: str | None = None
    decision: str | None = None
    period: str | None = None
    account: str | None = None
    type: str | None = None
    question: str | None = None
    since: int | None = None
    until: int | None = None
    limit: int = Field(default=50, ge=1)


def search(ledger: Path, what: Filter, *, home: Path | None = None, vault: Vault | None = None) -> list[StoredRecord]:
    """Matching records, newest first, at most `what.limit`. Brings the index up to date first.

    Who comes while another process does that waits for it. A damaged index is built anew; where none can be kept, or
    another program holds it, the whole ledger is read instead. LedgerDamagedError when the ledger cannot be.
    """
    place, reader = Home(ledger, home), Reader(ledger, vault)
    subjects = vault.pseudonyms(what.person) if vault is not None and what.person else []
    if what.person and not subjects:
        subjects = [what.person]
    return sorted(
        (
            record
            for record in reader.pick(_indexes(place, reader, *_where(what, subjects)))
            if _matches(record, what, subjects)
        ),
        key=lambda r: r.index,
        reverse=True,
    )


def _where(what: Filter, subjects: list[str]) -> tuple[str, list[Any]]:
    clauses, values = ["1"], []
    for column in ("type", "question", "query", "decision", "period"):
        value = getattr(what, column)
        if value is not None:
            clauses.append(f"{column} = ?")
            values.append(value)
    if subjects:
        clauses.append(f"subject IN ({','.join('?' * len(subjects))})")
        values += subjects
    if what.account is not None:
        clauses.append("idx IN (SELECT idx FROM accounts WHERE account = ?)")
        values.append(what.account)
    if what.since is not None:
        clauses.append("time >= ?")
        values.append(what.since)
    if what.until is not None:
        clauses.append("time < ?")
        values.append(what.until)
    return " AND ".join(clauses), [*values, what.limit]


def _matches(stored: StoredRecord, what: Filter, subjects: list[str]) -> bool:
    """The filter once more, on the record itself."""
    row = _row(orjson.loads(stored.raw))
    wanted = {name: getattr(what, name) for name in ("type", "question", "query", "decision", "period")}
    return (
        all(value is None or row[name] == value for name, value in wanted.items())
        and (not subjects or row["subject"] in subjects)
        and (what.account is None or what.account in row["accounts"])
        and (what.since is None or stored.time >= what.since)
        and (what.until is None or stored.time < what.until)
    )


def _row(value: dict[str, Any]) -> dict[str, Any]:
    body = value["body"]
    given = body.get("input")
    period = given.get("period") if isinstance(given, dict) else None
    accounts = body.get("accounts")
    return {
        "type": value["type"],
        "question": value["question"],
        "subject": value["principal"],
        "query": body.get("gen_ai.tool.name"),
        "decision": body.get("decision") or body.get("outcome") or body.get("status"),
        "period": period if isinstance(period, str) else None,
        "accounts": [a for a in accounts if isinstance(a, str)] if isinstance(accounts, list) else [],
    }


def _indexes(place: Home, reader: Reader, where: str, values: list[Any]) -> list[int]:
    """Where the index says that the records are."""
    path = place.index / f"{place.ledger.name}.sqlite"
    try:
        with alone(path.with_name(f".{path.name}.lock")):
            key = seal.key(place.keys)
            try:
                if not seal.holds(path, key):
                    raise sqlite3.DatabaseError("not the index that its last writer left")
                return _looked_up(path, reader, where, values, key)
            except sqlite3.DatabaseError as error:
                if _held(error):
                    raise
                for part in (path, path.with_name(f"{path.name}-journal")):
                    part.unlink(missing_ok=True)
                return _looked_up(path, reader, where, values, key)
    except (OSError, sqlite3.Error):
        return _looked_up(":memory:", reader, where, values)


def _held(error: sqlite3.Error) -> bool:
    """Whether the file is merely held by another program."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _looked_up(path: Path | str, reader: Reader, where: str, values: list[Any], key: bytes = b"") -> list[int]:
    with closing(_opened(path, reader)) as database:
        changed = _update(database, reader)
        rows = database.execute(f"SELECT idx FROM records WHERE {where} ORDER BY idx DESC LIMIT ?", values)  # noqa: S608
        found = [int(row[0]) for row in rows]
    if changed and isinstance(path, Path):
        seal.put(path, key)
    return found


def _opened(path: Path | str, reader: Reader) -> sqlite3.Connection:
    """The index, emptied when it does not belong to this ledger."""
    database = sqlite3.connect(path, timeout=_WAIT)
    try:
        _settle(database, reader)
    except BaseException:
        database.close()
        raise
    return database


def _settle(database: sqlite3.Connection, reader: Reader) -> None:
    database.executescript(_SCHEMA)
    meta = dict(database.execute("SELECT key, value FROM meta"))
    belongs = {"version": _VERSION, "origin": reader.origin() or ""}
    size = str(meta.get("size"))
    known = size.isdecimal() and _still_there(reader, int(size), meta.get("hash"))
    if not known or any(meta.get(key) != value for key, value in belongs.items()):
        with database:
            database.execute("DELETE FROM records")
            database.execute("DELETE FROM accounts")
            database.execute("DELETE FROM meta")
            database.executemany("INSERT INTO meta VALUES (?, ?)", [*belongs.items(), ("size", "0")])


def _still_there(reader: Reader, size: int, last: str | None) -> bool:
    if not size:
        return True
    try:
        return reader.get(size - 1).hash == last
    except LedgerError:
        return False


def _update(database: sqlite3.Connection, reader: Reader) -> bool:
    """Whether there was anything to take in."""
    size = int(next(database.execute("SELECT value FROM meta WHERE key = 'size'"))[0])
    last: bytes | None = None
    with database:
        for index, leaf in read_raw(reader.segments, size):
            value = orjson.loads(leaf[1:])
            row = _row(value)
            database.execute(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (index, value["time"], *(row[column] for column in _COLUMNS)),
            )
            database.executemany(
                "INSERT INTO accounts VALUES (?, ?)", [(account, index) for account in row["accounts"]]
            )
            last, size = leaf, index + 1
        if last is not None:
            state = [("size", str(size)), ("hash", hashlib.sha256(last).hexdigest())]
            database.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", state)
    return last is not None
