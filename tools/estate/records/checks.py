"""What is wrong in the inventory, found by plain rules: the source of Security Hub and Config records.

Both services report the same resources, because both read this list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import ago
from tools.estate.records.vulnerabilities import UNMANAGED, missing
from tools.estate.world import ACCOUNTS, HOME_REGION, STORIES

OPENED_AT = datetime(2026, 10, 9, 18, 20, tzinfo=UTC)
"""When security group db-debug of online-staging was opened to the internet (CloudTrail shows by whom)."""
STORY = {story.key: story for story in STORIES}


@dataclass(frozen=True, slots=True)
class Problem:
    """One resource that fails one control; ``since`` is set where a story fixes the time."""

    control: str
    title: str
    severity: str
    account: str
    region: str
    resource_type: str
    """Security Hub's name, such as ``AwsS3Bucket``."""
    resource: str
    """ARN"""
    since: datetime | None = None


_SENSITIVE = {22: "HIGH", 3389: "HIGH", 5432: "CRITICAL", -1: "CRITICAL"}


def _buckets() -> Iterator[Problem]:
    at = STORY["public-bucket"].start
    for bucket in inventory.BUCKETS:
        where = (bucket.account, bucket.region, "AwsS3Bucket", bucket.arn)
        story = bucket.name == inventory.STORY_BUCKET
        if bucket.sharing == "public-policy":
            title = "S3 general purpose buckets should block public read access"
            yield Problem("S3.2", title, "CRITICAL", *where, since=at + timedelta(minutes=31))
        if not bucket.block_public:
            title = "S3 general purpose buckets should block public access"
            yield Problem("S3.8", title, "HIGH", *where, since=at + timedelta(minutes=33) if story else None)
        if not bucket.logged:
            title = "S3 general purpose buckets should have server access logging enabled"
            yield Problem("S3.9", title, "MEDIUM", *where)


def _groups() -> Iterator[Problem]:
    for group in inventory.SECURITY_GROUPS:
        arn = f"arn:aws:ec2:{group.region}:{group.account}:security-group/{group.id}"
        for _, first, _ in group.open_ports:
            if first in _SENSITIVE:
                title = "Security groups should not allow unrestricted access to ports with high risk"
                where = (group.account, group.region, "AwsEc2SecurityGroup", arn)
                since = OPENED_AT + timedelta(minutes=16) if group.name == "db-debug" else None
                yield Problem("EC2.19", title, _SENSITIVE[first], *where, since=since)


def _databases() -> Iterator[Problem]:
    for database in inventory.DATABASES:
        where = (database.account, database.region, "AwsRdsDbInstance", database.arn)
        if database.public:
            title = "RDS DB Instances should prohibit public access, as determined by PubliclyAccessible"
            yield Problem("RDS.2", title, "CRITICAL", *where)
        if not database.encrypted:
            yield Problem("RDS.3", "RDS DB instances should have encryption at-rest enabled", "MEDIUM", *where)
        if not database.deletion_protection:
            yield Problem("RDS.8", "RDS DB instances should have deletion protection enabled", "LOW", *where)


def _volumes() -> Iterator[Problem]:
    for volume in inventory.VOLUMES:
        if not volume.encrypted and volume.instance:
            arn = f"arn:aws:ec2:{volume.region}:{volume.account}:volume/{volume.id}"
            title = "Attached EBS volumes should be encrypted at-rest"
            yield Problem("EC2.3", title, "MEDIUM", volume.account, volume.region, "AwsEc2Volume", arn)


def _keys() -> Iterator[Problem]:
    for key in inventory.KEYS:
        where = (key.account, key.region, "AwsKmsKey", key.arn)
        if key.state == "Enabled" and key.spec == "SYMMETRIC_DEFAULT" and not key.rotates:
            yield Problem("KMS.4", "AWS KMS key rotation should be enabled", "MEDIUM", *where)
        if key.state == "PendingDeletion":
            yield Problem("KMS.3", "AWS KMS keys should not be deleted unintentionally", "CRITICAL", *where)


def _functions() -> Iterator[Problem]:
    for function in inventory.FUNCTIONS:
        if function.runtime in ("python3.8", "python3.9", "nodejs16.x"):
            where = (function.account, function.region, "AwsLambdaFunction", function.arn)
            yield Problem("Lambda.2", "Lambda functions should use supported runtimes", "MEDIUM", *where)


def _users() -> Iterator[Problem]:
    for user in inventory.USERS:
        where = (user.account, HOME_REGION, "AwsIamUser", user.arn)
        story = user.name == inventory.STORY_USER
        active = [key for key in user.keys if key.active]
        if user.console and not user.mfa:
            title = "MFA should be enabled for all IAM users that have a console password"
            yield Problem("IAM.5", title, "MEDIUM", *where)
        if any(key.created < ago(days=90) for key in active):
            title = "IAM users' access keys should be rotated every 90 days or less"
            yield Problem("IAM.3", title, "MEDIUM", *where, since=ago(days=1250) if story else None)
        if any((key.last_used or key.created) < ago(days=45) for key in active):
            last = STORY["stale-admin-key"].start + timedelta(days=45, hours=6)
            title = "IAM user credentials unused for 45 days should be removed"
            yield Problem("IAM.22", title, "MEDIUM", *where, since=last if story else None)
        if "AdministratorAccess" in user.policies and active:
            title = 'IAM policies should not allow full "*" administrative privileges'
            yield Problem("IAM.1", title, "HIGH", *where, since=ago(days=1250) if story else None)
    for account in ACCOUNTS:
        if not inventory.ROOT_USERS[account.id].mfa:
            where = (account.id, HOME_REGION, "AwsAccount", f"AWS::::Account:{account.id}")
            yield Problem("IAM.9", "MFA should be enabled for the root user", "CRITICAL", *where)


def _patches() -> Iterator[Problem]:
    at = STORY["patch-gap"].start + timedelta(hours=9)
    for instance in inventory.INSTANCES:
        if instance.state == "running" and instance.role not in UNMANAGED and missing(instance):
            since = at if instance.name in inventory.PATCH_GAP else None
            where = (instance.account, instance.region, "AwsEc2Instance", instance.arn)
            title = "EC2 instances managed by Systems Manager should have a patch compliance status of COMPLIANT"
            yield Problem("SSM.2", title, "HIGH", *where, since=since)


@cache
def problems() -> tuple[Problem, ...]:
    """Every failed check of the organisation."""
    sources = (_buckets, _groups, _databases, _volumes, _keys, _functions, _users, _patches)
    return tuple(problem for source in sources for problem in source())
