"""AWS Config: rules over the inventory, with every resource they look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from tools.estate import inventory
from tools.estate.inventory import ago, rng
from tools.estate.records.checks import problems
from tools.estate.records.vulnerabilities import UNMANAGED
from tools.estate.world import ACCOUNTS, HOME_REGION


@dataclass(frozen=True, slots=True)
class Rule:
    """A managed rule: its name, Config's identifier, the controls that fail it, the resources it looks at."""

    name: str
    identifier: str
    controls: tuple[str, ...]
    resource_type: str
    """CloudFormation's name, such as ``AWS::S3::Bucket``."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    account: str
    region: str
    rule: str
    resource_type: str
    resource: str
    compliant: bool
    since: datetime


RULES: tuple[Rule, ...] = (
    Rule("s3-bucket-public-read-prohibited", "S3_BUCKET_PUBLIC_READ_PROHIBITED", ("S3.2",), "AWS::S3::Bucket"),
    Rule(
        "s3-bucket-level-public-access-prohibited",
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        ("S3.8",),
        "AWS::S3::Bucket",
    ),
    Rule("s3-bucket-logging-enabled", "S3_BUCKET_LOGGING_ENABLED", ("S3.9",), "AWS::S3::Bucket"),
    Rule("restricted-common-ports", "RESTRICTED_INCOMING_TRAFFIC", ("EC2.19",), "AWS::EC2::SecurityGroup"),
    Rule("encrypted-volumes", "ENCRYPTED_VOLUMES", ("EC2.3",), "AWS::EC2::Volume"),
    Rule("rds-storage-encrypted", "RDS_STORAGE_ENCRYPTED", ("RDS.3",), "AWS::RDS::DBInstance"),
    Rule("rds-instance-public-access-check", "RDS_INSTANCE_PUBLIC_ACCESS_CHECK", ("RDS.2",), "AWS::RDS::DBInstance"),
    Rule("cmk-backing-key-rotation-enabled", "CMK_BACKING_KEY_ROTATION_ENABLED", ("KMS.4",), "AWS::KMS::Key"),
    Rule("lambda-function-settings-check", "LAMBDA_FUNCTION_SETTINGS_CHECK", ("Lambda.2",), "AWS::Lambda::Function"),
    Rule("mfa-enabled-for-iam-console-access", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", ("IAM.5",), "AWS::IAM::User"),
    Rule("access-keys-rotated", "ACCESS_KEYS_ROTATED", ("IAM.3",), "AWS::IAM::User"),
    Rule("iam-user-unused-credentials-check", "IAM_USER_UNUSED_CREDENTIALS_CHECK", ("IAM.22",), "AWS::IAM::User"),
    Rule("root-account-mfa-enabled", "ROOT_ACCOUNT_MFA_ENABLED", ("IAM.9",), "AWS::::Account"),
    Rule(
        "ec2-managedinstance-patch-compliance-status-check",
        "EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK",
        ("SSM.2",),
        "AWS::SSM::PatchCompliance",
    ),
    Rule("required-tags", "REQUIRED_TAGS", (), "AWS::EC2::Instance"),
)


def _arn(item: Any, kind: str) -> str:
    return f"arn:aws:ec2:{item.region}:{item.account}:{kind}/{item.id}"


_Resource = tuple[str, str, str, str]
"""Account, region, the id that Config uses, ARN."""


def _rows(items: Sequence[Any], name: Callable[[Any], str], arn: Callable[[Any], str]) -> list[_Resource]:
    return [(item.account, item.region, name(item), arn(item)) for item in items]


@cache
def _resources(kind: str) -> tuple[_Resource, ...]:
    own: Callable[[Any], str] = lambda item: item.arn  # noqa: E731
    makers: dict[str, Callable[[], list[_Resource]]] = {
        "AWS::S3::Bucket": lambda: _rows(inventory.BUCKETS, lambda item: item.name, own),
        "AWS::EC2::SecurityGroup": lambda: _rows(
            inventory.SECURITY_GROUPS, lambda item: item.id, lambda item: _arn(item, "security-group")
        ),
        "AWS::EC2::Volume": lambda: _rows(
            [item for item in inventory.VOLUMES if item.instance],
            lambda item: item.id,
            lambda item: _arn(item, "volume"),
        ),
        "AWS::RDS::DBInstance": lambda: _rows(inventory.DATABASES, lambda item: item.resource, own),
        "AWS::KMS::Key": lambda: _rows(
            [item for item in inventory.KEYS if item.spec == "SYMMETRIC_DEFAULT" and item.state == "Enabled"],
            lambda item: item.id,
            own,
        ),
        "AWS::Lambda::Function": lambda: _rows(inventory.FUNCTIONS, lambda item: item.name, own),
        "AWS::IAM::User": lambda: [(item.account, HOME_REGION, item.id, item.arn) for item in inventory.USERS],
        "AWS::::Account": lambda: [(item.id, HOME_REGION, item.id, f"AWS::::Account:{item.id}") for item in ACCOUNTS],
        "AWS::SSM::PatchCompliance": lambda: _rows(
            [item for item in inventory.INSTANCES if item.state == "running" and item.role not in UNMANAGED],
            lambda item: item.id,
            own,
        ),
        "AWS::EC2::Instance": lambda: _rows(inventory.INSTANCES, lambda item: item.id, own),
    }
    return tuple(makers[kind]())


def _failing(rule: Rule) -> dict[str, datetime]:
    if rule.name == "required-tags":
        wanted = {"team", "cost-center", "env"}
        return {item.arn: item.launched for item in inventory.INSTANCES if not wanted <= set(item.tags.as_dict())}
    return {
        problem.resource: problem.since or ago(days=rng("config", problem.resource).randint(5, 200))
        for problem in problems()
        if problem.control in rule.controls
    }


@cache
def evaluations() -> tuple[Evaluation, ...]:
    """Every evaluation of every rule."""
    found = []
    for rule in RULES:
        failing = _failing(rule)
        for account, region, name, arn in _resources(rule.resource_type):
            since = failing.get(arn) or ago(days=rng("config", arn).randint(5, 200))
            found.append(Evaluation(account, region, rule.name, rule.resource_type, name, arn not in failing, since))
    return tuple(found)
