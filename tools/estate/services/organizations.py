"""AWS Organizations: the management account, the organizational units and the 14 accounts with their tags."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tools.estate.cost import paging
from tools.estate.errors import AwsError
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _delegation
from tools.estate.world import ACCOUNTS, COST_CENTERS, PAYER, SampleAccount

ORGANIZATION_ID = "o-lanterncas1"
ROOT_ID = "r-lc01"
_ORG_ARN = f"arn:aws:organizations::{PAYER.id}"
_UNITS = tuple(dict.fromkeys(account.ou for account in ACCOUNTS if account.ou != "Root"))


def _unit_id(name: str) -> str:
    return f"ou-lc01-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


_UNIT_BY_ID = {_unit_id(name): name for name in _UNITS}


def tags(account: SampleAccount) -> dict[str, str]:
    """The tags of an account."""
    found = {"team": account.team, "cost-center": COST_CENTERS[account.team], "env": account.env}
    return {**found, "venue": account.venue} if account.venue else found


def _account(account: SampleAccount) -> dict[str, Any]:
    number = ACCOUNTS.index(account)
    return {
        "Id": account.id,
        "Arn": f"{_ORG_ARN}:account/{ORGANIZATION_ID}/{account.id}",
        "Email": f"aws+{account.name}@lantern.example",
        "Name": account.name,
        "Status": "ACTIVE",
        "State": "ACTIVE",
        "JoinedMethod": "INVITED" if account == PAYER else "CREATED",
        "JoinedTimestamp": datetime(2021, 3, 1 + number, 9, 0, tzinfo=UTC),
    }


def _management_only(request: EstateRequest) -> None:
    if request.account != PAYER.id:
        raise AwsError("AccessDeniedException", "You don't have permissions to access this resource.")


def _page(request: EstateRequest, name: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    size = request.params.get("MaxResults") or 20
    start = paging.offset(request.params, "NextToken", "InvalidInputException")
    answer: dict[str, Any] = {name: list(items[start : start + size])}
    if start + size < len(items):
        answer["NextToken"] = paging.token(request.params, start + size)
    return answer


def _describe_organization(request: EstateRequest) -> dict[str, Any]:
    organization = {
        "Id": ORGANIZATION_ID,
        "Arn": f"{_ORG_ARN}:organization/{ORGANIZATION_ID}",
        "FeatureSet": "ALL",
        "MasterAccountArn": f"{_ORG_ARN}:account/{ORGANIZATION_ID}/{PAYER.id}",
        "MasterAccountId": PAYER.id,
        "MasterAccountEmail": f"aws+{PAYER.name}@lantern.example",
    }
    return {"Organization": organization}


def _list_accounts(request: EstateRequest) -> dict[str, Any]:
    _management_only(request)
    return _page(request, "Accounts", [_account(account) for account in ACCOUNTS])


def _find(account_id: str) -> SampleAccount:
    for account in ACCOUNTS:
        if account.id == account_id:
            return account
    raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")


def _describe_account(request: EstateRequest) -> dict[str, Any]:
    _management_only(request)
    return {"Account": _account(_find(request.params["AccountId"]))}


def _list_tags(request: EstateRequest) -> dict[str, Any]:
    _management_only(request)
    resource = request.params["ResourceId"]
    if resource == ROOT_ID or resource in _UNIT_BY_ID:
        return {"Tags": []}
    for account in ACCOUNTS:
        if account.id == resource:
            return _page(request, "Tags", [{"Key": key, "Value": value} for key, value in tags(account).items()])
    raise AwsError("TargetNotFoundException", "You specified a target that doesn't exist.")


def _list_roots(request: EstateRequest) -> dict[str, Any]:
    _management_only(request)
    root = {
        "Id": ROOT_ID,
        "Arn": f"{_ORG_ARN}:root/{ORGANIZATION_ID}/{ROOT_ID}",
        "Name": "Root",
        "PolicyTypes": [],
    }
    return _page(request, "Roots", [root])


def _parent(request: EstateRequest) -> str:
    """The name of the asked parent, ``Root`` for the root."""
    parent = request.params["ParentId"]
    if parent == ROOT_ID:
        return "Root"
    if parent not in _UNIT_BY_ID:
        raise AwsError("ParentNotFoundException", "You specified a parent that doesn't exist.")
    return _UNIT_BY_ID[parent]


def _list_units(request: EstateRequest) -> dict[str, Any]:
    _management_only(request)
    names = _UNITS if _parent(request) == "Root" else ()
    units = [
        {"Id": _unit_id(name), "Arn": f"{_ORG_ARN}:ou/{ORGANIZATION_ID}/{_unit_id(name)}", "Name": name}
        for name in names
    ]
    return _page(request, "OrganizationalUnits", units)


def _list_accounts_for_parent(request: EstateRequest) -> dict[str, Any]:
    _management_only(request)
    parent = _parent(request)
    return _page(request, "Accounts", [_account(account) for account in ACCOUNTS if account.ou == parent])


def _list_parents(request: EstateRequest) -> dict[str, Any]:
    _management_only(request)
    child = request.params["ChildId"]
    if child in _UNIT_BY_ID:
        return {"Parents": [{"Id": ROOT_ID, "Type": "ROOT"}]}
    for account in ACCOUNTS:
        if account.id == child:
            root = account.ou == "Root"
            parent = {
                "Id": ROOT_ID if root else _unit_id(account.ou),
                "Type": "ROOT" if root else "ORGANIZATIONAL_UNIT",
            }
            return {"Parents": [parent]}
    raise AwsError("ChildNotFoundException", "We can't find an organizational unit or account with the child id.")


def _list_delegated_administrators(request: EstateRequest) -> dict[str, Any]:
    _management_only(request)
    wanted = request.params.get("ServicePrincipal")
    if wanted is not None and wanted not in _delegation.SERVICES:
        return {"DelegatedAdministrators": []}
    admin = _account(_delegation.ADMIN) | {"DelegationEnabledDate": datetime(2023, 2, 1, 9, 0, tzinfo=UTC)}
    return _page(request, "DelegatedAdministrators", [admin])


OPERATIONS: dict[str, Handler] = {
    "DescribeAccount": _describe_account,
    "DescribeOrganization": _describe_organization,
    "ListAccounts": _list_accounts,
    "ListAccountsForParent": _list_accounts_for_parent,
    "ListDelegatedAdministrators": _list_delegated_administrators,
    "ListOrganizationalUnitsForParent": _list_units,
    "ListParents": _list_parents,
    "ListRoots": _list_roots,
    "ListTagsForResource": _list_tags,
}
