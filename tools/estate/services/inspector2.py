"""Inspector. The account ``security`` is delegated administrator: in a region it sees the findings of all accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError, not_in_sample
from tools.estate.inventory import ago
from tools.estate.records.vulnerabilities import Vulnerability, vulnerabilities
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _delegation
from tools.estate.services._matching import matches_strings, within
from tools.estate.services._paging import Paging, page
from tools.estate.world import BY_NAME

_ADMIN = BY_NAME["security"].id
_PAGING = Paging("nextToken", "maxResults", 100, 100, "ValidationException")
_TAGS = {item.id: item.tags for item in inventory.INSTANCES} | {
    f"{item.arn}:$LATEST": item.tags for item in inventory.FUNCTIONS
}
_STRINGS: dict[str, Callable[[Vulnerability], list[str]]] = {
    "findingArn": lambda item: [item.arn],
    "awsAccountId": lambda item: [item.account],
    "findingType": lambda item: [item.kind],
    "severity": lambda item: [item.severity],
    "findingStatus": lambda item: [item.status],
    "title": lambda item: [_title(item)],
    "resourceType": lambda item: [item.resource_type],
    "resourceId": lambda item: [item.resource],
    "vulnerabilityId": lambda item: [item.cve] if item.kind == "PACKAGE_VULNERABILITY" else [],
    "fixAvailable": lambda item: ["YES" if item.fixed else "NO"],
    "exploitAvailable": lambda item: ["YES" if item.exploit else "NO"],
}
_DATES: dict[str, Callable[[Vulnerability], Any]] = {
    "firstObservedAt": lambda item: item.first,
    "lastObservedAt": lambda item: item.updated,
    "updatedAt": lambda item: item.updated,
}


def _title(item: Vulnerability) -> str:
    return f"{item.cve} - {item.package}" if item.kind == "PACKAGE_VULNERABILITY" else item.cve


def _visible(request: EstateRequest) -> list[Vulnerability]:
    every = request.account == _ADMIN
    found = [item for item in vulnerabilities() if item.region == request.region]
    return found if every else [item for item in found if item.account == request.account]


def _passes(item: Vulnerability, name: str, wanted: list[dict[str, Any]]) -> bool:
    if name in _STRINGS:
        return matches_strings(_STRINGS[name](item), [(one["comparison"], one["value"]) for one in wanted])
    if name in _DATES:
        when = _DATES[name](item)
        return any(within(when, one.get("startInclusive"), one.get("endInclusive")) for one in wanted)
    if name == "inspectorScore":
        least, most = "lowerInclusive", "upperInclusive"
        return any(one.get(least, 0) <= item.score <= one.get(most, 10) for one in wanted)
    tags = _TAGS[item.resource]
    return any(one.get("value") in (None, tags.get(one["key"])) and tags.get(one["key"]) for one in wanted)


def _select(request: EstateRequest, criteria: dict[str, list[dict[str, Any]]]) -> list[Vulnerability]:
    for name in criteria:
        if name not in (*_STRINGS, *_DATES, "inspectorScore", "resourceTags"):
            raise not_in_sample("inspector2", request.operation, f"Its findings have no field for filter {name}.")
    return [
        item
        for item in _visible(request)
        if all(_passes(item, name, wanted) for name, wanted in criteria.items() if wanted)
    ]


def _document(item: Vulnerability) -> dict[str, Any]:
    kind = item.resource_type
    document: dict[str, Any] = {
        "findingArn": item.arn,
        "awsAccountId": item.account,
        "type": item.kind,
        "title": _title(item),
        "description": f"{_title(item)} on {item.resource}",
        "remediation": {"recommendation": {"text": f"Update {item.package}." if item.fixed else "None provided."}},
        "severity": item.severity,
        "firstObservedAt": item.first,
        "lastObservedAt": item.updated,
        "updatedAt": item.updated,
        "status": item.status,
        "inspectorScore": item.score,
        "resources": [
            {
                "type": kind,
                "id": item.resource,
                "partition": "aws",
                "region": item.region,
                "tags": _TAGS[item.resource].as_dict(),
            }
        ],
        "fixAvailable": "YES" if item.fixed else "NO",
        "exploitAvailable": "YES" if item.exploit else "NO",
    }
    if item.kind == "PACKAGE_VULNERABILITY":
        package = {"name": item.package, "version": item.version, "packageManager": "OS"}
        if item.fixed:
            package["fixedInVersion"] = item.fixed
        document["packageVulnerabilityDetails"] = {
            "vulnerabilityId": item.cve,
            "source": "NVD",
            "vulnerablePackages": [package],
            "relatedVulnerabilities": [],
            "referenceUrls": [],
        }
    else:
        document["networkReachabilityDetails"] = {
            "openPortRange": {"begin": 3389, "end": 3389},
            "protocol": "TCP",
            "networkPath": {"steps": []},
        }
    return document


_RANK = {"CRITICAL": 4, "HIGH": 3, "MEDIUM": 2, "LOW": 1}
_SORTS: dict[str, Callable[[Vulnerability], Any]] = {
    "AWS_ACCOUNT_ID": lambda item: item.account,
    "FINDING_TYPE": lambda item: item.kind,
    "SEVERITY": lambda item: _RANK[item.severity],
    "FIRST_OBSERVED_AT": lambda item: item.first,
    "LAST_OBSERVED_AT": lambda item: item.updated,
    "FINDING_STATUS": lambda item: item.status,
    "RESOURCE_TYPE": lambda item: item.resource_type,
    "VULNERABILITY_ID": lambda item: item.cve,
    "INSPECTOR_SCORE": lambda item: item.score,
}


def list_findings(request: EstateRequest) -> dict[str, Any]:
    found = _select(request, request.params.get("filterCriteria") or {})
    sort = request.params.get("sortCriteria")
    if sort:
        if sort["field"] not in _SORTS:
            raise AwsError("ValidationException", f"Findings cannot be sorted by {sort['field']} in the sample.")
        found = sorted(found, key=_SORTS[sort["field"]], reverse=sort["sortOrder"] == "DESC")
    shown, token = page(request, found, _PAGING)
    return {"findings": [_document(item) for item in shown], **token}


def _counts(items: list[Vulnerability]) -> dict[str, int]:
    counts = Counter(item.severity for item in items)
    return {"all": len(items)} | {name.lower(): counts[name] for name in ("CRITICAL", "HIGH", "MEDIUM", "LOW")}


def list_finding_aggregations(request: EstateRequest) -> dict[str, Any]:
    """Counts of active findings by account, instance, title, function or finding type."""
    kind = request.params["aggregationType"]
    wanted = request.params.get("accountIds")
    active = [item for item in _visible(request) if item.status == "ACTIVE"]
    if wanted:
        pairs = [(one["comparison"], one["value"]) for one in wanted]
        active = [item for item in active if matches_strings([item.account], pairs)]
    groups: dict[tuple[str, str], list[Vulnerability]] = {}
    keys: dict[str, Callable[[Vulnerability], str]] = {
        "ACCOUNT": lambda item: item.account,
        "AWS_EC2_INSTANCE": lambda item: item.resource,
        "AWS_LAMBDA_FUNCTION": lambda item: item.resource,
        "TITLE": _title,
        "FINDING_TYPE": lambda item: item.kind,
    }
    if kind not in keys:
        raise not_in_sample("inspector2", "ListFindingAggregations", f"Aggregation {kind} is not part of it.")
    for item in active:
        if kind.startswith("AWS_") and item.resource_type != kind:
            continue
        account = item.account if kind != "TITLE" else ""
        groups.setdefault((keys[kind](item), account), []).append(item)
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    shown, token = page(request, ordered, _PAGING)
    responses = [_aggregate(kind, key, account, items) for (key, account), items in shown]
    return {"aggregationType": kind, "responses": responses, **token}


def _aggregate(kind: str, key: str, account: str, items: list[Vulnerability]) -> dict[str, Any]:
    counts = _counts(items)
    if kind == "ACCOUNT":
        return {"accountAggregation": {"accountId": key, "severityCounts": counts}}
    if kind == "AWS_EC2_INSTANCE":
        network = sum(item.kind == "NETWORK_REACHABILITY" for item in items)
        tags = _TAGS[key].as_dict()
        details = {"instanceId": key, "accountId": account, "severityCounts": counts, "networkFindings": network}
        return {"ec2InstanceAggregation": details | {"instanceTags": tags}}
    if kind == "AWS_LAMBDA_FUNCTION":
        details = {"resourceId": key, "accountId": account, "severityCounts": counts}
        return {"lambdaFunctionAggregation": details}
    if kind == "TITLE":
        return {"titleAggregation": {"title": key, "vulnerabilityId": items[0].cve, "severityCounts": counts}}
    return {"findingTypeAggregation": {"accountId": account, "severityCounts": counts}}


def list_coverage(request: EstateRequest) -> dict[str, Any]:
    """Which instances and functions Inspector scans; stopped instances are not scanned."""
    every = request.account == _ADMIN
    covered = []
    for item in inventory.INSTANCES:
        if item.region == request.region and (every or item.account == request.account):
            running = item.state == "running"
            reason = "SUCCESSFUL" if running else "EC2_INSTANCE_STOPPED"
            entry = {"resourceId": item.id, "resourceType": "AWS_EC2_INSTANCE", "accountId": item.account}
            status = {"statusCode": "ACTIVE" if running else "INACTIVE", "reason": reason}
            covered.append(entry | {"scanType": "PACKAGE", "scanStatus": status, "lastScannedAt": ago(hours=7)})
    for function in inventory.FUNCTIONS:
        if function.region == request.region and (every or function.account == request.account):
            entry = {"resourceId": function.arn, "resourceType": "AWS_LAMBDA_FUNCTION", "accountId": function.account}
            status = {"statusCode": "ACTIVE", "reason": "SUCCESSFUL"}
            covered.append(entry | {"scanType": "PACKAGE", "scanStatus": status, "lastScannedAt": ago(hours=9)})
    values: dict[str, Callable[[dict[str, Any]], str]] = {
        "accountId": lambda entry: entry["accountId"],
        "resourceId": lambda entry: entry["resourceId"],
        "resourceType": lambda entry: entry["resourceType"],
        "scanType": lambda entry: entry["scanType"],
        "scanStatusCode": lambda entry: entry["scanStatus"]["statusCode"],
        "scanStatusReason": lambda entry: entry["scanStatus"]["reason"],
    }
    for name, wanted in (request.params.get("filterCriteria") or {}).items():
        if name not in values:
            raise not_in_sample("inspector2", "ListCoverage", f"Coverage has no field for filter {name}.")
        pairs = [(one["comparison"], one["value"]) for one in wanted]
        covered = [entry for entry in covered if matches_strings([values[name](entry)], pairs)]
    shown, token = page(request, covered, _PAGING)
    return {"coveredResources": shown, **token}


def list_members(request: EstateRequest) -> dict[str, Any]:
    if request.account != _ADMIN:
        raise AwsError("AccessDeniedException", "Invoking account is not an Inspector delegated administrator.", 403)
    found = [
        {"accountId": account.id, "relationshipStatus": "ENABLED", "delegatedAdminAccountId": _ADMIN}
        for account in _delegation.members(request)
    ]
    shown, token = page(request, found, Paging("nextToken", "maxResults", 50, 50, "ValidationException"))
    return {"members": shown, **token}


OPERATIONS: dict[str, Handler] = {
    "ListMembers": list_members,
    "ListFindings": list_findings,
    "ListFindingAggregations": list_finding_aggregations,
    "ListCoverage": list_coverage,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Every Inspector finding."""
    return {
        "inspector_findings": [
            {
                "account": item.account,
                "region": item.region,
                "resource": item.resource,
                "resource_type": item.resource_type,
                "type": item.kind,
                "cve": item.cve,
                "severity": item.severity,
                "score": item.score,
                "status": item.status,
                "first": item.first.isoformat(),
            }
            for item in vulnerabilities()
        ]
    }
