"""Who has heard of what, in the state table: `delivering.Heard` for workers on AWS.

An item is (`delivery#CHANNEL#mark/HASH`, `delivery`): beside the deliveries of its channel, where the channel's worker
may write.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from agents.channels.delivery import ChannelError
from policies.table import Table

_KEPT_SECONDS = 400 * 24 * 3600


class HeardTable:
    """`Heard` of one channel in `table`, through a botocore client of DynamoDB."""

    def __init__(self, client: Any, table: str, channel: str, clock: Callable[[], float] = time.time) -> None:
        self._table, self._channel, self._clock = Table(client, table, ChannelError), channel, clock

    def has(self, what: str, who: str) -> bool:
        found = self._table.call("get_item", Key=self._key(what, who), ConsistentRead=True)
        return "Item" in found

    def mark(self, what: str, who: str) -> None:
        self._table.call(
            "update_item",
            Key=self._key(what, who),
            UpdateExpression="SET #ttl = :ttl",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":ttl": {"N": str(int(self._clock()) + _KEPT_SECONDS)}},
        )

    def _key(self, what: str, who: str) -> dict[str, dict[str, str]]:
        name = hashlib.sha256(f"{what}\n{who}".encode()).hexdigest()
        return {"pk": {"S": f"delivery#{self._channel}#mark/{name}"}, "sk": {"S": "delivery"}}
