"""Cards: a view of an answer as an Adaptive Card, with everything that a person may do about it.

Teams takes about 28 kB for a message. A card that would be larger shows fewer rows, and says so; nothing is cut in
silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agents.channels import markdown
from agents.channels.rendering import Chart, FigureShown, ReceiptShown, TableShown, View

if TYPE_CHECKING:
    from microsoft_teams.cards import Action, AdaptiveCard, CardElement, Table, TextBlock

    from policies.controls.outbox import Alert

MOST_BYTES = 20_000
"""Of a card, so that text and envelope of the message fit besides."""
_SIZES = ((12, 20, True), (8, 10, True), (5, 5, True), (3, 3, False), (0, 0, False))
"""Rows of a table, receipts and whether charts are drawn: the first that fits."""
_MOST_COLUMNS = 3
"""Columns that fit beside each other on a telephone; rows of more are written one below the other."""
_MOST_COMMENT = 1000
_YEAR = re.compile(r"\b20\d\d\b")
_MONTH = re.compile(r"\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]+\b")
_COLOURS = {"answered": "good", "needs_approval": "accent"}


def answer_card(view: View) -> dict[str, Any]:
    """The card of an answer: its status unless it was answered, figures, tables, chart, receipts, feedback, origin."""
    for rows, receipts, charts in _SIZES:
        card = _answer_card(view, rows, receipts, charts)
        if len(json.dumps(card)) <= MOST_BYTES:
            return card
    return card


def _answer_card(view: View, rows: int, receipts: int, charts: bool) -> dict[str, Any]:
    body: list[CardElement] = []
    if view.status != "answered":
        body.append(_block(view.title, weight="Bolder", color=_COLOURS.get(view.status, "attention").capitalize()))
    if view.figures and not view.tables:
        body.append(_figures(view.figures))
    for table in view.tables:
        body += _table(table, rows, charts)
    body.append(_block(view.disclosure, small=True, separator=True))
    actions = [*_receipts(view.receipts, receipts), *_feedback(view.answer)]
    if view.figures and view.tables:
        # the table says most of them already; what each covers is one click away
        actions.insert(0, _folded(f"Figures ({len(view.figures)})", [_figures(view.figures)]))
    return _plain(_card(body, actions, fallback=f"{view.text}\n\n{view.disclosure}"))


def note_card(title: str, text: str, facts: Sequence[tuple[str, str]] = (), colour: str = "Default") -> dict[str, Any]:
    """A card that says one thing: an alert, a decision that was taken, why something cannot be done."""
    from microsoft_teams.cards import Fact, FactSet

    body: list[CardElement] = [_block(title, weight="Bolder", color=colour), _block(text)]
    if facts:
        body.append(FactSet(facts=[Fact(title=inert(name), value=inert(value)) for name, value in facts]))
    return _plain(_card(body, [], fallback=f"{title}\n{text}"))


def approval_card(
    named: Mapping[str, str], title: str, facts: Sequence[tuple[str, str]], disclosure: str
) -> dict[str, Any]:
    """What waits for a second person: exactly what would run, and two buttons.

    `named` comes back with them: `approval`, `asker` as Teams knows them, and `within`, the session that knows of it.
    """
    from microsoft_teams.cards import ExecuteAction, Fact, FactSet, TextInput

    reason = TextInput(
        id="reason", label="Reason", placeholder="Goes on record", is_multiline=True, max_length=_MOST_COMMENT
    )
    body: list[CardElement] = [
        _block(title, weight="Bolder", color="Accent"),
        FactSet(facts=[Fact(title=inert(name), value=inert(value)) for name, value in facts]),
        reason,
        _block(disclosure, small=True),
    ]
    actions: list[Action] = [
        ExecuteAction(title="Approve", verb="decide", style="positive", data={**named, "verdict": "approve"}),
        ExecuteAction(title="Deny", verb="decide", style="destructive", data={**named, "verdict": "deny"}),
    ]
    return _plain(_card(body, actions, fallback=title))


def waiting_card(approval: str, title: str, facts: Sequence[tuple[str, str]], *, decided: bool) -> dict[str, Any]:
    """What the reader asked and a second person decides; once they did, a button shows the answer."""
    from microsoft_teams.cards import ExecuteAction, Fact, FactSet

    body: list[CardElement] = [
        _block(title, weight="Bolder"),
        FactSet(facts=[Fact(title=inert(name), value=inert(value)) for name, value in facts]),
    ]
    show = ExecuteAction(title="Show the answer", verb="resume", data={"approval": approval})
    return _plain(_card(body, [show] if decided else [], fallback=title))


def alert_card(alert: Alert) -> dict[str, Any]:
    """A control that left `evidenced`."""
    facts = [
        ("Control", alert.control),
        ("Was", alert.before),
        ("Is", alert.after),
        ("Estate", alert.source),
        ("Record", f"{alert.record} of the ledger"),
        ("At", f"{alert.at:%Y-%m-%d %H:%M} UTC"),
    ]
    return note_card("A control is not evidenced any more", "See `regent controls`.", facts, "Attention")


def inert(text: str) -> str:
    """Text in which no link hides its address and no HTML is left, for places where Teams reads Markdown."""
    return markdown.inert(text).replace("<", "\u2039").replace(">", "\u203a")


def _figures(figures: Sequence[FigureShown]) -> CardElement:
    from microsoft_teams.cards import Fact, FactSet

    return FactSet(
        facts=[
            Fact(title=inert(one.label), value=inert(f"**{one.value}** ({one.context})" if one.context else one.value))
            for one in figures
        ]
    )


def _table(table: TableShown, most: int, charts: bool) -> list[CardElement]:
    if not most:
        return [_block(f"{table.title}: {len(table.rows)} rows, too many for a card.", small=True)]
    elements: list[CardElement] = [_block(table.title, weight="Bolder", separator=True)]
    if charts and table.chart is not None:
        elements.append(_chart(table.chart))
    if len(table.columns) <= _MOST_COLUMNS:
        elements.append(_grid(table, most))
    else:
        elements += _rows(table, most)
    left_out = len(table.rows) - most
    if left_out > 0:
        elements.append(_block(f"{left_out} more rows are not shown here.", small=True))
    return elements


def _grid(table: TableShown, most: int) -> Table:
    from microsoft_teams.cards import ColumnDefinition, Table, TableCell, TableRow

    def row(cells: Sequence[str], weight: str | None = None) -> TableRow:
        return TableRow(cells=[TableCell(items=[_block(cell, weight=weight)]) for cell in cells])

    widest = [max(len(one[column]) for one in (table.columns, *table.rows)) for column in range(len(table.columns))]
    return Table(
        columns=[
            # widths follow the contents, within bounds: one long name must not squeeze the numbers
            ColumnDefinition(
                width=min(max(width, 6), 24),
                horizontal_cell_content_alignment="Right" if column in table.right else "Left",
            )
            for column, width in enumerate(widest)
        ],
        rows=[row(table.columns, "Bolder"), *(row(cells) for cells in table.rows[:most])],
        first_row_as_headers=True,
        show_grid_lines=False,
    )


def _rows(table: TableShown, most: int) -> list[CardElement]:
    """Each row as its first cell, and the others with their names below."""
    elements: list[CardElement] = []
    for cells in table.rows[:most]:
        named = zip(table.columns[1:], cells[1:], strict=True)
        elements.append(_block(cells[0], weight="Bolder"))
        elements.append(_block(" · ".join(f"{name}: {cell}" for name, cell in named if cell), small=True, tight=True))
    return elements


def _chart(chart: Chart) -> CardElement:
    """A chart of Teams' own; who cannot see it gets it in words, and the table below holds the same."""
    from microsoft_teams.cards import (
        HorizontalBarChart,
        HorizontalBarChartDataValue,
        VerticalBarChart,
        VerticalBarChartDataValue,
    )

    title, fallback = inert(chart.title), _block(chart.alt, small=True)
    if all(_YEAR.search(label) for label in chart.labels):  # days, months: time runs from left to right
        return VerticalBarChart(
            title=title,
            y_axis_title=inert(chart.column),
            color="categoricalBlue",
            data=[
                VerticalBarChartDataValue(x=label, y=value)
                for label, value in zip(_short(chart.labels), chart.values, strict=True)
            ],
            fallback=fallback,
        )
    return HorizontalBarChart(
        title=title,
        x_axis_title=inert(chart.column),
        color="categoricalBlue",
        display_mode="AbsoluteNoAxis",
        data=[
            HorizontalBarChartDataValue(x=inert(label), y=value)
            for label, value in zip(chart.labels, chart.values, strict=True)
        ],
        fallback=fallback,
    )


