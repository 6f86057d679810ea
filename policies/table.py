"""The state table: one DynamoDB table, keys `pk` and `sk`, and `ttl`, for all that changes while the house runs.

Who uses it says which items are theirs; here is how it is called, and how it fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.errors import RegentError

_NOT_HELD = "ConditionalCheckFailedException"


class Table:
    """The table through a botocore client of DynamoDB; `error` is what its user raises. Safe for threads."""

    def __init__(self, client: Any, name: str, error: type[RegentError]) -> None:
        self.client, self.name, self._error = client, name, error

    def call(self, operation: str, **given: Any) -> dict[str, Any]:
        """What DynamoDB answers, for instance to `get_item`.

        Raises:
            RegentError: the user's own, when it did not do it or cannot be reached.
        """
        answer = self._answer(operation, given)
        if answer is None:
            raise self._error(f"The table {self.name} holds something else than was expected at {operation}.")
        return answer

    def held(self, operation: str, **given: Any) -> bool:
        """Whether the call's condition held; then it is done."""
        return self._answer(operation, given) is not None

    def items(self, operation: str, **given: Any) -> Iterator[dict[str, Any]]:
        """The items of all pages of a `query` or `scan`, as they are now."""
        start: dict[str, Any] = {}
        while True:
            page = self.call(operation, ConsistentRead=True, **given, **start)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _answer(self, operation: str, given: dict[str, Any]) -> dict[str, Any] | None:
        """None when the call has a condition that does not hold."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = getattr(self.client, operation)(TableName=self.name, **given)
            return answer
        except ClientError as error:
            if error.response["Error"]["Code"] == _NOT_HELD:
                return None
            raise self._error(f"The table {self.name} did not do {operation}: {error}.") from error
        except BotoCoreError as error:
            raise self._error(f"The table {self.name} cannot be reached: {error}.") from error
