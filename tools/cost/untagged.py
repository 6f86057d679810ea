"""Untagged spend: cost that carries no tag, and so belongs to nobody."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from tools.accounts import Accounts
from tools.calls import Aws
from tools.cost.explorer import Costs, Top, cents, costs, narrowed, scope_of
from tools.cost.spans import LATE, billed_period
from tools.facts import UNTAGGED, Basis, Draft, Facts, Scope
from tools.registry import PeriodWord, query

_SHARES_UP_TO = 10
"""Rows; a longer table must stay readable."""
_GROSS = "This is gross; net counts credits and refunds too, which can differ."
_NET = "This is net; gross leaves out credits and refunds, which can differ."


@query(domain="cost", operations=("ce:GetCostAndUsage",), reach="payer")
def untagged_spend(
    aws: Aws,
    period: PeriodWord = "last_month",
    tag: Literal["team", "cost-center", "venue", "env"] = "team",
    by: Literal["account", "service"] = "account",
    accounts: Accounts = "all",
    net: bool = False,
    top: Top = 8,
) -> Facts:
    """Spend without a tag: in total, as a share of all spend, and by account or service.

    Some charges can never carry a tag (taxes, support, plan fees). Costs one Cost Explorer request.
    """
    span = billed_period(period, aws.now)
    chosen = aws.directory.select(accounts)
    basis: Basis = "net" if net else "gross"
    scope = scope_of(aws, chosen, basis, {})
    found = costs(aws, span, accounts=chosen, basis=basis, by=(tag, by))
    bare = scope_of(aws, chosen, basis, {tag: UNTAGGED})
    facts = Facts(
        read_as=f"spend without tag {tag} by {by}, {span.label}, {scope.text()}",
        period=span,
        scope=bare,
        series=True,
    )
    shares = top <= _SHARES_UP_TO
    facts.columns = (
        by.capitalize(),
        f"Without tag ({found.currency})",
        *(("Share of its spend (percent)",) if shares else ()),
    )
    totals = found.totals()
    total = cents(sum(totals.values(), Decimal()))
    missing = {key[1]: amount for key, amount in totals.items() if key[0] == UNTAGGED and amount}
    whole = {name: sum((a for key, a in totals.items() if key[1] == name), Decimal()) for name in missing}
    without = cents(sum(missing.values(), Decimal()))
    label = f"spend without tag {tag}"
    facts.fact(label, without, found.currency, receipts=found.receipts, headline=True)
    facts.fact("total spend", total, found.currency, receipts=found.receipts, scope=scope)
    if total > 0:
        share = without * 100 / total
        facts.fact(f"{label}, share of total spend", share, "percent", receipts=found.receipts, headline=True)
    ranked = sorted(missing.items(), key=lambda pair: (-pair[1], pair[0]))
    for name, amount in ranked[:top]:
        own = narrowed(bare, by, name)
        cells: list[str | Draft] = [name]
        cells.append(facts.fact(f"{name} {label}", amount, found.currency, receipts=found.receipts, scope=own))
        if shares:
            wide = narrowed(scope, by, name)
            cells.append(_share(facts, f"{name} {label}, share of all {name} spend", amount, whole[name], found, wide))
        facts.row(*cells)
    if len(ranked) > top:
        shown = sum((cents(amount) for _, amount in ranked[:top]), Decimal())
        rest = facts.fact(f"other {by}s {label}", without - shown, found.currency, receipts=found.receipts)
        facts.row("other", rest, *(("-",) if shares else ()))
    if total > 0 and without == total:
        facts.notes.append(
            f"Nothing carries the tag {tag}: either nothing is tagged, or it is not activated as a cost allocation tag."
        )
    facts.notes.append(_NET if net else _GROSS)
    if span.end > aws.now:
        facts.notes.append(LATE)
    return facts


def _share(facts: Facts, label: str, part: Decimal, whole: Decimal, found: Costs, scope: Scope) -> str | Draft:
    """A part in percent of the whole, both in cents; a dash where the whole is nothing or a credit."""
    if cents(whole) <= 0:
        return "-"
    return facts.fact(label, cents(part) * 100 / cents(whole), "percent", receipts=found.receipts, scope=scope)
