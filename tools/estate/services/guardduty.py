"""GuardDuty. The account ``security`` is delegated administrator: in a region it sees the findings of all accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory import INSTANCES, ago
from tools.estate.records.threats import Threat, detector, threats
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _delegation
from tools.estate.services._matching import iso
from tools.estate.services._paging import Paging, page
from tools.estate.world import BY_NAME, REGIONS

_ADMIN = BY_NAME["security"].id
_PAGING = Paging(default=50, largest=50, error="BadRequestException")
_INSTANCES = {item.id: item for item in INSTANCES}

_FIELDS: dict[str, Callable[[Threat], str | float]] = {
    "id": lambda item: item.id,
    "accountId": lambda item: item.account,
    "region": lambda item: item.region,
    "type": lambda item: item.type,
    "severity": lambda item: item.severity,
    "createdAt": lambda item: item.created.timestamp() * 1000,
    "updatedAt": lambda item: item.updated.timestamp() * 1000,
    "service.archived": lambda item: str(item.archived).lower(),
    "service.count": lambda item: float(item.count),
    "service.resourceRole": lambda item: "TARGET",
    "resource.resourceType": lambda item: item.resource_type,
    "resource.s3BucketDetails.name": lambda item: item.resource if item.resource_type == "S3Bucket" else "",
    "resource.instanceDetails.instanceId": lambda item: item.resource if item.resource_type == "Instance" else "",
    "resource.accessKeyDetails.userName": lambda item: item.resource if item.resource_type == "AccessKey" else "",
}
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "gt": lambda have, want: have > want,
    "gte": lambda have, want: have >= want,
    "lt": lambda have, want: have < want,
    "lte": lambda have, want: have <= want,
}
_OLD_NAMES = {
    "Eq": "Equals", "Neq": "NotEquals", "Gt": "GreaterThan", "Gte": "GreaterThanOrEqual", "Lt": "LessThan",
    "Lte": "LessThanOrEqual",
}  # fmt: skip
_NUMBERS = {"GreaterThan": "gt", "GreaterThanOrEqual": "gte", "LessThan": "lt", "LessThanOrEqual": "lte"}


def _bad(message: str) -> AwsError:
    return AwsError("BadRequestException", f"The request is rejected. {message}")


def _check_detector(request: EstateRequest) -> None:
    if request.region not in REGIONS or request.params["DetectorId"] != detector(request.account, request.region):
        raise _bad("The input detectorId is not owned by the current account.")


def _visible(request: EstateRequest) -> list[Threat]:
    every = request.account == _ADMIN
    return [item for item in threats() if item.region == request.region and (every or item.account == request.account)]


def _passes(item: Threat, field: str, condition: dict[str, Any]) -> bool:
    have = _FIELDS[field](item)
    for name, wanted in condition.items():
        name = _OLD_NAMES.get(name, name)
        text = f"{have:g}" if isinstance(have, float) else have
        if name == "Equals" and text not in wanted:
            return False
        if name == "NotEquals" and text in wanted:
            return False
        if name in _NUMBERS:
            if not isinstance(have, float):
                raise _bad(f"{field} is not a number.")
            if not _COMPARE[_NUMBERS[name]](have, wanted):
                return False
        if name in ("Matches", "NotMatches"):
            raise _bad("The sample estate does not match patterns; use Equals.")
    return True


def _select(request: EstateRequest) -> list[Threat]:
    criteria = (request.params.get("FindingCriteria") or {}).get("Criterion") or {}
    for field in criteria:
        if field not in _FIELDS:
            raise _bad(f"The criterion {field!r} is not known; known are {', '.join(_FIELDS)}.")
    return [item for item in _visible(request) if all(_passes(item, *pair) for pair in criteria.items())]


def list_detectors(request: EstateRequest) -> dict[str, Any]:
    return {"DetectorIds": [detector(request.account, request.region)] if request.region in REGIONS else []}


def get_detector(request: EstateRequest) -> dict[str, Any]:
    _check_detector(request)
    return {
        "CreatedAt": iso(ago(days=790)),
        "UpdatedAt": iso(ago(days=120)),
        "FindingPublishingFrequency": "FIFTEEN_MINUTES",
        "ServiceRole": f"arn:aws:iam::{request.account}:role/aws-service-role/AWSServiceRoleForAmazonGuardDuty",
        "Status": "ENABLED",
    }


def list_findings(request: EstateRequest) -> dict[str, Any]:
    _check_detector(request)
    found = _select(request)
    sort = request.params.get("SortCriteria") or {}
    if sort:
        field = sort.get("AttributeName", "")
        if field not in _FIELDS:
            raise _bad(f"Findings cannot be sorted by {field!r}.")
        found = sorted(found, key=_FIELDS[field], reverse=sort.get("OrderBy") == "DESC")
    shown, token = page(request, [item.id for item in found], _PAGING)
    return {"FindingIds": shown, **token}


def _resource(item: Threat) -> dict[str, Any]:
    if item.resource_type == "S3Bucket":
        details = {"Arn": f"arn:aws:s3:::{item.resource}", "Name": item.resource, "Type": "Destination"}
        return {"ResourceType": "S3Bucket", "S3BucketDetails": [details]}
    if item.resource_type == "AccessKey":
        root = item.resource == "root"
        user = {"UserName": "Root" if root else item.resource, "UserType": "Root" if root else "IAMUser"}
        return {"ResourceType": "AccessKey", "AccessKeyDetails": user}
    machine = _INSTANCES[item.resource]
    details = {"InstanceId": machine.id, "InstanceType": machine.type, "AvailabilityZone": machine.zone}
    tags = machine.tags.as_list()
    return {"ResourceType": "Instance", "InstanceDetails": details | {"Tags": tags}}


def _document(item: Threat, owner: str) -> dict[str, Any]:
    base = f"arn:aws:guardduty:{item.region}:{item.account}:detector/{detector(item.account, item.region)}"
    return {
        "AccountId": item.account,
        "Arn": f"{base}/finding/{item.id}",
        "Id": item.id,
        "Partition": "aws",
        "Region": item.region,
        "SchemaVersion": "2.0",
        "Type": item.type,
        "Severity": item.severity,
        "Title": item.title,
        "Description": item.title,
        "CreatedAt": iso(item.created),
        "UpdatedAt": iso(item.updated),
        "Resource": _resource(item),
        "Service": {
            "Archived": item.archived,
            "Count": item.count,
            "DetectorId": detector(owner, item.region),
            "EventFirstSeen": iso(item.created),
            "EventLastSeen": iso(item.updated),
            "ResourceRole": "TARGET",
            "ServiceName": "guardduty",
        },
    }


def get_findings(request: EstateRequest) -> dict[str, Any]:
    _check_detector(request)
    wanted = request.params["FindingIds"]
    return {"Findings": [_document(item, request.account) for item in _visible(request) if item.id in wanted]}


def get_findings_statistics(request: EstateRequest) -> dict[str, Any]:
    _check_detector(request)
    found = _select(request)
    group = request.params.get("GroupBy")
    if not group:
        counts = Counter(f"{item.severity:.1f}" for item in found)
        return {"FindingStatistics": {"CountBySeverity": dict(counts)}}
    keys: dict[str, tuple[str, str, Callable[[Threat], Any]]] = {
        "ACCOUNT": ("GroupedByAccount", "AccountId", lambda item: item.account),
        "FINDING_TYPE": ("GroupedByFindingType", "FindingType", lambda item: item.type),
        "SEVERITY": ("GroupedBySeverity", "Severity", lambda item: item.severity),
    }
    if group not in keys:
        raise _bad(f"The sample estate does not group by {group}.")
    member, label, key = keys[group]
    groups: dict[Any, list[Threat]] = {}
    for item in found:
        groups.setdefault(key(item), []).append(item)
    rows = [
        {label: value, "TotalFindings": len(items), "LastGeneratedAt": max(item.updated for item in items)}
        for value, items in groups.items()
    ]
    rows.sort(key=lambda row: row["TotalFindings"], reverse=request.params.get("OrderBy") != "ASC")
    return {"FindingStatistics": {member: rows}}


def list_members(request: EstateRequest) -> dict[str, Any]:
    _check_detector(request)
    since = iso(_delegation.JOINED)
    found = [
        _delegation.member_document(account)
        | {
            "DetectorId": detector(account.id, request.region),
            "RelationshipStatus": "Enabled",
            "InvitedAt": since,
            "UpdatedAt": since,
        }
        for account in _delegation.members(request)
    ]
    shown, token = page(request, found, _PAGING)
    return {"Members": shown, **token}


OPERATIONS: dict[str, Handler] = {
    "ListMembers": list_members,
    "ListDetectors": list_detectors,
    "GetDetector": get_detector,
    "ListFindings": list_findings,
    "GetFindings": get_findings,
    "GetFindingsStatistics": get_findings_statistics,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Every GuardDuty finding."""
    return {
        "guardduty_findings": [
            {
                "account": item.account,
                "region": item.region,
                "id": item.id,
                "type": item.type,
                "severity": item.severity,
                "resource": item.resource,
                "created": item.created.isoformat(),
                "updated": item.updated.isoformat(),
                "archived": item.archived,
            }
            for item in threats()
        ]
    }
