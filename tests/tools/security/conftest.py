"""Ground truth for security: the seeded records of the sample estate, which our queries never read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tools.estate import export
from tools.estate.world import ACCOUNTS

NAMES = {account.id: account.name for account in ACCOUNTS}


@pytest.fixture(scope="session")
def records() -> dict[str, list[Any]]:
    """Every seeded record by kind, as `regent estate export` writes them."""
    return export.records()


def when(text: str) -> datetime:
    """A recorded time."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def values(result: Any, column: int) -> list[Any]:
    """The values of one table column, facts resolved."""
    facts = {fact.id: fact for fact in result.facts}
    assert result.table is not None
    return [facts[row[column]].value if row[column] in facts else row[column] for row in result.table.rows]
