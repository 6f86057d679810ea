"""Cost Optimization Hub, in us-east-1: the payer sees the organisation, every other account its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory import ago
from tools.estate.records.savings import Saving, savings
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page
from tools.estate.world import ACCOUNTS, CURRENCY, PAYER

_PAGING = Paging("nextToken", "maxResults", 100, 1000, "ValidationException")
_FIELDS: dict[str, Callable[[Saving], Any]] = {
    "accountIds": lambda item: item.account,
    "regions": lambda item: item.region,
    "resourceTypes": lambda item: item.kind,
    "actionTypes": lambda item: item.action,
    "implementationEfforts": lambda item: item.effort,
    "resourceIds": lambda item: item.resource,
    "resourceArns": lambda item: item.arn,
    "recommendationIds": lambda item: item.id,
}
_GROUPS: dict[str, Callable[[Saving], str]] = {
    "AccountId": lambda item: item.account,
    "Region": lambda item: item.region,
    "ActionType": lambda item: item.action,
    "ResourceType": lambda item: item.kind,
    "ImplementationEffort": lambda item: item.effort,
    "RestartNeeded": lambda item: "Yes" if item.restart else "No",
}


def _select(request: EstateRequest) -> list[Saving]:
    if request.region != "us-east-1":
        raise AwsError("ValidationException", "Cost Optimization Hub answers in us-east-1 only.")
    found = [item for item in savings() if request.account in (PAYER.id, item.account)]
    for name, wanted in (request.params.get("filter") or {}).items():
        if name in _FIELDS:
            found = [item for item in found if _FIELDS[name](item) in wanted]
        elif name == "restartNeeded":
            found = [item for item in found if item.restart == wanted]
        elif name == "tags":
            found = [item for item in found if any(item.tags.get(one["key"]) == one.get("value") for one in wanted)]
        else:
            raise AwsError("ValidationException", f"The sample estate's recommendations have no field for {name}.")
    return found


def _document(item: Saving) -> dict[str, Any]:
    return {
        "recommendationId": item.id,
        "accountId": item.account,
        "region": item.region,
        "resourceId": item.resource,
        "resourceArn": item.arn,
        "currentResourceType": item.kind,
        "recommendedResourceType": item.kind,
        "estimatedMonthlySavings": item.saving,
        "estimatedSavingsPercentage": item.percentage,
        "estimatedMonthlyCost": item.cost,
        "currencyCode": CURRENCY,
        "implementationEffort": item.effort,
        "restartNeeded": item.restart,
        "actionType": item.action,
        "rollbackPossible": item.action not in ("Delete", "PurchaseSavingsPlans", "PurchaseReservedInstances"),
        "currentResourceSummary": item.current,
        "recommendedResourceSummary": item.recommended,
        "lastRefreshTimestamp": ago(hours=14),
        "recommendationLookbackPeriodInDays": 14,
        "source": item.source,
        "tags": item.tags.as_list("key", "value"),
    }


def list_recommendations(request: EstateRequest) -> dict[str, Any]:
    found = _select(request)
    order = request.params.get("orderBy") or {}
    if order:
        keys: dict[str, Callable[[Saving], Any]] = {
            "EstimatedMonthlySavings": lambda item: item.saving,
            "EstimatedMonthlyCost": lambda item: item.cost,
            "EstimatedSavingsPercentage": lambda item: item.percentage,
            **_GROUPS,
        }
        name = order.get("dimension", "")
        if name not in keys:
            raise AwsError("ValidationException", f"Recommendations cannot be ordered by {name!r}.")
        found = sorted(found, key=keys[name], reverse=order.get("order") == "Desc")
    shown, token = page(request, found, _PAGING)
    return {"items": [_document(item) for item in shown], **token}


def list_recommendation_summaries(request: EstateRequest) -> dict[str, Any]:
    group = request.params["groupBy"]
    if group not in _GROUPS:
        raise AwsError("ValidationException", f"groupBy must be one of {', '.join(_GROUPS)}, got {group!r}.")
    found = _select(request)
    groups: dict[str, list[Saving]] = {}
    for item in found:
        groups.setdefault(_GROUPS[group](item), []).append(item)
    rows = [
        {
            "group": name,
            "estimatedMonthlySavings": round(sum(item.saving for item in items), 2),
            "recommendationCount": len(items),
        }
        for name, items in groups.items()
    ]
    rows.sort(key=lambda row: (-float(str(row["estimatedMonthlySavings"])), str(row["group"])))
    shown, token = page(request, rows, _PAGING)
    total = round(sum(item.saving for item in found), 2)
    return {
        "estimatedTotalDedupedSavings": total,
        "items": shown,
        "groupBy": group,
        "currencyCode": CURRENCY,
        **token,
    }


def list_enrollment_statuses(request: EstateRequest) -> dict[str, Any]:
    statuses = [
        {"accountId": account.id, "status": "Active", "createdTimestamp": ago(days=400)}
        for account in ACCOUNTS
        if request.account in (PAYER.id, account.id)
    ]
    shown, token = page(request, statuses, _PAGING)
    return {"items": shown, "includeMemberAccounts": request.account == PAYER.id, **token}


OPERATIONS: dict[str, Handler] = {
    "ListRecommendations": list_recommendations,
    "ListRecommendationSummaries": list_recommendation_summaries,
    "ListEnrollmentStatuses": list_enrollment_statuses,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Every recommendation."""
    return {
        "cost_optimization_recommendations": [
            {
                "account": item.account,
                "region": item.region,
                "action": item.action,
                "type": item.kind,
                "resource": item.resource,
                "monthly_cost": item.cost,
                "monthly_saving": item.saving,
            }
            for item in savings()
        ]
    }
