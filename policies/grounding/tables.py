"""A query result's table for readers: GitHub-style markdown, and plain rows for terminals and channels."""

from __future__ import annotations

from policies.grounding.model import Locale
from policies.grounding.values import number, write_fact
from tools import units
from tools.facts import Fact, QueryResult


def table_rows(result: QueryResult, locale: Locale = "en") -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Column titles and rows of cells as written; no rows if the result has no table.

    A number whose unit stands in the column's title, such as `Spend (USD)`, is written without it.
    """
    if result.table is None:
        return (), []
    held = set(result.table.fact_columns)
    by_id = {fact.id: fact for fact in result.facts}
    rows = [
        tuple(
            _written(by_id[cell], result.table.columns[column], locale) if column in held and cell in by_id else cell
            for column, cell in enumerate(row)
        )
        for row in result.table.rows
    ]
    return result.table.columns, rows


def numeric_columns(result: QueryResult) -> frozenset[int]:
    """Columns whose facts are numbers, to be aligned right."""
    if result.table is None:
        return frozenset()
    by_id = {fact.id: fact for fact in result.facts}
    return frozenset(
        column
        for column in result.table.fact_columns
        if any(row[column] in by_id and units.is_number(by_id[row[column]].unit) for row in result.table.rows)
    )


def markdown_table(result: QueryResult, locale: Locale = "en") -> str:
    """The table as GitHub-style markdown; an empty text if the result has none."""
    columns, rows = table_rows(result, locale)
    if not columns:
        return ""
    right = numeric_columns(result)
    rule = ["---:" if column in right else "---" for column in range(len(columns))]
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in (columns, rule, *rows))


def _written(fact: Fact, title: str, locale: Locale) -> str:
    if not units.is_number(fact.unit) or f"({fact.unit}" not in title:
        return write_fact(fact, locale)
    even = units.kind(fact.unit) == "money" or fact.unit == "percent"  # so that a column's points stand in one line
    return number(fact.value, locale, places=2 if even else None)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
