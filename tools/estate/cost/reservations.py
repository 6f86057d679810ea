"""Reserved databases: coverage and utilisation. The company reserves only RDS."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tools.estate.cost import filters, store
from tools.estate.cost.commitments import RESERVATIONS, Reservation
from tools.estate.cost.dimensions import dimension_column
from tools.estate.cost.filters import Condition
from tools.estate.cost.generate import LAST_DAY
from tools.estate.cost.periods import Span, history, steps
from tools.estate.cost.plans import share, unsorted
from tools.estate.cost.usage import amount, scope, within
from tools.estate.errors import AwsError
from tools.estate.request import EstateRequest

_DATABASE_HOURS = Condition(
    "service = 'Amazon Relational Database Service' AND instance_type <> 'NoInstanceType' "
    "AND record_type IN ('Usage', 'DiscountedUsage')"
)
_ATTRIBUTES = {
    "DATABASE_ENGINE": "databaseEngine",
    "INSTANCE_TYPE": "instanceType",
    "LINKED_ACCOUNT": "linkedAccount",
    "REGION": "region",
}
_NO_DATA = "No reservation data for the requested period and filter; the company reserves only RDS databases"


def get_reservation_coverage(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetReservationCoverage, in running hours of RDS instances."""
    params = request.params
    whole = history(params["TimePeriod"], request.now)
    unsorted(params)
    keys = [one.get("Key", "") for one in params.get("GroupBy", [])]
    if any(key not in _ATTRIBUTES for key in keys):
        raise AwsError("ValidationException", f"GroupBy {keys} is invalid. Valid: {', '.join(sorted(_ATTRIBUTES))}")
    base = _DATABASE_HOURS & filters.condition(params.get("Filter")) & scope(request)
    by_time = []
    for part in steps(whole, params.get("Granularity", "MONTHLY")):
        entry: dict[str, Any] = {
            "TimePeriod": part.as_aws(),
            "Groups": [],
            "Total": _covered(request, part, base, [])[0][1],
        }
        if keys:
            entry["Groups"] = [
                {"Attributes": attributes, "Coverage": coverage}
                for attributes, coverage in _covered(request, part, base, keys)
            ]
        by_time.append(entry)
    total = _covered(request, whole, base, [])[0][1]
    if total["CoverageHours"]["TotalRunningHours"] == "0":
        raise AwsError("DataUnavailableException", _NO_DATA)
    return {"CoveragesByTime": by_time, "Total": total}


def _covered(
    request: EstateRequest, part: Span, base: Condition, keys: list[str]
) -> list[tuple[dict[str, str], dict[str, Any]]]:
    where = base & within(part)
    columns = [dimension_column(key) for key in keys]
    sums = (
        "coalesce(sum(quantity) FILTER (record_type = 'Usage'), 0), "
        "coalesce(sum(quantity) FILTER (record_type = 'DiscountedUsage'), 0), "
        "coalesce(sum(billed) FILTER (record_type = 'Usage'), 0)"
    )
    rows = store.items(request.home).rows(
        f"SELECT {', '.join([*columns, sums])} FROM items WHERE {where.sql} "  # noqa: S608
        + (f"GROUP BY {', '.join(columns)} ORDER BY ALL" if columns else ""),
        list(where.parameters),
    )
    found = []
    for *values, on_demand, reserved, cost in rows:
        attributes = {_ATTRIBUTES[key]: value for key, value in zip(keys, values, strict=True)}
        coverage = {
            "CoverageHours": {
                "OnDemandHours": amount(on_demand),
                "ReservedHours": amount(reserved),
                "TotalRunningHours": amount(on_demand + reserved),
                "CoverageHoursPercentage": share(reserved, on_demand + reserved),
            },
            "CoverageCost": {"OnDemandCost": amount(cost)},
        }
        found.append((attributes, coverage))
    return found


