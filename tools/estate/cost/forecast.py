"""GetCostForecast: a simple forecast that a reader can repeat with a spreadsheet.

Each day to come costs the mean of the same weekday over the last 14 days, so that a step in spend (an ended
reservation) is in it and a spike that is over is not. Charges that are billed once a month (support, tax,
reservation fees) come on the first of a month at the last full month's amount; credits and refunds are not
forecast.
The prediction interval is the mean plus or minus z times the standard deviation of the daily
residuals times the square root of the number of days.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import sqrt
from statistics import NormalDist, fmean
from typing import Any

from tools.estate.cost import filters, store
from tools.estate.cost.filters import Condition
from tools.estate.cost.generate import LAST_DAY
from tools.estate.cost.periods import Span, next_month, span, steps
from tools.estate.cost.usage import METRICS, scope, within
from tools.estate.errors import AwsError
from tools.estate.request import EstateRequest
from tools.estate.world import CURRENCY

LOOK_BACK_DAYS = 14
_MONTHLY = Condition("record_type IN ('Support', 'Tax', 'RIFee')")
_DAILY = Condition("record_type NOT IN ('Support', 'Tax', 'RIFee', 'Credit', 'Refund')")
_FORECAST_METRICS = {
    "AMORTIZED_COST": "AmortizedCost",
    "BLENDED_COST": "BlendedCost",
    "NET_AMORTIZED_COST": "NetAmortizedCost",
    "NET_UNBLENDED_COST": "NetUnblendedCost",
    "UNBLENDED_COST": "UnblendedCost",
}
_DEFAULT_LEVEL = 80
_LONGEST_DAYS = {"DAILY": 93, "MONTHLY": 550}


class Forecaster:
    """The forecast for the line items that match a condition."""

    def __init__(self, items: store.Items, where: Condition, column: str) -> None:
        first = LAST_DAY - timedelta(days=LOOK_BACK_DAYS - 1)
        past = where & _DAILY & within(Span(first, LAST_DAY + timedelta(days=1)))
        rows = items.rows(
            f"SELECT day, sum({column}) FROM items WHERE {past.sql} GROUP BY 1",  # noqa: S608
            list(past.parameters),
        )
        costs = {day: float(cost) for day, cost in rows}
        days = [first + timedelta(days=n) for n in range(LOOK_BACK_DAYS)]
        by_weekday: dict[int, list[float]] = {}
        for day in days:
            by_weekday.setdefault(day.weekday(), []).append(costs.get(day, 0.0))
        self._mean = {weekday: fmean(values) for weekday, values in by_weekday.items()}
        residuals = [costs.get(day, 0.0) - self._mean[day.weekday()] for day in days]
        self._deviation = sqrt(sum(value * value for value in residuals) / (LOOK_BACK_DAYS - 7))
        this_month = LAST_DAY.replace(day=1)
        last_month = (this_month - timedelta(days=1)).replace(day=1)
        fees = where & _MONTHLY & within(Span(last_month, this_month))
        self._monthly = float(
            items.rows(
                f"SELECT coalesce(sum({column}), 0) FROM items WHERE {fees.sql}",  # noqa: S608
                list(fees.parameters),
            )[0][0]
        )
        self.has_data = bool(costs) or self._monthly != 0

    def day(self, day: date) -> float:
        """USD expected on one day."""
        return self._mean[day.weekday()] + (self._monthly if day.day == 1 else 0.0)

    def mean(self, part: Span) -> float:
        """USD expected in a span."""
        return sum(self.day(part.start + timedelta(days=n)) for n in range(part.days))

    def spread(self, part: Span, level: int) -> float:
        """Half the width of the ``level`` percent prediction interval of a span, in USD."""
        return NormalDist().inv_cdf(0.5 + level / 200) * self._deviation * sqrt(part.days)


def get_cost_forecast(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetCostForecast."""
    params = request.params
    whole, granularity = span(params["TimePeriod"]), params["Granularity"]
    if params["Metric"] not in _FORECAST_METRICS:
        raise AwsError("ValidationException", f"{params['Metric']} is not a valid metric for a cost forecast")
    if whole.start < request.now.date():
        raise AwsError("ValidationException", f"Start date {whole.start} of a forecast must not be in the past")
    parts = steps(whole, granularity)
    if whole.days > _LONGEST_DAYS[granularity]:
        raise AwsError(
            "ValidationException", f"A {granularity} forecast is limited to {_LONGEST_DAYS[granularity]} days"
        )
    column = METRICS[_FORECAST_METRICS[params["Metric"]]]
    where = filters.condition(params.get("Filter")) & scope(request)
    forecaster = Forecaster(store.items(request.home), where, column)
    if not forecaster.has_data:
        raise AwsError("DataUnavailableException", "Insufficient amount of historical data to generate forecast.")
    level = params.get("PredictionIntervalLevel", _DEFAULT_LEVEL)
    return {
        "Total": {"Amount": _text(forecaster.mean(whole)), "Unit": CURRENCY},
        "ForecastResultsByTime": [
            {
                "TimePeriod": part.as_aws(),
                "MeanValue": _text(forecaster.mean(part)),
                "PredictionIntervalLowerBound": _text(max(0.0, forecaster.mean(part) - forecaster.spread(part, level))),
                "PredictionIntervalUpperBound": _text(forecaster.mean(part) + forecaster.spread(part, level)),
            }
            for part in parts
        ],
    }


def month_forecast(items: store.Items, where: Condition, column: str, today: date) -> float:
    """USD expected for the whole month of ``today``: what was billed so far plus the forecast of the rest."""
    month = Span(today.replace(day=1), next_month(today))
    so_far = where & within(Span(month.start, today))
    spent = items.rows(
        f"SELECT coalesce(sum({column}), 0) FROM items WHERE {so_far.sql}",  # noqa: S608
        list(so_far.parameters),
    )[0][0]
    return float(spent) + Forecaster(items, where, column).mean(Span(today, month.end))


def _text(value: float) -> str:
    return str(Decimal(f"{value:.6f}").normalize().quantize(Decimal("0.000001")))
