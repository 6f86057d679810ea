"""Ground truth for cost: plain SQL over the exported line items, which our queries never read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.estate.cost import store

Truth = Callable[..., Any]


@pytest.fixture(scope="session")
def truth(estate_home: Path) -> Truth:
    """`truth("sum(BilledCost)", "ServiceName = 'AWS Lambda'")` -> the value; SQL over the Parquet file."""
    import duckdb

    path = str(store.parquet(estate_home)).replace("'", "''")
    duck = duckdb.connect(":memory:")
    duck.execute(f"CREATE VIEW lines AS SELECT * FROM '{path}'")

    def ask(select: str, where: str = "true", group: str = "") -> Any:
        sql = f"SELECT {select} FROM lines WHERE {where} {f'GROUP BY {group}' if group else ''}"
        rows = duck.execute(sql).fetchall()
        return rows if group else rows[0][0]

    return ask
