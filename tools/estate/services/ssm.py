"""Systems Manager: managed instances, patch states and patch compliance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory import ago, rng
from tools.estate.records.patching import BASELINE, PatchState, patch_states
from tools.estate.records.vulnerabilities import PATCHES, WINDOW
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page

_PAGING = Paging(default=50, largest=100, error="InvalidNextToken", size_error="ValidationException")
_INFORMATION = Paging(default=10, largest=50, error="InvalidNextToken", size_error="ValidationException")


def _mine(request: EstateRequest) -> list[PatchState]:
    where = (request.account, request.region)
    return [item for item in patch_states() if (item.instance.account, item.instance.region) == where]


def _document(item: PatchState) -> dict[str, Any]:
    return {
        "InstanceId": item.instance.id,
        "PatchGroup": item.group,
        "BaselineId": BASELINE,
        "InstalledCount": item.installed,
        "InstalledOtherCount": 12,
        "InstalledPendingRebootCount": 0,
        "InstalledRejectedCount": 0,
        "MissingCount": len(item.missing),
        "FailedCount": item.failed,
        "NotApplicableCount": 840,
        "OperationStartTime": item.started,
        "OperationEndTime": item.started + timedelta(minutes=6),
        "Operation": item.operation,
        "RebootOption": "RebootIfNeeded",
        "CriticalNonCompliantCount": item.critical,
        "SecurityNonCompliantCount": len(item.missing),
        "OtherNonCompliantCount": item.other,
    }


def describe_instance_patch_states(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["InstanceIds"]
    found = [_document(item) for item in _mine(request) if item.instance.id in wanted]
    shown, token = page(request, found, _PAGING)
    return {"InstancePatchStates": shown, **token}


_TESTS: dict[str, Callable[[float, float], bool]] = {
    "Equal": lambda have, want: have == want,
    "NotEqual": lambda have, want: have != want,
    "LessThan": lambda have, want: have < want,
    "GreaterThan": lambda have, want: have > want,
}


def describe_instance_patch_states_for_patch_group(request: EstateRequest) -> dict[str, Any]:
    found = [_document(item) for item in _mine(request) if item.group == request.params["PatchGroup"]]
    for one in request.params.get("Filters") or []:
        if not one["Key"].endswith("Count"):
            raise AwsError("InvalidFilter", f"The filter key {one['Key']!r} is not valid; expected a ...Count member.")
        test = _TESTS[one["Type"]]
        found = [item for item in found if any(test(item.get(one["Key"], 0), float(want)) for want in one["Values"])]
    shown, token = page(request, found, _PAGING)
    return {"InstancePatchStates": shown, **token}


_FIELDS: dict[str, Callable[[PatchState], str]] = {
    "InstanceIds": lambda item: item.instance.id,
    "PingStatus": lambda item: "Online" if item.online else "ConnectionLost",
    "PlatformTypes": lambda item: "Windows" if item.instance.platform == "windows" else "Linux",
    "ResourceType": lambda item: "EC2Instance",
    "AgentVersion": lambda item: "3.3.2746.0",
    "AssociationStatus": lambda item: "Success",
}


def describe_instance_information(request: EstateRequest) -> dict[str, Any]:
    filters = {one["Key"]: one["Values"] for one in request.params.get("Filters") or []}
    filters |= {one["key"]: one["valueSet"] for one in request.params.get("InstanceInformationFilterList") or []}
    for key in filters:
        if key not in _FIELDS and not key.startswith("tag:") and key != "tag-key":
            raise AwsError("InvalidFilterKey", f"The filter key {key!r} is not valid.")

    def value(item: PatchState, key: str) -> list[str]:
        if key.startswith("tag:"):
            tag = item.instance.tags.get(key[4:])
            return [tag] if tag else []
        if key == "tag-key":
            return list(item.instance.tags.as_dict())
        return [_FIELDS[key](item)]

    found = [item for item in _mine(request) if all(set(value(item, key)) & set(want) for key, want in filters.items())]
    shown, token = page(request, found, _INFORMATION)
    information = [
        {
            "InstanceId": item.instance.id,
            "PingStatus": "Online" if item.online else "ConnectionLost",
            "LastPingDateTime": ago(minutes=3) if item.online else ago(days=12),
            "AgentVersion": "3.3.2746.0",
            "IsLatestVersion": True,
            "PlatformType": "Windows" if item.instance.platform == "windows" else "Linux",
            "PlatformName": "Microsoft Windows Server 2022" if item.instance.platform == "windows" else "Amazon Linux",
            "PlatformVersion": "2023",
            "ResourceType": "EC2Instance",
            "IPAddress": item.instance.private_ip,
            "ComputerName": item.instance.name,
            "AssociationStatus": "Success",
        }
        for item in shown
    ]
    return {"InstanceInformationList": information, **token}


def describe_instance_patches(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["InstanceId"]
    for item in _mine(request):
        if item.instance.id == wanted:
            break
    else:
        raise AwsError("InvalidInstanceId", f"Instance {wanted} is not managed in {request.region}.")
    gone = WINDOW + timedelta(hours=rng("installed", wanted).randint(1, 4))
    patches = [
        {
            "Title": f"{patch.package} {patch.fixed}",
            "KBId": patch.kb,
            "Classification": "Security",
            "Severity": patch.severity,
            "State": "MISSING" if patch in item.missing else "INSTALLED",
            # AWS gives the start of 1970 for a patch that is not installed.
            "InstalledTime": ago(days=20_741) if patch in item.missing else gone,
            "CVEIds": patch.cve,
        }
        for patch in PATCHES
    ]
    members = {"Classification": "Classification", "Severity": "Severity", "State": "State", "KBId": "KBId"}
    for one in request.params.get("Filters") or []:
        if one.get("Key") not in members:
            raise AwsError("InvalidFilter", f"The filter key {one.get('Key')!r} is not valid.")
        values = {text.lower() for text in one.get("Values") or []}
        patches = [patch for patch in patches if str(patch[members[one["Key"]]]).lower() in values]
    shown, token = page(request, patches, _PAGING)
    return {"Patches": shown, **token}


def _severities(count: Counter[str]) -> dict[str, int]:
    names = ("Critical", "High", "Medium", "Low", "Informational", "Unspecified")
    return {f"{name}Count": count[name] for name in names}


def _resource_summary(item: PatchState) -> dict[str, Any]:
    by_severity = Counter(patch.severity for patch in item.missing)
    worst = next((name for name in ("Critical", "High", "Medium", "Low") if by_severity[name]), "Unspecified")
    return {
        "ComplianceType": "Patch",
        "ResourceType": "ManagedInstance",
        "ResourceId": item.instance.id,
        "Status": "COMPLIANT" if item.compliant else "NON_COMPLIANT",
        "OverallSeverity": worst.upper(),
        "ExecutionSummary": {"ExecutionTime": item.started, "ExecutionType": "Command"},
        "CompliantSummary": {"CompliantCount": item.installed, "SeveritySummary": _severities(Counter())},
        "NonCompliantSummary": {
            "NonCompliantCount": len(item.missing) + item.failed,
            "SeveritySummary": _severities(by_severity),
        },
    }


def _filtered(request: EstateRequest, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tests: dict[str, Callable[[str, list[str]], bool]] = {
        "EQUAL": lambda have, want: have in want,
        "NOT_EQUAL": lambda have, want: have not in want,
        "BEGIN_WITH": lambda have, want: any(have.startswith(one) for one in want),
    }
    for one in request.params.get("Filters") or []:
        key, kind = one.get("Key"), one.get("Type", "EQUAL")
        if (
            key not in ("ComplianceType", "Status", "OverallSeverity", "ResourceId", "ResourceType")
            or kind not in tests
        ):
            raise AwsError("InvalidFilter", f"The filter {key!r} with type {kind!r} is not valid.")
        rows = [row for row in rows if key not in row or tests[kind](row[key], one.get("Values") or [])]
    return rows


def list_resource_compliance_summaries(request: EstateRequest) -> dict[str, Any]:
    rows = _filtered(request, [_resource_summary(item) for item in _mine(request)])
    shown, token = page(request, rows, _PAGING)
    return {"ResourceComplianceSummaryItems": shown, **token}


def list_compliance_summaries(request: EstateRequest) -> dict[str, Any]:
    """Counts resources by compliance type; patching is the only type in this company."""
    rows = [_resource_summary(item) for item in _mine(request)]
    if not rows:
        return {"ComplianceSummaryItems": []}
    good = sum(row["Status"] == "COMPLIANT" for row in rows)
    bad = Counter(row["OverallSeverity"].title() for row in rows if row["Status"] == "NON_COMPLIANT")
    item = {
        "ComplianceType": "Patch",
        "CompliantSummary": {"CompliantCount": good, "SeveritySummary": _severities(Counter({"Unspecified": good}))},
        "NonCompliantSummary": {"NonCompliantCount": len(rows) - good, "SeveritySummary": _severities(bad)},
    }
    return {"ComplianceSummaryItems": _filtered(request, [item])}


OPERATIONS: dict[str, Handler] = {
    "DescribeInstancePatchStates": describe_instance_patch_states,
    "DescribeInstancePatchStatesForPatchGroup": describe_instance_patch_states_for_patch_group,
    "DescribeInstanceInformation": describe_instance_information,
    "DescribeInstancePatches": describe_instance_patches,
    "ListResourceComplianceSummaries": list_resource_compliance_summaries,
    "ListComplianceSummaries": list_compliance_summaries,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """The patch state of every managed instance."""
    return {
        "ssm_patch_states": [
            {
                "account": item.instance.account,
                "region": item.instance.region,
                "instance": item.instance.id,
                "name": item.instance.name,
                "patch_group": item.group,
                "compliant": item.compliant,
                "critical_missing": item.critical,
                "missing": [patch.kb for patch in item.missing],
                "online": item.online,
            }
            for item in patch_states()
        ]
    }
