"""What became of each delivery, in the state table: the worker's side of `inbox_aws`."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from typing import Any

from agents.channels.delivery import ChannelError, Delivery
from agents.channels.inbox import KEPT_SECONDS
from agents.channels.inbox_aws import key_named, key_of
from agents.channels.working import LEASE_SECONDS, Claim
from policies.table import Table

_MOST_KEPT = 380_000
"""Bytes of an item's answer, packed; DynamoDB takes 400 kB."""
_FREE = "attribute_not_exists(pk) OR #state IN (:seen, :queued, :failed) OR (#state = :running AND #until < :now)"


class DynamoRuns:
    """`Runs` and `Answers` in `table`, through a botocore client of DynamoDB. Safe for threads and processes."""

    def __init__(self, client: Any, table: str, clock: Callable[[], float] = time.time) -> None:
        self._table, self._clock = Table(client, table, ChannelError), clock

    def claim(self, delivery: Delivery) -> Claim:
        now = self._clock()
        values = {
            ":seen": {"S": "seen"}, ":queued": {"S": "queued"}, ":failed": {"S": "failed"},
            ":running": {"S": "running"},
            ":now": {"N": repr(now)}, ":until": {"N": repr(now + LEASE_SECONDS)}, ":digest": {"S": delivery.digest},
        }  # fmt: skip
        names = {"#until": "until", "#digest": "digest"}
        change = "SET #state = :running, #until = :until, #digest = :digest"
        if self._changed(delivery, change, _FREE, values, names):
            return Claim("run")
        item = self._item(key_of(delivery))
        if item is None:
            raise ChannelError(f"{delivery.channel}: the delivery was forgotten at this moment; it is tried again.")
        state = item["state"]["S"]
        if state == "answered":
            return Claim("answered", unpacked(item["said"]["B"]))
        return Claim("done" if state == "done" else "busy")

    def answer(self, key: str) -> tuple[str, str] | None:
        item = self._item(key_named(key))
        if item is None:
            return None
        return item["state"]["S"], unpacked(item["said"]["B"]) if "said" in item else ""

    def keep(self, delivery: Delivery, said: str) -> None:
        packed = zlib.compress(said.encode(), 6)
        if len(packed) > _MOST_KEPT:
            raise ChannelError(f"{delivery.channel}: the answer is too large to be kept ({len(packed)} bytes).")
        values = {":answered": {"S": "answered"}, ":running": {"S": "running"}, ":said": {"B": packed}}
        change = "SET #state = :answered, #said = :said"
        if not self._changed(delivery, change, "#state = :running", values, {"#said": "said"}):
            raise ChannelError(f"{delivery.channel}: another worker took the delivery over.")

    def done(self, delivery: Delivery) -> None:
        values = {":done": {"S": "done"}, ":answered": {"S": "answered"}}
        self._changed(delivery, "SET #state = :done", "#state = :answered", values, {})

    def release(self, delivery: Delivery) -> None:
        values = {":queued": {"S": "queued"}, ":running": {"S": "running"}}
        self._changed(delivery, "SET #state = :queued", "#state = :running", values, {})

    def fail(self, delivery: Delivery) -> None:
        values = {":failed": {"S": "failed"}, ":queued": {"S": "queued"}, ":running": {"S": "running"}}
        self._changed(delivery, "SET #state = :failed", "#state IN (:queued, :running)", values, {})

    def _changed(
        self, delivery: Delivery, change: str, condition: str, values: dict[str, Any], names: dict[str, str]
    ) -> bool:
        """Make the change if the condition holds; whether it did."""
        until = {":ttl": {"N": str(int(self._clock()) + KEPT_SECONDS)}}
        return self._table.held(
            "update_item", Key=key_of(delivery), UpdateExpression=f"{change}, #ttl = :ttl",
            ConditionExpression=condition, ExpressionAttributeValues=values | until,
            ExpressionAttributeNames={"#state": "state", "#ttl": "ttl"} | names,
        )  # fmt: skip

    def _item(self, key: dict[str, dict[str, str]]) -> dict[str, Any] | None:
        item: dict[str, Any] | None = self._table.call("get_item", Key=key, ConsistentRead=True).get("Item")
        return item


def unpacked(said: bytes) -> str:
    """A kept answer as text."""
    return zlib.decompress(said).decode()
