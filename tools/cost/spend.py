"""Spend: what was paid, by one dimension, over a period."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from tools.accounts import Accounts
from tools.calls import Aws
from tools.cost.explorer import Dimension, costs, known_value, scope_of
from tools.facts import Basis, Facts
from tools.periods import parse_period
from tools.registry import PeriodWord, query

Top = Annotated[int, Field(ge=1, le=25, description="rows before the rest is summed up as other")]


@query(
    domain="cost",
    operations=("ce:GetCostAndUsage", "ce:GetDimensionValues", "ce:GetTags"),
    reach="payer",
)
def spend(
    aws: Aws,
    period: PeriodWord = "last_month",
    by: Dimension = "service",
    accounts: Accounts = "all",
    service: str | None = None,
    team: str | None = None,
    net: bool = True,
    top: Top = 8,
) -> Facts:
    """What was spent in a period, in total and by service, account, team, venue, env, region or usage type.

    `net` includes credits and refunds, gross leaves them out. `service` and `team` filter by exact names.
    """
    span = parse_period(period, aws.now)
    chosen = aws.directory.select(accounts)
    given = {"service": service, "team": team}
    where = {field: known_value(aws, field, value, span) for field, value in given.items() if value}
    basis: Basis = "net" if net else "gross"
    found = costs(aws, span, accounts=chosen, basis=basis, by=by, where=where)
    scope = scope_of(aws, chosen, basis, where)
    by_words = by.replace("_", " ")
    facts = Facts(
        read_as=f"spend by {by_words}, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        columns=(by_words.capitalize(), f"Spend ({aws.currency})"),
        series=True,
    )
    totals = sorted(found.totals().items(), key=lambda pair: (-pair[1], pair[0]))
    facts.fact(
        "total spend", sum(found.totals().values(), Decimal()), aws.currency, receipts=found.receipts, headline=True
    )
    for name, amount in totals[:top]:
        facts.row(name, facts.fact(f"{name} spend", amount, aws.currency, receipts=found.receipts))
    if len(totals) > top:
        rest = sum((amount for _, amount in totals[top:]), Decimal())
        facts.row("other", facts.fact(f"other {by_words}s spend", rest, aws.currency, receipts=found.receipts))
    return facts
