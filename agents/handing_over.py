"""Handing over: the end of every turn. What goes out is put on record first, with what it rests on and what it took."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from agents.answer import Answer, AnswerFigure, Usage
from agents.outcome import principal_shown, queries_made, results_of
from policies.audit import AnswerDelivered
from policies.guarded import hide

if TYPE_CHECKING:
    from agents.arriving import Arrival
    from agents.desk import Desk
    from agents.writing import Written
    from policies.turn import Turn
    from tools.receipts import Receipt


def deliver_on_record(desk: Desk, turn: Turn, arrival: Arrival, written: Written) -> Usage:
    """Put on record that this goes out, as it is written; what it took.

    Raises:
        LedgerError: it could not be recorded, so it must not go out.
    """
    prices = desk.oversight.budgets.prices
    billed = [receipt for receipt in turn.receipts.values() if not receipt.cached]
    usage = Usage(
        input_tokens=turn.input_tokens,
        output_tokens=turn.output_tokens,
        model=desk.maker.name,
        aws_calls=len(billed),
        aws_cost_usd=float(prices.asked(f"{receipt.service}:{receipt.operation}" for receipt in billed)),
        model_cost_usd=float(prices.tokens(desk.maker.name, turn.input_tokens, turn.output_tokens)),
        seconds=round(time.perf_counter() - arrival.started, 3),
    )
    turn.record(
        "system:desk",
        AnswerDelivered(
            status=written.status,
            text_sha256=hashlib.sha256(written.text.encode()).hexdigest(),
            figures=len(written.figures),
            facts=[fact.id for fact in written.facts],
            receipts=[receipt.id for receipt in _receipts(turn, written)],
            usage=usage.model_dump(mode="json"),
        ),
    )
    return usage


def handed_over(desk: Desk, turn: Turn, arrival: Arrival, written: Written, *, usage: Usage, disclosure: str) -> Answer:
    """The answer that goes out, after that was put on record; what the guard hides is hidden in all of its parts."""
    return Answer(
        id=turn.question,
        question=arrival.shown,
        principal=principal_shown(turn.principal),
        status=written.status,
        text=written.text,
        disclosure=disclosure,
        figures=tuple(
            hide(turn, AnswerFigure(text=f.text, value=f.value, unit=f.unit, facts=f.facts)) for f in written.figures
        ),
        facts=tuple(hide(turn, fact) for fact in written.facts),
        receipts=_receipts(turn, written),
        queries=queries_made(turn),
        personal=turn.personal,
        approval=written.approval,
        usage=usage,
        ledger=desk.span(turn),
        results=results_of(turn) if written.status != "blocked" else (),
    )


def _receipts(turn: Turn, written: Written) -> tuple[Receipt, ...]:
    """The receipts behind the facts of an answer, each once, in the order of the facts."""
    used = dict.fromkeys(receipt for fact in written.facts for receipt in fact.receipts)
    return tuple(turn.receipts[receipt] for receipt in used if receipt in turn.receipts)
