"""The outbox in DynamoDB, for where the disk goes with the session: one item per alert, and how far was looked.

Items are (`outbox`, `alert#ID`) and (`outbox`, `looked#SOURCE#LEDGER`). How far was looked is written last: a crash in
between makes the same alerts again, under the same ids, and each is one only once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from policies.controls.outbox import Alert, OutboxError
from policies.table import Table

_PK = {"S": "outbox"}


class DynamoOutbox:
    """An `Outbox` in the table, through a botocore client of DynamoDB. Safe for processes."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table, OutboxError)

    def looked(self, ledger: str, source: str) -> int | None:
        item = self._table.call("get_item", Key=_looked(ledger, source), ConsistentRead=True).get("Item")
        return int(item["upto"]["N"]) if item else None

    def put(self, ledger: str, source: str, upto: int, alerts: Sequence[Alert]) -> tuple[Alert, ...]:
        new = [alert for alert in alerts if self._put(alert)]
        self._changed(
            Key=_looked(ledger, source),
            UpdateExpression="SET upto = :upto",
            ConditionExpression="attribute_not_exists(pk) OR upto < :upto",
            ExpressionAttributeValues={":upto": {"N": str(upto)}},
        )
        return tuple(new)

    def alerts(self, *, waiting: bool = False) -> tuple[Alert, ...]:
        found = sorted((_alert(item) for item in self._items()), key=lambda alert: (alert.at, alert.id))
        return tuple(one for one in found if not waiting or (one.left and one.delivered is None))

    def delivered(self, id: str, at: datetime) -> bool:
        return self._changed(
            Key={"pk": _PK, "sk": {"S": f"alert#{id}"}},
            UpdateExpression="SET delivered = :at",
            ConditionExpression="attribute_exists(pk) AND attribute_not_exists(delivered)",
            ExpressionAttributeValues={":at": {"S": at.isoformat()}},
        )

    def _put(self, alert: Alert) -> bool:
        return self._changed(
            Key={"pk": _PK, "sk": {"S": f"alert#{alert.id}"}},
            UpdateExpression="SET body = :body",
            ConditionExpression="attribute_not_exists(pk)",
            ExpressionAttributeValues={":body": {"S": alert.model_dump_json(exclude={"delivered"})}},
        )

    def _items(self) -> Iterator[dict[str, Any]]:
        return self._table.items(
            "query",
            KeyConditionExpression="pk = :pk AND begins_with(sk, :alert)",
            ExpressionAttributeValues={":pk": _PK, ":alert": {"S": "alert#"}},
        )

    def _changed(self, **given: Any) -> bool:
        """Whether the condition of an update held; then it is made."""
        return self._table.held("update_item", **given)


def _looked(ledger: str, source: str) -> dict[str, dict[str, str]]:
    return {"pk": _PK, "sk": {"S": f"looked#{source}#{ledger}"}}


def _alert(item: dict[str, Any]) -> Alert:
    at = datetime.fromisoformat(item["delivered"]["S"]) if "delivered" in item else None
    return Alert.model_validate_json(item["body"]["S"]).model_copy(update={"delivered": at})
