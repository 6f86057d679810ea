"""Formulas over the bill: sums of line items, and the few records that hang on them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.questions.truth import Truth, TruthError, Value, formula, match, nth


def _total(truth: Truth, period: str, **filters: Any) -> Decimal:
    return sum(truth.sums(None, period, **filters).values(), Decimal())


@formula
def spend(truth: Truth, period: str, **filters: Any) -> Value:
    """Spend in USD; filters by account, service, team, venue, env, region, usage_type, day; `gross=True`."""
    return _total(truth, period, **filters)


@formula
def average_spend(truth: Truth, period: str, parts: int, **filters: Any) -> Value:
    """Spend in USD of a period, divided by a number of days or months."""
    return _total(truth, period, **filters) / parts


@formula
def change(truth: Truth, before: str, after: str, **filters: Any) -> Value:
    """Spend after minus spend before, USD."""
    return _total(truth, after, **filters) - _total(truth, before, **filters)


@formula
def rise(truth: Truth, before: str, after: str, **filters: Any) -> Value:
    """The size of a change, without its sign."""
    return abs(_total(truth, after, **filters) - _total(truth, before, **filters))


@formula
def change_percent(truth: Truth, before: str, after: str, **filters: Any) -> Value:
    """Percent of change of spend."""
    was = _total(truth, before, **filters)
    return (_total(truth, after, **filters) - was) / was * 100


@formula
def share(truth: Truth, period: str, gross: bool = False, **filters: Any) -> Value:
    """Percent of all spend of the period that the filters keep."""
    return _total(truth, period, gross=gross, **filters) / _total(truth, period, gross=gross) * 100


@formula
def top(truth: Truth, by: str, period: str, place: int = 1, **filters: Any) -> Value:
    """Who spends most by a dimension (untagged and empty left out)."""
    sums = {name: amount for name, amount in truth.sums(by, period, **filters).items() if name}
    return nth(sums, place)


@formula
def top_change(
    truth: Truth, by: str, before: str, after: str, place: int = 1, up: bool = True, **filters: Any
) -> Value:
    """Whose spend changed most, upwards or downwards."""
    was, now = truth.sums(by, before, **filters), truth.sums(by, after, **filters)
    moved = {name: now.get(name, Decimal()) - was.get(name, Decimal()) for name in {*was, *now} if name}
    return nth({name: amount if up else -amount for name, amount in moved.items()}, place)


def _budget(truth: Truth, name: str) -> tuple[Decimal, Decimal]:
    (row,) = match(truth.records("budgets"), name=name)
    filters: dict[str, str] = {}
    given = row["filters"]
    if "LinkedAccount" in given:
        known = {one["id"]: one["name"] for one in truth.records("accounts")}
        filters["account"] = "|".join(known[one] for one in given["LinkedAccount"])
    if "Service" in given:
        filters["service"] = "|".join(given["Service"])
    if "TagKeyValue" in given:
        filters["team"] = given["TagKeyValue"][0].removeprefix("user:team$")
    return Decimal(row["limit_usd"]), _total(truth, "2026-10", **filters)


@formula
def budget_limit(truth: Truth, name: str) -> Value:
    """The limit of a budget, USD a month."""
    return _budget(truth, name)[0]


@formula
def budget_actual(truth: Truth, name: str) -> Value:
    """What a budget has used this month, USD."""
    return _budget(truth, name)[1]


@formula
def budgets_over(truth: Truth) -> Value:
    """How many budgets are over their limit this month."""
    return sum(1 for row in truth.records("budgets") if _budget(truth, row["name"])[1] > row["limit_usd"])


@formula
def budgets(truth: Truth) -> Value:
    """How many budgets there are."""
    return len(truth.records("budgets"))


@formula
def projected(truth: Truth, **filters: Any) -> Value:
    """A plain projection of October, USD: the days so far, and each day to come like an average one after the first."""
    return (
        _total(truth, "2026-10-01..2026-10-14", **filters)
        + 17 * _total(truth, "2026-10-02..2026-10-14", **filters) / 13
    )


@formula
def savings(truth: Truth, action: str | None = None, account: str | None = None) -> Value:
    """Monthly saving of recommendations, USD."""
    rows = match(truth.records("cost_optimization_recommendations"), action=action, account=account)
    if not rows:
        raise TruthError("there is no such recommendation")
    return sum((Decimal(str(row["monthly_saving"])) for row in rows), Decimal())


@formula
def savings_count(truth: Truth, action: str | None = None, account: str | None = None) -> Value:
    """How many recommendations there are."""
    return len(match(truth.records("cost_optimization_recommendations"), action=action, account=account))


@formula
def anomalies(truth: Truth, account: str | None = None) -> Value:
    """How many cost anomalies were reported."""
    return len(match(truth.records("cost_anomalies"), account=account))


@formula
def plan_end(truth: Truth, account: str) -> Value:
    """The last day of the savings plan of an account."""
    (row,) = match(truth.records("cost_savings_plans"), account=account)
    return str(row["end"])


@formula
def reservation_end(truth: Truth, identity: str) -> Value:
    """The last day of a reservation."""
    (row,) = match(truth.records("cost_reservations"), id=identity)
    return str(row["end"])
