"""What the ledger's own keeping leaves: recovery, erasure, keys, notes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from policies.audit.bodies.base import Body, Json, Sha256


class LedgerRecovered(Body):
    """Bytes behind the last whole record were cut on open and kept in quarantine, `sha256` over them."""

    type: ClassVar[str] = "ledger.recovered"
    segment: str
    offset: int = Field(ge=0)
    cut_bytes: int = Field(ge=0)
    sha256: Sha256


class SubjectForgotten(Body):
    """The keys of these pseudonyms were destroyed; `places` says what else was erased, by place."""

    type: ClassVar[str] = "subject.forgotten"
    subjects: list[str]
    places: dict[str, int] = {}


class KeyIntroduced(Body):
    """A new signing key; `old` signs the next checkpoint with it, unless it was lost (then None)."""

    type: ClassVar[str] = "key.introduced"
    vkey: str
    old: str | None = None


class KeyRevoked(Body):
    """From `since` (UTC nanoseconds) on signatures by `vkey` prove nothing."""

    type: ClassVar[str] = "key.revoked"
    vkey: str
    since: int = Field(ge=0)
    reason: str = ""


class Note(Body):
    """Anything else the system wants on record, under a short name."""

    type: ClassVar[str] = "note"
    name: str
    data: Json = {}
