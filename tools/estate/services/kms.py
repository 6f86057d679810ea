"""KMS: customer-managed keys, aliases, rotation and key policies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError
from tools.estate.inventory import Key
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page

_PAGING = Paging("Marker", "Limit", 100, 1000, "InvalidMarkerException", token_out="NextMarker")  # noqa: S106


def _mine(request: EstateRequest) -> list[Key]:
    return inventory.in_account(inventory.KEYS, request.account, request.region)


def _one(request: EstateRequest) -> Key:
    name = request.params["KeyId"]
    for key in _mine(request):
        if name and name in (key.id, key.arn, key.alias, f"arn:aws:kms:{key.region}:{key.account}:{key.alias}"):
            return key
    raise AwsError("NotFoundException", f"Key '{name}' does not exist")


def _paged(request: EstateRequest, member: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    shown, token = page(request, items, _PAGING)
    return {member: shown, "Truncated": bool(token), **token}


def list_keys(request: EstateRequest) -> dict[str, Any]:
    return _paged(request, "Keys", [{"KeyId": key.id, "KeyArn": key.arn} for key in _mine(request)])


def list_aliases(request: EstateRequest) -> dict[str, Any]:
    keys = [_one(request)] if "KeyId" in request.params else _mine(request)
    aliases = [
        {
            "AliasName": key.alias,
            "AliasArn": f"arn:aws:kms:{key.region}:{key.account}:{key.alias}",
            "TargetKeyId": key.id,
            "CreationDate": key.created,
        }
        for key in keys
        if key.alias
    ]
    return _paged(request, "Aliases", aliases)


def describe_key(request: EstateRequest) -> dict[str, Any]:
    key = _one(request)
    metadata: dict[str, Any] = {
        "AWSAccountId": key.account,
        "KeyId": key.id,
        "Arn": key.arn,
        "CreationDate": key.created,
        "Enabled": key.state == "Enabled",
        "Description": key.description,
        "KeyUsage": "ENCRYPT_DECRYPT" if key.spec == "SYMMETRIC_DEFAULT" else "SIGN_VERIFY",
        "KeyState": key.state,
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "KeySpec": key.spec,
        "MultiRegion": False,
    }
    if key.state == "PendingDeletion":
        metadata["DeletionDate"] = request.now + timedelta(days=12)
    return {"KeyMetadata": metadata}


def get_key_rotation_status(request: EstateRequest) -> dict[str, Any]:
    key = _one(request)
    if key.spec != "SYMMETRIC_DEFAULT":
        raise AwsError("UnsupportedOperationException", f"{key.arn} is asymmetric; it cannot rotate automatically.")
    if key.state == "PendingDeletion":
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    answer: dict[str, Any] = {"KeyId": key.arn, "KeyRotationEnabled": key.rotates}
    return answer | {"RotationPeriodInDays": 365} if key.rotates else answer


def get_key_policy(request: EstateRequest) -> dict[str, Any]:
    return {"Policy": _one(request).policy, "PolicyName": "default"}


def list_key_policies(request: EstateRequest) -> dict[str, Any]:
    _one(request)
    return {"PolicyNames": ["default"], "Truncated": False}


def list_resource_tags(request: EstateRequest) -> dict[str, Any]:
    return _paged(request, "Tags", _one(request).tags.as_list("TagKey", "TagValue"))


OPERATIONS: dict[str, Handler] = {
    "ListKeys": list_keys,
    "ListAliases": list_aliases,
    "DescribeKey": describe_key,
    "GetKeyRotationStatus": get_key_rotation_status,
    "GetKeyPolicy": get_key_policy,
    "ListKeyPolicies": list_key_policies,
    "ListResourceTags": list_resource_tags,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Keys with their rotation."""
    return {
        "kms_keys": [
            {
                "account": key.account,
                "region": key.region,
                "id": key.id,
                "alias": key.alias,
                "state": key.state,
                "spec": key.spec,
                "rotates": key.rotates,
            }
            for key in inventory.KEYS
        ]
    }
