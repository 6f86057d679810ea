"""The tagging API: every tagged resource of the inventory, by tag and type."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError
from tools.estate.inventory import Tags
from tools.estate.inventory.deployed import deployed
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page

_PAGING = Paging(
    "PaginationToken", "ResourcesPerPage", 50, 100, "PaginationTokenExpiredException",
    size_error="InvalidParameterException",
)  # fmt: skip
_VALUES = Paging("PaginationToken", "\0", 1000, 1000, "PaginationTokenExpiredException")


_OF_REGENT = (
    "BedrockAgentCore::Gateway",
    "BedrockAgentCore::Memory",
    "BedrockAgentCore::PolicyEngine",
    "BedrockAgentCore::Runtime",
    "CloudWatch::Alarm",
    "SNS::Topic",
    "WAFv2::WebACL",
)
"""Types of Regent's deployment that nothing else in the inventory holds."""


def _resources() -> Iterator[tuple[str, str, str, Tags]]:
    """Account, region, ARN and tags."""
    for item in inventory.INSTANCES:
        yield item.account, item.region, item.arn, item.tags
    for kind, resources in (
        ("volume", inventory.VOLUMES),
        ("snapshot", inventory.SNAPSHOTS),
        ("security-group", inventory.SECURITY_GROUPS),
        ("natgateway", inventory.NAT_GATEWAYS),
        ("vpc", inventory.VPCS),
    ):
        for one in resources:
            yield one.account, one.region, f"arn:aws:ec2:{one.region}:{one.account}:{kind}/{one.id}", one.tags
    for address in inventory.ADDRESSES:
        arn = f"arn:aws:ec2:{address.region}:{address.account}:elastic-ip/{address.allocation}"
        yield address.account, address.region, arn, address.tags
    for group in (inventory.BUCKETS, inventory.DATABASES, inventory.FUNCTIONS, inventory.KEYS):
        for thing in group:
            yield thing.account, thing.region, thing.arn, thing.tags
    for kind_of_regent in _OF_REGENT:
        for made in deployed(kind_of_regent):
            yield made.account, made.region, made.arn, made.tags
    for service in inventory.ECS_SERVICES:
        yield service.account, service.region, service.arn, service.tags
    for balancer in inventory.LOAD_BALANCERS:
        yield balancer.account, balancer.region, balancer.arn, balancer.tags


@cache
def _all() -> tuple[tuple[str, str, str, Tags], ...]:
    return tuple(_resources())


def _is_type(arn: str, wanted: str) -> bool:
    """``ec2`` is every EC2 resource, ``ec2:instance`` one type, which may be of two words (``regional/webacl``).

    Bucket ARNs name no type: ``s3`` it is.
    """
    service, _, kind = wanted.partition(":")
    parts = arn.split(":", 5)
    if parts[2] != service:
        return False
    return not kind or service == "s3" or f"{parts[5]}/".replace(":", "/").startswith(f"{kind}/")


def _tagged(tags: Tags, wanted: dict[str, Any]) -> bool:
    value = tags.get(wanted.get("Key", ""))
    return value is not None and (not wanted.get("Values") or value in wanted["Values"])


def _mine(request: EstateRequest) -> list[tuple[str, str, str, Tags]]:
    # The tagging API lists what carries, or once carried, tags: untagged resources are not in it.
    return [item for item in _all() if item[:2] == (request.account, request.region) and item[3].pairs]


def get_resources(request: EstateRequest) -> dict[str, Any]:
    params = request.params
    arns, types = params.get("ResourceARNList"), params.get("ResourceTypeFilters")
    if arns and (types or params.get("TagFilters") or "ResourcesPerPage" in params):
        raise AwsError("InvalidParameterException", "ResourceARNList cannot be combined with other filters.")
    found = [
        {"ResourceARN": arn, "Tags": tags.as_list()}
        for _, _, arn, tags in _mine(request)
        if (not arns or arn in arns)
        and (not types or any(_is_type(arn, one) for one in types))
        and all(_tagged(tags, one) for one in params.get("TagFilters") or [])
    ]
    shown, token = page(request, found, _PAGING)
    return {"ResourceTagMappingList": shown, "PaginationToken": token.get("PaginationToken", "")}


def get_tag_keys(request: EstateRequest) -> dict[str, Any]:
    keys = sorted({key for item in _mine(request) for key, _ in item[3].pairs})
    shown, token = page(request, keys, _VALUES)
    return {"TagKeys": shown, "PaginationToken": token.get("PaginationToken", "")}


def get_tag_values(request: EstateRequest) -> dict[str, Any]:
    wanted = request.params["Key"]
    values = sorted({value for item in _mine(request) for key, value in item[3].pairs if key == wanted})
    shown, token = page(request, values, _VALUES)
    return {"TagValues": shown, "PaginationToken": token.get("PaginationToken", "")}


OPERATIONS: dict[str, Handler] = {
    "GetResources": get_resources,
    "GetTagKeys": get_tag_keys,
    "GetTagValues": get_tag_values,
}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Every resource with its tags, untagged ones too."""
    return {
        "resources": [
            {"account": account, "region": region, "arn": arn, "tags": tags.as_dict()}
            for account, region, arn, tags in _all()
        ]
    }
