"""Savings Plans that an account bought; see ``tools.estate.cost.commitments``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tools.estate.cost.commitments import PLANS, SavingsPlan
from tools.estate.errors import not_in_sample
from tools.estate.request import EstateRequest, Handler
from tools.estate.world import BY_NAME, CURRENCY


def _state(plan: SavingsPlan, now: datetime) -> str:
    return "active" if plan.active(now.date()) else "retired"


def _describe_savings_plans(request: EstateRequest) -> dict[str, Any]:
    """Only the plans of the calling account, as AWS does; the payer does not see a member's plans here."""
    params = request.params
    if params.get("filters"):
        raise not_in_sample("savingsplans", "DescribeSavingsPlans with filters", "Use states, ids or ARNs.")
    found = [
        plan
        for plan in PLANS.values()
        if BY_NAME[plan.account].id == request.account
        and (not params.get("states") or _state(plan, request.now) in params["states"])
        and (not params.get("savingsPlanIds") or plan.id in params["savingsPlanIds"])
        and (not params.get("savingsPlanArns") or plan.arn in params["savingsPlanArns"])
    ]
    return {"savingsPlans": [_described(plan, request.now) for plan in found]}


def _described(plan: SavingsPlan, now: datetime) -> dict[str, Any]:
    end = plan.end + timedelta(days=1)
    return {
        "offeringId": f"00000000-0000-0000-0000-00000000000{plan.years}",
        "savingsPlanId": plan.id,
        "savingsPlanArn": plan.arn,
        "description": f"{plan.years} year No Upfront Compute Savings Plan",
        "start": f"{plan.start}T00:00:00.000Z",
        "end": f"{plan.end}T23:59:59.000Z",
        "state": _state(plan, now),
        "savingsPlanType": "Compute",
        "paymentOption": "No Upfront",
        "productTypes": ["EC2", "Fargate", "Lambda"],
        "currency": CURRENCY,
        "commitment": f"{plan.hourly:.2f}",
        "upfrontPaymentAmount": "0",
        "recurringPaymentAmount": f"{plan.hourly * 730:.2f}",
        "termDurationInSeconds": int((end - plan.start).total_seconds()) - 1,
        "tags": {},
    }


OPERATIONS: dict[str, Handler] = {"DescribeSavingsPlans": _describe_savings_plans}
