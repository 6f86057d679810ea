"""Paused runs in DynamoDB, in the table of usage: partition `approvals`, sort key the approval's id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from policies.oversight.approval_store import ApprovalError, State, Stored

_PARTITION = "approvals"
_LARGEST = 390_000
"""Bytes of a row's texts; an item may have 400 KiB."""


class DynamoApprovals:
    """An `ApprovalStore` in the table, through a botocore client of DynamoDB. Safe for threads and processes."""

    def __init__(self, client: Any, table: str) -> None:
        self._client, self._table = client, table

    def add(self, row: Stored) -> None:
        _fits(row.box)
        item = {**_key(row.id), **{name: _packed(value) for name, value in row.model_dump(exclude={"id"}).items()}}
        if not self._done("put_item", Item=item, ConditionExpression="attribute_not_exists(pk)"):
            raise ApprovalError(f"There is an approval {row.id} already.")

    def get(self, approval: str) -> Stored | None:
        item = self._call("get_item", Key=_key(approval), ConsistentRead=True).get("Item")
        return _stored(item) if item else None

    def all(self) -> list[Stored]:
        found: list[Stored] = []
        start: dict[str, Any] = {}
        while True:
            page = self._call(
                "query", KeyConditionExpression="pk = :pk", ConsistentRead=True,
                ExpressionAttributeValues={":pk": {"S": _PARTITION}}, **start,
            )  # fmt: skip
            found += [_stored(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return sorted(found, key=lambda row: row.created, reverse=True)
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def swap(self, approval: str, before: State, after: State, answer: str | None = None) -> bool:
        update = "SET #state = :after"
        values: dict[str, dict[str, str]] = {":before": {"S": before}, ":after": {"S": after}}
        if answer is not None:
            _fits(answer)
            # the run is over: its state goes, so that both need not fit into one item
            update = f"{update}, answer = :answer, box = :none"
            values |= {":answer": {"S": answer}, ":none": {"S": ""}}
        return self._done(
            "update_item", Key=_key(approval), UpdateExpression=update, ConditionExpression="#state = :before",
            ExpressionAttributeNames={"#state": "state"}, ExpressionAttributeValues=values,
        )  # fmt: skip

    def erase(self, gone: Callable[[Stored], bool]) -> int:
        doomed = [row for row in self.all() if gone(row)]
        for row in doomed:
            self._call("delete_item", Key=_key(row.id))
        return len(doomed)

    def _done(self, method: str, **given: Any) -> bool:
        """Whether the condition held."""
        try:
            self._call(method, **given)
        except _ConditionError:
            return False
        return True

    def _call(self, method: str, **given: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, method)(TableName=self._table, **given)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise _ConditionError("not as expected") from error
            raise ApprovalError(f"The table {self._table} did not do {method}: {error}.") from error
        except BotoCoreError as error:
            raise ApprovalError(f"The table {self._table} cannot be reached: {error}.") from error


class _ConditionError(ApprovalError):
    """A condition did not hold."""


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
