"""Compute Optimizer: sizes and idle resources. The payer may name accounts; others see their own."""

from __future__ import annotations

from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError
from tools.estate.inventory import Database, Instance, ago
from tools.estate.inventory.compute import Volume
from tools.estate.records.savings import Saving, savings
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page
from tools.estate.world import CURRENCY, PAYER

_PAGING = Paging("nextToken", "maxResults", 100, 1000, "InvalidParameterValueException")
_CODE = "InvalidParameterValueException"


def _accounts(request: EstateRequest) -> set[str]:
    named = set(request.params.get("accountIds") or [request.account])
    if named != {request.account} and request.account != PAYER.id:
        raise AwsError("AccessDeniedException", "Only the management account may name other accounts.")
    return named


def _filtered(request: EstateRequest, rows: list[dict[str, Any]], members: dict[str, str]) -> list[dict[str, Any]]:
    for one in request.params.get("filters") or []:
        name = one.get("name")
        if name not in members:
            raise AwsError(_CODE, f"The filter {name!r} is not supported here; known are {', '.join(members)}.")
        wanted = {value.lower() for value in one.get("values") or []}
        rows = [row for row in rows if str(row[members[name]]).lower() in wanted]
    return rows


def _money(item: Saving | None) -> dict[str, Any]:
    value = item.saving if item else 0.0
    return {
        "savingsOpportunityPercentage": item.percentage if item else 0.0,
        "estimatedMonthlySavings": {"currency": CURRENCY, "value": value},
    }


_BY_RESOURCE = {item.arn: item for item in savings()}


def _instance(item: Instance) -> dict[str, Any]:
    saving = _BY_RESOURCE.get(item.arn)
    option = {
        "instanceType": saving.recommended if saving and saving.action == "Rightsize" else item.type,
        "rank": 1,
        "performanceRisk": 1.0,
        "savingsOpportunity": _money(saving),
        "migrationEffort": "VeryLow",
    }
    cpu = 0.6 if item.id in inventory.GPU_INSTANCES else 9.5 if saving else 43.0
    return {
        "instanceArn": item.arn,
        "accountId": item.account,
        "instanceName": item.tags.get("Name") or "",
        "currentInstanceType": item.type,
        "finding": "Overprovisioned" if saving else "Optimized",
        "findingReasonCodes": ["CPUOverprovisioned"] if saving else [],
        "utilizationMetrics": [{"name": "Cpu", "statistic": "Maximum", "value": cpu}],
        "lookBackPeriodInDays": 14.0,
        "recommendationOptions": [option],
        "lastRefreshTimestamp": ago(hours=14),
        "instanceState": item.state,
        "tags": item.tags.as_list("key", "value"),
    }


def _chosen(request: EstateRequest, items: Any, member: str, arn: Any) -> list[Any]:
    accounts, arns = _accounts(request), request.params.get(member)
    return [
        item
        for item in items
        if item.account in accounts and item.region == request.region and (not arns or arn(item) in arns)
    ]


def get_ec2_instance_recommendations(request: EstateRequest) -> dict[str, Any]:
    chosen = _chosen(request, inventory.INSTANCES, "instanceArns", lambda item: item.arn)
    rows = [_instance(item) for item in chosen if item.state == "running"]
    shown, token = page(request, _filtered(request, rows, {"Finding": "finding"}), _PAGING)
    return {"instanceRecommendations": shown, "errors": [], **token}


def _volume_arn(item: Volume) -> str:
    return f"arn:aws:ec2:{item.region}:{item.account}:volume/{item.id}"


def _volume(item: Volume) -> dict[str, Any]:
    saving = _BY_RESOURCE.get(_volume_arn(item))
    better = {"volumeType": "gp3", "volumeSize": item.size}
    return {
        "volumeArn": _volume_arn(item),
        "accountId": item.account,
        "currentConfiguration": {"volumeType": item.type, "volumeSize": item.size, "rootVolume": bool(item.instance)},
        "finding": "NotOptimized" if saving else "Optimized",
        "lookBackPeriodInDays": 14.0,
        "volumeRecommendationOptions": [
            {"configuration": better, "rank": 1, "performanceRisk": 1.0, "savingsOpportunity": _money(saving)}
        ],
        "lastRefreshTimestamp": ago(hours=14),
        "tags": item.tags.as_list("key", "value"),
    }


