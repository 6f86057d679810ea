"""Elastic Load Balancing: the load balancers and their tags."""

from __future__ import annotations

from typing import Any

from tools.estate import inventory
from tools.estate.errors import AwsError
from tools.estate.inventory import ago
from tools.estate.inventory.network import LoadBalancer
from tools.estate.request import EstateRequest, Handler
from tools.estate.services._paging import Paging, page

_PAGING = Paging("Marker", "PageSize", 400, 400, "ValidationError", token_out="NextMarker")  # noqa: S106


def _mine(request: EstateRequest) -> list[LoadBalancer]:
    return inventory.in_account(inventory.LOAD_BALANCERS, request.account, request.region)


def _document(item: LoadBalancer) -> dict[str, Any]:
    return {
        "LoadBalancerArn": item.arn,
        "LoadBalancerName": item.name,
        "DNSName": f"{item.name}.{item.region}.elb.amazonaws.com",
        "CreatedTime": ago(days=600),
        "Scheme": "internet-facing",
        "State": {"Code": "active"},
        "Type": "application",
        "IpAddressType": "ipv4",
    }


def describe_load_balancers(request: EstateRequest) -> dict[str, Any]:
    arns, names = request.params.get("LoadBalancerArns"), request.params.get("Names")
    found = [i for i in _mine(request) if (not arns or i.arn in arns) and (not names or i.name in names)]
    if len(found) < len(arns or names or ()):
        raise AwsError("LoadBalancerNotFound", "One or more load balancers not found")
    shown, token = page(request, [_document(item) for item in found], _PAGING)
    return {"LoadBalancers": shown, **token}


def describe_tags(request: EstateRequest) -> dict[str, Any]:
    known = {item.arn: item for item in _mine(request)}
    wanted = request.params["ResourceArns"]
    if not set(wanted) <= known.keys():
        raise AwsError("LoadBalancerNotFound", "One or more load balancers not found")
    return {"TagDescriptions": [{"ResourceArn": arn, "Tags": known[arn].tags.as_list()} for arn in wanted]}


OPERATIONS: dict[str, Handler] = {"DescribeLoadBalancers": describe_load_balancers, "DescribeTags": describe_tags}


def ground_truth() -> dict[str, list[dict[str, Any]]]:
    """Load balancers."""
    return {
        "load_balancers": [
            {"account": item.account, "region": item.region, "name": item.name, "arn": item.arn}
            for item in inventory.LOAD_BALANCERS
        ]
    }