def get_reservation_utilization(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetReservationUtilization; groups by SUBSCRIPTION_ID only, as AWS does."""
    params = request.params
    whole = history(params["TimePeriod"], request.now)
    unsorted(params)
    keys = [one.get("Key") for one in params.get("GroupBy", [])]
    if keys not in ([], ["SUBSCRIPTION_ID"]):
        raise AwsError("ValidationException", f"GroupBy {keys} is invalid. Valid: SUBSCRIPTION_ID")
    where = Condition("record_type = 'RIFee'") & filters.condition(params.get("Filter")) & scope(request)
    rows = store.items(request.home).rows(
        f"SELECT DISTINCT commitment FROM items WHERE {where.sql}",  # noqa: S608
        list(where.parameters),
    )
    arns = {arn for (arn,) in rows}
    chosen = [one for one in RESERVATIONS if one.arn in arns]
    if not chosen:
        raise AwsError("DataUnavailableException", _NO_DATA)
    by_time = []
    for part in steps(whole, params.get("Granularity", "MONTHLY")):
        entry: dict[str, Any] = {
            "TimePeriod": part.as_aws(),
            "Groups": [],
            "Total": _used(request, part, chosen),
        }
        if keys:
            entry["Groups"] = [
                {
                    "Key": "SUBSCRIPTION_ID",
                    "Value": one.id,
                    "Attributes": _described(one, request),
                    "Utilization": _used(request, part, [one]),
                }
                for one in chosen
                if _active_days(one, part)
            ]
        by_time.append(entry)
    return {"UtilizationsByTime": by_time, "Total": _used(request, whole, chosen)}


def _described(one: Reservation, request: EstateRequest) -> dict[str, str]:
    active = one.active(request.now.date())
    return {
        "subscriptionId": one.id,
        "leaseId": one.arn,
        "instanceType": one.instance_type,
        "numberOfInstances": str(one.count),
        "startDateTime": f"{one.start}T00:00:00.000Z",
        "endDateTime": f"{one.end}T23:59:59.000Z",
        "subscriptionStatus": "Active" if active else "Expired",
        "service": "Amazon Relational Database Service",
        "region": "eu-west-1",
    }


def _active_days(one: Reservation, part: Span) -> int:
    """Days of a span, up to yesterday, on which the reservation was billed."""
    end = min(part.end, one.end + timedelta(days=1), LAST_DAY + timedelta(days=1))
    return max(0, (end - max(part.start, one.start)).days)


def _used(request: EstateRequest, part: Span, chosen: list[Reservation]) -> dict[str, str]:
    purchased = sum(_active_days(one, part) * 24 * one.count for one in chosen)
    fee = sum(Decimal(str(one.hourly)) * one.count * 24 * _active_days(one, part) for one in chosen)
    where = within(part) & Condition(
        f"record_type = 'DiscountedUsage' AND commitment IN ({', '.join('?' for _ in chosen)})",
        tuple(one.arn for one in chosen),
    )
    # Every reservation is fully used, so the hours used are the hours purchased; their price is in the items.
    ((on_demand,),) = store.items(request.home).rows(
        f"SELECT coalesce(sum(list_cost), 0) FROM items WHERE {where.sql}",  # noqa: S608
        list(where.parameters),
    )
    savings = on_demand - fee
    return {
        "UtilizationPercentage": share(purchased, purchased),
        "PurchasedHours": str(purchased),
        "TotalActualHours": str(purchased),
        "UnusedHours": "0",
        "OnDemandCostOfRIHoursUsed": amount(on_demand),
        "NetRISavings": amount(savings),
        "TotalPotentialRISavings": amount(savings),
        "AmortizedUpfrontFee": "0",
        "AmortizedRecurringFee": amount(Decimal(fee)),
        "TotalAmortizedFee": amount(Decimal(fee)),
        "RICostForUnusedHours": "0",
        "RealizedSavings": amount(savings),
        "UnrealizedSavings": "0",
    }
