"""Showing an answer in a terminal: the text, tables with small bars, receipts, and the ledger span."""

from __future__ import annotations

import sys
from decimal import Decimal
from textwrap import wrap
from typing import TYPE_CHECKING

import orjson

from agents.answer import Answer
from agents.channels.rendering import age, counted, shown_results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from tools.facts import QueryResult
    from tools.receipts import Receipt

_MOST_RECEIPTS = 6
_SET_IN = "    "
_COLOURS = {"answered": "green", "withheld": "yellow", "unanswerable": "yellow", "needs_approval": "yellow"}


def show_json(answer: Answer) -> None:
    """The answer as exactly one JSON object on stdout."""
    sys.stdout.buffer.write(orjson.dumps(answer.to_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def show_answer(answer: Answer, console: Console | None = None) -> None:
    """The answer for a person, on stdout or where `console` writes."""
    from agents.cli.tables import screen, show_text

    if console is None:
        console = screen()
    console.print(
        f"[bold {_COLOURS.get(answer.status, 'red')}]{answer.status.replace('_', ' ')}[/]  [dim]{answer.id}[/dim]"
    )
    console.print()
    show_text(console, answer.text)
    shown = shown_results(answer)
    said = len(shown) == 1 and f"Read as: {shown[0].read_as}." in answer.text  # a title would say it twice
    for result in shown:
        console.print()
        _show_table(console, result, "" if said else result.read_as)
    if answer.status == "withheld" and not any(result.table for result in answer.results):
        _show_facts(console, answer)
    _show_origin(console, answer)


def _show_table(console: Console, result: QueryResult, title: str) -> None:
    from agents.cli.tables import show_table
    from policies.grounding import numeric_columns, table_rows

    columns, rows = table_rows(result)
    show_table(console, columns, rows, right=numeric_columns(result), title=title, bars=_bars(result))


def _bars(result: QueryResult) -> list[float]:
    """For a series the length of a small bar per row, 0 to 1, by its first column of numbers; the rest has none."""
    from policies.grounding import is_rest, numeric_columns, rows_shown

    table = result.table
    if table is None or not table.series or len(table.rows) < 2:
        return []
    by_id = {fact.id: fact for fact in result.facts}
    column = min(numeric_columns(result), default=None)
    if column is None:
        return []
    values = [
        by_id[row[column]].value if row[column] in by_id and not is_rest(row) else Decimal()
        for row in rows_shown(result)
    ]
    sizes = [max(float(value), 0.0) if not isinstance(value, str) else 0.0 for value in values]
    most = max(sizes, default=0.0)
    return [size / most for size in sizes] if most > 0 else []


def _show_facts(console: Console, answer: Answer) -> None:
    console.print()
    said = [
        f"  {fact.label}: {fact.value} {fact.unit}  ({fact.period.label if fact.period else ''}; {fact.scope.text()})"
        for fact in answer.facts
    ]
    for line in dict.fromkeys(said):
        console.print(line, markup=False)


def _receipts(receipts: Sequence[Receipt], room: int) -> tuple[str, list[str]]:
    """How many, and the first of them in the longest form that fits: where the room is narrow, their common source is
    said once, and at last each takes two lines."""
    heading, first = counted(len(receipts), "receipt"), receipts[:_MOST_RECEIPTS]
    calls = [f"  {one.id}  {one.service}:{one.operation}" for one in first]
    places = [f"  {one.account} {one.region}" for one in first]
    whole = [f"  request {one.request_id}" for one in first]
    short = [f"  request {one.request_id[:8]}…" for one in first]
    sources = [
        f"  source: {one.source}{f', cached {age(one.age_seconds or 0)} ago' if one.cached else ''}" for one in first
    ]
    once = len({one.source for one in receipts}) == 1 and not any(one.cached for one in first)
    forms = [(whole, sources), (short, sources), ([""] * len(first), sources)]
    forms += [([""] * len(first), [""] * len(first))] if once else []
    for requests, sourced in forms:
        lines = ["".join(parts) for parts in zip(calls, places, requests, sourced, strict=True)]
        if max(map(len, lines)) <= room:
            return (heading if sourced is sources else f"{heading},{sources[0][1:]}"), lines
    by_two = [f"{call}\n  {place}{source}" for call, place, source in zip(calls, places, sources, strict=True)]
    if all(len(line) <= room for receipt in by_two for line in receipt.split("\n")):
        return heading, by_two
    # an identifier is never broken, so each part has a line; what is said of the source may wrap
    parts = [
        (
            f"  {one.id}",
            f"    {one.service}:{one.operation}",
            f"  {place}",
            *wrap(source.strip(), room, initial_indent=_SET_IN, subsequent_indent=_SET_IN),
        )
        for one, place, source in zip(first, places, sources, strict=True)
    ]
    return heading, ["\n".join(lines) for lines in parts]


def _show_origin(console: Console, answer: Answer) -> None:
    console.print()
    if answer.receipts:
        heading, lines = _receipts(answer.receipts, console.width)
        console.print("\n".join((heading, *lines)), style="dim", markup=False, soft_wrap=True)
        if len(answer.receipts) > _MOST_RECEIPTS:
            more = counted(len(answer.receipts) - _MOST_RECEIPTS, "more receipt")
            console.print(f"  [dim]and {more} (--json lists all)[/dim]")
    usage = answer.usage
    cost = f", AWS calls cost USD {usage.aws_cost_usd:.2f}" if usage.aws_cost_usd else ""
    console.print(
        f"[dim]{usage.seconds:.2f} s, model {usage.model}, {usage.input_tokens} tokens in, "
        f"{usage.output_tokens} out, {counted(usage.aws_calls, 'AWS call')}{cost}[/dim]"
    )
    if answer.ledger.first is not None and answer.ledger.last is None:
        begun = f"ledger {answer.ledger.origin}: from record {answer.ledger.first}"
        console.print(f"[dim]{begun}; the end could not be recorded[/dim]")
    elif answer.ledger.first is not None:
        console.print(
            f"[dim]ledger {answer.ledger.origin}: records {answer.ledger.first} to {answer.ledger.last}, "
            f"root {answer.ledger.root[:16]}…[/dim]"
        )
