"""Evidence: what was looked at, by whom, when, and how much of it there is. Never a judgement."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, field_validator

Kind = Literal["aws", "template", "ledger", "repository"]
"""Where evidence comes from: live AWS, synthesized templates, the ledger, or the files of this installation."""


class Need(BaseModel):
    """One thing that a check must see, by kind and name: `aws` `log-groups`, `ledger` `questions`, …

    Collectors offer needs by the same two words (`collect.py`); a need that no collector knows is refused by the lint.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def plain_copy(value: Any) -> Any:
    """A copy of plain JSON down to its leaves, several times as fast as `deepcopy`."""
    if isinstance(value, dict):
        return {key: plain_copy(one) for key, one in value.items()}
    return [plain_copy(one) for one in value] if isinstance(value, list) else value


class Item(BaseModel):
    """One thing that was looked at: a log group, a policy file, a question's records. `data` is plain JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    data: dict[str, Any]
    account: str | None = None
    region: str | None = None

    def copied(self) -> Item:
        """The item with data of its own."""
        return self.model_copy(update={"data": plain_copy(self.data)})

    @property
    def where(self) -> str:
        """The item's name with its place, as findings name it."""
        place = " ".join(part for part in (self.account, self.region) if part)
        return f"{self.name} ({place})" if place else self.name


class Evidence(BaseModel):
    """A snapshot for one need. `population` is counted by another way than the items themselves.

    A need that could not be looked at everywhere has `problems`; then no check over it can pass.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    need: Need
    items: tuple[Item, ...]
    population: int = Field(ge=0)
    problems: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    """AWS operations or files that were read."""
    receipts: tuple[str, ...] = ()
    """Ids of the receipts of the AWS calls behind it."""
    source: Literal["aws", "sample", "local"]
    collector: str
    """Who looked: the principal's id for AWS, the code's own name and version otherwise."""
    collected: datetime
    expires: datetime
    since: datetime | None = None
    """From when on was looked, where only a period was."""

    @field_validator("collected", "expires", "since")
    @classmethod
    def _utc(cls, at: datetime | None) -> datetime | None:
        if at is not None and (at.tzinfo is None or at.utcoffset()):
            raise ValueError("times of evidence are UTC")
        return at

    def encode(self) -> bytes:
        """The exact bytes that are hashed, signed and stored: sorted JSON."""
        # left out where there is none, so that snapshots from before this field keep their hash
        plain = self.model_dump(mode="json", exclude={"since"} if self.since is None else None)
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)

    @property
    def sha256(self) -> str:
        """SHA-256 over `encode()`; the evidence's identity."""
        return hashlib.sha256(self.encode()).hexdigest()

    def state(self, now: datetime) -> Literal["fresh", "expired", "from-the-future"]:
        """Whether it may be used at `now`; a clock that stands before the collection proves nothing."""
        if now < self.collected:
            return "from-the-future"
        return "fresh" if now <= self.expires else "expired"

    def with_items(self, items: Sequence[Item]) -> Evidence:
        """The same look at other items, for mutants."""
        return self.model_copy(update={"items": tuple(items)})
