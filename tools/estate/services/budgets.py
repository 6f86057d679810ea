"""AWS Budgets of the payer: monthly limits, with actual and forecast spend from the same line items."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tools.estate.cost import paging, store
from tools.estate.cost.filters import Condition
from tools.estate.cost.forecast import month_forecast
from tools.estate.cost.periods import Span
from tools.estate.cost.usage import amount, within
from tools.estate.errors import AwsError
from tools.estate.request import EstateRequest, Handler
from tools.estate.world import BY_NAME, COMPANY, CURRENCY, PAYER


@dataclass(frozen=True, slots=True)
class Budget:
    """A monthly cost budget in USD; filters as Budgets' CostFilters has them. Credits and refunds are left out."""

    name: str
    limit: int
    filters: dict[str, list[str]] = field(default_factory=dict)

    @property
    def condition(self) -> Condition:
        found = Condition("record_type NOT IN ('Credit', 'Refund')")
        for key, values in self.filters.items():
            marks = ", ".join("?" for _ in values)
            if key == "TagKeyValue":
                teams = tuple(value.partition("$")[2] for value in values)
                found &= Condition(f"tag_team IN ({marks})", teams)
            else:
                column = {"LinkedAccount": "account", "Service": "service"}[key]
                found &= Condition(f"{column} IN ({marks})", tuple(values))
        return found


def _of(*accounts: str) -> dict[str, list[str]]:
    return {"LinkedAccount": [BY_NAME[name].id for name in accounts]}


BUDGETS: tuple[Budget, ...] = (
    Budget(f"{COMPANY} total", 140_000),
    Budget("online-prod", 38_000, _of("online-prod")),
    Budget(
        "online-prod databases",
        5_500,
        {**_of("online-prod"), "Service": ["Amazon Relational Database Service"]},
    ),
    Budget("data-prod", 22_000, _of("data-prod")),
    Budget("data-lab", 3_000, _of("data-lab")),
    Budget("venues", 22_000, _of("venue-amsterdam", "venue-utrecht", "venue-rotterdam", "venue-eindhoven")),
    Budget("venue-utrecht", 4_800, _of("venue-utrecht")),
    Budget("team security", 11_500, {"TagKeyValue": ["user:team$security"]}),
    Budget("logs and metrics", 4_600, {"Service": ["AmazonCloudWatch"]}),
)


def _described(budget: Budget, request: EstateRequest) -> dict[str, Any]:
    items, today = store.items(request.home), request.now.date()
    spent = budget.condition & within(Span(today.replace(day=1), today))
    ((actual,),) = items.rows(
        f"SELECT coalesce(sum(billed), 0) FROM items WHERE {spent.sql}",  # noqa: S608
        list(spent.parameters),
    )
    forecast = month_forecast(items, budget.condition, "billed", today)
    return {
        "BudgetName": budget.name,
        "BudgetLimit": {"Amount": str(budget.limit), "Unit": CURRENCY},
        "CostFilters": budget.filters,
        "CostTypes": {
            "IncludeTax": True,
            "IncludeSubscription": True,
            "UseBlended": False,
            "IncludeRefund": False,
            "IncludeCredit": False,
            "IncludeUpfront": True,
            "IncludeRecurring": True,
            "IncludeOtherSubscription": True,
            "IncludeSupport": True,
            "IncludeDiscount": True,
            "UseAmortized": False,
        },
        "TimeUnit": "MONTHLY",
        "TimePeriod": {"Start": datetime(2025, 9, 1, tzinfo=UTC), "End": datetime(2087, 6, 15, tzinfo=UTC)},
        "CalculatedSpend": {
            "ActualSpend": {"Amount": amount(actual), "Unit": CURRENCY},
            "ForecastedSpend": {"Amount": amount(Decimal(f"{forecast:.2f}")), "Unit": CURRENCY},
        },
        "BudgetType": "COST",
        "LastUpdatedTime": request.now - timedelta(hours=6),
    }


def _own(request: EstateRequest) -> bool:
    if request.params["AccountId"] != request.account:
        raise AwsError("AccessDeniedException", f"Account {request.account} may read only its own budgets")
    return request.account == PAYER.id


def _describe_budgets(request: EstateRequest) -> dict[str, Any]:
    found = BUDGETS if _own(request) else ()
    size = request.params.get("MaxResults") or 100
    start = paging.offset(request.params, "NextToken")
    answer: dict[str, Any] = {"Budgets": [_described(one, request) for one in found[start : start + size]]}
    return {**answer, "NextToken": paging.token(request.params, start + size)} if start + size < len(found) else answer


def _describe_budget(request: EstateRequest) -> dict[str, Any]:
    for one in BUDGETS if _own(request) else ():
        if one.name == request.params["BudgetName"]:
            return {"Budget": _described(one, request)}
    raise AwsError("NotFoundException", f"Unable to get budget: {request.params['BudgetName']} - doesn't exist")


OPERATIONS: dict[str, Handler] = {"DescribeBudget": _describe_budget, "DescribeBudgets": _describe_budgets}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """The budgets; their spend follows from the line items."""
    return {"budgets": [{"name": one.name, "limit_usd": one.limit, "filters": one.filters} for one in BUDGETS]}
