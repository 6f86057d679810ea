"""A table of oversight on the emulated DynamoDB, as the settings' `state_table` names one."""

from __future__ import annotations

from typing import Any

import pytest


def make_table(request: pytest.FixtureRequest) -> tuple[Any, str]:
    """The client and the name of a new table with the keys that usage and approvals share."""
    client, name = request.getfixturevalue("emulated")("dynamodb"), f"t{abs(hash(request.node.name))}"
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
    )
    return client, name
