"""Reach: which AWS services are called from inside, what they are called in PrivateLink, and which have no endpoint.

The list is derived: what the queries declare, and what a process that answers calls by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2

from tools.catalogue import queries
from tools.iam import DIRECTORY, actions

OWN: dict[str, tuple[str, ...]] = {
    "bedrock-runtime": ("bedrock:ApplyGuardrail", "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"),
    "dynamodb": (
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
    ),
    "kms": ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GetPublicKey", "kms:Sign"),
    "lambda": ("lambda:InvokeFunction",),
    "logs": ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
    "s3": ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:PutObjectRetention"),
    "ssm": ("ssm:GetParameter",),
    "sts": ("sts:AssumeRole", "sts:GetCallerIdentity", "sts:TagSession"),
    "xray": ("xray:PutTraceSegments", "xray:PutSpans", "xray:PutSpansForIndexing"),
}
"""What a process that answers calls by itself, by botocore's service name: `House.statements`, the model, the trace."""
GATEWAYS = ("dynamodb", "s3")
"""Services that are reached through a route in the table, for nothing."""
NAMES = {
    "accessanalyzer": "access-analyzer",
    "cloudwatch": "monitoring",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tagging",
    "service-quotas": "servicequotas",
}
"""PrivateLink's name of a service where it is not botocore's."""
GLOBAL_HOSTS = {
    "budgets": "budgets.amazonaws.com",
    "ce": "ce.us-east-1.amazonaws.com",
    "cost-optimization-hub": "cost-optimization-hub.us-east-1.amazonaws.com",
    "health": "global.health.amazonaws.com",
    "iam": "iam.amazonaws.com",
    "organizations": "organizations.us-east-1.amazonaws.com",
    "savingsplans": "savingsplans.amazonaws.com",
}
"""Services with one endpoint for the world, and its host. `infra.constructs.passage` says where their data lies."""
NO_ENDPOINT = ("s3control",)
"""Regional services without an interface endpoint of their own."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service that is called: botocore's name, and the IAM actions of what is called there."""

    name: str
    actions: tuple[str, ...]

    @property
    def private(self) -> bool:
        """Whether it can be reached from a VPC without internet, in the VPC's own region."""
        return self.name not in GLOBAL_HOSTS and self.name not in NO_ENDPOINT

    @property
    def prefix(self) -> str:
        """What it is called in PrivateLink and in the names of its regional hosts."""
        return NAMES.get(self.name, self.name)

    @property
    def endpoint(self) -> ec2.InterfaceVpcEndpointAwsService:
        """Its interface endpoint."""
        return ec2.InterfaceVpcEndpointAwsService(self.prefix)


def services() -> tuple[Service, ...]:
    """Every service that is called, by name."""
    found: dict[str, set[str]] = {service: set(own) for service, own in OWN.items()}
    declared = {operation for query in queries().values() for operation in query.operations}
    for operation in declared | set(DIRECTORY):
        found.setdefault(operation.partition(":")[0], set()).update(actions(operation))
    return tuple(Service(name, tuple(sorted(found[name]))) for name in sorted(found))
