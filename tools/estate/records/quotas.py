"""Service quotas: applied values for the quotas that estates run into, with their usage metric where AWS has one."""

from __future__ import annotations

from dataclasses import dataclass

from tools.estate.inventory import account_id
from tools.estate.records.metrics import Metric


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota: service, code, name, value unless an account has its own, usage metric dimensions."""

    service: str
    service_name: str
    code: str
    name: str
    value: float
    usage: tuple[tuple[str, str], ...] = ()
    adjustable: bool = True
    is_global: bool = False


def _vcpu(family: str) -> tuple[tuple[str, str], ...]:
    return (("Class", family), ("Resource", "vCPU"), ("Service", "EC2"), ("Type", "Resource"))


EC2 = "Amazon Elastic Compute Cloud (Amazon EC2)"
STANDARD = "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"
STANDARD_CODE = "L-1216C47A"
QUOTAS: tuple[Quota, ...] = (
    Quota("ec2", EC2, STANDARD_CODE, STANDARD, 128, _vcpu("Standard/OnDemand")),
    Quota("ec2", EC2, "L-DB2E81BA", "Running On-Demand G and VT instances", 128, _vcpu("G/OnDemand")),
    Quota("ec2", EC2, "L-0263D0A3", "EC2-VPC Elastic IPs", 5),
    Quota("vpc", "Amazon Virtual Private Cloud (Amazon VPC)", "L-F678F1CE", "VPCs per Region", 5),
    Quota(
        "vpc", "Amazon Virtual Private Cloud (Amazon VPC)", "L-FE5A380F", "NAT gateways per Availability Zone", 5
    ),
    Quota("rds", "Amazon Relational Database Service (Amazon RDS)", "L-7B6409FD", "DB instances", 40),
    Quota("lambda", "AWS Lambda", "L-B99A9384", "Concurrent executions", 1000),
    Quota("ecs", "Amazon Elastic Container Service (Amazon ECS)", "L-9EF96962", "Services per cluster", 5000),
    Quota("s3", "Amazon Simple Storage Service (Amazon S3)", "L-DC2B2D3D", "General purpose buckets", 10_000),
    Quota(
        "iam", "AWS Identity and Access Management (IAM)", "L-F55AF5E4", "Users per account", 5000,
        adjustable=False, is_global=True,
    ),
    Quota("kms", "AWS Key Management Service (AWS KMS)", "L-C2F1777E", "Customer Master Keys (CMKs)", 100_000),
)  # fmt: skip
_OWN_VALUE = {(account_id("online-prod"), "eu-west-1", STANDARD_CODE): 256.0}


def value_of(quota: Quota, account: str, region: str) -> float:
    """The applied value of a quota: the account's own if it was raised."""
    return _OWN_VALUE.get((account, region, quota.code), quota.value)


def quota_of_usage(metric: Metric) -> float | None:
    """The quota that a usage metric counts against, for metric math's SERVICE_QUOTA."""
    for quota in QUOTAS:
        if quota.usage and metric.namespace == "AWS/Usage" and set(quota.usage) == set(metric.dimensions):
            return value_of(quota, metric.account, metric.region)
    return None
