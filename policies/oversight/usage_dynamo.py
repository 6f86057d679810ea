"""Usage in DynamoDB: conditional updates in one transaction, so that no two processes count past a limit together.

One table, keys `pk` and `sk` (strings). A counter is (`used#KEY`, `total`); each hold of it is an item (`used#KEY`,
`hold#NAME`) beside it, so that expired ones are found by asking for the counter's own.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from policies.oversight.usage import Count, UsageError
from policies.table import Table

_KEPT = 40 * 86_400
_TRIES = 8


class DynamoUsage:
    """A `UsageStore` in the table, through a botocore client of DynamoDB. Safe for threads and processes."""

    def __init__(self, client: Any, table: str) -> None:
        self._table = Table(client, table, UsageError)

    remote = True

    def latest(self, now: float) -> float:
        key = {"pk": {"S": "seen"}, "sk": {"S": "seen"}}
        condition = "attribute_not_exists(seen_at) OR seen_at < :now"
        first = self._table.held(
            "update_item", Key=key, UpdateExpression="SET seen_at = :now", ConditionExpression=condition,
            ExpressionAttributeValues={":now": _number(now)},
        )  # fmt: skip
        if first:
            return now
        item = self._table.call("get_item", Key=key, ConsistentRead=True)["Item"]
        return max(now, float(item["seen_at"]["N"]))

    def count(self, counts: Sequence[Count]) -> Count | None:
        return self._transact(counts, [self._add(one) for one in counts])

    def hold(self, name: str, counts: Sequence[Count], expires: float, now: float) -> Count | None:
        puts = [
            {"Put": {"TableName": self._table.name, "Item": {
                **_key(one.key, f"hold#{name}"), "amount": _number(one.amount), "expires": _number(expires),
                "ttl": _number(int(one.ends) + _KEPT),
            }}}
            for one in counts
        ]  # fmt: skip
        steps = [self._add(one) for one in counts] + puts
        refused = self._transact(counts, steps)
        if refused is not None and self._release_expired(refused.key, now):
            refused = self._transact(counts, steps)
        return refused

    def settle(self, name: str, counts: Sequence[Count], amounts: Sequence[int]) -> None:
        for one, amount in zip(counts, amounts, strict=True):
            self._release(one.key, f"hold#{name}", amount)

    def total(self, key: str) -> int:
        item = self._table.call("get_item", Key=_key(key, "total"), ConsistentRead=True).get("Item")
        return int(item["total"]["N"]) if item else 0

    def erase(self, part: str) -> int:
        named = {"FilterExpression": "contains(pk, :part)", "ExpressionAttributeValues": {":part": {"S": part}}}
        gone = 0
        for item in self._table.items("scan", **named):
            self._table.call("delete_item", Key={"pk": item["pk"], "sk": item["sk"]})
            gone += 1
        return gone

    def _add(self, one: Count) -> dict[str, Any]:
        update: dict[str, Any] = {
            "TableName": self._table.name,
            "Key": _key(one.key, "total"),
            "UpdateExpression": "ADD #total :amount SET #ttl = :ttl",
            "ExpressionAttributeNames": {"#total": "total", "#ttl": "ttl"},
            "ExpressionAttributeValues": {":amount": _number(one.amount), ":ttl": _number(int(one.ends) + _KEPT)},
        }
        if one.limit is not None:
            # what is there plus this must fit; a counter that is not there holds nothing
            fits = "#total <= :most" if one.amount > one.limit else "attribute_not_exists(#total) OR #total <= :most"
            update["ConditionExpression"] = fits
            update["ExpressionAttributeValues"][":most"] = _number(one.limit - one.amount)
        return {"Update": update}

    def _transact(self, counts: Sequence[Count], steps: list[dict[str, Any]]) -> Count | None:
        """Do all steps, the first of which are the counts' own; the first count whose limit refused them."""
        from botocore.exceptions import BotoCoreError, ClientError

        for attempt in range(_TRIES):
            try:
                self._table.client.transact_write_items(TransactItems=steps)
                return None
            except ClientError as error:
                reasons = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
                if "ConditionalCheckFailed" in reasons[: len(counts)]:
                    return counts[reasons.index("ConditionalCheckFailed")]
                busy = "TransactionConflict" in reasons or "ThrottlingError" in reasons
                if not busy or attempt == _TRIES - 1:
                    raise UsageError(f"The table {self._table.name} did not count: {error}.") from error
                time.sleep(0.02 * 2**attempt)  # another process counts at this moment
            except BotoCoreError as error:
                raise UsageError(f"The table {self._table.name} cannot be reached: {error}.") from error
        raise UsageError(f"The table {self._table.name} is busy; nothing was counted.")

    def _release_expired(self, key: str, now: float) -> bool:
        """Take expired holds out of a counter; whether there were any."""
        holds = self._table.items(
            "query", KeyConditionExpression="pk = :pk AND begins_with(sk, :hold)",
            ExpressionAttributeValues={":pk": {"S": f"used#{key}"}, ":hold": {"S": "hold#"}},
        )  # fmt: skip
        old = [item for item in holds if float(item["expires"]["N"]) <= now]
        return sum(self._release(key, item["sk"]["S"], 0) for item in old) > 0

    def _release(self, key: str, hold: str, actual: int) -> bool:
        """Put the real amount in the place of a hold, once; whether the hold was still there."""
        found = self._table.call("get_item", Key=_key(key, hold), ConsistentRead=True).get("Item")
        if found is None:
            return False
        back = actual - int(found["amount"]["N"])
        delete = {"TableName": self._table.name, "Key": _key(key, hold), "ConditionExpression": "attribute_exists(pk)"}
        update = {
            "TableName": self._table.name, "Key": _key(key, "total"), "UpdateExpression": "ADD #total :back",
            "ExpressionAttributeNames": {"#total": "total"}, "ExpressionAttributeValues": {":back": _number(back)},
        }  # fmt: skip
        gone = Count(key=key, amount=0, ends=0)
        return self._transact([gone], [{"Delete": delete}, {"Update": update}]) is None


def _key(key: str, sort: str) -> dict[str, Any]:
    return {"pk": {"S": f"used#{key}"}, "sk": {"S": sort}}


def _number(value: float) -> dict[str, str]:
    return {"N": repr(value) if isinstance(value, float) else str(value)}
