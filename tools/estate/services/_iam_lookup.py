"""IAM: the users and roles that a request is about, and pages of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError
from tools.estate.inventory.identity import Role, User
from tools.estate.request import EstateRequest
from tools.estate.services._paging import Paging, page

PAGING = Paging(token="Marker", size="MaxItems", default=100, largest=1000, error="ValidationError")  # noqa: S106


def paged(request: EstateRequest, key: str, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    shown, token = page(request, items, PAGING)
    return {key: shown, "IsTruncated": bool(token), **token}


def users_of(request: EstateRequest) -> list[User]:
    return sorted(inventory.in_account(inventory.USERS, request.account), key=lambda user: user.name)


def roles_of(request: EstateRequest) -> list[Role]:
    return sorted(inventory.in_account(inventory.ROLES, request.account), key=lambda role: role.name)


def user_named(request: EstateRequest) -> User:
    name = request.params.get("UserName")
    for user in users_of(request):
        if user.name == name:
            return user
    raise AwsError("NoSuchEntity", f"The user with name {name} cannot be found.", 404)


def role_named(request: EstateRequest) -> Role:
    name = request.params["RoleName"]
    for role in roles_of(request):
        if role.name == name:
            return role
    raise AwsError("NoSuchEntity", f"The role with name {name} cannot be found.", 404)
