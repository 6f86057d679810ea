"""Forecast: what AWS expects that will be spent, and how that compares with what was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.cost.explorer import HOME, Costs, as_lists, cents, costs, filters, scope_of
from tools.cost.names import billed_names
from tools.cost.parts import Kept, Part, kept_by, named_by
from tools.cost.spans import days_label
from tools.errors import InputError, RegentError
from tools.facts import Draft, Facts, Scope
from tools.periods import Period, between_months, parse_period
from tools.registry import query

Ahead = Literal["this_month", "next_month", "next_3_months", "this_year"]
Months = Annotated[
    str | None,
    Field(description="instead of period, whole months to come, 11 at most: 2026-12 or 2027-01..2027-03"),
]
MOST_AHEAD = 11
"""Whole months after this one that AWS forecasts: twelve with this one, by month."""
_LEVEL = 80
"""Percent of outcomes that AWS expects within the lower and upper bound."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What AWS expects for one stretch: mean and, for a whole month, its prediction interval."""

    mean: Decimal
    low: Decimal | None
    high: Decimal | None
    receipt: str


@query(
    domain="cost",
    operations=("ce:GetCostAndUsage", "ce:GetCostForecast", "ce:GetDimensionValues"),
    reach="payer",
)
def forecast(
    aws: Aws,
    period: Ahead = "this_month",
    accounts: Accounts = "all",
    service: str | None = None,
    months: Months = None,
    part: Part | None = None,
) -> Facts:
    """Forecast of spend: this month, next month, the next 3 months, this year, or months to come; and what was so far.

    Gross: AWS does not forecast credits and refunds. Costs two to four Cost Explorer requests.
    """
    chosen = aws.directory.select(accounts)
    today = aws.now.date()
    month = between_months(today, today)
    last = parse_period("last_month", aws.now)
    where = billed_names(aws, last, {"service": service})
    scope = scope_of(aws, chosen, "gross", named_by(where, part))
    asking = Asking(aws, chosen, kept_by(aws, last, part, where), scope)
    if months is None and period == "this_month":
        return _this_month(asking, month, last)
    if months is None and period == "this_year":
        return _this_year(asking, month)
    first, end = _ahead(months, month) if months else (1, 1 if period == "next_month" else 3)
    return _next_months(asking, list(_months_after(month, end))[first - 1 :], last, next_one=(first, end) == (1, 1))


def _ahead(months: str, month: Period) -> tuple[int, int]:
    """How many months after this one the first and the last of `months` are.

    Raises:
        InputError: they are not all within what AWS forecasts.
    """
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(\.\.\d{4}-(0[1-9]|1[0-2]))?", months):
        raise InputError(
            f"months is {months!r}; expected a month as in 2026-12, or the first and the last: 2027-01..2027-03."
        )
    found = [(int(one[:4]) - month.start.year) * 12 + int(one[5:7]) - month.start.month for one in months.split("..")]
    first, end = found[0], found[-1]
    if not 1 <= first <= end <= MOST_AHEAD:
        *_, latest = _months_after(month, MOST_AHEAD)
        raise InputError(
            f"months is {months!r}; AWS forecasts whole months from next month up to {latest.label}, besides the "
            "periods this_month and this_year."
        )
    return first, end


@dataclass(frozen=True, slots=True)
class Asking:
    """What the forecast is asked for."""

    aws: Aws
    accounts: tuple[Account, ...]
    where: Kept
    scope: Scope

    @property
    def today(self) -> datetime:
        """Midnight at the start of today: the first day that is forecast."""
        return datetime(self.aws.now.year, self.aws.now.month, self.aws.now.day, tzinfo=UTC)

    def spent(self, start: datetime) -> Costs | None:
        """Monthly costs from `start` to yesterday; None if that is no day."""
        if start >= self.today:
            return None
        span = Period(label=days_label(start, self.today), start=start, end=self.today)
        return costs(self.aws, span, accounts=self.accounts, basis="gross", where=self.where)

    def expected(self, end: datetime, *, daily: bool) -> list[tuple[str, Expected]]:
        """Forecasts from today to `end` with their first days."""
        asked: dict[str, Any] = {
            "TimePeriod": {"Start": self.today.date().isoformat(), "End": end.date().isoformat()},
            "Metric": "UNBLENDED_COST",
            "Granularity": "DAILY" if daily else "MONTHLY",
            "PredictionIntervalLevel": _LEVEL,
            "Filter": filters(self.aws, self.accounts, "gross", as_lists(self.where)),
        }
        reply = self.aws.call(self.aws.directory.payer, "ce:GetCostForecast", region=HOME, **asked)
        unit = reply.data["Total"]["Unit"]
        if unit != self.aws.currency:
            raise RegentError(f"AWS forecasts in {unit}, expected {self.aws.currency}; set the estate's currency.")
        return [(entry["TimePeriod"]["Start"], _expected(entry, reply.receipt))
                for entry in reply.data["ForecastResultsByTime"]]  # fmt: skip

    def rest_of_month(self, month: Period) -> Expected:
        """What is expected from today to the month's end.

        By day: for a month that has begun, AWS does not say whether a monthly forecast includes the days gone by.
        """
        days = self.expected(month.end, daily=True)
        return Expected(sum((day.mean for _, day in days), Decimal()), None, None, days[0][1].receipt)

    def facts(self, period: Period, read_as: str) -> Facts:
        """An empty result about `period`."""
        return Facts(read_as=f"forecast {read_as}, {self.scope.text()}", period=period, scope=self.scope)


