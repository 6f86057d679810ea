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
    rows = [line for line in (_row(row, told) for row in told.rows[:_ROWS]) if line]
    if not rows:
        return headline
    lead = _LEADS.get(told.query, "In detail:")
    return headline + "\n\n" + lead + "\n" + "\n".join(f"- {row}" for row in rows)


def _sentence(fact: ToldFact) -> str:
    return f"{fact.label[:1].upper()}{fact.label[1:]}: [[{fact.id}]]."


def _row(row: Sequence[str], told: Told) -> str:
    """One row: its first cell as the name, then each fact with the name of its column where there are several."""
    name = row[0] if row[0] not in told.facts else f"[[{row[0]}]]"
    cells = [(column, cell) for column, cell in zip(told.columns[1:], row[1:], strict=False) if cell in told.facts]
    if not cells:
        return ""
    if len(cells) == 1:
        return f"{name}: [[{cells[0][1]}]]"
    said = "; ".join(f"{_column(column)} [[{cell}]]" for column, cell in cells[:4])
    return f"{name}: {said}"


def _column(name: str) -> str:
    plain = re.sub(r"\s*\(.*\)", "", name).strip()
    return plain[:1].lower() + plain[1:] if not plain.isupper() else plain


def _failed(error: str) -> str:
    """An error in words without figures: those of the message itself are nobody's facts."""
    plain = re.sub(r"\s*\(\d+ known; (nearest: )?", " (", error)
    if re.search(r"\d", plain):
        return "A part of the question could not be looked up: an input did not fit."
    return plain
