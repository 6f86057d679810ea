"""Savings Plans: coverage, utilisation, and what each plan did."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tools.estate.cost import filters, paging, store
from tools.estate.cost.commitments import PLANS
from tools.estate.cost.filters import Condition
from tools.estate.cost.periods import Span, history, steps
from tools.estate.cost.usage import amount, scope, within
from tools.estate.errors import AwsError, not_in_sample
from tools.estate.request import EstateRequest
from tools.estate.world import BY_NAME

# What a Compute Savings Plan can pay for.
_ELIGIBLE = Condition(
    "(service = 'Amazon Elastic Compute Cloud - Compute' AND contains(usage_type, 'BoxUsage:')) "
    "OR contains(usage_type, 'Fargate-') OR ends_with(usage_type, 'Lambda-GB-Second')"
)
_GROUPS = {
    "SERVICE": "service",
    "REGION": "region",
    "INSTANCE_FAMILY": "CASE instance_type WHEN 'NoInstanceType' THEN instance_type "
    "ELSE split_part(instance_type, '.', 1) END",
}


def share(part: Decimal | float, whole: Decimal | float) -> str:
    """``part`` of ``whole`` in percent, four decimals; 0 of nothing."""
    return amount(Decimal(f"{100 * float(part) / float(whole):.4f}")) if whole else "0"


def unsorted(params: dict[str, Any]) -> None:
    """Refuse SortBy, rather than answer in another order than asked."""
    if params.get("SortBy"):
        raise not_in_sample("ce", "coverage and utilisation with SortBy", "They come in order of time.")


def get_savings_plans_coverage(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetSavingsPlansCoverage: covered spend is told at its on-demand price."""
    params = request.params
    whole = history(params["TimePeriod"], request.now)
    unsorted(params)
    keys = [one["Key"] for one in params.get("GroupBy", []) if "Key" in one]
    if any(key not in _GROUPS for key in keys):
        raise AwsError("ValidationException", f"GroupBy {keys} is invalid. Valid: {', '.join(sorted(_GROUPS))}")
    base = _ELIGIBLE & filters.condition(params.get("Filter")) & scope(request)
    columns = [_GROUPS[key] for key in keys]
    found = []
    # With GroupBy AWS wants no Granularity and answers for the whole period.
    parts = steps(whole, params.get("Granularity", "MONTHLY")) if not keys else [whole]
    for part in parts:
        where = base & within(part)
        sums = (
            "coalesce(sum(billed) FILTER (record_type = 'SavingsPlanCoveredUsage'), 0), "
            "coalesce(sum(billed) FILTER (record_type = 'Usage'), 0)"
        )
        rows = store.items(request.home).rows(
            f"SELECT {', '.join([*columns, sums])} FROM items WHERE {where.sql} "  # noqa: S608
            + (f"GROUP BY {', '.join(str(n + 1) for n in range(len(keys)))} ORDER BY ALL" if keys else ""),
            list(where.parameters),
        )
        for row in rows:
            covered, on_demand = row[-2:]
            found.append(
                {
                    "Attributes": dict(zip(keys, row[:-2], strict=True)),
                    "Coverage": {
                        "SpendCoveredBySavingsPlans": amount(covered),
                        "OnDemandCost": amount(on_demand),
                        "TotalCost": amount(covered + on_demand),
                        "CoveragePercentage": share(covered, covered + on_demand),
                    },
                    "TimePeriod": part.as_aws(),
                }
            )
    size = params.get("MaxResults") or 1000
    start = paging.offset(params, "NextToken")
    answer: dict[str, Any] = {"SavingsPlansCoverages": found[start : start + size]}
    if start + size < len(found):
        answer["NextToken"] = paging.token(params, start + size)
    return answer


def _plan_ids(request: EstateRequest) -> list[str]:
    """The ARNs of the plans whose fee the caller may see and the filter matches."""
    where = (
        Condition("record_type = 'SavingsPlanRecurringFee'")
        & filters.condition(request.params.get("Filter"))
        & scope(request)
    )
    rows = store.items(request.home).rows(
        f"SELECT DISTINCT commitment FROM items WHERE {where.sql} ORDER BY 1",  # noqa: S608
        list(where.parameters),
    )
    return [arn for (arn,) in rows]


def _utilization(request: EstateRequest, part: Span, arns: list[str]) -> dict[str, Any]:
    where = within(part) & Condition(f"commitment IN ({', '.join('?' for _ in arns)})", tuple(arns))
    ((total, unused, on_demand),) = store.items(request.home).rows(
        "SELECT coalesce(sum(billed) FILTER (record_type = 'SavingsPlanRecurringFee'), 0), "  # noqa: S608
        "coalesce(sum(effective) FILTER (record_type = 'SavingsPlanRecurringFee'), 0), "
        "coalesce(sum(billed) FILTER (record_type = 'SavingsPlanCoveredUsage'), 0) "
        f"FROM items WHERE {where.sql}",
        list(where.parameters),
    )
    return {
        "Utilization": {
            "TotalCommitment": amount(total),
            "UsedCommitment": amount(total - unused),
            "UnusedCommitment": amount(unused),
            "UtilizationPercentage": share(total - unused, total),
        },
        "Savings": {"NetSavings": amount(on_demand - total), "OnDemandCostEquivalent": amount(on_demand)},
        "AmortizedCommitment": {
            "AmortizedRecurringCommitment": amount(total),
            "AmortizedUpfrontCommitment": "0",
            "TotalAmortizedCommitment": amount(total),
        },
    }


def get_savings_plans_utilization(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetSavingsPlansUtilization."""
    whole = history(request.params["TimePeriod"], request.now)
    unsorted(request.params)
    arns = _plan_ids(request)
    if not arns:
        raise AwsError("DataUnavailableException", "No Savings Plans data for the requested period and filter")
    parts = steps(whole, request.params.get("Granularity", "MONTHLY"))
    return {
        "SavingsPlansUtilizationsByTime": [
            {"TimePeriod": part.as_aws(), **_utilization(request, part, arns)} for part in parts
        ],
        "Total": _utilization(request, whole, arns),
    }


def get_savings_plans_utilization_details(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetSavingsPlansUtilizationDetails: one entry for each plan."""
    whole = history(request.params["TimePeriod"], request.now)
    unsorted(request.params)
    arns = _plan_ids(request)
    if not arns:
        raise AwsError("DataUnavailableException", "No Savings Plans data for the requested period and filter")
    details = []
    for arn in arns:
        plan = PLANS[arn.rpartition("/")[2]]
        attributes = {
            "SavingsPlansType": "ComputeSavingsPlans",
            "PaymentOption": "NoUpfront",
            "PurchaseTerm": f"{plan.years}yr",
            "Region": "Any",
            "InstanceFamily": "",
            "HourlyCommitment": amount(Decimal(str(plan.hourly))),
            "UpfrontFee": "0",
            "AccountId": BY_NAME[plan.account].id,
            "AccountName": plan.account,
            "Status": "Active" if plan.active(request.now.date()) else "Retired",
            "StartDateTime": f"{plan.start}T00:00:00.000Z",
            "EndDateTime": f"{plan.end}T23:59:59.000Z",
        }
        details.append({"SavingsPlanArn": arn, "Attributes": attributes, **_utilization(request, whole, [arn])})
    return {
        "SavingsPlansUtilizationDetails": details,
        "Total": _utilization(request, whole, arns),
        "TimePeriod": whole.as_aws(),
    }
