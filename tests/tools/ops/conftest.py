"""What the tests of operations share: reading a result as a person would, by label and account, or by table row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tools.facts import QueryResult

Value = Any


def value_of(result: QueryResult, label: str, account: str | None = None) -> Value:
    """The value of the one fact with this label about all accounts asked for, or about one account by name."""
    whole = any(fact.label == label and not fact.scope.accounts for fact in result.facts)
    wanted = (account,) if account else () if whole else result_scope(result)
    found = [fact.value for fact in result.facts if fact.label == label and fact.scope.accounts == wanted]
    assert len(found) == 1, (label, account, sorted({(f.label, f.scope.accounts) for f in result.facts}))
    return found[0]


def result_scope(result: QueryResult) -> tuple[str, ...]:
    """The accounts that the headline facts are about."""
    return result.fact(result.headlines[0]).scope.accounts


def by_account(result: QueryResult, label: str) -> dict[str, Value]:
    """The values of a label's facts about single accounts, by account name."""
    return {f.scope.accounts[0]: f.value for f in result.facts if f.label == label and len(f.scope.accounts) == 1}


def table_of(result: QueryResult) -> list[dict[str, Value]]:
    """The table with facts resolved to their values, one dictionary for each row."""
    if result.table is None:
        return []
    ids = {fact.id: fact.value for fact in result.facts}
    return [
        {column: ids.get(cell, cell) for column, cell in zip(result.table.columns, row, strict=True)}
        for row in result.table.rows
    ]


@pytest.fixture
def value() -> Callable[..., Value]:
    """`value(result, "alarms firing")` or `value(result, "alarms firing", "online-prod")`."""
    return value_of


@pytest.fixture
def table() -> Callable[[QueryResult], list[dict[str, Value]]]:
    """`table(result)` -> rows as dictionaries."""
    return table_of


@pytest.fixture
def accounts_with() -> Callable[[QueryResult, str], dict[str, Value]]:
    """`accounts_with(result, label)` -> value by account name."""
    return by_account
