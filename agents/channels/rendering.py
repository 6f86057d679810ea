"""Rendering: an answer as every channel shows it, before a channel's own form. Channels draw this view, nothing else.

So the same answer says the same everywhere: the same text, figures, tables, receipts, the line that an AI system wrote
it, and how to reach a person.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from agents.answer import Status
from agents.wording import AI, PERSON

if TYPE_CHECKING:
    from agents.answer import Answer
    from agents.settings import Disclosure
    from tools.facts import Fact, QueryResult
    from tools.receipts import Receipt

TITLES: dict[Status, str] = {
    "answered": "Answered",
    "withheld": "Withheld",
    "denied": "Denied",
    "blocked": "Blocked",
    "needs_approval": "Waits for approval",
    "unanswerable": "Cannot be answered",
    "error": "Failed",
}
_MOST_BARS = 31
"""Rows of a chart: a month of days."""


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Chart(_Shown):
    """A series worth drawing: one bar for each label."""

    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    written: tuple[str, ...]
    """The values as the table writes them."""
    unit: str
    column: str
    alt: str
    """The chart in words, for whoever does not see it."""


class TableShown(_Shown):
    """One query's result as rows of cells, all of them; a channel shows as many as it has room for."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...]
    """Columns of numbers, to be aligned right."""
    chart: Chart | None = None


class FigureShown(_Shown):
    """One figure of the text: what it is, its value with unit, and what it covers."""

    label: str
    value: str
    context: str


class ReceiptShown(_Shown):
    """One AWS call behind the answer."""

    id: str
    call: str
    account: str
    region: str
    request_id: str
    at: str
    source: str
    response_sha256: str
    age: str
    """How old the response is if it came from the cache, such as `12 min`; empty: it was asked for this answer."""


class View(_Shown):
    """An answer, ready to be drawn."""

    answer: str
    """Its id; feedback is given on it."""
    status: Status
    title: str
    text: str
    """What was delivered, without the line about who wrote it. GitHub-style markdown."""
    figures: tuple[FigureShown, ...]
    tables: tuple[TableShown, ...]
    receipts: tuple[ReceiptShown, ...]
    disclosure: str
    """That an AI system wrote it, which, and how to reach a person. Every channel shows it with every answer."""
    usage: str
    personal: bool
    """Whether it holds data about persons, so that only who asked may read it."""
    approval: str | None = None


def view(answer: Answer, disclosure: Disclosure) -> View:
    """The view of an answer."""
    text, wrote = _apart(answer)
    return View(
        answer=answer.id,
        status=answer.status,
        title=TITLES[answer.status],
        text=text,
        figures=_figures(answer),
        tables=tuple(_table(result) for result in shown_results(answer)),
        receipts=tuple(map(receipt_shown, answer.receipts)),
        disclosure=_disclosed(wrote, answer, disclosure),
        usage=_usage(answer),
        personal=is_personal(answer),
        approval=answer.approval,
    )


def shown_results(answer: Answer) -> list[QueryResult]:
    """Results with a table: those that the text refers to, or all of them when the prose was withheld.

    Results that say the same are one: a model may call a query with the same inputs again and again.
    """
    with_table = list({_said(result): result for result in answer.results if result.table}.values())
    if answer.status == "withheld":
        return with_table
    used = {fact for figure in answer.figures for fact in figure.facts}
    return [result for result in with_table if used & {fact.id for fact in result.facts}]


def _said(result: QueryResult) -> str:
    """What a result says, whatever the ids of its facts and receipts are."""
    from policies.grounding import table_rows

    return repr((result.query, result.read_as, table_rows(result)))


def is_personal(answer: Answer) -> bool:
    """Whether it names somebody, or a query about persons was tried for it. One unknown here is such a query."""
    from tools.catalogue import queries

    known = queries()
    return answer.personal or any(made.name not in known or known[made.name].personal_data for made in answer.queries)


def _apart(answer: Answer) -> tuple[str, str]:
    """The text, and the line about who wrote it, which is its last paragraph if the desk finished it."""
    if answer.disclosure:
        return answer.text.removesuffix(answer.disclosure).rstrip("\n"), answer.disclosure
    body, _, last = answer.text.rpartition("\n\n")
    if last.startswith(AI):
        return body, last
    return answer.text, ""


