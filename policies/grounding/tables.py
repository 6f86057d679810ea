"""A query result's table for readers: GitHub-style markdown, and plain rows for terminals and channels."""

from __future__ import annotations

from collections.abc import Sequence

from policies.grounding.model import Locale
from policies.grounding.values import number, write_fact
from tools import units
from tools.facts import NOT_LISTED, UNTAGGED, Fact, QueryResult


def table_rows(result: QueryResult, locale: Locale = "en") -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Column titles and rows of cells as written; no rows if the result has no table.

    A number whose unit stands in the column's title, such as `Spend (USD)`, is written without it.
    """
    if result.table is None:
        return (), []
    columns = result.table.columns
    by_id = {fact.id: fact for fact in result.facts}
    rows = []
    for row in rows_shown(result):
        facts = {n: by_id[row[n]] for n in result.table.fact_columns if row[n] in by_id}
        cells = [_written(facts[n], columns[n], locale) if n in facts else cell for n, cell in enumerate(row)]
        if row[0] == UNTAGGED:
            cells[0] = f"no {columns[0].casefold()} tag"
        if row[0] == "other" and len(facts) == 1:
            [(column, left)] = facts.items()
            if left.label.endswith(NOT_LISTED):
                cells[0], cells[column] = f"and {write_fact(left, locale).replace(' ', ' more ', 1)}", ""
        rows.append(tuple(cells))
    return columns, rows


def rows_shown(result: QueryResult) -> list[tuple[str, ...]]:
    """A table's rows in the order in which readers see them: a ranking names first what has a name."""
    if result.table is None:
        return []
    rows = list(result.table.rows)
    nobodys = [row for row in rows if row[0] == UNTAGGED] if result.query == "spend" else []
    named = [row for row in rows if row not in nobodys]
    rest = next((place for place, row in enumerate(named) if row[0] == "other"), len(named))
    return [*named[:rest], *nobodys, *named[rest:]]


def is_rest(row: Sequence[str]) -> bool:
    """Whether a row is no one thing of its own, but what is left or carries no tag: no bar is drawn for it."""
    return row[0] in ("other", UNTAGGED)


def numeric_columns(result: QueryResult) -> frozenset[int]:
    """Columns whose facts are numbers, to be aligned right."""
    if result.table is None:
        return frozenset()
    by_id = {fact.id: fact for fact in result.facts}
    rows = [row for row in result.table.rows if row[0] != "other"] or result.table.rows
    return frozenset(
        column
        for column in result.table.fact_columns
        if any(row[column] in by_id and units.is_number(by_id[row[column]].unit) for row in rows)
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
