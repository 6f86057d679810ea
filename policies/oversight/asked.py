"""Asked: what waits for a second person, as channels in other processes learn of it. Ids alone, no word of a person.

What is asked, and whether it may be approved, the house says; an item only says that there is something to ask it
about, where it waits, and who is to hear of it. An item that was written by hand approves nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from policies.access.principal import KnownAs
from policies.oversight.approval_store import ApprovalError
from policies.table import Table

KEPT = timedelta(days=2)
"""For how long after an approval expires channels can learn what became of it."""
_PK = {"S": "outbox"}


class Asked(BaseModel):
    """One approval that was asked for. Times are UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approval: str
    query: str
    session: str
    """The runtime session whose ledger has it: it is decided there, and nowhere else."""
    envelopes: bool
    """Whether channel workers can call that runtime; people with tokens alone otherwise."""
    asker: tuple[KnownAs, ...]
    approvers: tuple[KnownAs, ...]
    expires: datetime
    words: str | None = None
    """What was decided, if it was: `was approved by carla at …`."""
    at: datetime | None = None
    """When that was."""
    went_on: bool = False
    """Whether the question went on after it, and its answer is kept."""


class AskedStore(Protocol):
    """Where channels learn of it. Safe for processes; each may raise ApprovalError."""

    def add(self, asked: Asked) -> None:
        """Let channels know of it."""

    def settle(self, approval: str, words: str, at: datetime) -> None:
        """Let them know what was decided; the first counts. One that was never added is nobody's to hear of."""

    def went_on(self, approval: str) -> None:
        """Let them know that its answer can be had."""

    def all(self, now: datetime) -> list[Asked]:
        """Those that channels may still have something to say about."""


class DynamoAsked:
    """An `AskedStore` in the state table, beside the alerts: items (`outbox`, `asked#ID`)."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table, ApprovalError)

    def add(self, asked: Asked) -> None:
        body = asked.model_dump_json(exclude={"words", "at", "went_on"})
        ttl = str(int((asked.expires + KEPT).timestamp()))
        item = {**_key(asked.approval), "body": {"S": body}, "ttl": {"N": ttl}}
        self._table.call("put_item", Item=item)

    def settle(self, approval: str, words: str, at: datetime) -> None:
        self._table.held(
            "update_item",
            Key=_key(approval),
            UpdateExpression="SET words = :words, #at = :at",
            ConditionExpression="attribute_exists(pk) AND attribute_not_exists(words)",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":words": {"S": words}, ":at": {"S": at.astimezone(UTC).isoformat()}},
        )

    def went_on(self, approval: str) -> None:
        self._table.held(
            "update_item",
            Key=_key(approval),
            UpdateExpression="SET went_on = :yes",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
        )

    def all(self, now: datetime) -> list[Asked]:
        items = self._table.items(
            "query",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :asked)",
            ExpressionAttributeValues={":pk": _PK, ":asked": {"S": "asked#"}},
        )
        found = [_asked(item) for item in items]
        return [one for one in found if one.expires + KEPT > now]


def _key(approval: str) -> dict[str, dict[str, str]]:
    return {"pk": _PK, "sk": {"S": f"asked#{approval}"}}


def _asked(item: dict[str, Any]) -> Asked:
    found = Asked.model_validate_json(item["body"]["S"])
    if "words" not in item:
        return found
    at = datetime.fromisoformat(item["at"]["S"])
    return found.model_copy(update={"words": item["words"]["S"], "at": at, "went_on": "went_on" in item})
