"""Telling: a query result as the compact text that a model reads, fact ids in front."""

from __future__ import annotations

from tools.facts import Fact, QueryResult
from tools.periods import Period


def tell(result: QueryResult) -> str:
    """One line per fact (`f3 | Amazon RDS spend | 2345.67 USD`), then the table that shows them.

    Period and scope stand once, in the heading; a fact that deviates says so on its line.
    """
    common = result.facts[0] if result.facts else None
    lines = [f"query: {result.query}", f"read as: {result.read_as}"]
    if common:
        lines.append(f"period: {common.period.label if common.period else 'none'} | scope: {common.scope.text()}")
    if result.headlines:
        lines.append(f"headlines: {', '.join(result.headlines)}")
    lines += [_fact_line(fact, common) for fact in result.facts]
    if result.table:
        lines.append(f"columns: {' | '.join(result.table.columns)}")
        lines += [f"row: {' | '.join(row)}" for row in result.table.rows]
    lines += [f"note: {note}" for note in result.notes]
    lines += [f"incomplete: {said}" for said in result.incomplete]
    return "\n".join(lines)


def _fact_line(fact: Fact, common: Fact | None) -> str:
    line = f"{fact.id} | {fact.label} | {fact.value} {fact.unit}"
    if common and fact.period != common.period:
        line += f" | period: {_label(fact.period)}"
    if common and fact.scope != common.scope:
        line += f" | scope: {fact.scope.text()}"
    return line


def _label(period: Period | None) -> str:
    return period.label if period else "none"
