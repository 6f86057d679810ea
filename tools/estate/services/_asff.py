"""Security Hub's finding format (ASFF): writing it, filtering by it, sorting by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tools.estate.errors import AwsError, not_in_sample
from tools.estate.records.findings import NAME, NORMALIZED, HubFinding
from tools.estate.services._matching import as_time, days_before, iso, matches_strings, within

Document = dict[str, Any]
_COMPANY = {"Security Hub": "AWS", "GuardDuty": "Amazon", "IAM Access Analyzer": "AWS", "Inspector": "Amazon"}
_CODE = "InvalidInputException"


def document(finding: HubFinding) -> Document:
    """A finding as GetFindings returns it."""
    product = finding.product.lower().replace(" ", "").replace("iamaccess", "access-")
    record: Document = {
        "SchemaVersion": "2018-10-08",
        "Id": finding.id,
        "ProductArn": f"arn:aws:securityhub:{finding.region}::product/aws/{product}",
        "ProductName": finding.product,
        "CompanyName": _COMPANY[finding.product],
        "Region": finding.region,
        "GeneratorId": f"security-control/{finding.control}" if finding.control else f"{product}-generator",
        "AwsAccountId": finding.account,
        "AwsAccountName": NAME[finding.account],
        "Types": [finding.type],
        "FirstObservedAt": iso(finding.created),
        "LastObservedAt": iso(finding.updated),
        "CreatedAt": iso(finding.created),
        "UpdatedAt": iso(finding.updated),
        "Severity": {
            "Label": finding.severity,
            "Normalized": NORMALIZED[finding.severity],
            "Original": finding.severity,
        },
        "Title": finding.title,
        "Description": f"{finding.title}: {finding.resource}.",
        "Resources": [
            {
                "Type": finding.resource_type,
                "Id": finding.resource,
                "Partition": "aws",
                "Region": finding.region,
            }
        ],
        "WorkflowState": "RESOLVED" if finding.workflow == "RESOLVED" else "NEW",
        "Workflow": {"Status": finding.workflow},
        "RecordState": finding.record,
    }
    if finding.compliance:
        record["Compliance"] = {"Status": finding.compliance, "SecurityControlId": finding.control}
    return record


def _top(name: str) -> Callable[[Document], list[str]]:
    return lambda item: [item[name]]


def _resource(name: str) -> Callable[[Document], list[str]]:
    return lambda item: [resource[name] for resource in item["Resources"]]


_STRINGS: dict[str, Callable[[Document], list[str]]] = {
    **{
        name: _top(name)
        for name in (
            "Id",
            "ProductArn",
            "ProductName",
            "CompanyName",
            "Region",
            "GeneratorId",
            "AwsAccountId",
            "AwsAccountName",
            "Title",
            "Description",
            "RecordState",
            "WorkflowState",
        )
    },
    "Type": lambda item: list(item["Types"]),
    "SeverityLabel": lambda item: [item["Severity"]["Label"]],
    "WorkflowStatus": lambda item: [item["Workflow"]["Status"]],
    "ResourceType": _resource("Type"),
    "ResourceId": _resource("Id"),
    "ResourceRegion": _resource("Region"),
    "ResourcePartition": _resource("Partition"),
    "ComplianceStatus": lambda item: [item["Compliance"]["Status"]] if "Compliance" in item else [],
    "ComplianceSecurityControlId": lambda item: (
        [item["Compliance"]["SecurityControlId"]] if "Compliance" in item else []
    ),
}
_DATES = ("CreatedAt", "UpdatedAt", "FirstObservedAt", "LastObservedAt")
_TESTS = {
    "Gte": lambda have, want: have >= want,
    "Lte": lambda have, want: have <= want,
    "Gt": lambda have, want: have > want,
    "Lt": lambda have, want: have < want,
    "Eq": lambda have, want: have == want,
}


def _date_ok(item: Document, name: str, wanted: list[dict[str, Any]], now: datetime) -> bool:
    moment = as_time(item[name])
    for one in wanted:
        if "DateRange" in one:
            if within(moment, days_before(now, int(one["DateRange"]["Value"])), now):
                return True
        elif within(moment, one.get("Start"), one.get("End"), _CODE):
            return True
    return False


def _string_pairs(name: str, wanted: list[dict[str, Any]]) -> list[tuple[str, str]]:
    if any("Value" not in one or "Comparison" not in one for one in wanted):
        raise AwsError(_CODE, f"Filter {name} needs a Value and a Comparison in each of its conditions.")
    return [(one["Comparison"], one["Value"]) for one in wanted]


def _passes(item: Document, name: str, wanted: list[dict[str, Any]], now: datetime) -> bool:
    if name in _DATES:
        return _date_ok(item, name, wanted, now)
    if name == "SeverityNormalized":
        have = item["Severity"]["Normalized"]
        return any(all(_TESTS[key](have, value) for key, value in one.items()) for one in wanted)
    if name == "Keyword":
        text = " ".join(str(value) for value in item.values()).lower()
        return any(str(one.get("Value", "")).lower() in text for one in wanted)
    return matches_strings(_STRINGS[name](item), _string_pairs(name, wanted))


def select(items: list[Document], filters: dict[str, list[dict[str, Any]]], now: datetime) -> list[Document]:
    """The documents that pass every filter; a filter the sample has no field for is refused, never ignored."""
    for name in filters:
        if name not in _STRINGS and name not in (*_DATES, "SeverityNormalized", "Keyword"):
            raise not_in_sample("securityhub", "GetFindings", f"Its findings have no field for filter {name}.")
    active = {name: wanted for name, wanted in filters.items() if wanted}
    return [item for item in items if all(_passes(item, name, wanted, now) for name, wanted in active.items())]


def _key(name: str) -> Callable[[Document], Any]:
    if name in _DATES:
        return lambda item: item[name]
    if name in ("SeverityLabel", "SeverityNormalized"):
        return lambda item: item["Severity"]["Normalized"]
    if name in _STRINGS:
        return lambda item: _STRINGS[name](item)[:1]
    raise AwsError(_CODE, f"Findings cannot be sorted by {name!r}.")


def sort(items: list[Document], criteria: list[dict[str, str]]) -> list[Document]:
    """Sorted by the criteria, the first one weighing most."""
    for one in reversed(criteria):
        items = sorted(items, key=_key(one.get("Field", "")), reverse=one.get("SortOrder") == "desc")
    return items
