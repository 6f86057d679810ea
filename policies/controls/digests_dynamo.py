"""Digests in DynamoDB, beside the alerts: items (`outbox`, `digest#NAME#TIME`) and (`outbox`, `since#NAME`).

An item with `until` is being composed, or was given up; without it, it is whole.
"""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from policies.controls.digests_kept import CLAIMED, KEPT, Begun
from policies.controls.outbox import OutboxError
from policies.table import Table

_PK = {"S": "outbox"}
_MOST = 380_000
"""Bytes of a packed body; DynamoDB takes 400 kB."""


class DynamoDigests:
    """`KeptDigests` in the table, through a botocore client of DynamoDB."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table, OutboxError)

    def since(self, name: str, now: datetime) -> datetime:
        key = {"pk": _PK, "sk": {"S": f"since#{name}"}}
        self._table.held(
            "update_item",
            Key=key,
            UpdateExpression="SET #at = :at",
            ConditionExpression="attribute_not_exists(pk)",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":at": {"S": now.isoformat()}},
        )
        return datetime.fromisoformat(self._table.call("get_item", Key=key, ConsistentRead=True)["Item"]["at"]["S"])

    def begin(self, name: str, slot: datetime, now: datetime) -> Begun | None:
        claimed = self._table.held(
            "update_item",
            Key=_key(name, slot),
            UpdateExpression="SET #until = :until, begun = if_not_exists(begun, :now), #ttl = :ttl",
            ConditionExpression="attribute_not_exists(pk) OR #until < :now",
            ExpressionAttributeNames={"#until": "until", "#ttl": "ttl"},
            ExpressionAttributeValues={
                ":until": {"S": (now + CLAIMED).isoformat()},
                ":now": {"S": now.isoformat()},
                ":ttl": {"N": str(int((now + KEPT).timestamp()))},
            },
        )
        if not claimed:
            return None
        item = self._table.call("get_item", Key=_key(name, slot), ConsistentRead=True)["Item"]
        return Begun(_body(item), datetime.fromisoformat(item["begun"]["S"]))

    def keep(self, name: str, slot: datetime, body: str, now: datetime, *, done: bool) -> None:
        packed = zlib.compress(body.encode(), 6)
        if len(packed) > _MOST:
            raise OutboxError(f"The digest {name} is too large to be kept ({len(packed)} bytes): ask fewer questions.")
        values: dict[str, Any] = {":body": {"B": packed}}
        change = "SET body = :body REMOVE #until"
        if not done:
            change = "SET body = :body, #until = :until"
            values[":until"] = {"S": (now + CLAIMED).isoformat()}
        self._table.held(
            "update_item",
            Key=_key(name, slot),
            UpdateExpression=change,
            ConditionExpression="attribute_exists(#until)",
            ExpressionAttributeNames={"#until": "until"},
            ExpressionAttributeValues=values,
        )
        if done:
            self._table.held(
                "update_item",
                Key={"pk": _PK, "sk": {"S": f"since#{name}"}},
                UpdateExpression="SET #at = :at",
                ConditionExpression="attribute_not_exists(pk) OR #at < :at",
                ExpressionAttributeNames={"#at": "at"},
                ExpressionAttributeValues={":at": {"S": slot.isoformat()}},
            )

    def release(self, name: str, slot: datetime) -> None:
        self._table.held(
            "update_item",
            Key=_key(name, slot),
            UpdateExpression="SET #until = :over",
            ConditionExpression="attribute_exists(#until)",
            ExpressionAttributeNames={"#until": "until"},
            ExpressionAttributeValues={":over": {"S": "-"}},
        )

    def get(self, name: str, slot: datetime) -> str | None:
        item = self._table.call("get_item", Key=_key(name, slot), ConsistentRead=True).get("Item")
        return None if item is None or "until" in item else _body(item)

    def ready(self, now: datetime) -> list[str]:
        items = self._table.items(
            "query",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :digest)",
            ExpressionAttributeValues={":pk": _PK, ":digest": {"S": "digest#"}},
        )
        oldest = (now - KEPT).isoformat()
        found = [(item["sk"]["S"].rpartition("#")[2], item) for item in items if "until" not in item]
        return [_body(item) for slot, item in sorted(found, key=lambda one: one[0]) if slot >= oldest]


def _key(name: str, slot: datetime) -> dict[str, dict[str, str]]:
    return {"pk": _PK, "sk": {"S": f"digest#{name}#{slot.isoformat()}"}}


def _body(item: dict[str, Any]) -> str:
    return zlib.decompress(item["body"]["B"]).decode() if "body" in item else ""
