"""Prose: an answer from facts. Values stand only as references; code writes them with unit, period and scope."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.results import Told, ToldFact

_LEADS: dict[str, str] = {
    "spend": "Most of it:",
    "spend_change": "What moved:",
    "untagged_spend": "Where it is:",
    "savings": "Where it could be saved:",
    "budgets": "Budget by budget:",
    "findings": "In detail:",
    "identity_hygiene": "To look at:",
    "public_exposure": "What can be reached:",
    "alarms": "Which ones:",
    "alarm_history": "In order:",
    "backups": "Job by job:",
    "inventory": "Where:",
    "who_did_what": "The events:",
    "recent_changes": "The changes:",
}
_ROWS = 3
"""Rows in prose; the whole table is shown beside it."""


def answer(results: Sequence[Told], limits: Sequence[str] = ()) -> str:
    """The final text: the headline facts of each result, its most telling rows, and what could not be applied."""
    good = [told for told in results if not told.error]
    parts = ["{{read}}"] if good else []
    for told in good:
        parts.append(_told(told))
    parts += [limit for limit in limits if good]
    parts += [_failed(told.error) for told in results if told.error]
    if any(told.incomplete for told in good):
        parts.append("{{incomplete}}")
    return "\n\n".join(part for part in parts if part)


def _told(told: Told) -> str:
    headline = " ".join(_sentence(told.facts[i]) for i in told.headlines if i in told.facts)
    if not headline:
        first = next((f for f in told.facts.values() if f.number is not None), None)
        headline = _sentence(first) if first else "Nothing was found."
    rows = [line for line in (_row(row, told) for row in _ordered(told)[:_ROWS]) if line]
    if not rows:
        return headline
    lead = _LEADS.get(told.query, "In detail:")
    return headline + "\n\n" + lead + "\n" + "\n".join(f"- {row}" for row in rows)


_WITHIN = re.compile(r",? (?:with)?in the last \d+ \w+")


def _sentence(fact: ToldFact) -> str:
    # A stretch of time within a label would be read as the period of the figure; the line "Read as" says it.
    label = _WITHIN.sub("", fact.label)
    return f"{label[:1].upper()}{label[1:]}: [[{fact.id}]]."


def _row(row: Sequence[str], told: Told) -> str:
    """One row: what it is of and where, then its first figure, or its names where it has none."""
    cells = list(zip(told.columns, row, strict=False))
    held = [(column, told.facts[cell]) for column, cell in cells if cell in told.facts]
    facts = [fact for _, fact in held]
    numbers = [fact for fact in facts if fact.number is not None]
    place = next((cell for column, cell in cells[1:] if column.casefold() == "account" and cell not in told.facts), "")
    if not numbers:
        shown = ", ".join(f"[[{fact.id}]]" for fact in facts[:2])
        return f"{shown} in account {place}" if place and shown else shown
    wanted = _FIGURE.get(told.query, "")
    main = next((f for c, f in held if f.number is not None and wanted and wanted in c.casefold()), numbers[0])
    named = cells[0][1] if not _is_moment(cells[0][1], told) else _first_name(cells, told)
    if told.query == "recent_changes" and facts and _is_moment(facts[0].id, told):
        return f"{named} in account {place}: [[{facts[0].id}]]"
    name = _called(named, main, told)
    beside = f" in account {place}" if place and place != name and not name.startswith("[[") else ""
    share = next((fact for fact in numbers[1:] if fact.unit == "percent" and "share" in fact.label), None)
    return f"{name}{beside}: [[{main.id}]]" + (f", a share of [[{share.id}]]" if share else "")


_FIGURE = {"spend_change": "change", "savings": "saves", "budgets": "actual"}
"""A word of the column whose figure tells most, where that is not the first."""


def _is_moment(cell: str, told: Told) -> bool:
    return cell in told.facts and told.facts[cell].said.endswith((" date", " time"))


def _first_name(cells: Sequence[tuple[str, str]], told: Told) -> str:
    """What a row that begins with a time is of."""
    names = (v for c, v in cells if c.casefold() != "account" and not _is_moment(v, told))
    return next((v for v in names if v not in told.facts or told.facts[v].number is None), cells[0][1])


def _ordered(told: Told) -> list[list[str]]:
    """The rows, those of a series over time with the most first."""
    if not told.columns or told.columns[0] not in ("Day", "Month"):
        return told.rows

    def size(row: Sequence[str]) -> float:
        held = [told.facts[cell].number for cell in row if cell in told.facts]
        return max((number for number in held if number is not None), default=0.0)

    return sorted(told.rows, key=size, reverse=True)


def _called(cell: str, fact: ToldFact, told: Told) -> str:
    """A row's name in plain words, with its kind before it where it is a word like any other ("team data")."""
    held = told.facts.get(cell)
    if held is not None and held.said.endswith(" text"):
        return f"[[{cell}]]"
    name = held.value if held is not None else cell
    carried = " ".join([fact.aside, fact.label, *(f.said for f in told.facts.values())])
    if re.search(r"\d", name) and name not in carried:
        other = next((f for f in told.facts.values() if f.aside == fact.aside and f.number is None), None)
        name = other.value if other is not None else "this one"
    kind = re.search(rf"(?:scope: |, )([a-z_ -]+?) {re.escape(name)}(?:,|$)", fact.aside)
    if kind and kind[1] not in ("resource", "log group"):
        return f"{kind[1].strip()} {name}"
    resource = re.search(r"(?:, |: )resource ([^,]+)", fact.aside)
    return f"{name} {resource[1]}" if resource and resource[1] not in name else name


def _failed(error: str) -> str:
    """An error in words without figures: those of the message itself are nobody's facts."""
    plain = re.sub(r"\s*\(\d+ known; (nearest: )?", " (", error)
    if re.search(r"\d", plain):
        return "A part of the question could not be looked up: an input did not fit."
    return plain
