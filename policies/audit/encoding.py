"""Between a `Record` and its stored bytes: encoded once, personal members sealed; and back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from pydantic_core import PydanticSerializationError

from policies.audit.bodies import KNOWN, Body
from policies.audit.errors import LedgerDamagedError, LedgerError, LedgerUnwritableError, RecordTooLargeError
from policies.audit.frames import MAX_RECORD
from policies.audit.records import SCHEMA, Record, StoredRecord
from policies.audit.vault import Vault, is_sealed

FORGOTTEN = "[forgotten]"
ENVELOPE = ("v", "index", "time", "type", "question", "session", "principal", "actor", "parent", "body")
_MEMBERS = frozenset(ENVELOPE)
_NONE: frozenset[str] = frozenset()

_dumps = orjson.dumps
_FRONT = b'\0{"v":%d,"index":%%d,"time":%%d,%%b' % SCHEMA


def encode(record: Record, vault: Vault) -> bytes:
    """The stored object from its type on: `place` puts version, index and time in front.

    Raises LedgerError (not JSON, or about nobody known), LedgerUnwritableError and RecordTooLargeError.
    """
    try:
        encoded = _encoded(record, vault)
    except OSError as error:
        raise LedgerUnwritableError(f"Personal content cannot be sealed: {error}.") from error
    if len(encoded) > MAX_RECORD - 64:
        raise RecordTooLargeError(
            f"A {record.type} record has {len(encoded)} bytes; the ledger takes {MAX_RECORD - 64}. "
            "Keep large results in the receipt store and their hash in the record."
        )
    return encoded


def _encoded(record: Record, vault: Vault) -> bytes:
    body, person, session = record.body, record.principal, record.session
    if session is not None and person is not None and session != record.question:
        session = vault.session(person, session)
    principal = None if person is None else vault.pseudonym(person)
    head = _head(body.type, record.question, session, principal, record.actor)
    parent = b"null" if record.parent is None else b"%d" % record.parent
    results = body.sealed_when_marked if getattr(body, "personal_data", False) else _NONE
    try:
        if body.always_sealed or results or body.named:
            raw = _changed(body, results, record, vault)
        else:
            raw = body.__pydantic_serializer__.to_json(body, by_alias=True)
    except PydanticSerializationError as error:
        raise LedgerError(f"A {body.type} record holds a value that is not JSON: {error}.") from error
    return b'%b%b,"body":%b}' % (head, parent, raw)


@lru_cache(maxsize=256)
def _head(kind: str, question: str | None, session: str | None, principal: str | None, actor: str) -> bytes:
    """The envelope up to its parent; the same for many records of one turn, and half the cost of encoding one."""
    envelope = {"type": kind, "question": question, "session": session, "principal": principal, "actor": actor}
    return _dumps(envelope)[1:-1] + b',"parent":'


def place(encoded: bytes, index: int, now: int) -> bytes:
    """The record frame: kind byte, then the stored bytes of record `index` at time `now`."""
    return _FRONT % (index, now, encoded)


def _changed(body: Body, results: frozenset[str], record: Record, vault: Vault) -> bytes:
    """A body with persons named by pseudonyms, and with what is about them sealed."""
    value: dict[str, Any] = body.__pydantic_serializer__.to_python(body, mode="json", by_alias=True)
    value |= {key: vault.pseudonym(value[key]) for key in body.named if value[key]}
    always = body.always_sealed
    if not (always or results):
        return _dumps(value)
    person = record.principal or getattr(body, "principal_id", None)
    if person is None:
        raise LedgerError(f"A {body.type} record is about a person; its `principal` must say who asked.")
    for keys, subject in ((always, vault.subject), (results, lambda who: vault.result(who, record.question))):
        if keys:
            owner = subject(person)
            value |= {key: vault.seal(owner, value[key]) for key in keys}
    return _dumps(value)


def loads(index: int, raw: bytes) -> dict[str, Any]:
    """The stored object of record `index`; LedgerDamagedError unless its members are those of a record."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise LedgerDamagedError(f"Record {index} is not JSON: {error}.") from error
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise LedgerDamagedError(f"Record {index} has not exactly the members of a record.")
    if value["v"] != SCHEMA or value["index"] != index or type(value["time"]) is not int:
        raise LedgerDamagedError(f"Record {index} has another version, index or time than its place says.")
    return value


def decode(index: int, leaf: bytes, hash_: str, vault: Vault | None = None) -> StoredRecord:
    """The record in frame `leaf` (kind byte in front); sealed members are opened where the vault has the key."""
    value = loads(index, leaf[1:])
    kind = KNOWN.get(value["type"])
    body = value["body"]
    if kind is not None:
        value["body"] = blanked(kind, body, vault)
    pseudonym = value["principal"]
    if vault is not None and isinstance(pseudonym, str):
        value["principal"] = vault.person(pseudonym) or pseudonym
    rest = {key: item for key, item in value.items() if key not in {"v", "index", "time"}}
    try:
        record = Record.model_validate(rest)
    except ValueError as error:
        raise LedgerDamagedError(f"Record {index} has not the shape of a record: {error}") from error
    return StoredRecord(index=index, time=value["time"], hash=hash_, raw=leaf[1:], record=record)


def blanked(kind: type[Body], body: Any, vault: Vault | None = None) -> Any:
    """`body` with sealed members opened, or replaced by a placeholder where the vault has not the key.

    Pseudonyms of other persons become their ids where the vault has the key, and stay what they are where not.
    """
    if not isinstance(body, dict) or not (kind.always_sealed or kind.sealed_when_marked or kind.named):
        return body
    sealable = kind.always_sealed | kind.sealed_when_marked
    opened = {key: _opened(item, kind, key, vault) if key in sealable else item for key, item in body.items()}
    if vault is not None:
        known = {key: vault.person(opened[key]) for key in kind.named if isinstance(opened.get(key), str)}
        opened |= {key: person for key, person in known.items() if person is not None}
    return opened


def _opened(item: Any, kind: type[Body], key: str, vault: Vault | None) -> Any:
    if not is_sealed(item):
        return item
    there, value = vault.open(item) if vault is not None else (False, None)
    return value if there else _blank(kind, key)


def _blank(kind: type[Body], key: str) -> Any:
    """What stands for a value that cannot be opened, in the type of its field."""
    field = next(f for name, f in kind.model_fields.items() if (f.alias or name) == key)
    if field.annotation is str:
        return FORGOTTEN if not key.endswith("sha256") else "0" * 64
    return [] if "list" in str(field.annotation) else {"sealed": FORGOTTEN}