def _short(labels: Sequence[str]) -> list[str]:
    """Dates as an axis has room for them: `1 Sep`, `Oct to date`; the year where there is more than one."""
    bare = [_MONTH.sub(r"\1", re.sub(r" \(.*\)$", "", label)) for label in labels]
    one_year = len({found for label in bare for found in _YEAR.findall(label)}) == 1
    shortened = [" ".join(_YEAR.sub("", label).split()) for label in bare]
    # two that would read the same are worse than long ones
    return shortened if one_year and all(shortened) and len(set(shortened)) == len(shortened) else bare


def _receipts(receipts: Sequence[ReceiptShown], most: int) -> list[Action]:
    """A button that shows the API calls behind the answer, in place."""
    if not receipts:
        return []
    body: list[CardElement] = []
    for one in receipts[:most]:
        body.append(_block(f"{one.call} in {one.account} {one.region}", weight="Bolder", separator=bool(body)))
        cached = f", from the cache, {one.age} old" if one.age else ""
        proof = f"{one.at}, request {one.request_id}, source {one.source}{cached}\n\n{one.id}"
        body.append(_block(f"{proof}, response SHA-256 {one.response_sha256[:16]}…", small=True))
    left_out = len(receipts) - most
    if left_out > 0:
        body.append(_block(f"{left_out} more calls are in the ledger.", small=True))
    return [_folded(f"Receipts ({len(receipts)})", body)]


