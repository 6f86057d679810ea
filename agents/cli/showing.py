"""Showing an answer in a terminal: the text, tables with small bars, receipts, and the ledger span."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import orjson

from agents.answer import Answer
from agents.channels.rendering import age, counted, shown_results

if TYPE_CHECKING:
    from rich.console import Console

    from tools.facts import QueryResult
    from tools.receipts import Receipt

_MOST_RECEIPTS = 6
_COLOURS = {"answered": "green", "withheld": "yellow", "unanswerable": "yellow", "needs_approval": "yellow"}


def show_json(answer: Answer) -> None:
    """The answer as exactly one JSON object on stdout."""
    sys.stdout.buffer.write(orjson.dumps(answer.to_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def show_answer(answer: Answer, console: Console | None = None) -> None:
    """The answer for a person, on stdout or where `console` writes."""
    if console is None:
        from agents.cli.tables import screen

        console = screen()
    console.print(f"[bold {_COLOURS.get(answer.status, 'red')}]{answer.status.replace('_', ' ')}[/]  [dim]{answer.id}[/dim]")
    console.print()
    console.print(answer.text, markup=False)
    for result in shown_results(answer):
        console.print()
        _show_table(console, result)
    if answer.status == "withheld" and not any(result.table for result in answer.results):
        _show_facts(console, answer)
    _show_origin(console, answer)


def _show_table(console: Console, result: QueryResult) -> None:
    from agents.cli.tables import show_table
    from policies.grounding import numeric_columns, table_rows

    columns, rows = table_rows(result)
    show_table(console, columns, rows, right=numeric_columns(result), title=result.read_as, bars=_bars(result))


def _bars(result: QueryResult) -> list[float]:
    """For a series the length of a small bar per row, 0 to 1, by its first column of numbers."""
    from policies.grounding import numeric_columns

    table = result.table
    if table is None or not table.series or len(table.rows) < 2:
        return []
    by_id = {fact.id: fact for fact in result.facts}
    column = min(numeric_columns(result), default=None)
    if column is None:
        return []
    values = [by_id[row[column]].value if row[column] in by_id else Decimal() for row in table.rows]
    sizes = [abs(float(value)) if not isinstance(value, str) else 0.0 for value in values]
    most = max(sizes, default=0.0)
    return [size / most for size in sizes] if most else []


def _show_facts(console: Console, answer: Answer) -> None:
    console.print()
    for fact in answer.facts:
        period = fact.period.label if fact.period else ""
        console.print(f"  {fact.label}: {fact.value} {fact.unit}  ({period}; {fact.scope.text()})", markup=False)


def _receipt(receipt: Receipt, room: int) -> str:
    """One receipt on a line, with as much of the request's id as there is room for; else on two lines."""
    old = f", cached {age(receipt.age_seconds or 0)} ago" if receipt.cached else ""
    call, where = f"  {receipt.id}  {receipt.service}:{receipt.operation}", f"  {receipt.account} {receipt.region}"
    source = f"  source: {receipt.source}{old}"
    requests = (f"  request {receipt.request_id}", f"  request {receipt.request_id[:8]}…", "")
    lines = [f"{call}{where}{request}{source}" for request in requests]
    return next((line for line in lines if len(line) <= room), f"{call}\n  {where}{source}")


def _show_origin(console: Console, answer: Answer) -> None:
    console.print()
    if answer.receipts:
        console.print(f"[dim]{counted(len(answer.receipts), 'receipt')}[/dim]")
        for receipt in answer.receipts[:_MOST_RECEIPTS]:
            console.print(_receipt(receipt, console.width), style="dim", markup=False, soft_wrap=True)
        if len(answer.receipts) > _MOST_RECEIPTS:
            console.print(f"  [dim]and {len(answer.receipts) - _MOST_RECEIPTS} more (--json lists all)[/dim]")
    usage = answer.usage
    cost = f", AWS calls cost USD {usage.aws_cost_usd:.2f}" if usage.aws_cost_usd else ""
    console.print(
        f"[dim]{usage.seconds:.2f} s, model {usage.model}, {usage.input_tokens} tokens in, "
        f"{usage.output_tokens} out, {counted(usage.aws_calls, 'AWS call')}{cost}[/dim]"
    )
    if answer.ledger.first is not None:
        console.print(
            f"[dim]ledger {answer.ledger.origin}: records {answer.ledger.first} to {answer.ledger.last}, "
            f"root {answer.ledger.root[:16]}…[/dim]"
        )
