"""IAM privileges: who has full administrator rights, by whatever policy: managed, inline, or through a group."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from tools.accounts import Account
from tools.calls import Aws
from tools.security.common import moment

OPERATIONS = ("iam:GetAccountAuthorizationDetails",)
_ADMIN = ":policy/AdministratorAccess"
_KINDS = ["User", "Group", "Role", "LocalManagedPolicy"]


@dataclass(frozen=True, slots=True)
class Role:
    """A role with administrator rights and when it was last used (None: not in the time that AWS remembers)."""

    account: Account
    name: str
    created: datetime
    used: datetime | None
    receipts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Admins:
    """Names of the users with administrator rights by account id, the roles with them, and receipts by account id."""

    users: dict[str, frozenset[str]]
    roles: tuple[Role, ...]
    receipts: dict[str, tuple[str, ...]]


def read(aws: Aws, accounts: Sequence[Account]) -> Admins:
    """Who is an administrator in the accounts.

    Raises:
        AwsCallError: no account could be looked at.
    """
    users: dict[str, frozenset[str]] = {}
    roles: list[Role] = []
    receipts: dict[str, tuple[str, ...]] = {}
    for account, (names, found, behind) in aws.each_account(accounts, lambda one: _in_account(aws, one)):
        users[account.id], receipts[account.id] = names, behind
        roles += found
    return Admins(users, tuple(sorted(roles, key=lambda role: (role.account.name, role.name))), receipts)


def _in_account(aws: Aws, account: Account) -> tuple[frozenset[str], list[Role], tuple[str, ...]]:
    details: dict[str, list[dict[str, Any]]] = {}
    receipts = []
    for page in aws.pages(
        account, "iam:GetAccountAuthorizationDetails", region="us-east-1", Filter=_KINDS, MaxItems=1000
    ):
        receipts.append(page.receipt)
        for key in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"):
            details.setdefault(key, []).extend(page.data.get(key) or [])
    full = {policy["Arn"] for policy in details["Policies"] if _policy_is_full(policy)}
    groups = {g["GroupName"] for g in details["GroupDetailList"] if _is_admin(g, g.get("GroupPolicyList"), full)}
    users = frozenset(
        user["UserName"]
        for user in details["UserDetailList"]
        if _is_admin(user, user.get("UserPolicyList"), full) or groups & set(user.get("GroupList") or [])
    )
    behind = tuple(receipts)
    roles = [
        Role(account, role["RoleName"], moment(role["CreateDate"]), _used(role), behind)
        for role in details["RoleDetailList"]
        if _is_admin(role, role.get("RolePolicyList"), full)
    ]
    return users, roles, behind


def _is_admin(holder: dict[str, Any], inline: Iterable[dict[str, Any]] | None, full: set[str]) -> bool:
    attached = [policy["PolicyArn"] for policy in holder.get("AttachedManagedPolicies") or []]
    if any(arn in full or (arn.startswith("arn:aws") and arn.endswith(f":aws{_ADMIN}")) for arn in attached):
        return True
    return any(_allows_all(policy.get("PolicyDocument")) for policy in inline or [])


def _policy_is_full(policy: dict[str, Any]) -> bool:
    versions = policy.get("PolicyVersionList") or []
    return any(version.get("IsDefaultVersion") and _allows_all(version.get("Document")) for version in versions)


def _allows_all(document: Any) -> bool:
    """Whether a policy document (parsed, or as IAM's URL-encoded JSON) allows every action on everything."""
    if isinstance(document, str):
        document = json.loads(unquote(document))
    statements = (document or {}).get("Statement") or []
    return any(_statement_allows_all(one) for one in ([statements] if isinstance(statements, dict) else statements))


def _statement_allows_all(statement: dict[str, Any]) -> bool:
    if statement.get("Effect") != "Allow" or statement.get("Condition"):
        return False
    everything = {"*", "*:*"} & set(_texts(statement.get("Action")))
    return bool(everything) and "*" in _texts(statement.get("Resource"))


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _used(role: dict[str, Any]) -> datetime | None:
    last = (role.get("RoleLastUsed") or {}).get("LastUsedDate")
    return moment(last) if last else None
