"""Paused runs in DynamoDB, in the table of usage: partition `approvals`, sort key the approval's id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from policies.oversight.approval_store import ApprovalError, State, Stored
from policies.table import Table

_PARTITION = "approvals"
_LARGEST = 390_000
"""Bytes of a row's texts; an item may have 400 KiB."""


class DynamoApprovals:
    """An `ApprovalStore` in the table, through a botocore client of DynamoDB. Safe for threads and processes."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table, ApprovalError)

    def add(self, row: Stored) -> None:
        _fits(row.box)
        item = {**_key(row.id), **{name: _packed(value) for name, value in row.model_dump(exclude={"id"}).items()}}
        if not self._table.held("put_item", Item=item, ConditionExpression="attribute_not_exists(pk)"):
            raise ApprovalError(f"There is an approval {row.id} already.")

    def get(self, approval: str) -> Stored | None:
        item = self._table.call("get_item", Key=_key(approval), ConsistentRead=True).get("Item")
        return _stored(item) if item else None

    def all(self) -> list[Stored]:
        mine = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": _PARTITION}}}
        found = [_stored(item) for item in self._table.items("query", **mine)]
        return sorted(found, key=lambda row: row.created, reverse=True)

    def swap(self, approval: str, before: State, after: State, answer: str | None = None) -> bool:
        update = "SET #state = :after"
        values: dict[str, dict[str, str]] = {":before": {"S": before}, ":after": {"S": after}}
        if answer is not None:
            _fits(answer)
            # the run is over: its state goes, so that both need not fit into one item
            update = f"{update}, answer = :answer, box = :none"
            values |= {":answer": {"S": answer}, ":none": {"S": ""}}
        return self._table.held(
            "update_item", Key=_key(approval), UpdateExpression=update, ConditionExpression="#state = :before",
            ExpressionAttributeNames={"#state": "state"}, ExpressionAttributeValues=values,
        )  # fmt: skip

    def erase(self, gone: Callable[[Stored], bool]) -> int:
        doomed = [row for row in self.all() if gone(row)]
        for row in doomed:
            self._table.call("delete_item", Key=_key(row.id))
        return len(doomed)


def _fits(text: str) -> None:
    if len(text) > _LARGEST:
        raise ApprovalError(
            f"The paused run has {len(text)} bytes; the table keeps {_LARGEST}. Ask about persons in a question alone."
        )


def _key(approval: str) -> dict[str, Any]:
    return {"pk": {"S": _PARTITION}, "sk": {"S": approval}}


def _packed(value: object) -> dict[str, Any]:
    if value is None:
        return {"NULL": True}
    return {"S": value} if isinstance(value, str) else {"N": repr(value)}


def _stored(item: dict[str, Any]) -> Stored:
    plain = {name: held.get("S", held.get("N")) for name, held in item.items() if name not in ("pk", "sk")}
    return Stored(id=item["sk"]["S"], **plain)