def _disclosed(wrote: str, answer: Answer, disclosure: Disclosure) -> str:
    if wrote and not (wrote.startswith(f"{AI} (") and wrote.endswith(PERSON)):
        return wrote  # the house that wrote it has words of its company's own
    said = wrote.removesuffix(PERSON).strip() or f"{AI} (model {answer.usage.model})."
    return f"{disclosure.line}{said.removeprefix(AI)} {disclosure.contact}"


def _figures(answer: Answer) -> tuple[FigureShown, ...]:
    """The figures of the text, each once; of a withheld answer without tables, the facts that were found."""
    by_id = {fact.id: fact for fact in answer.facts}
    if answer.status == "withheld":
        return () if any(one.table for one in answer.results) else tuple(_figure(one) for one in answer.facts)
    used = dict.fromkeys(id for figure in answer.figures for id in figure.facts if id in by_id)
    return tuple(_figure(by_id[id]) for id in used)


def _figure(fact: Fact) -> FigureShown:
    from policies.grounding import write_fact

    period = fact.period.label if fact.period else ""
    context = ", ".join(part for part in (period, fact.scope.text()) if part)
    return FigureShown(label=fact.label, value=write_fact(fact), context=context)


def _table(result: QueryResult) -> TableShown:
    from policies.grounding import numeric_columns, table_rows

    columns, rows = table_rows(result)
    right = tuple(sorted(numeric_columns(result)))
    chart = _chart(result, columns, rows, right)
    return TableShown(title=result.read_as, columns=columns, rows=tuple(rows), right=right, chart=chart)


def _chart(
    result: QueryResult, columns: tuple[str, ...], rows: list[tuple[str, ...]], right: tuple[int, ...]
) -> Chart | None:
    """The first column of numbers, if the rows are a series."""
    table = result.table
    if table is None or not table.series or not right:
        return None
    by_id, column = {fact.id: fact for fact in result.facts}, right[0]
    from policies.grounding import is_rest, rows_shown

    drawn = [
        (" · ".join(cell for number, cell in enumerate(row[:column]) if cell) or row[0], float(fact.value), row[column])
        for raw, row in zip(rows_shown(result), rows, strict=True)
        if (fact := by_id.get(raw[column])) is not None and isinstance(fact.value, int | Decimal) and not is_rest(raw)
    ][:_MOST_BARS]
    if len(drawn) < 2:
        return None
    labels, values, written = zip(*drawn, strict=True)
    unit = next(fact.unit for raw in table.rows if (fact := by_id.get(raw[column])) is not None)
    told = "; ".join(f"{label}: {value}" for label, value in zip(labels, written, strict=True))
    left_out = len(rows) - len(drawn)
    more = f"; {left_out} more row{'s' if left_out > 1 else ''} not drawn" if left_out else ""
    alt = f"Bar chart of {columns[column]}: {result.read_as}. {told}{more}."
    return Chart(
        title=result.read_as, labels=labels, values=values, written=written, unit=unit, column=columns[column], alt=alt
    )


def receipt_shown(receipt: Receipt) -> ReceiptShown:
    """A receipt as every channel shows it."""
    return ReceiptShown(
        id=receipt.id,
        call=f"{receipt.service}:{receipt.operation}",
        account=receipt.account,
        region=receipt.region,
        request_id=receipt.request_id,
        at=f"{receipt.at:%Y-%m-%d %H:%M:%S} UTC",
        source=receipt.source,
        response_sha256=receipt.response_sha256,
        age=age(receipt.age_seconds or 0) if receipt.cached else "",
    )


def _usage(answer: Answer) -> str:
    used = answer.usage
    cost = f", AWS calls cost USD {used.aws_cost_usd:.2f}" if used.aws_cost_usd else ""
    return f"{used.seconds:.2f} s, model {used.model}, {counted(used.aws_calls, 'AWS call')}{cost}"


def counted(number: int, what: str) -> str:
    """`1 receipt`, `3 receipts`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def age(seconds: int) -> str:
    """`40 s`, `12 min` or `3 h`."""
    if seconds < 90:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 5400 else f"{seconds // 3600} h"