def _this_month(asking: Asking, month: Period, last: Period) -> Facts:
    facts, currency = asking.facts(month, f"for {month.label}"), asking.aws.currency
    past = asking.spent(last.start)
    rest = asking.rest_of_month(month)
    receipts = [*(past.receipts if past else ()), rest.receipt]
    so_far = sum(past.totals(month).values(), Decimal()) if past else Decimal()
    whole = cents(so_far + rest.mean)
    facts.fact("forecast spend for the whole month", whole, currency, receipts=receipts, headline=True)
    if past and asking.today > month.start:
        label = f"{month.label} to date ({days_label(month.start, asking.today)})"
        span = Period(label=label, start=month.start, end=asking.today)
        facts.fact("spend so far", so_far, currency, receipts=past.receipts, period=span)
    ahead = Period(label=days_label(asking.today, month.end), start=asking.today, end=month.end)
    facts.fact("forecast spend for the rest of the month", rest.mean, currency, receipts=[rest.receipt], period=ahead)
    if past:
        _add_comparison(facts, past, last, whole, receipts, currency)
    return facts


def _next_months(asking: Asking, months: list[Period], last: Period, *, next_one: bool) -> Facts:
    count = len(months)
    whole = months[0] if count == 1 else between_months(months[0].start.date(), months[-1].start.date())
    facts, currency = asking.facts(whole, f"for {whole.label}"), asking.aws.currency
    found = dict(asking.expected(whole.end, daily=False))
    past = asking.spent(last.start) if next_one else None
    each = [(span, found[span.first_day]) for span in months]
    total = cents(sum((one.mean for _, one in each), Decimal()))
    receipts = [one.receipt for _, one in each]
    facts.fact("forecast spend", total, currency, receipts=receipts, headline=True)
    if count > 1:
        facts.fact("average monthly forecast spend", total / count, currency, receipts=receipts)
    facts.columns, facts.series = _columns(currency), True
    for span, one in each:
        facts.row(span.label, *_with_bounds(facts, span, one, currency))
    facts.notes.append(f"AWS expects {_LEVEL} of 100 outcomes between the lower and the upper bound.")
    if past:
        _add_comparison(facts, past, last, total, [*past.receipts, *receipts], currency)
    return facts


def _this_year(asking: Asking, month: Period) -> Facts:
    first = month.start.replace(month=1)
    year = Period(label=f"{first.year}", start=first, end=first.replace(year=first.year + 1))
    facts, currency = asking.facts(year, f"for {year.label}"), asking.aws.currency
    past = asking.spent(first)
    rest = asking.rest_of_month(month)
    months = list(_months_after(month, 12 - month.start.month))
    found = dict(asking.expected(year.end, daily=False)) if months else {}
    each = [(span, found[span.first_day]) for span in months]
    so_far = sum(past.totals().values(), Decimal()) if past else Decimal()
    to_come = rest.mean + sum((one.mean for _, one in each), Decimal())
    behind = list(past.receipts) if past else []
    ahead = list(dict.fromkeys([rest.receipt, *(one.receipt for _, one in each)]))
    facts.fact("forecast spend for the whole year", so_far + to_come, currency, receipts=behind + ahead, headline=True)
    if past:
        label = f"{year.label} to date ({days_label(first, asking.today)})"
        span = Period(label=label, start=first, end=asking.today)
        facts.fact("spend so far", so_far, currency, receipts=behind, period=span)
    left = Period(label=days_label(asking.today, year.end), start=asking.today, end=year.end)
    facts.fact("forecast spend for the rest of the year", to_come, currency, receipts=ahead, period=left)
    facts.columns, facts.series = _columns(currency), True
    remaining = Period(label=days_label(asking.today, month.end), start=asking.today, end=month.end)
    for span, one in [(remaining, rest), *each]:
        facts.row(span.label, *_with_bounds(facts, span, one, currency))
    return facts


def _add_comparison(
    facts: Facts, past: Costs, last: Period, total: Decimal, receipts: list[str], currency: str
) -> None:
    before = cents(sum(past.totals(last).values(), Decimal()))
    facts.fact("spend last month", before, currency, receipts=past.receipts, period=last)
    facts.fact("forecast change against last month", total - before, currency, receipts=receipts)
    if before > 0:
        change = (total - before) * 100 / before
        facts.fact("forecast change against last month, relative", change, "percent", receipts=receipts)


def _columns(currency: str) -> tuple[str, ...]:
    return ("Period", f"Forecast ({currency})", f"Lower bound ({currency})", f"Upper bound ({currency})")


def _with_bounds(facts: Facts, span: Period, one: Expected, currency: str) -> Iterator[Draft | str]:
    for label, value in (
        ("forecast spend", one.mean),
        ("forecast spend, lower bound", one.low),
        ("forecast spend, upper bound", one.high),
    ):
        yield "-" if value is None else facts.fact(label, value, currency, receipts=[one.receipt], period=span)


def _expected(entry: dict[str, Any], receipt: str) -> Expected:
    low, high = entry.get("PredictionIntervalLowerBound"), entry.get("PredictionIntervalUpperBound")
    return Expected(
        Decimal(entry["MeanValue"]), Decimal(low) if low else None, Decimal(high) if high else None, receipt
    )


def _months_after(month: Period, count: int) -> Iterator[Period]:
    current: date = month.start.date()
    for _ in range(count):
        current = (current + timedelta(days=31)).replace(day=1)
        yield between_months(current, current)
