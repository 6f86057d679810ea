"""IAM: users, keys, MFA, roles and the credential report. Policies' texts come from moto (see ``moto_seed``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError, PassOnError
from tools.estate.inventory import ago
from tools.estate.inventory.identity import Role, User
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _iam_documents as documents
from tools.estate.services._paging import Paging, page
from tools.estate.world import ACCOUNTS, READER_ROLE

_PAGING = Paging(token="Marker", size="MaxItems", default=100, largest=1000, error="ValidationError")  # noqa: S106


def _paged(request: EstateRequest, key: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    shown, token = page(request, items, _PAGING)
    return {key: shown, "IsTruncated": bool(token), **token}


def _users(request: EstateRequest) -> list[User]:
    return sorted(inventory.in_account(inventory.USERS, request.account), key=lambda user: user.name)


def _roles(request: EstateRequest) -> list[Role]:
    return sorted(inventory.in_account(inventory.ROLES, request.account), key=lambda role: role.name)


def _user(request: EstateRequest) -> User:
    name = request.params.get("UserName")
    for user in _users(request):
        if user.name == name:
            return user
    raise AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


def _role(request: EstateRequest) -> Role:
    name = request.params["RoleName"]
    for role in _roles(request):
        if role.name == name:
            return role
    raise AwsError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)


def list_users(request: EstateRequest) -> dict[str, Any]:
    prefix = request.params.get("PathPrefix", "/")
    return _paged(request, "Users", [documents.user_document(user) for user in _users(request) if prefix == "/"])


def get_user(request: EstateRequest) -> dict[str, Any]:
    return {"User": documents.user_document(_user(request), listed=False)}


def list_user_tags(request: EstateRequest) -> dict[str, Any]:
    return _paged(request, "Tags", _user(request).tags.as_list())


def list_access_keys(request: EstateRequest) -> dict[str, Any]:
    user = _user(request)
    return _paged(request, "AccessKeyMetadata", [documents.key_document(user, key) for key in user.keys])


def get_access_key_last_used(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["AccessKeyId"]
    for user in _users(request):
        for key in user.keys:
            if key.id == wanted:
                used: dict[str, Any] = {"ServiceName": key.last_service or "N/A", "Region": key.last_region or "N/A"}
                if key.last_used:
                    used["LastUsedDate"] = key.last_used
                return {"UserName": user.name, "AccessKeyLastUsed": used}
    raise AwsError("AccessDenied", f"The access key {wanted} does not belong to account {request.account}.", 403)


def list_mfa_devices(request: EstateRequest) -> dict[str, Any]:
    owners = [_user(request)] if request.params.get("UserName") else _users(request)
    return _paged(request, "MFADevices", [documents.mfa_document(user) for user in owners if user.mfa])


def list_virtual_mfa_devices(request: EstateRequest) -> dict[str, Any]:
    root = inventory.ROOT_USERS[request.account]
    devices = [
        {
            "SerialNumber": f"arn:aws:iam::{user.account}:mfa/{user.name}",
            "User": documents.user_document(user),
            "EnableDate": user.created,
        }
        for user in _users(request)
        if user.mfa
    ]
    if root.mfa:
        serial = f"arn:aws:iam::{root.account}:mfa/root-account-mfa-device"
        devices.append({"SerialNumber": serial, "EnableDate": root.created})
    wanted = request.params.get("AssignmentStatus", "Any")
    return _paged(request, "VirtualMFADevices", [] if wanted == "Unassigned" else devices)


def get_login_profile(request: EstateRequest) -> dict[str, Any]:
    user = _user(request)
    if not user.console:
        raise AwsError("NoSuchEntity", f"Login Profile for User {user.name} cannot be found.", 404)
    created = user.password_changed or user.created
    return {"LoginProfile": {"UserName": user.name, "CreateDate": created, "PasswordResetRequired": False}}


def list_attached_user_policies(request: EstateRequest) -> dict[str, Any]:
    return _paged(request, "AttachedPolicies", documents.attached(_user(request).policies))


def list_attached_role_policies(request: EstateRequest) -> dict[str, Any]:
    return _paged(request, "AttachedPolicies", documents.attached(_role(request).policies, request.account))


def get_policy(request: EstateRequest) -> dict[str, Any]:
    """The company's own policy; AWS's own are moto's to tell."""
    arn = _own_policy(request)
    return {
        "Policy": {
            "PolicyName": READER_ROLE,
            "PolicyId": "ANPA" + inventory.digest("policy", arn)[:17].upper(),
            "Arn": arn,
            "Path": "/",
            "DefaultVersionId": "v1",
            "AttachmentCount": 1,
            "IsAttachable": True,
            "CreateDate": ago(days=60),
        }
    }


