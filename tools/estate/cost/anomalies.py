"""Cost anomalies: those of the planted stories, with impacts computed from the line items.

The expected spend of an anomaly is, for each of its days, the mean of the 28 days before it began.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tools.estate.cost import paging, store
from tools.estate.cost.generate import LAST_DAY
from tools.estate.cost.periods import Span
from tools.estate.cost.usage import within
from tools.estate.errors import AwsError
from tools.estate.request import EstateRequest
from tools.estate.world import BY_NAME, PAYER

MONITOR_ARN = f"arn:aws:ce::{PAYER.id}:anomalymonitor/2f1c7a90-5d3e-4b1f-8a77-0c5e9d4b1a01"
_LOOK_BACK_DAYS = 28


@dataclass(frozen=True, slots=True)
class PlantedAnomaly:
    """Where and when the spend of one usage type jumped; ``end`` is the last day, ``None`` if it goes on."""

    id: str
    story: str
    account: str
    service: str
    usage_type: str
    start: date
    end: date | None
    feedback: str | None = None


PLANTED: tuple[PlantedAnomaly, ...] = (
    PlantedAnomaly(
        "c1b7f0a2-4f8e-4d5e-9a61-7e2d5b8c0001", "nat-spike", "data-prod", "EC2 - Other", "EUW1-NatGateway-Bytes",
        date(2026, 9, 8), date(2026, 9, 24), "YES",
    ),
    PlantedAnomaly(
        "c1b7f0a2-4f8e-4d5e-9a61-7e2d5b8c0002", "gpu-untagged", "data-lab", "Amazon Elastic Compute Cloud - Compute",
        "EUW1-BoxUsage:g5.12xlarge", date(2026, 9, 19), None,
    ),
    PlantedAnomaly(
        "c1b7f0a2-4f8e-4d5e-9a61-7e2d5b8c0003", "alarm-storm", "online-prod", "AmazonCloudWatch",
        "EUW1-DataProcessing-Bytes", date(2026, 10, 13), None,
    ),
)  # fmt: skip


def _described(anomaly: PlantedAnomaly, items: store.Items) -> dict[str, Any]:
    end = anomaly.end or LAST_DAY
    account = BY_NAME[anomaly.account]
    before = Span(anomaly.start - timedelta(days=_LOOK_BACK_DAYS), anomaly.start)
    during = Span(anomaly.start, end + timedelta(days=1))

    def spend(part: Span) -> list[float]:
        where = within(part)
        rows = items.rows(
            "SELECT sum(billed) FROM items WHERE account = ? AND service = ? AND usage_type = ? "  # noqa: S608
            f"AND {where.sql} GROUP BY day",
            [account.id, anomaly.service, anomaly.usage_type, *where.parameters],
        )
        return [float(cost) for (cost,) in rows]

    daily = sum(spend(before)) / _LOOK_BACK_DAYS
    actual = spend(during)
    total, expected = sum(actual), daily * during.days
    impact: dict[str, float] = {
        "MaxImpact": round(max(actual) - daily, 2),
        "TotalImpact": round(total - expected, 2),
        "TotalActualSpend": round(total, 2),
        "TotalExpectedSpend": round(expected, 2),
    }
    if expected:
        impact["TotalImpactPercentage"] = round((total - expected) / expected * 100, 2)
    score = round(min(1.0, (total - expected) / 5000), 2)
    described: dict[str, Any] = {
        "AnomalyId": anomaly.id,
        "AnomalyStartDate": f"{anomaly.start.isoformat()}T00:00:00Z",
        "AnomalyEndDate": f"{end.isoformat()}T00:00:00Z",
        "DimensionValue": anomaly.service,
        "RootCauses": [
            {
                "Service": anomaly.service,
                "Region": "eu-west-1",
                "LinkedAccount": account.id,
                "LinkedAccountName": account.name,
                "UsageType": anomaly.usage_type,
                "Impact": {"Contribution": round(total - expected, 2)},
            }
        ],
        "AnomalyScore": {"MaxScore": score, "CurrentScore": score if anomaly.end is None else 0.0},
        "Impact": impact,
        "MonitorArn": MONITOR_ARN,
    }
    return {**described, "Feedback": anomaly.feedback} if anomaly.feedback else described


def _meets(value: float, wanted: dict[str, Any]) -> bool:
    start, end = float(wanted["StartValue"]), float(wanted.get("EndValue", 0.0))
    met: dict[str, bool] = {
        "EQUAL": value == start,
        "GREATER_THAN_OR_EQUAL": value >= start,
        "LESS_THAN_OR_EQUAL": value <= start,
        "GREATER_THAN": value > start,
        "LESS_THAN": value < start,
        "BETWEEN": start <= value <= end,
    }
    return met[wanted["NumericOperator"]]


def get_anomalies(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetAnomalies; the date interval is inclusive and looks at when an anomaly was going on."""
    params = request.params
    interval = params["DateInterval"]
    try:
        start = date.fromisoformat(interval["StartDate"][:10])
        end = date.fromisoformat(interval["EndDate"][:10]) if interval.get("EndDate") else request.now.date()
    except ValueError as error:
        raise AwsError("ValidationException", f"DateInterval {interval} is not in the format yyyy-MM-dd") from error
    if start > end:
        raise AwsError("ValidationException", "StartDate should be before EndDate")
    if params.get("MonitorArn") not in (None, MONITOR_ARN):
        raise AwsError("UnknownMonitorException", f"No anomaly monitor {params['MonitorArn']}")
    wanted = [
        one
        for one in PLANTED
        if one.start <= end
        and (one.end or LAST_DAY) >= start
        and request.account in (PAYER.id, BY_NAME[one.account].id)
        and params.get("Feedback") in (None, one.feedback)
    ]
    items = store.items(request.home)
    found = [_described(one, items) for one in sorted(wanted, key=lambda one: one.start, reverse=True)]
    if "TotalImpact" in params:
        found = [one for one in found if _meets(one["Impact"]["TotalImpact"], params["TotalImpact"])]
    size = params.get("MaxResults") or 100
    at = paging.offset(params)
    answer: dict[str, Any] = {"Anomalies": found[at : at + size]}
    return {**answer, "NextPageToken": paging.token(params, at + size)} if at + size < len(found) else answer


def get_anomaly_monitors(request: EstateRequest) -> dict[str, Any]:
    """Handler of ce:GetAnomalyMonitors: the payer's one monitor, over services."""
    wanted = request.params.get("MonitorArnList")
    if wanted and MONITOR_ARN not in wanted:
        raise AwsError("UnknownMonitorException", f"No anomaly monitor among {wanted}")
    if request.account != PAYER.id:
        return {"AnomalyMonitors": []}
    monitor = {
        "MonitorArn": MONITOR_ARN,
        "MonitorName": "all-services",
        "CreationDate": "2025-08-20T09:00:00Z",
        "LastEvaluatedDate": f"{request.now.date().isoformat()}T00:00:00Z",
        "MonitorType": "DIMENSIONAL",
        "MonitorDimension": "SERVICE",
        "DimensionalValueCount": 53,
    }
    return {"AnomalyMonitors": [monitor]}
