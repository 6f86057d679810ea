"""Security Hub. The account ``security`` is delegated administrator: in eu-west-1 it sees every account's findings
of every region (finding aggregation); any other account and region sees its own."""

from __future__ import annotations

from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory import ago
from tools.estate.records.findings import HubFinding, hub_findings
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _asff, _delegation
from tools.estate.services._matching import iso
from tools.estate.services._paging import Paging, page
from tools.estate.world import BY_NAME, HOME_REGION, REGIONS

_ADMIN = BY_NAME["security"].id
_PAGING = Paging(default=100, largest=100, error="InvalidInputException")
_STANDARDS = {
    "aws-foundational-security-best-practices/v/1.0.0": "aws-foundational-security-best-practices/v/1.0.0",
    "cis-aws-foundations-benchmark/v/3.0.0": "cis-aws-foundations-benchmark/v/3.0.0",
}


def _subscribed(request: EstateRequest) -> None:
    if request.region not in REGIONS:
        raise AwsError(
            "InvalidAccessException",
            f"Account {request.account} is not subscribed to AWS Security Hub in {request.region}.",
            401,
        )


def visible(account: str, region: str) -> list[HubFinding]:
    """The findings that an account sees from a region."""
    if account != _ADMIN:
        return [item for item in hub_findings() if (item.account, item.region) == (account, region)]
    everywhere = region == HOME_REGION
    return [item for item in hub_findings() if everywhere or item.region == region]


def get_findings(request: EstateRequest) -> dict[str, Any]:
    _subscribed(request)
    documents = [_asff.document(finding) for finding in visible(request.account, request.region)]
    kept = _asff.select(documents, request.params.get("Filters") or {}, request.now)
    ordered = _asff.sort(kept, request.params.get("SortCriteria") or [])
    shown, token = page(request, ordered, _PAGING)
    return {"Findings": shown, **token}


def describe_hub(request: EstateRequest) -> dict[str, Any]:
    _subscribed(request)
    return {
        "HubArn": f"arn:aws:securityhub:{request.region}:{request.account}:hub/default",
        "SubscribedAt": iso(ago(days=800)),
        "AutoEnableControls": True,
        "ControlFindingGenerator": "SECURITY_CONTROL",
    }


def get_enabled_standards(request: EstateRequest) -> dict[str, Any]:
    _subscribed(request)
    base = f"arn:aws:securityhub:{request.region}"
    subscriptions = [
        {
            "StandardsSubscriptionArn": f"{base}:{request.account}:subscription/{name}",
            "StandardsArn": f"{base}::standards/{standard}",
            "StandardsInput": {},
            "StandardsStatus": "READY",
        }
        for name, standard in _STANDARDS.items()
    ]
    wanted = request.params.get("StandardsSubscriptionArns")
    if wanted:
        subscriptions = [item for item in subscriptions if item["StandardsSubscriptionArn"] in wanted]
    shown, token = page(request, subscriptions, _PAGING)
    return {"StandardsSubscriptions": shown, **token}


def list_members(request: EstateRequest) -> dict[str, Any]:
    _subscribed(request)
    joined = {"MemberStatus": "Enabled", "InvitedAt": _delegation.JOINED, "UpdatedAt": _delegation.JOINED}
    found = [_delegation.member_document(account) | joined for account in _delegation.members(request)]
    shown, token = page(request, found, Paging(default=50, largest=50, error="InvalidInputException"))
    return {"Members": shown, **token}


OPERATIONS: dict[str, Handler] = {
    "ListMembers": list_members,
    "GetFindings": get_findings,
    "DescribeHub": describe_hub,
    "GetEnabledStandards": get_enabled_standards,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Every finding of the organisation in ASFF."""
    return {"securityhub_findings": [_asff.document(finding) for finding in hub_findings()]}