def get_ebs_volume_recommendations(request: EstateRequest) -> dict[str, Any]:
    chosen = _chosen(request, inventory.VOLUMES, "volumeArns", _volume_arn)
    rows = _filtered(request, [_volume(item) for item in chosen if item.instance], {"Finding": "finding"})
    shown, token = page(request, rows, _PAGING)
    return {"volumeRecommendations": shown, "errors": [], **token}


def _database(item: Database) -> dict[str, Any]:
    saving = _BY_RESOURCE.get(item.arn)
    option = {
        "dbInstanceClass": saving.recommended if saving else item.type,
        "rank": 1,
        "performanceRisk": 1.0,
        "savingsOpportunity": _money(saving),
    }
    return {
        "resourceArn": item.arn,
        "accountId": item.account,
        "engine": item.engine,
        "engineVersion": item.version,
        "currentDBInstanceClass": item.type,
        "currentStorageConfiguration": {"storageType": "gp3", "allocatedStorage": item.storage},
        "idle": "False",
        "instanceFinding": "Overprovisioned" if saving else "Optimized",
        "storageFinding": "Optimized",
        "instanceRecommendationOptions": [option],
        "lookbackPeriodInDays": 14.0,
        "lastRefreshTimestamp": ago(hours=14),
        "tags": item.tags.as_list("key", "value"),
    }


def get_rds_database_recommendations(request: EstateRequest) -> dict[str, Any]:
    chosen = _chosen(request, inventory.DATABASES, "resourceArns", lambda item: item.arn)
    members = {"InstanceFinding": "instanceFinding", "StorageFinding": "storageFinding", "Idle": "idle"}
    rows = _filtered(request, [_database(item) for item in chosen], members)
    shown, token = page(request, rows, _PAGING)
    return {"rdsDBRecommendations": shown, "errors": [], **token}


_IDLE = {("Ec2Instance", "Stop"): ("EC2Instance", "Idle"), ("EbsVolume", "Delete"): ("EBSVolume", "Unattached")}


def get_idle_recommendations(request: EstateRequest) -> dict[str, Any]:
    """Idle instances (the GPU experiment) and volumes attached to nothing."""
    chosen = _chosen(request, savings(), "resourceArns", lambda item: item.arn)
    rows = []
    for item in chosen:
        kind = _IDLE.get((item.kind, item.action))
        if kind:
            rows.append(
                {
                    "resourceArn": item.arn,
                    "resourceId": item.resource,
                    "resourceType": kind[0],
                    "accountId": item.account,
                    "finding": kind[1],
                    "findingDescription": f"{item.current} is {kind[1].lower()}.",
                    "savingsOpportunity": _money(item),
                    "savingsOpportunityAfterDiscounts": _money(item),
                    "lookBackPeriodInDays": 14.0,
                    "lastRefreshTimestamp": ago(hours=14),
                    "tags": item.tags.as_list("key", "value"),
                }
            )
    rows = _filtered(request, rows, {"Finding": "finding", "ResourceType": "resourceType"})
    if (request.params.get("orderBy") or {}).get("order") == "Asc":
        rows.reverse()
    shown, token = page(request, rows, _PAGING)
    return {"idleRecommendations": shown, "errors": [], **token}


def get_enrollment_status(request: EstateRequest) -> dict[str, Any]:
    payer = request.account == PAYER.id
    answer: dict[str, Any] = {
        "status": "Active",
        "memberAccountsEnrolled": payer,
        "lastUpdatedTimestamp": ago(days=400),
    }
    return answer | {"numberOfMemberAccountsOptedIn": 13} if payer else answer


OPERATIONS: dict[str, Handler] = {
    "GetEC2InstanceRecommendations": get_ec2_instance_recommendations,
    "GetEBSVolumeRecommendations": get_ebs_volume_recommendations,
    "GetRDSDatabaseRecommendations": get_rds_database_recommendations,
    "GetIdleRecommendations": get_idle_recommendations,
    "GetEnrollmentStatus": get_enrollment_status,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Nothing of its own: its recommendations are those of Cost Optimization Hub."""
    return {}
