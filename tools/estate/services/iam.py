"""IAM: users, keys, MFA, roles and the credential report. Policies' texts come from moto (see ``moto_seed``)."""

from __future__ import annotations

from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _iam_documents as documents
from tools.estate.services import _iam_groups, _iam_policies
from tools.estate.services._iam_lookup import paged, role_named, roles_of, user_named, users_of
from tools.estate.world import ACCOUNTS


def list_users(request: EstateRequest) -> dict[str, Any]:
    prefix = request.params.get("PathPrefix", "/")
    return paged(request, "Users", [documents.user_document(user) for user in users_of(request) if prefix == "/"])


def get_user(request: EstateRequest) -> dict[str, Any]:
    return {"User": documents.user_document(user_named(request), listed=False)}


def list_user_tags(request: EstateRequest) -> dict[str, Any]:
    return paged(request, "Tags", user_named(request).tags.as_list())


def list_access_keys(request: EstateRequest) -> dict[str, Any]:
    user = user_named(request)
    return paged(request, "AccessKeyMetadata", [documents.key_document(user, key) for key in user.keys])


def get_access_key_last_used(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["AccessKeyId"]
    for user in users_of(request):
        for key in user.keys:
            if key.id == wanted:
                used: dict[str, Any] = {"ServiceName": key.last_service or "N/A", "Region": key.last_region or "N/A"}
                if key.last_used:
                    used["LastUsedDate"] = key.last_used
                return {"UserName": user.name, "AccessKeyLastUsed": used}
    raise AwsError("AccessDenied", f"The access key {wanted} does not belong to account {request.account}.", 403)


def list_mfa_devices(request: EstateRequest) -> dict[str, Any]:
    owners = [user_named(request)] if request.params.get("UserName") else users_of(request)
    return paged(request, "MFADevices", [documents.mfa_document(user) for user in owners if user.mfa])


def list_virtual_mfa_devices(request: EstateRequest) -> dict[str, Any]:
    root = inventory.ROOT_USERS[request.account]
    devices = [
        {
            "SerialNumber": f"arn:aws:iam::{user.account}:mfa/{user.name}",
            "User": documents.user_document(user),
            "EnableDate": user.created,
        }
        for user in users_of(request)
        if user.mfa
    ]
    if root.mfa:
        serial = f"arn:aws:iam::{root.account}:mfa/root-account-mfa-device"
        devices.append({"SerialNumber": serial, "EnableDate": root.created})
    wanted = request.params.get("AssignmentStatus", "Any")
    return paged(request, "VirtualMFADevices", [] if wanted == "Unassigned" else devices)


def get_login_profile(request: EstateRequest) -> dict[str, Any]:
    user = user_named(request)
    if not user.console:
        raise AwsError("NoSuchEntity", f"Login Profile for User {user.name} cannot be found.", 404)
    created = user.password_changed or user.created
    return {"LoginProfile": {"UserName": user.name, "CreateDate": created, "PasswordResetRequired": False}}


def list_attached_user_policies(request: EstateRequest) -> dict[str, Any]:
    return paged(request, "AttachedPolicies", documents.attached(user_named(request).policies))


def list_attached_role_policies(request: EstateRequest) -> dict[str, Any]:
    return paged(request, "AttachedPolicies", documents.attached(role_named(request).policies, request.account))


def list_roles(request: EstateRequest) -> dict[str, Any]:
    prefix = request.params.get("PathPrefix", "/")
    found = [documents.role_document(role) for role in roles_of(request) if role.path.startswith(prefix)]
    return paged(request, "Roles", found)


def get_role(request: EstateRequest) -> dict[str, Any]:
    return {"Role": documents.role_document(role_named(request), listed=False)}


def get_account_summary(request: EstateRequest) -> dict[str, Any]:
    users = users_of(request)
    with_mfa = sum(user.mfa for user in users)
    root = inventory.ROOT_USERS[request.account]
    return {
        "SummaryMap": {
            "Users": len(users),
            "UsersQuota": 5000,
            "Roles": len(roles_of(request)),
            "RolesQuota": 1000,
            "Groups": len({name for user in users for name in user.groups}),
            "Policies": 1,
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
    **_iam_groups.OPERATIONS,
    **_iam_policies.OPERATIONS,
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
    "ListRoles": list_roles,
    "GetRole": get_role,
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
