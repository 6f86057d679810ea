"""IAM Access Analyzer in eu-west-1: an account analyzer everywhere, two organisation analyzers in ``security``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory import ago
from tools.estate.records.access import Access, Analyzer, analyzers_of, findings_of
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page

_PAGING = Paging("nextToken", "maxResults", 100, 100, "ValidationException")
_FIELDS: dict[str, Callable[[Access], list[str]]] = {
    "id": lambda item: [item.id],
    "status": lambda item: [item.status],
    "resource": lambda item: [item.resource],
    "resourceType": lambda item: [item.resource_type],
    "resourceOwnerAccount": lambda item: [item.account],
    "isPublic": lambda item: [str(item.public).lower()],
    "findingType": lambda item: [item.type],
    "principal.AWS": lambda item: [item.principal] if item.principal else [],
}


def _analyzer(request: EstateRequest) -> Analyzer:
    for analyzer in analyzers_of(request.account, request.region):
        if analyzer.arn == request.params["analyzerArn"]:
            return analyzer
    raise AwsError("ResourceNotFoundException", f"Analyzer {request.params['analyzerArn']} was not found.", 404)


def list_analyzers(request: EstateRequest) -> dict[str, Any]:
    kind = request.params.get("type")
    found = [item for item in analyzers_of(request.account, request.region) if kind in (None, item.type)]
    shown, token = page(request, found, _PAGING)
    analyzers = [
        {
            "arn": item.arn,
            "name": item.name,
            "type": item.type,
            "createdAt": ago(days=500),
            "status": "ACTIVE",
            "lastResourceAnalyzedAt": ago(minutes=50),
            **({"configuration": {"unusedAccess": {"unusedAccessAge": 90}}} if "UNUSED" in item.type else {}),
        }
        for item in shown
    ]
    return {"analyzers": analyzers, **token}


def _passes(item: Access, name: str, wanted: dict[str, Any]) -> bool:
    values = _FIELDS[name](item)
    if "eq" in wanted and not set(values) & set(wanted["eq"]):
        return False
    if "neq" in wanted and set(values) & set(wanted["neq"]):
        return False
    if "contains" in wanted and not any(part in have for have in values for part in wanted["contains"]):
        return False
    return "exists" not in wanted or bool(values) == wanted["exists"]


def _select(request: EstateRequest) -> list[Access]:
    criteria = request.params.get("filter") or {}
    for name in criteria:
        if name not in _FIELDS:
            raise AwsError("ValidationException", f"Filter {name!r} is not known; known are {', '.join(_FIELDS)}.")
    found = [
        item
        for item in findings_of(_analyzer(request))
        if all(_passes(item, name, wanted) for name, wanted in criteria.items())
    ]
    sort = request.params.get("sort") or {}
    keys: dict[str, Callable[[Access], Any]] = {
        "createdAt": lambda item: item.created,
        "updatedAt": lambda item: item.updated,
        **_FIELDS,
    }
    if sort:
        name = sort.get("attributeName", "createdAt")
        if name not in keys:
            raise AwsError("ValidationException", f"Findings cannot be sorted by {name!r}.")
        found.sort(key=keys[name], reverse=sort.get("orderBy") == "DESC")
    return found


def _common(item: Access) -> dict[str, Any]:
    return {
        "id": item.id,
        "resource": item.resource,
        "resourceType": item.resource_type,
        "resourceOwnerAccount": item.account,
        "status": item.status,
        "createdAt": item.created,
        "updatedAt": item.updated,
        "analyzedAt": ago(minutes=50),
    }


def _external(item: Access) -> dict[str, Any]:
    return _common(item) | {
        "principal": {"AWS": item.principal},
        "action": list(item.actions),
        "isPublic": item.public,
        "condition": dict(item.condition),
        "sources": [{"type": item.source}],
    }


def list_findings(request: EstateRequest) -> dict[str, Any]:
    if "UNUSED" in _analyzer(request).type:
        raise AwsError("ValidationException", "ListFindings shows external access only; use ListFindingsV2.")
    shown, token = page(request, _select(request), _PAGING)
    return {"findings": [_external(item) for item in shown], **token}


def list_findings_v2(request: EstateRequest) -> dict[str, Any]:
    shown, token = page(request, _select(request), _PAGING)
    return {"findings": [_common(item) | {"findingType": item.type} for item in shown], **token}


def _one(request: EstateRequest) -> Access:
    for item in findings_of(_analyzer(request)):
        if item.id == request.params["id"]:
            return item
    raise AwsError("ResourceNotFoundException", f"Finding {request.params['id']} was not found.", 404)


def get_finding(request: EstateRequest) -> dict[str, Any]:
    item = _one(request)
    if item.type != "ExternalAccess":
        raise AwsError("ValidationException", "GetFinding shows external access only; use GetFindingV2.")
    return {"finding": _external(item)}


def _details(item: Access) -> dict[str, Any]:
    if item.type == "ExternalAccess":
        details = {
            "principal": {"AWS": item.principal},
            "action": list(item.actions),
            "isPublic": item.public,
            "condition": dict(item.condition),
            "sources": [{"type": item.source}],
        }
        return {"externalAccessDetails": details}
    used = {"lastAccessed": item.last_used} if item.last_used else {}
    if item.type == "UnusedIAMUserAccessKey":
        return {"unusedIamUserAccessKeyDetails": {"accessKeyId": item.principal, **used}}
    if item.type == "UnusedIAMUserPassword":
        return {"unusedIamUserPasswordDetails": used}
    return {"unusedIamRoleDetails": used}


def get_finding_v2(request: EstateRequest) -> dict[str, Any]:
    item = _one(request)
    return _common(item) | {"findingType": item.type, "findingDetails": [_details(item)]}


OPERATIONS: dict[str, Handler] = {
    "ListAnalyzers": list_analyzers,
    "ListFindings": list_findings,
    "ListFindingsV2": list_findings_v2,
    "GetFinding": get_finding,
    "GetFindingV2": get_finding_v2,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Findings of every analyzer."""
    from tools.estate.world import ACCOUNTS, HOME_REGION

    return {
        "accessanalyzer_findings": [
            {
                "analyzer": analyzer.arn,
                "analyzer_type": analyzer.type,
                "account": item.account,
                "resource": item.resource,
                "type": item.type,
                "public": item.public,
                "status": item.status,
                "created": item.created.isoformat(),
            }
            for account in ACCOUNTS
            for analyzer in analyzers_of(account.id, HOME_REGION)
            for item in findings_of(analyzer)
        ]
    }
