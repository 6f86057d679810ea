"""Who has heard of what, in the state table: `heard.Heard` for workers on AWS.

An item is (`delivery#CHANNEL#mark/HASH`, `delivery`): beside the deliveries of its channel, where the channel's worker
may write. With `until` it is a claim, without it a mark; `of` is the hash of whom it is about, so that they can be
forgotten (`erase`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from agents.channels.delivery import ChannelError
from agents.channels.heard import CLAIMED_SECONDS, KEPT_SECONDS
from policies.table import Table


class HeardTable:
    """`Heard` of one channel in `table`, through a botocore client of DynamoDB.

    A mark is for good, so one that was read once is not read again.
    """

    def __init__(self, client: Any, table: str, channel: str, clock: Callable[[], float] = time.time) -> None:
        self._table, self._channel, self._clock = Table(client, table, ChannelError), channel, clock
        self._marked: dict[tuple[str, str], str] = {}

    def has(self, what: str, who: str) -> bool:
        return self.said(what, who) is not None

    def said(self, what: str, who: str) -> str | None:
        if (what, who) not in self._marked:
            item = self._table.call("get_item", Key=self._key(what, who), ConsistentRead=True).get("Item")
            if item is None or "until" in item:
                return None
            self._marked[what, who] = item.get("said", {}).get("S", "")
        return self._marked[what, who]

    def claim(self, what: str, who: str) -> bool:
        now = self._clock()
        return self._table.held(
            "update_item",
            Key=self._key(what, who),
            UpdateExpression="SET #until = :until, #ttl = :ttl, #of = :of",
            ConditionExpression="attribute_not_exists(pk) OR #until < :now",
            ExpressionAttributeNames={"#until": "until", "#ttl": "ttl", "#of": "of"},
            ExpressionAttributeValues={
                ":of": _of(who),
                ":until": {"N": repr(now + CLAIMED_SECONDS)},
                ":now": {"N": repr(now)},
                ":ttl": {"N": str(int(now) + KEPT_SECONDS)},
            },
        )

    def release(self, what: str, who: str) -> None:
        self._table.held(
            "update_item",
            Key=self._key(what, who),
            UpdateExpression="SET #until = :over",
            ConditionExpression="attribute_exists(#until)",
            ExpressionAttributeNames={"#until": "until"},
            ExpressionAttributeValues={":over": {"N": "0"}},
        )

    def mark(self, what: str, who: str, said: str = "") -> None:
        self._table.held(
            "update_item",
            Key=self._key(what, who),
            UpdateExpression="SET #ttl = :ttl, said = :said, #of = :of REMOVE #until",
            ConditionExpression="attribute_not_exists(pk) OR attribute_exists(#until)",
            ExpressionAttributeNames={"#ttl": "ttl", "#until": "until", "#of": "of"},
            ExpressionAttributeValues={
                ":of": _of(who),
                ":ttl": {"N": str(int(self._clock()) + KEPT_SECONDS)},
                ":said": {"S": said},
            },
        )

    def _key(self, what: str, who: str) -> dict[str, dict[str, str]]:
        name = hashlib.sha256(f"{what}\n{who}".encode()).hexdigest()
        return {"pk": {"S": f"delivery#{self._channel}#mark/{name}"}, "sk": {"S": "delivery"}}


def erase(client: Any, table: str, who: Sequence[str]) -> int:
    """Forget what these hearers were told in any channel, and where; how much that was.

    Raises:
        ChannelError: the table cannot be read or written; some of it may be left.
    """
    held, gone = Table(client, table, ChannelError), 0
    for one in dict.fromkeys(who):
        about = {
            "FilterExpression": "begins_with(pk, :deliveries) AND #of = :of",
            "ExpressionAttributeNames": {"#of": "of"},
            "ExpressionAttributeValues": {":deliveries": {"S": "delivery#"}, ":of": _of(one)},
        }
        for item in held.items("scan", **about):
            held.call("delete_item", Key={"pk": item["pk"], "sk": item["sk"]})
            gone += 1
    return gone


def _of(who: str) -> dict[str, str]:
    return {"S": hashlib.sha256(who.encode()).hexdigest()}