def _folded(title: str, body: Sequence[CardElement]) -> Action:
    from microsoft_teams.cards import ShowCardAction

    return ShowCardAction(title=title, card=_card(body, []))


def _feedback(answer: str) -> list[Action]:
    from microsoft_teams.cards import ExecuteAction, ShowCardAction, TextInput

    comment = TextInput(id="comment", label="What was wrong or missing?", is_multiline=True, max_length=_MOST_COMMENT)
    send = ExecuteAction(title="Send", verb="feedback", data={"answer": answer, "helpful": False})
    return [
        ExecuteAction(title="Helpful", verb="feedback", data={"answer": answer, "helpful": True}),
        ShowCardAction(title="Not helpful", card=_card([comment], [send])),
    ]


def _block(
    text: str,
    *,
    weight: Any = None,
    color: Any = None,
    small: bool = False,
    separator: bool = False,
    tight: bool = False,
) -> TextBlock:
    from microsoft_teams.cards import TextBlock

    return TextBlock(
        text=inert(text),
        wrap=True,
        weight=weight,
        color=color,
        size="Small" if small else None,
        is_subtle=True if small else None,
        separator=separator or None,
        spacing="None" if tight else None,
    )


def _card(body: Sequence[CardElement], actions: Sequence[Action], fallback: str | None = None) -> AdaptiveCard:
    from microsoft_teams.cards import AdaptiveCard, TeamsCardProperties

    return AdaptiveCard(
        version="1.5",
        body=list(body),
        actions=list(actions) or None,
        fallback_text=fallback[:2000] if fallback else None,
        msteams=TeamsCardProperties(width="full") if fallback else None,
    )


def _plain(card: AdaptiveCard) -> dict[str, Any]:
    found: dict[str, Any] = card.model_dump(by_alias=True, exclude_none=True)
    return found
