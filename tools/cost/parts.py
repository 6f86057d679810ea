"""Parts: what people name and pay for that is no service on the bill, but usage types: NAT gateways, egress."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from tools.calls import Aws
from tools.cost.names import billed_values
from tools.errors import InputError
from tools.periods import Period

Part = Literal[
    "nat_gateways",
    "block_storage",
    "volumes",
    "snapshots",
    "data_transfer",
    "egress",
    "public_ipv4",
    "transit_gateways",
    "vpc_endpoints",
    "logs",
    "log_ingestion",
    "fargate",
    "gpu_instances",
]
_LOGS = r"(?:DataProcessing|VendedLogs?)-Bytes"
_TYPES: dict[Part, str] = {
    "nat_gateways": r"NatGateway-.*",
    "block_storage": r"EBS:.*",
    "volumes": r"EBS:Volume.*",
    "snapshots": r"EBS:(?:Fast)?Snapshot.*",
    "data_transfer": r"(?:.*-)?(?:(?:DataTransfer|DataXfer)-.*|(?:AWS|CloudFront)-(?:In|Out)-Bytes.*)",
    "egress": r"(?:.*-)?(?:(?:DataTransfer|DataXfer)-Out.*|(?:AWS|CloudFront)-Out-Bytes.*)",
    "public_ipv4": r"PublicIPv4:.*|ElasticIP:.*",
    "transit_gateways": r"TransitGateway-.*",
    "vpc_endpoints": r"VpcEndpoint-.*",
    "logs": rf"{_LOGS}.*|TimedStorage-ByteHrs",
    "log_ingestion": rf"{_LOGS}.*",
    "fargate": r"(?:Spot)?Fargate-.*",
    "gpu_instances": r"(?:Box|Spot|Heavy|Dedicated|Reservation|UnusedBox|UnusedDed)\w*:[gp]\d\w*\..*",
}
"""The usage types of each, after the code of their region ("EUW1-")."""
_ONLY_OF: dict[Part, str] = {"logs": "AmazonCloudWatch", "log_ingestion": "AmazonCloudWatch"}
"""Parts whose usage types have namesakes in other services."""
_REGION = r"(?:[A-Z]{2,3}[0-9]?[A-Z]?[0-9]?-)?"

Kept = dict[str, str | list[str]]
"""Filters: one value of a field, or several of which each will do."""


def words(part: str) -> str:
    """A part as a reader calls it: `NAT gateways`."""
    plain = part.replace("_", " ")
    return (
        plain.replace("nat ", "NAT ")
        .replace("vpc ", "VPC ")
        .replace("gpu ", "GPU ")
        .replace("fargate", "Fargate")
        .replace("ipv4", "IPv4 addresses")
    )


def kept_by(aws: Aws, span: Period, part: Part | None, where: Mapping[str, str]) -> Kept:
    """The filters of a request: those `where` names, and the usage types of `part` that were billed in `span`.

    Raises:
        InputError: none of them was.
    """
    if part is None:
        return dict(where)
    pattern = re.compile(rf"{_REGION}(?:{_TYPES[part]})")
    types = [name for name in billed_values(aws, "usage_type", span) if pattern.fullmatch(name)]
    if not types:
        raise InputError(f"Nothing was billed for {words(part)} in that time: no usage type of theirs is on the bill.")
    only = {"service": _ONLY_OF[part]} if part in _ONLY_OF and "service" not in where else {}
    return {**where, **only, "usage_type": types}


def named_by(where: Mapping[str, str], part: Part | None) -> dict[str, str]:
    """What a scope says: the filters by name, and the part."""
    return {**where, **({"part": words(part)} if part else {})}
