"""Cost Explorer: every answer is SQL over the line items; see ``tools.estate.cost``."""

from __future__ import annotations

from typing import Any

from tools.estate.cost.anomalies import PLANTED, get_anomalies, get_anomaly_monitors
from tools.estate.cost.commitments import PLANS, RESERVATIONS
from tools.estate.cost.forecast import get_cost_forecast
from tools.estate.cost.plans import (
    get_savings_plans_coverage,
    get_savings_plans_utilization,
    get_savings_plans_utilization_details,
)
from tools.estate.cost.reservations import get_reservation_coverage, get_reservation_utilization
from tools.estate.cost.usage import get_cost_and_usage
from tools.estate.cost.values import get_dimension_values, get_tags
from tools.estate.request import Handler

OPERATIONS: dict[str, Handler] = {
    "GetAnomalies": get_anomalies,
    "GetAnomalyMonitors": get_anomaly_monitors,
    "GetCostAndUsage": get_cost_and_usage,
    "GetCostForecast": get_cost_forecast,
    "GetDimensionValues": get_dimension_values,
    "GetReservationCoverage": get_reservation_coverage,
    "GetReservationUtilization": get_reservation_utilization,
    "GetSavingsPlansCoverage": get_savings_plans_coverage,
    "GetSavingsPlansUtilization": get_savings_plans_utilization,
    "GetSavingsPlansUtilizationDetails": get_savings_plans_utilization_details,
    "GetTags": get_tags,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """The planted anomalies and the reservations; the line items are a file of their own."""
    return {
        "cost_anomalies": [
            {
                "id": one.id,
                "story": one.story,
                "account": one.account,
                "service": one.service,
                "usage_type": one.usage_type,
                "start": one.start.isoformat(),
                "end": one.end.isoformat() if one.end else None,
                "feedback": one.feedback,
            }
            for one in PLANTED
        ],
        "cost_reservations": [
            {
                "id": one.id,
                "account": one.account,
                "instance_type": one.instance_type,
                "count": one.count,
                "hourly_usd": one.hourly,
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
            }
            for one in RESERVATIONS
        ],
        "cost_savings_plans": [
            {
                "id": one.id,
                "account": one.account,
                "hourly_usd": one.hourly,
                "start": one.start.isoformat(),
                "end": one.end.isoformat(),
                "years": one.years,
            }
            for one in PLANS.values()
        ],
    }
