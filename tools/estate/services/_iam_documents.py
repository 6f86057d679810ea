"""IAM records as IAM writes them, and the credential report."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from tools.estate import inventory
from tools.estate.inventory.base import digest
from tools.estate.inventory.deployed import external_id
from tools.estate.inventory.identity import AccessKey, Role, RootUser, User
from tools.estate.world import BY_NAME, READER_ROLE

POLICY_PATHS = {
    "ViewOnlyAccess": "/job-function/",
    "AWSLambdaBasicExecutionRole": "/service-role/",
    "AWSBackupServiceRolePolicyForBackup": "/service-role/",
}


def policy_arn(name: str, account: str = "") -> str:
    """The ARN of a policy: the reader role's is the company's own, all others are AWS's."""
    if name == READER_ROLE:
        return f"arn:aws:iam::{account}:policy/{name}"
    return f"arn:aws:iam::aws:policy{POLICY_PATHS.get(name, '/')}{name}"


@cache
def policies_held() -> frozenset[str]:
    """The ARNs of AWS's policies that somebody in the company holds."""
    names = {name for user in inventory.USERS for name in user.policies}
    names |= {name for role in inventory.ROLES for name in role.policies}
    return frozenset(policy_arn(name) for name in names - {READER_ROLE})


def attached(names: tuple[str, ...], account: str = "") -> list[dict[str, str]]:
    return [{"PolicyName": name, "PolicyArn": policy_arn(name, account)} for name in names]


def reader_policy(account: str) -> str:
    """The reader role's policy: what `regent queries --policy` prints; in data-lab somebody added to it."""
    return _reader_policy(account == BY_NAME["data-lab"].id)


@cache
def _reader_policy(added_to: bool) -> str:
    document = _least()
    if added_to:
        added = {"Sid": "Debug", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}
        document = {**document, "Statement": [*document["Statement"], added]}
    return quote(json.dumps(document))


@cache
def _least() -> dict[str, Any]:
    from tools.catalogue import every_query
    from tools.iam import reader_policy as least

    return least(every_query().values())


def user_document(user: User, *, listed: bool = True) -> dict[str, Any]:
    """A user; ListUsers leaves the tags out, as AWS does."""
    document: dict[str, Any] = {
        "Path": "/",
        "UserName": user.name,
        "UserId": user.id,
        "Arn": user.arn,
        "CreateDate": user.created,
    }
    if user.password_last_used:
        document["PasswordLastUsed"] = user.password_last_used
    if not listed:
        document["Tags"] = user.tags.as_list()
    return document


def key_document(user: User, key: AccessKey) -> dict[str, Any]:
    return {
        "UserName": user.name,
        "AccessKeyId": key.id,
        "Status": "Active" if key.active else "Inactive",
        "CreateDate": key.created,
    }


def mfa_document(user: User) -> dict[str, Any]:
    return {
        "UserName": user.name,
        "SerialNumber": f"arn:aws:iam::{user.account}:mfa/{user.name}",
        "EnableDate": user.created,
    }


def trust_policy(role: Role) -> str:
    """The trust policy as JSON."""
    service = "." in role.trust
    principal = {"Service": role.trust} if service else {"AWS": f"arn:aws:iam::{role.trust}:root"}
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if role.name == READER_ROLE:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id()}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role_document(role: Role, *, listed: bool = True) -> dict[str, Any]:
    """A role; ListRoles leaves RoleLastUsed out, as AWS does."""
    document: dict[str, Any] = {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": "AROA" + digest("role", role.arn)[:17].upper(),
        "Arn": role.arn,
        "CreateDate": role.created,
        "AssumeRolePolicyDocument": quote(trust_policy(role)),
        "MaxSessionDuration": 3600,
    }
    if not listed and role.last_used:
        document["RoleLastUsed"] = {"LastUsedDate": role.last_used, "Region": "eu-west-1"}
    return document


_COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)


def _moment(value: datetime | None, missing: str = "N/A") -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00") if value else missing


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _key_columns(key: AccessKey | None) -> list[str]:
    if key is None:
        return ["false", "N/A", "N/A", "N/A", "N/A"]
    where = [key.last_region or "N/A", key.last_service or "N/A"]
    return [_flag(key.active), _moment(key.created), _moment(key.last_used), *where]


def _user_row(user: User) -> list[str]:
    keys = [*user.keys, None, None][:2]
    password = ["false", "N/A", "N/A", "N/A"]
    if user.console:
        used = _moment(user.password_last_used, "no_information")
        password = ["true", used, _moment(user.password_changed), "N/A"]
    columns = [column for key in keys for column in _key_columns(key)]
    return [
        user.name,
        user.arn,
        _moment(user.created),
        *password,
        _flag(user.mfa),
        *columns,
        "false",
        "N/A",
        "false",
        "N/A",
    ]


def _root_row(root: RootUser) -> list[str]:
    used = _moment(root.password_last_used, "no_information")
    none = [*_key_columns(None), *_key_columns(None), "false", "N/A", "false", "N/A"]
    arn = f"arn:aws:iam::{root.account}:root"
    start = ["<root_account>", arn, _moment(root.created), "not_supported", used, "not_supported", "not_supported"]
    return [*start, _flag(root.mfa), *none]


def credential_report(account: str) -> str:
    """The credential report of an account as CSV, root user first."""
    rows = [_root_row(inventory.ROOT_USERS[account])]
    rows += [_user_row(user) for user in inventory.in_account(inventory.USERS, account)]
    return "\n".join([_COLUMNS, *(",".join(row) for row in rows)]) + "\n"
