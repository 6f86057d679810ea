"""Names: what a person calls a service, region or tag value, turned into the spelling in the bills."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tools.calls import Aws
from tools.cost.explorer import GROUPS, HOME, filters
from tools.errors import UnknownNameError
from tools.facts import UNTAGGED
from tools.periods import Period

# What people say, where it is no part of the billed name, or of more than one.
_ALIASES = {
    "ec2": "amazon elastic compute cloud - compute",
    "virtual machines": "amazon elastic compute cloud - compute",
    "nat": "ec2 - other",
    "nat gateway": "ec2 - other",
    "ebs": "ec2 - other",
    "s3": "amazon simple storage service",
    "rds": "amazon relational database service",
    "ecs": "amazon elastic container service",
    "eks": "amazon elastic container service for kubernetes",
    "ecr": "amazon ec2 container registry (ecr)",
    "efs": "amazon elastic file system",
    "cloudwatch": "amazoncloudwatch",
    "lambda": "aws lambda",
    "dynamodb": "amazon dynamodb",
    "kms": "aws key management service",
    "sqs": "amazon simple queue service",
    "sns": "amazon simple notification service",
    "elb": "amazon elastic load balancing",
    "load balancer": "amazon elastic load balancing",
    "load balancing": "amazon elastic load balancing",
    "vpc": "amazon virtual private cloud",
    "route 53": "amazon route 53",
    "sagemaker": "amazon sagemaker",
    "none": UNTAGGED,
    "untagged": UNTAGGED,
    "no tag": UNTAGGED,
}


def billed_names(aws: Aws, period: Period, given: dict[str, str | None]) -> dict[str, str]:
    """The filters among `given` (field to name) with names as billed in `period`; None is no filter.

    Raises:
        UnknownNameError: nothing of that name was billed; the error names the nearest candidates.
    """
    return {field: resolve(field, name, billed_values(aws, field, period)) for field, name in given.items() if name}


def resolve(field: str, name: str, values: Iterable[str]) -> str:
    """The value meant by `name`: equal, a known short name, or the only value that contains it.

    Raises:
        UnknownNameError: none or several values fit.
    """
    known = sorted(set(values))
    folded = {value.casefold(): value for value in known}
    said = name.strip().casefold()
    alias = _ALIASES.get(said.removeprefix("amazon ").removeprefix("aws "), said)
    exact = folded.get(said) or folded.get(alias)
    if exact is not None:
        return exact
    containing = [value for key, value in folded.items() if said and said in key]
    if len(containing) == 1:
        return containing[0]
    raise UnknownNameError(field.replace("_", " "), name, [value for value in known if value != UNTAGGED])


def billed_values(aws: Aws, field: str, period: Period) -> list[str]:
    """The values of a field that were billed in a period, of the accounts in sight."""
    group, payer = GROUPS[field], aws.directory.payer
    asked: dict[str, Any] = {"TimePeriod": {"Start": period.first_day, "End": period.end_day}}
    # of the accounts in sight only, so that an error's candidates tell nothing about others
    seen = filters(aws, aws.directory.accounts, "net", {})
    if seen:
        asked["Filter"] = seen
    if group["Type"] == "TAG":
        tags = aws.items(payer, "ce:GetTags", "Tags", region=HOME, TagKey=group["Key"], **asked)
        return [value or UNTAGGED for value in tags.items]
    found = aws.items(payer, "ce:GetDimensionValues", "DimensionValues", region=HOME, Dimension=group["Key"], **asked)
    return [entry["Value"] or "(none)" for entry in found.items]


_KIN: dict[str, str] = {
    "Amazon Elastic Compute Cloud - Compute": r"EC2 - Other",
    "Amazon Simple Storage Service": r"Amazon (?:S3 )?Glacier.*",
    "Amazon Bedrock": r".*\(Amazon Bedrock Edition\)",
    "Amazon Elastic Container Service": r"(?!)",  # Kubernetes begins with the same words, and is another thing
}
"""Services that are billed apart from one that people mean them by, too, where their names do not begin alike."""


def kin(service: str, values: Iterable[str]) -> list[str]:
    """The other services of the family that a service gives its name to: Kinesis Video Streams beside Kinesis."""
    base = _bare(service)
    pattern = re.compile(_KIN[service]) if service in _KIN else None
    return [
        value
        for value in values
        if value != service and (pattern.fullmatch(value) if pattern else _bare(value).startswith(f"{base} "))
    ]


def _bare(service: str) -> str:
    return service.removeprefix("Amazon").removeprefix("AWS").strip()
