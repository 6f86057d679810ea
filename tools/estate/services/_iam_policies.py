"""IAM: policies, who holds them, and everything about an account at once."""

from __future__ import annotations

from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError, PassOnError, not_in_sample
from tools.estate.inventory import ago
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _iam_documents as documents
from tools.estate.services._iam_groups import group_document, groups_of, profiles
from tools.estate.services._iam_lookup import PAGING, roles_of, users_of
from tools.estate.services._paging import page
from tools.estate.world import READER_ROLE

_OF_AWS = "arn:aws:iam::aws:policy/"


def get_policy(request: EstateRequest) -> dict[str, Any]:
    """The company's own policy; AWS's own are moto's to tell."""
    return {"Policy": _policy(_own_policy(request))}


def _policy(arn: str) -> dict[str, Any]:
    return {
        "PolicyName": READER_ROLE,
        "PolicyId": "ANPA" + inventory.digest("policy", arn)[:17].upper(),
        "Arn": arn,
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 1,
        "IsAttachable": True,
        "CreateDate": ago(days=60),
    }


def get_policy_version(request: EstateRequest) -> dict[str, Any]:
    _own_policy(request)
    asked = request.params["VersionId"]
    if asked != "v1":
        raise AwsError("NoSuchEntity", f"Policy version {asked} does not exist.", 404)
    return {"PolicyVersion": _version(request.account)}


def _version(account: str) -> dict[str, Any]:
    document = documents.reader_policy(account)
    return {"Document": document, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": ago(days=60)}


def _own_policy(request: EstateRequest) -> str:
    """The ARN if it is the company's own policy; a policy of AWS that somebody holds is left to moto."""
    arn: str = request.params["PolicyArn"]
    if arn == documents.policy_arn(READER_ROLE, request.account):
        return arn
    if arn in documents.policies_held():
        raise PassOnError
    if arn.startswith(_OF_AWS):
        raise not_in_sample("iam", request.operation, "It has the texts of those AWS policies that somebody holds.")
    raise AwsError("NoSuchEntity", f"Policy {arn} was not found.", 404)


def list_entities_for_policy(request: EstateRequest) -> dict[str, Any]:
    arn = request.params["PolicyArn"]
    if arn != documents.policy_arn(READER_ROLE, request.account) and not arn.startswith(_OF_AWS):
        raise AwsError("NoSuchEntity", f"Policy {arn} was not found.", 404)
    name = arn.rpartition("/")[2]
    kind = request.params.get("EntityFilter")
    users = [user for user in users_of(request) if name in user.policies] if kind in (None, "User") else []
    roles = [role for role in roles_of(request) if name in role.policies] if kind in (None, "Role") else []
    return {
        "PolicyGroups": [],
        "PolicyUsers": [{"UserName": user.name, "UserId": user.id} for user in users],
        "PolicyRoles": [{"RoleName": role.name, "RoleId": documents.role_document(role)["RoleId"]} for role in roles],
        "IsTruncated": False,
    }


def _own_policy_detail(request: EstateRequest) -> dict[str, Any]:
    policy = _policy(documents.policy_arn(READER_ROLE, request.account))
    return {**policy, "PolicyVersionList": [_version(request.account)]}


def get_account_authorization_details(request: EstateRequest) -> dict[str, Any]:
    """Users, roles, groups and the company's own policy; the texts of AWS's policies are not in it."""
    kinds = request.params.get("Filter") or ["AWSManagedPolicy"]
    if "AWSManagedPolicy" in kinds:
        why = "It has no texts of AWS's policies here; ask with Filter for User, Role, Group and LocalManagedPolicy."
        raise not_in_sample("iam", request.operation, why)
    users = [
        {
            **{key: value for key, value in documents.user_document(user).items() if key != "PasswordLastUsed"},
            "UserPolicyList": [],
            "GroupList": list(user.groups),
            "AttachedManagedPolicies": documents.attached(user.policies),
            "Tags": user.tags.as_list(),
        }
        for user in users_of(request)
    ]
    roles = [
        {
            key: value
            for key, value in documents.role_document(role, listed=False).items()
            if key != "MaxSessionDuration"
        }
        | {
            "RolePolicyList": [],
            "InstanceProfileList": profiles(request, role.name),
            "AttachedManagedPolicies": documents.attached(role.policies, request.account),
            "Tags": [],
        }
        for role in roles_of(request)
    ]
    entries = [("UserDetailList", item) for item in users if "User" in kinds]
    entries += [("RoleDetailList", item) for item in roles if "Role" in kinds]
    entries += [
        ("GroupDetailList", group_document(request.account, name)) for name in groups_of(request) if "Group" in kinds
    ]
    entries += [("Policies", _own_policy_detail(request))] if "LocalManagedPolicy" in kinds else []
    shown, token = page(request, entries, PAGING)
    lists = ("UserDetailList", "RoleDetailList", "GroupDetailList", "Policies")
    return {name: [item for kind, item in shown if kind == name] for name in lists} | {
        "IsTruncated": bool(token),
        **token,
    }


OPERATIONS: dict[str, Handler] = {
    "GetPolicy": get_policy,
    "GetPolicyVersion": get_policy_version,
    "ListEntitiesForPolicy": list_entities_for_policy,
    "GetAccountAuthorizationDetails": get_account_authorization_details,
}
