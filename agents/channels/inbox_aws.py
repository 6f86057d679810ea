"""The inbox on AWS: a conditional put into the state table, then a FIFO queue. Standard library only.

An item is (`delivery#CHANNEL#ID`, `delivery`) with `state`: `seen`, `queued`, and then what the worker makes of it.
Between `seen` and `queued` a front may die. Whoever brings the delivery again finds `seen` and queues it, so nothing is
dropped; the queue's own deduplication and the worker's claim make that one run.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from typing import Any

from agents.channels.aws_lean import AwsRefusedError, LeanAws
from agents.channels.delivery import Delivery
from agents.channels.inbox import KEPT_SECONDS, Taken

_FAILED = "ConditionalCheckFailedException"


class AwsInbox:
    """Remembers in `table`, queues in `queue` (its address). An `Inbox`."""

    def __init__(self, aws: LeanAws, table: str, queue: str, clock: Callable[[], float] = time.time) -> None:
        self._aws, self._table, self._queue, self._clock = aws, table, queue, clock

    def take(self, delivery: Delivery) -> Taken:
        before = self._remember(delivery)
        if before is not None:
            if before["digest"]["S"] != delivery.digest:
                return "other"
            if before["state"]["S"] != "seen":
                return "again"
        self._send(delivery)
        self._mark_queued(delivery)
        return "new" if before is None else "again"

    def take_all(self, deliveries: Sequence[Delivery]) -> list[Taken]:
        return [self.take(delivery) for delivery in deliveries]

    def answer(self, key: str) -> tuple[str, str] | None:
        import base64
        import zlib

        given = {"TableName": self._table, "Key": key_named(key), "ConsistentRead": True}
        item = self._aws.call("dynamodb", "GetItem", given).get("Item")
        if item is None:
            return None
        packed = base64.b64decode(item["said"]["B"]) if "said" in item else b""
        return item["state"]["S"], zlib.decompress(packed).decode() if packed else ""

    def _remember(self, delivery: Delivery) -> dict[str, Any] | None:
        """What was remembered under this name before, or None: then it is now."""
        item = {
            **key_of(delivery),
            "state": {"S": "seen"},
            "digest": {"S": delivery.digest},
            "ttl": {"N": str(int(self._clock()) + KEPT_SECONDS)},
        }
        put = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            self._aws.call("dynamodb", "PutItem", put)
        except AwsRefusedError as error:
            if error.code != _FAILED:
                raise
            found: dict[str, Any] = error.detail["Item"]
            return found
        return None

    def _send(self, delivery: Delivery) -> None:
        message = {
            "QueueUrl": self._queue,
            "MessageBody": delivery.to_text(),
            "MessageGroupId": delivery.lane,
            "MessageDeduplicationId": hashlib.sha256(delivery.key.encode()).hexdigest(),
        }
        self._aws.call("sqs", "SendMessage", message)

    def _mark_queued(self, delivery: Delivery) -> None:
        update = {
            "TableName": self._table,
            "Key": key_of(delivery),
            "UpdateExpression": "SET #state = :queued",
            "ConditionExpression": "#state = :seen",
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": {":queued": {"S": "queued"}, ":seen": {"S": "seen"}},
        }
        try:
            self._aws.call("dynamodb", "UpdateItem", update)
        except AwsRefusedError as error:
            if error.code != _FAILED:  # the worker was faster, which is as good
                raise


def key_of(delivery: Delivery) -> dict[str, dict[str, str]]:
    """The keys of a delivery's item in the state table."""
    return key_named(delivery.key)


def key_named(name: str) -> dict[str, dict[str, str]]:
    """The same, by the delivery's `key`."""
    return {"pk": {"S": f"delivery#{name}"}, "sk": {"S": "delivery"}}
