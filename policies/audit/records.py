"""The envelope of a record: who, in which question and session, with one of the bodies of `policies.audit.bodies`."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, field_validator, model_validator

from policies.audit.bodies import KNOWN, Actor, Body, Id

SCHEMA = 1


class Record(BaseModel):
    """What a writer hands to `Ledger.append`. Index and time are the ledger's to give."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actor: Actor
    body: SerializeAsAny[Body]
    question: Id | None = None
    session: Id | None = None
    principal: Id | None = None
    parent: int | None = Field(default=None, ge=0)

    @property
    def type(self) -> str:
        return self.body.type

    @field_validator("body")
    @classmethod
    def _typed(cls, body: Body) -> Body:
        if KNOWN.get(body.type) is not type(body):
            raise ValueError(f"{type(body).__name__} is no registered record body; subclass Body with a `type`")
        return body

    @model_validator(mode="before")
    @classmethod
    def _body_from_type(cls, data: Any) -> Any:
        """Accept the stored shape too: `type` beside an untyped body."""
        if not isinstance(data, dict) or isinstance(data.get("body"), Body):
            return data
        name = data.get("type")
        known = KNOWN.get(name) if isinstance(name, str) else None
        if known is None:
            raise ValueError(f"unknown record type {name!r}; known: {', '.join(sorted(KNOWN))}")
        rest = {key: value for key, value in data.items() if key != "type"}
        return rest | {"body": known.model_validate(data.get("body"))}


class StoredRecord(BaseModel):
    """A record as it lies in the ledger. `time` is UTC in nanoseconds, `hash` the hex leaf hash of `raw`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    time: int
    hash: str
    raw: bytes = Field(repr=False)
    record: Record

    @property
    def type(self) -> str:
        return self.record.type

    @property
    def body(self) -> Body:
        return self.record.body

    def __str__(self) -> str:
        return f"#{self.index} {self.type} {self.hash[:12]}"
