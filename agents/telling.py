"""Telling: a query result as the compact text that a model reads. Every fact is defined once, its id in front.

A fact that stands in the table is told in its cell (`f3=2345.67`), its unit in the column's title; every other fact has
a line of its own (`f1 | total spend | 132864.40 USD`). Period and scope stand once, in the heading; a column, row or
cell that deviates says so where it does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from policies.guardrails.prose import UNREAD, is_prose
from tools.facts import Fact, QueryResult, Scope, Table
from tools.periods import Period

_T = TypeVar("_T")
_MARKS = str.maketrans({"|": "/", "{": "(", "}": ")", "\n": " "})
_QUOTED = 24
"""So many characters of a text are enough to recognise it."""
_CELL = re.compile(r'"?f\d+(?:=|$)')


def tell(result: QueryResult, *, prose_from: int = 0) -> str:
    """The text of one result: heading, facts outside the table, the table, notes, and what could not be looked at.

    `prose_from` words on a text of the estate is prose and is told as `(text)`, wherever it stands (0: all is told).
    """
    told = _told(result)
    for text in sorted(_prose(result, prose_from), key=len, reverse=True):
        told = told.replace(flat(text), UNREAD)
        # a label or a note may quote the beginning of it
        told = re.sub(re.escape(flat(text)[:_QUOTED]) + "[^|\n]*", UNREAD, told)
    return told


def _prose(result: QueryResult, words: int) -> set[str]:
    """Texts of the estate that are prose: values that are texts, and cells that are no facts. Labels are our words."""
    held = [str(fact.value) for fact in result.facts if isinstance(fact.value, str)]
    held += [cell for row in result.table.rows for cell in row] if result.table else []
    return {text for text in held if is_prose(text, words)} - {fact.label for fact in result.facts}


def _told(result: QueryResult) -> str:
    facts = {fact.id: fact for fact in result.facts}
    shown = _shown(result, facts)
    alone = [fact for fact in result.facts if fact.id not in shown]
    heading = alone or list(result.facts)
    period, scope = _most(_label(f.period) for f in heading), _most(f.scope for f in heading)
    lines = [f"query: {result.query}", f"read as: {flat(result.read_as)}"]
    if period is not None and scope is not None:
        lines.append(f"period: {period} | scope: {flat(scope.text())}")
    if result.headlines:
        lines.append(f"headlines: {', '.join(result.headlines)}")
    lines += [_fact_line(fact, period, scope) for fact in alone]
    if result.table:
        lines += _table(result.table, facts, shown, period or "", scope or Scope())
    lines += [f"note: {flat(note)}" for note in result.notes]
    lines += [f"incomplete: {flat(said)}" for said in result.incomplete]
    return "\n".join(lines)


def _shown(result: QueryResult, facts: dict[str, Fact]) -> frozenset[str]:
    """The facts that the table defines: all that it shows but headlines, which keep their label on a line."""
    if result.table is None:
        return frozenset()
    held = {row[i] for row in result.table.rows for i in result.table.fact_columns}
    return frozenset(held & facts.keys()) - frozenset(result.headlines)


def _table(table: Table, facts: dict[str, Fact], shown: frozenset[str], period: str, scope: Scope) -> list[str]:
    by_column = {
        column: [facts[row[column]] for row in table.rows if row[column] in shown] for column in table.fact_columns
    }
    units = {c: _most(f.unit for f in found) for c, found in by_column.items() if len(found) * 2 >= len(table.rows)}
    periods = {c: _only({_label(f.period) for f in found}) or period for c, found in by_column.items() if found}
    titles = []
    for column, title in enumerate(table.columns):
        unit, when = units.get(column), periods.get(column, period)
        titles.append(
            title
            + (f" ({unit})" if unit and not title.endswith(f"({unit})") else "")
            + (f" (period: {when})" if when != period else "")
        )
    told: set[str] = set()
    lines = ["columns: " + " | ".join(titles)]
    for row in table.rows:
        own = [facts[row[c]] for c in by_column if row[c] in shown]
        said_when = _only({_label(f.period) for f in own}) if own else None
        beside = _only({_unsaid(f.scope, scope, row, facts) for f in own}) if own else None
        cells = []
        for column, cell in enumerate(row):
            fact = facts.get(cell) if column in by_column else None
            if fact is None:
                cells.append(_plain(cell))
                continue
            if fact.id not in shown or fact.id in told:
                cells.append(fact.id)
                continue
            told.add(fact.id)
            extra = [] if fact.unit == units.get(column) else [fact.unit]
            label, here = _label(fact.period), _unsaid(fact.scope, scope, row, facts)
            extra += [f"period: {label}"] if label not in (said_when, periods.get(column)) else []
            extra += [f"scope: {here}"] if here and here != beside else []
            cells.append(f"{fact.id}={_plain(str(fact.value))}" + (f" {{{'; '.join(extra)}}}" if extra else ""))
        tail = (
            [f"period: {said_when}"]
            if said_when and any(said_when != periods[c] for c in by_column if row[c] in shown)
            else []
        )
        tail += [f"scope: {beside}"] if beside else []
        lines.append("row: " + " | ".join([*cells, *tail]))
    return lines


def _unsaid(own: Scope, common: Scope, row: Sequence[str], facts: dict[str, Fact]) -> str:
    """What of a fact's scope neither the heading nor the row's own words say; the whole of it if it is not narrower."""
    if own == common:
        return ""
    wider = (common.accounts and not set(own.accounts) <= set(common.accounts)) or (
        common.accounts and not own.accounts
    )
    if wider or any(key not in own.where for key in common.where) or (common.basis and not own.basis):
        return flat(own.text())
    said = [str(facts[cell].value) if cell in facts else cell for cell in row]
    parts = [f"account {name}" for name in own.accounts if own.accounts != common.accounts and name not in said]
    parts += [f"{k} {v}" for k, v in own.where.items() if common.where.get(k) != v and v not in said]
    parts += [own.basis] if own.basis and own.basis != common.basis else []
    return flat(", ".join(parts))


def _plain(cell: str) -> str:
    """A text cell that cannot be taken for a fact or for two cells."""
    cell = cell.translate(_MARKS)
    return f'"{cell}"' if _CELL.match(cell) else cell


def flat(text: str) -> str:
    """A text that stays within its line and its bars, whoever wrote it."""
    return text.translate(_MARKS)


def _fact_line(fact: Fact, period: str | None, scope: Scope | None) -> str:
    line = f"{fact.id} | {flat(fact.label)} | {flat(str(fact.value))} {fact.unit}"
    if _label(fact.period) != period:
        line += f" | period: {_label(fact.period)}"
    if fact.scope != scope:
        line += f" | scope: {flat(fact.scope.text())}"
    return line


def _most(values: Iterable[_T]) -> _T | None:
    """The value that occurs most, the earlier of two that occur as often."""
    seen = list(values)
    keys = Counter(map(repr, seen))
    return max(seen, key=lambda value: keys[repr(value)], default=None)


def _only(values: set[str]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def _label(period: Period | None) -> str:
    return period.label if period else "none"
