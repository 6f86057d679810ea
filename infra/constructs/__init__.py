"""Constructs that several stacks use: a log group, a bucket, a queue, each with what every one of them must have."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.config import Environment

_RETENTION = {
    365: logs.RetentionDays.ONE_YEAR,
    400: logs.RetentionDays.THIRTEEN_MONTHS,
    545: logs.RetentionDays.EIGHTEEN_MONTHS,
    731: logs.RetentionDays.TWO_YEARS,
    1096: logs.RetentionDays.THREE_YEARS,
    1827: logs.RetentionDays.FIVE_YEARS,
    2192: logs.RetentionDays.SIX_YEARS,
    2557: logs.RetentionDays.SEVEN_YEARS,
    2922: logs.RetentionDays.EIGHT_YEARS,
    3288: logs.RetentionDays.NINE_YEARS,
    3653: logs.RetentionDays.TEN_YEARS,
}


def log_group(
    scope: Construct, id: str, environment: Environment, key: kms.IKey, name: str | None = None
) -> logs.LogGroup:
    """A log group that is encrypted, kept as long as declared, and stays when its stack goes."""
    return logs.LogGroup(
        scope,
        id,
        log_group_name=name,
        encryption_key=key,
        retention=_RETENTION[environment.retention.logs_days],
        removal_policy=RemovalPolicy.RETAIN,
    )


def plain_bucket(
    scope: Construct,
    id: str,
    *,
    expire_days: int,
    access: s3.IBucket | None = None,
    key: kms.IKey | None = None,
    noncurrent_days: int = 30,
) -> s3.Bucket:
    """A bucket for logs of AWS services: private, encrypted, TLS only, emptied by age.

    `access` gets its own log. `key` encrypts it, where the service that writes may use one of ours.
    """
    return s3.Bucket(
        scope,
        id,
        encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        bucket_key_enabled=True if key else None,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        versioned=True,
        server_access_logs_bucket=access,
        server_access_logs_prefix=f"{id.lower()}/" if access else None,
        lifecycle_rules=[
            s3.LifecycleRule(
                expiration=Duration.days(expire_days),
                noncurrent_version_expiration=Duration.days(noncurrent_days),
            )
        ],
        removal_policy=RemovalPolicy.RETAIN,
    )


def queue(scope: Construct, id: str, key: kms.IKey, *, visibility: Duration) -> sqs.Queue:
    """An encrypted FIFO queue with a dead-letter queue: what cannot be worked on waits for a person."""
    dead = sqs.Queue(
        scope,
        f"{id}Dead",
        fifo=True,
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
    return sqs.Queue(
        scope,
        id,
        fifo=True,
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        enforce_ssl=True,
        visibility_timeout=visibility,
        retention_period=Duration.days(4),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=3),
    )


def allow(sid: str, actions: Sequence[str], resources: Sequence[str]) -> iam.PolicyStatement:
    """A statement that allows these actions on these resources."""
    return iam.PolicyStatement(sid=sid, actions=list(actions), resources=list(resources))
