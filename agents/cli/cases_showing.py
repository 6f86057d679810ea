"""Showing cases: a table for people, plain values for programs. Late deadlines stand out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from policies.controls.cases import Case, late

if TYPE_CHECKING:
    from collections.abc import Sequence

_HIDDEN = ("reporter",)


def case_json(case: Case, now: datetime) -> dict[str, Any]:
    """One case; a concern's reporter is never in it."""
    fields = {key: value for key, value in case.fields.items() if key not in _HIDDEN}
    told = {**case.model_dump(mode="json", exclude={"fields"}), **fields}
    if case.kind == "incident":
        told["late"] = late(fields.get("deadlines", ()), fields.get("done", ()), now)
    return told


def show_cases(found: Sequence[Case], now: datetime) -> None:
    """All cases of one kind as a table."""
    from rich.text import Text

    from agents.cli.tables import screen, show_table

    console = screen()
    if not found:
        console.print("None on record.")
        return
    rows = []
    for case in found:
        told = case_json(case, now)
        rows.append((case.id, case.state, case.opened, _what(told), Text.from_markup(_due(told))))
    show_table(console, ("Case", "State", "Opened", "What", "Due"), rows)


def _what(told: dict[str, Any]) -> str:
    if told["kind"] == "incident":
        return f"{told.get('title', '')} ({', '.join(told.get('classes', ()))})"
    if told["kind"] == "release":
        approved = "approved" if told.get("approved") else "not approved"
        return f"{told.get('version')} {told.get('change')}, {told.get('outcome') or approved}"
    return f"from {told.get('origin')}, {'anonymous' if told.get('anonymous') else 'by name'}, {told.get('system')}"


def _due(told: dict[str, Any]) -> str:
    missed = told.get("late") or []
    if missed:
        return f"[red]late: {missed[0]['regime']} {missed[0]['stage']} {missed[0]['due']}[/]"
    met = {(one["regime"], one["stage"]) for one in told.get("done", ())}
    waiting = [one for one in told.get("deadlines", ()) if (one["regime"], one["stage"]) not in met]
    return f"{waiting[0]['due']} {waiting[0]['regime']} {waiting[0]['stage']}" if waiting else "-"
