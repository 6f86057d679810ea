"""Routine CloudTrail noise: reads by tools, small writes by deploy roles, sign-ins of the people who work there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tools.estate import inventory
from tools.estate.inventory import ago, rng
from tools.estate.inventory.identity import DEPLOY_ROLES
from tools.estate.records.trail import Event, login, region_of
from tools.estate.world import ACCOUNTS, SampleAccount

_READS = (
    ("DescribeInstances", "ec2"),
    ("DescribeVolumes", "ec2"),
    ("DescribeSecurityGroups", "ec2"),
    ("ListBuckets", "s3"),
    ("GetBucketPolicy", "s3"),
    ("DescribeDBInstances", "rds"),
    ("ListFunctions20150331", "lambda"),
    ("GetCallerIdentity", "sts"),
    ("DescribeAlarms", "monitoring"),
    ("ListUsers", "iam"),
    ("GetKeyRotationStatus", "kms"),
    ("DescribeServices", "ecs"),
)
_WRITES = (
    ("CreateTags", "ec2", "AWS::EC2::Instance"),
    ("PutMetricAlarm", "monitoring", "AWS::CloudWatch::Alarm"),
    ("PutRetentionPolicy", "logs", "AWS::Logs::LogGroup"),
    ("StartBackupJob", "backup", "AWS::Backup::BackupPlan"),
    ("UpdateFunctionConfiguration20150331v2", "lambda", "AWS::Lambda::Function"),
    ("ModifyDBInstance", "rds", "AWS::RDS::DBInstance"),
    ("PutBucketLifecycle", "s3", "AWS::S3::Bucket"),
    ("CreateSnapshot", "ec2", "AWS::EC2::Volume"),
)


def _resource(account: SampleAccount, kind: str, pick: float) -> str | None:
    names: dict[str, list[str]] = {
        "AWS::EC2::Instance": [item.id for item in inventory.in_account(inventory.INSTANCES, account.id, "eu-west-1")],
        "AWS::EC2::Volume": [item.id for item in inventory.in_account(inventory.VOLUMES, account.id, "eu-west-1")],
        "AWS::Lambda::Function": [item.name for item in inventory.in_account(inventory.FUNCTIONS, account.id)],
        "AWS::RDS::DBInstance": [
            item.name for item in inventory.in_account(inventory.DATABASES, account.id, "eu-west-1")
        ],
        "AWS::S3::Bucket": [item.name for item in inventory.in_account(inventory.BUCKETS, account.id, "eu-west-1")],
        "AWS::CloudWatch::Alarm": [f"{account.name}-routine"],
        "AWS::Logs::LogGroup": [f"/lantern/{account.name}"],
        "AWS::Backup::BackupPlan": ["nightly"],
    }
    choices = names[kind]
    return choices[int(pick * len(choices))] if choices else None


def _of(account: SampleAccount) -> Iterator[Event]:
    random = rng("routine", account.id)
    role = DEPLOY_ROLES[account.name]
    users = inventory.in_account(inventory.USERS, account.id)
    for _ in range(54):
        name, source = random.choice(_READS)
        reader = random.choice(("RegentReader", "AWSServiceRoleForConfig", role))
        # More recent days are busier, as in any estate.
        at = ago(days=89 * random.random() ** 2, minutes=random.randint(1, 600))
        denied = "AccessDenied" if random.random() < 0.04 else None
        yield Event(
            account.id, region_of(source), at, name, source, reader, "AssumedRole", read_only=True, error=denied
        )
    for _ in range(26):
        name, source, kind = random.choice(_WRITES)
        at = ago(days=89 * random.random() ** 1.6, minutes=random.randint(1, 600))
        resource = _resource(account, kind, random.random())
        if resource is None:
            continue
        backup = source == "backup"
        yield Event(
            account.id,
            "eu-west-1",
            at,
            name,
            source,
            "backup" if backup else role,
            "AWSService" if backup else "AssumedRole",
            resources=((kind, resource),),
            request={"name": resource},
        )
    for user in users:
        if not user.console or not user.password_last_used or user.password_last_used < ago(days=40):
            continue
        for back in range(1, 5):
            at = user.password_last_used - timedelta(days=back * random.randint(2, 6), minutes=random.randint(1, 300))
            yield login(user.account, at, user.name, mfa=user.mfa, failed=random.random() < 0.05)


def routine_events() -> list[Event]:
    """Noise of the last 90 days in every account."""
    return [event for account in ACCOUNTS for event in _of(account)]