def get_policy_version(request: EstateRequest) -> dict[str, Any]:
    _own_policy(request)
    document = documents.reader_policy(request.account)
    version = {"Document": document, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": ago(days=60)}
    return {"PolicyVersion": version}


def _own_policy(request: EstateRequest) -> str:
    arn: str = request.params["PolicyArn"]
    if arn != documents.policy_arn(READER_ROLE, request.account):
        raise PassOnError
    return arn


def list_inline(request: EstateRequest) -> dict[str, Any]:
    """Inline policies: nobody in this company has any."""
    _user(request) if "UserName" in request.params else _role(request)
    return _paged(request, "PolicyNames", [])


def _group(account: str, name: str) -> dict[str, Any]:
    return {
        "Path": "/",
        "GroupName": name,
        "GroupId": "AGPA" + inventory.digest("group", account, name)[:17].upper(),
        "Arn": f"arn:aws:iam::{account}:group/{name}",
        "CreateDate": ago(days=1400),
    }


def list_groups_for_user(request: EstateRequest) -> dict[str, Any]:
    return _paged(request, "Groups", [_group(request.account, name) for name in _user(request).groups])


def list_roles(request: EstateRequest) -> dict[str, Any]:
    prefix = request.params.get("PathPrefix", "/")
    found = [documents.role_document(role) for role in _roles(request) if role.path.startswith(prefix)]
    return _paged(request, "Roles", found)


def get_role(request: EstateRequest) -> dict[str, Any]:
    return {"Role": documents.role_document(_role(request), listed=False)}


def list_entities_for_policy(request: EstateRequest) -> dict[str, Any]:
    name = request.params["PolicyArn"].rpartition("/")[2]
    kind = request.params.get("EntityFilter")
    users = [user for user in _users(request) if name in user.policies] if kind in (None, "User") else []
    roles = [role for role in _roles(request) if name in role.policies] if kind in (None, "Role") else []
    return {
        "PolicyGroups": [],
        "PolicyUsers": [{"UserName": user.name, "UserId": user.id} for user in users],
        "PolicyRoles": [{"RoleName": role.name, "RoleId": documents.role_document(role)["RoleId"]} for role in roles],
        "IsTruncated": False,
    }


def get_account_authorization_details(request: EstateRequest) -> dict[str, Any]:
    kinds = request.params.get("Filter") or ["User", "Role", "Group"]
    users = [
        {
            **{key: value for key, value in documents.user_document(user).items() if key != "PasswordLastUsed"},
            "UserPolicyList": [],
            "GroupList": list(user.groups),
            "AttachedManagedPolicies": documents.attached(user.policies),
            "Tags": user.tags.as_list(),
        }
        for user in _users(request)
    ]
    roles = [
        {
            key: value
            for key, value in documents.role_document(role, listed=False).items()
            if key != "MaxSessionDuration"
        }
        | {
            "RolePolicyList": [],
            "InstanceProfileList": [],
            "AttachedManagedPolicies": documents.attached(role.policies, request.account),
            "Tags": [],
        }
        for role in _roles(request)
    ]
    groups = sorted({name for user in _users(request) for name in user.groups})
    entries = [("UserDetailList", item) for item in users if "User" in kinds]
    entries += [("RoleDetailList", item) for item in roles if "Role" in kinds]
    entries += [("GroupDetailList", _group(request.account, name)) for name in groups if "Group" in kinds]
    shown, token = page(request, entries, _PAGING)
    lists = ("UserDetailList", "RoleDetailList", "GroupDetailList", "Policies")
    return {name: [item for kind, item in shown if kind == name] for name in lists} | {
        "IsTruncated": bool(token),
        **token,
    }


def get_account_summary(request: EstateRequest) -> dict[str, Any]:
    users = _users(request)
    with_mfa = sum(user.mfa for user in users)
    root = inventory.ROOT_USERS[request.account]
    return {
        "SummaryMap": {
            "Users": len(users),
            "UsersQuota": 5000,
            "Roles": len(_roles(request)),
            "RolesQuota": 1000,
            "Groups": len({name for user in users for name in user.groups}),
            "Policies": 0,
            "MFADevices": with_mfa + root.mfa,
            "MFADevicesInUse": with_mfa + root.mfa,
            "AccountMFAEnabled": int(root.mfa),
            "AccountAccessKeysPresent": 0,
            "AccountPasswordPresent": 1,
            "AccessKeysPerUserQuota": 2,
        }
    }


def generate_credential_report(request: EstateRequest) -> dict[str, Any]:
    return {"State": "COMPLETE"}


def get_credential_report(request: EstateRequest) -> dict[str, Any]:
    content = documents.credential_report(request.account).encode()
    return {"Content": content, "ReportFormat": "text/csv", "GeneratedTime": request.now}


def get_account_password_policy(request: EstateRequest) -> dict[str, Any]:
    weak = request.account in (inventory.account_id("data-lab"), inventory.account_id("venue-rotterdam"))
    return {
        "PasswordPolicy": {
            "MinimumPasswordLength": 8 if weak else 14,
            "RequireSymbols": not weak,
            "RequireNumbers": True,
            "RequireUppercaseCharacters": True,
            "RequireLowercaseCharacters": True,
            "AllowUsersToChangePassword": True,
            "ExpirePasswords": False,
        }
    }


def list_account_aliases(request: EstateRequest) -> dict[str, Any]:
    name = next(account.name for account in ACCOUNTS if account.id == request.account)
    return {"AccountAliases": [f"lantern-{name}"], "IsTruncated": False}


OPERATIONS: dict[str, Handler] = {
    "ListUsers": list_users,
    "GetUser": get_user,
    "ListUserTags": list_user_tags,
    "ListAccessKeys": list_access_keys,
    "GetAccessKeyLastUsed": get_access_key_last_used,
    "ListMFADevices": list_mfa_devices,
    "ListVirtualMFADevices": list_virtual_mfa_devices,
    "GetLoginProfile": get_login_profile,
    "ListAttachedUserPolicies": list_attached_user_policies,
    "ListAttachedRolePolicies": list_attached_role_policies,
    "ListUserPolicies": list_inline,
    "ListRolePolicies": list_inline,
    "ListGroupsForUser": list_groups_for_user,
    "ListRoles": list_roles,
    "GetRole": get_role,
    "ListEntitiesForPolicy": list_entities_for_policy,
    "GetPolicy": get_policy,
    "GetPolicyVersion": get_policy_version,
    "GetAccountAuthorizationDetails": get_account_authorization_details,
    "GetAccountSummary": get_account_summary,
    "GenerateCredentialReport": generate_credential_report,
    "GetCredentialReport": get_credential_report,
    "GetAccountPasswordPolicy": get_account_password_policy,
    "ListAccountAliases": list_account_aliases,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Users with their keys, roles, and root users."""
    return {
        "iam_users": [
            {
                "account": user.account,
                "name": user.name,
                "created": user.created.isoformat(),
                "console": user.console,
                "mfa": user.mfa,
                "password_last_used": user.password_last_used.isoformat() if user.password_last_used else None,
                "policies": list(user.policies),
                "keys": [
                    {
                        "id": key.id,
                        "active": key.active,
                        "created": key.created.isoformat(),
                        "last_used": key.last_used.isoformat() if key.last_used else None,
                    }
                    for key in user.keys
                ],
            }
            for user in inventory.USERS
        ],
        "iam_root_users": [
            {
                "account": root.account,
                "mfa": root.mfa,
                "password_last_used": root.password_last_used.isoformat() if root.password_last_used else None,
            }
            for root in inventory.ROOT_USERS.values()
        ],
        "iam_roles": [
            {"account": role.account, "name": role.name, "trust": role.trust, "policies": list(role.policies)}
            for role in inventory.ROLES
        ],
    }
