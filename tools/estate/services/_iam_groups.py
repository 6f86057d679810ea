"""IAM: groups, which hold no policies, instance profiles, and inline policies, of which there are none."""

from __future__ import annotations

from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError
from tools.estate.inventory import ago
from tools.estate.request import EstateRequest, Handler
from tools.estate.services import _iam_documents as documents
from tools.estate.services._iam_lookup import paged, role_named, roles_of, user_named, users_of

_PROFILE = "app-instance"
"""The instance profile that every EC2 instance has, called like the role in it."""


def group_document(account: str, name: str) -> dict[str, Any]:
    return {
        "Path": "/",
        "GroupName": name,
        "GroupId": "AGPA" + inventory.digest("group", account, name)[:17].upper(),
        "Arn": f"arn:aws:iam::{account}:group/{name}",
        "CreateDate": ago(days=1400),
    }


def list_groups_for_user(request: EstateRequest) -> dict[str, Any]:
    return paged(request, "Groups", [group_document(request.account, name) for name in user_named(request).groups])


def groups_of(request: EstateRequest) -> list[str]:
    return sorted({name for user in users_of(request) for name in user.groups})


def _asked(request: EstateRequest) -> str:
    name: str = request.params["GroupName"]
    if name not in groups_of(request):
        raise AwsError("NoSuchEntity", f"The group with name {name} cannot be found.", 404)
    return name


def list_groups(request: EstateRequest) -> dict[str, Any]:
    prefix = request.params.get("PathPrefix", "/")
    found = groups_of(request) if prefix == "/" else []
    return paged(request, "Groups", [group_document(request.account, name) for name in found])


def get_group(request: EstateRequest) -> dict[str, Any]:
    name = _asked(request)
    members = [documents.user_document(user) for user in users_of(request) if name in user.groups]
    return {"Group": group_document(request.account, name), **paged(request, "Users", members)}


def list_attached_group_policies(request: EstateRequest) -> dict[str, Any]:
    """None: whoever holds a policy holds it in person."""
    _asked(request)
    return paged(request, "AttachedPolicies", [])


def list_inline(request: EstateRequest) -> dict[str, Any]:
    """Inline policies: nobody in this company has any."""
    _holder(request)
    return paged(request, "PolicyNames", [])


def get_inline(request: EstateRequest) -> dict[str, Any]:
    _holder(request)
    name = request.params["PolicyName"]
    raise AwsError("NoSuchEntity", f"The policy with name {name} cannot be found.", 404)


def _holder(request: EstateRequest) -> None:
    if "GroupName" in request.params:
        _asked(request)
    elif "RoleName" in request.params:
        role_named(request)
    else:
        user_named(request)


def profiles(request: EstateRequest, role: str | None = None) -> list[dict[str, Any]]:
    """The account's instance profiles, those with this role only if one is given."""
    return [
        {
            "Path": "/",
            "InstanceProfileName": one.name,
            "InstanceProfileId": "AIPA" + inventory.digest("profile", one.arn)[:17].upper(),
            "Arn": f"arn:aws:iam::{one.account}:instance-profile/{one.name}",
            "CreateDate": one.created,
            "Roles": [documents.role_document(one)],
        }
        for one in roles_of(request)
        if one.name == _PROFILE and role in (None, one.name)
    ]


def list_instance_profiles(request: EstateRequest) -> dict[str, Any]:
    prefix = request.params.get("PathPrefix", "/")
    return paged(request, "InstanceProfiles", profiles(request) if prefix == "/" else [])


def list_instance_profiles_for_role(request: EstateRequest) -> dict[str, Any]:
    return paged(request, "InstanceProfiles", profiles(request, role_named(request).name))


def get_instance_profile(request: EstateRequest) -> dict[str, Any]:
    name = request.params["InstanceProfileName"]
    for profile in profiles(request):
        if profile["InstanceProfileName"] == name:
            return {"InstanceProfile": profile}
    raise AwsError("NoSuchEntity", f"Instance Profile {name} cannot be found.", 404)


OPERATIONS: dict[str, Handler] = {
    "ListGroups": list_groups,
    "GetGroup": get_group,
    "ListGroupsForUser": list_groups_for_user,
    "ListAttachedGroupPolicies": list_attached_group_policies,
    "ListGroupPolicies": list_inline,
    "ListUserPolicies": list_inline,
    "ListRolePolicies": list_inline,
    "GetGroupPolicy": get_inline,
    "GetUserPolicy": get_inline,
    "GetRolePolicy": get_inline,
    "ListInstanceProfiles": list_instance_profiles,
    "ListInstanceProfilesForRole": list_instance_profiles_for_role,
    "GetInstanceProfile": get_instance_profile,
}
