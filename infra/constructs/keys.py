"""What the policies of our keys say alike."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam


def key_of_logs(stack: Stack) -> iam.PolicyStatement:
    """The log groups of this account may be encrypted with the key."""
    return iam.PolicyStatement(
        sid="LogGroupsOfThisAccount",
        principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
        actions=[
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
            "kms:GenerateDataKey",
            "kms:DescribeKey",
        ],
        resources=["*"],
        conditions={
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{stack.region}:{stack.account}:*"}
        },
    )
