"""Expected values, computed from the exported ground truth: DuckDB over the line items, plain Python over the records.

Nothing here imports our queries, agents or policies: a mistake of theirs must not become the expectation. The sample
clock stands still, so periods are written out: `2026-09`, `2026-09-14`, `2026-07..2026-09`, `2026`.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

NOW = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)
Row = dict[str, Any]
Value = Decimal | int | str

DIMENSIONS = {
    "account": "SubAccountName",
    "service": "ServiceName",
    "region": "RegionId",
    "usage_type": "SkuId",
    "team": "Tags['team']",
    "venue": "Tags['venue']",
    "env": "Tags['env']",
    "cost_center": "Tags['cost-center']",
    "record_type": "x_RecordType",
    "day": "ChargePeriodStart",
    "month": "strftime(ChargePeriodStart, '%Y-%m')",
}


class TruthError(Exception):
    """A formula of the bank cannot be computed; the message says which and why."""


class Truth:
    """The ground truth in one folder (as `regent estate export` writes it), and the formulas over it."""

    def __init__(self, folder: Path) -> None:
        import duckdb

        for part in (
            "truth_cost",
            "truth_security",
            "truth_ops",
            "truth_dev",
            "fresh_truth",
            "fresh2_truth",
            "fresh3_truth",
        ):
            import_module(f"tests.questions.{part}")  # the formulas register themselves
        self._folder = folder
        self._db = duckdb.connect()
        self._db.execute(f"create view items as select * from '{folder / 'line_items.parquet'}'")
        self._names = {row["id"]: row["name"] for row in self._load("accounts")}
        self.records = cache(self._records)

    def compute(self, formula: str) -> Value:
        """The value of a formula such as `spend('2026-09', account='data-prod')`.

        Raises:
            TruthError: there is no such function, its arguments are not literals, or it finds nothing.
        """
        try:
            tree = ast.parse(formula, mode="eval").body
            if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
                raise TruthError("it is not one call")
            function = FORMULAS.get(tree.func.id)
            if function is None:
                raise TruthError(f"there is no {tree.func.id!r}, only {', '.join(sorted(FORMULAS))}")
            given = [ast.literal_eval(argument) for argument in tree.args]
            named = {str(k.arg): ast.literal_eval(k.value) for k in tree.keywords}
            return function(self, *given, **named)
        except (TruthError, SyntaxError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise TruthError(f"The formula {formula!r} cannot be computed: {error}.") from error

    def _load(self, kind: str) -> list[Row]:
        rows: list[Row] = json.loads((self._folder / f"{kind}.json").read_text(encoding="utf-8"))
        return rows

    def _records(self, kind: str) -> list[Row]:
        """The records of one kind, with account names for account ids."""
        rows = self._load(kind)
        for row in rows:
            if row.get("account") in self._names:
                row["account"] = self._names[row["account"]]
        return rows

    def sums(self, by: str | None, period: str, gross: bool = False, **filters: Any) -> dict[str, Decimal]:
        """Billed cost by one dimension (`None`: one sum), for the days of a period; net unless `gross`."""
        start, end = days(period)
        wheres = ["ChargePeriodStart between ? and ?"]
        values: list[Any] = [start, end]
        if gross:
            wheres.append("x_RecordType not in ('Credit', 'Refund')")
        for name, wanted in filters.items():
            column = DIMENSIONS[name]
            if wanted is None:
                wheres.append(f"coalesce({column}, '') = ''")
            elif "%" in str(wanted):
                wheres.append(f"{column} like ?")
                values.append(wanted)
            else:
                wheres.append(f"{column} in (select unnest(?))")
                values.append(str(wanted).split("|"))
        key = f"coalesce(cast({DIMENSIONS[by]} as varchar), '')" if by else "'all'"
        found = self._db.execute(
            f"select {key}, sum(BilledCost) from items where {' and '.join(wheres)} group by 1", values
        ).fetchall()
        if not found:
            raise TruthError(f"there are no line items in {period} for {filters}")
        return {name: Decimal(amount) for name, amount in found}


def days(period: str) -> tuple[date, date]:
    """First and last day of a written-out period."""
    first, _, last = period.partition("..")
    return _span(first)[0], _span(last or first)[1]


def _span(word: str) -> tuple[date, date]:
    parts = [int(part) for part in word.split("-")]
    if len(parts) == 3:
        return date(*parts), date(*parts)
    if len(parts) == 1:
        return date(parts[0], 1, 1), date(parts[0], 12, 31)
    year, month = parts
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), date.fromordinal(following.toordinal() - 1)


def within(stamp: str, period: str) -> bool:
    """Whether an ISO time lies on the days of a period; a period may also run `TIME..TIME`."""
    if "T" in period:
        first, last = (datetime.fromisoformat(part).replace(tzinfo=UTC) for part in period.split(".."))
        return first <= datetime.fromisoformat(stamp) <= last
    start, end = days(period)
    return start <= datetime.fromisoformat(stamp).date() <= end


def days_since(stamp: str) -> int:
    """Days by date from an ISO time to the sample clock."""
    return (NOW.date() - datetime.fromisoformat(stamp).date()).days


def match(rows: Iterable[Row], **wanted: Any) -> list[Row]:
    """Rows whose fields are as wanted; alternatives are written `A|B`, a part of a text `%part%`, any value None."""
    return [row for row in rows if all(_fits(_field(row, k), v) for k, v in wanted.items() if v is not None)]


def _field(row: Row, name: str) -> Any:
    value: Any = row
    for part in name.split("__"):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _fits(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, str):
        return bool(value == wanted)
    text = str(value)
    if wanted.startswith("%"):
        return wanted.strip("%").lower() in text.lower()
    return text in wanted.split("|")


def nth(counts: dict[str, Any] | Counter[str], place: int) -> str:
    """The name in that place of a ranking, largest first.

    Raises:
        TruthError: the place is shared, so that no answer could be told right from wrong.
    """
    ranked = sorted(counts.items(), key=lambda item: item[1], reverse=True)
    amount = ranked[place - 1][1]
    if sum(1 for _, other in ranked if other == amount) > 1:
        raise TruthError(f"place {place} is shared")
    return ranked[place - 1][0]


FORMULAS: dict[str, Callable[..., Value]] = {}


def formula(function: Callable[..., Value]) -> Callable[..., Value]:
    """Make a function available to the bank under its own name."""
    FORMULAS[function.__name__] = function
    return function
