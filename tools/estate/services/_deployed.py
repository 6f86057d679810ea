"""From a template's spelling of a resource to the API's, for the services that answer from the deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.inventory.deployed import Resource, deployed
from tools.estate.request import EstateRequest

_AS_NAMED = ("EnvironmentVariables", "Properties")
"""Properties whose own keys are names that somebody chose, and stay as they are."""


def camel(value: Any, *, named: bool = False) -> Any:
    """The value with each key in lower camel case (`KmsKeyArn` is `kmsKeyArn`); names that somebody chose are kept."""
    if isinstance(value, list):
        return [camel(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key if named else key[:1].lower() + key[1:]: camel(one, named=key in _AS_NAMED and not named)
        for key, one in value.items()
    }


def mine(request: EstateRequest, kind: str) -> list[Resource]:
    """The asking account's resources of a type in the asked region, by id."""
    return sorted(deployed(kind, request.account, request.region), key=lambda one: one.id)


def one_of(request: EstateRequest, kind: str, member: str, what: str) -> Resource:
    """The resource that a request names by id or ARN; ResourceNotFoundException if there is none."""
    wanted = request.params[member]
    for resource in mine(request, kind):
        if wanted in (resource.id, resource.arn):
            return resource
    raise AwsError("ResourceNotFoundException", f"{what} {wanted} was not found.", 404)


def times(resource: Resource, updated: str = "updatedAt") -> dict[str, Any]:
    """When it was made; nobody has changed it since."""
    return {"createdAt": resource.created, updated: resource.created}
