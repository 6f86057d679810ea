"""Budgets: what was planned, what was spent so far, and where the period is expected to end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.cost.explorer import HOME, cents
from tools.cost.spans import days_label
from tools.facts import Basis, Draft, Facts, Scope
from tools.periods import Period, instant, parse_period
from tools.registry import query

_SO_FAR = {"MONTHLY": "month_to_date", "QUARTERLY": "this_quarter", "ANNUALLY": "year_to_date", "DAILY": "today"}
_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Plan:
    """One cost budget; amounts in `unit`."""

    name: str
    limit: Decimal
    actual: Decimal
    forecast: Decimal | None
    unit: str
    period: Period | None
    """What the limit is for."""
    so_far: Period | None
    """The part of it that has passed."""
    scope: Scope


@query(domain="cost", operations=("budgets:DescribeBudgets",), reach="payer")
def budgets(aws: Aws, accounts: Accounts = "all") -> Facts:
    """Cost budgets: limit, actual spend so far, forecast, and which are over or expected to go over.

    Naming accounts keeps the budgets that are about those accounts only.
    """
    chosen = aws.directory.select(accounts)
    payer = aws.directory.payer
    found = aws.items(payer, "budgets:DescribeBudgets", "Budgets", region=HOME, AccountId=payer.id)
    everything = aws.directory.everything(chosen)
    scope = Scope(accounts=aws.directory.scope(chosen))
    plans = [
        _plan(aws, one)
        for one in found.items
        if one["BudgetType"] == "COST" and one.get("BudgetLimit") and (everything or _within(one, chosen))
    ]
    plans.sort(key=lambda p: (-(p.forecast or p.actual) / p.limit if p.limit else Decimal(), p.name))
    facts = Facts(
        read_as=f"budgets, {scope.text()}",
        period=parse_period(f"{aws.now:%Y-%m}", aws.now),
        scope=scope,
        columns=("Budget", "Limit", "Actual so far", "Forecast", "Forecast over limit"),
    )
    now = instant(aws.now)
    over = sum(1 for plan in plans if plan.actual > plan.limit)
    ahead = sum(1 for plan in plans if plan.forecast is not None and plan.forecast > plan.limit)
    for plan in plans[:_SHOWN]:
        _add(facts, plan, found.receipts)
    facts.fact("budgets", len(plans), "budgets", receipts=found.receipts, period=now)
    facts.fact("budgets already over their limit", over, "budgets", receipts=found.receipts, period=now, headline=True)
    facts.fact(
        "budgets forecast to go over their limit", ahead, "budgets", receipts=found.receipts, period=now, headline=True
    )
    if len(plans) > _SHOWN:
        facts.rest("budgets", len(plans) - _SHOWN, "budgets", receipts=found.receipts)
        facts.notes.append("Those that are nearest to their limit, or furthest over it, are listed.")
    if not everything and len(plans) < len(found.items):
        facts.notes.append(
            "Budgets that also cover other accounts, or tags and services across accounts, are left out."
        )
    return facts


def _add(facts: Facts, plan: Plan, receipts: tuple[str, ...]) -> None:
    def fact(label: str, value: Decimal, unit: str, period: Period | None = plan.period) -> Draft:
        return facts.fact(
            f"budget {plan.name}: {label}", value, unit, receipts=receipts, period=period, scope=plan.scope
        )

    cells: list[str | Draft] = [plan.name, fact("limit", plan.limit, plan.unit)]
    cells.append(fact("actual spend so far", plan.actual, plan.unit, plan.so_far))
    if plan.forecast is None:
        cells += ["-", "-"]
    else:
        cells.append(fact("forecast spend", plan.forecast, plan.unit))
        left = cents(plan.forecast) - cents(plan.limit)
        cells.append(fact("forecast over the limit", left, plan.unit) if left > 0 else "under")
    facts.row(*cells)
    if plan.actual > plan.limit:
        fact("actual spend over the limit", cents(plan.actual) - cents(plan.limit), plan.unit, plan.so_far)


def _plan(aws: Aws, one: dict[str, Any]) -> Plan:
    spent = one.get("CalculatedSpend") or {}
    actual, ahead = spent.get("ActualSpend"), spent.get("ForecastedSpend")
    filters = one.get("CostFilters") or {}
    ids = filters.get("LinkedAccount", [])
    where = {
        _words(key): " + ".join(_value(v) for v in values) for key, values in filters.items() if key != "LinkedAccount"
    }
    if one.get("FilterExpression"):
        # it may name accounts in any depth, so the budget must not read as one of all accounts
        where["filter"] = "the budget's own expression"
    return Plan(
        one["BudgetName"],
        Decimal(one["BudgetLimit"]["Amount"]),
        Decimal(actual["Amount"]) if actual else Decimal(),
        Decimal(ahead["Amount"]) if ahead else None,
        one["BudgetLimit"]["Unit"],
        *_periods(aws, one),
        Scope(accounts=tuple(aws.directory.name(i) for i in ids), where=where, basis=_basis(one.get("CostTypes"))),
    )


def _periods(aws: Aws, one: dict[str, Any]) -> tuple[Period | None, Period | None]:
    """What the limit is for, and the part of it that has passed."""
    unit, now = one["TimeUnit"], aws.now
    if unit in _SO_FAR:
        quarter = f"{now.year}-Q{(now.month + 2) // 3}"
        whole = {"MONTHLY": f"{now:%Y-%m}", "QUARTERLY": quarter, "ANNUALLY": f"{now.year}", "DAILY": "today"}
        return parse_period(whole[unit], now), parse_period(_SO_FAR[unit], now)
    window = one.get("TimePeriod") or {}
    if not isinstance(window.get("Start"), datetime) or not isinstance(window.get("End"), datetime):
        return None, None
    start, end = window["Start"].astimezone(UTC), window["End"].astimezone(UTC)
    span = Period(label=days_label(start, end), start=start, end=end)
    return span, span


def _basis(types: dict[str, Any] | None) -> Basis | None:
    """Net or gross of credits and refunds; None if the budget counts one of them only."""
    credit, refund = (types or {}).get("IncludeCredit", True), (types or {}).get("IncludeRefund", True)
    return None if credit != refund else "net" if credit else "gross"


def _within(one: dict[str, Any], chosen: tuple[Account, ...]) -> bool:
    """Whether the budget is about some of the chosen accounts and no others."""
    ids = set((one.get("CostFilters") or {}).get("LinkedAccount", []))
    return bool(ids) and not one.get("FilterExpression") and ids <= {account.id for account in chosen}


def _words(key: str) -> str:
    return {"TagKeyValue": "tag", "Service": "service"}.get(key, key)


def _value(value: str) -> str:
    return value.removeprefix("user:").replace("$", " ")
