"""Security Hub findings: derived from what is wrong in the inventory, plus the planted stories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import ago, rng
from tools.estate.records.checks import Problem, problems
from tools.estate.records.vulnerabilities import vulnerabilities
from tools.estate.world import ACCOUNTS, BY_NAME, HOME_REGION, STORIES

NORMALIZED = {"CRITICAL": 90, "HIGH": 70, "MEDIUM": 40, "LOW": 1, "INFORMATIONAL": 0}
NAME = {account.id: account.name for account in ACCOUNTS}
STORY = {story.key: story for story in STORIES}


@dataclass(frozen=True, slots=True)
class HubFinding:
    """One Security Hub finding in plain words; the handler writes it in ASFF."""

    account: str
    region: str
    product: str
    control: str | None
    title: str
    severity: str
    resource_type: str
    resource: str
    created: datetime
    updated: datetime
    workflow: str
    record: str
    compliance: str | None
    type: str

    @property
    def id(self) -> str:
        base = f"arn:aws:securityhub:{self.region}:{self.account}"
        if self.control:
            return f"{base}:security-control/{self.control}/finding/{self._uuid()}"
        return f"{base}:finding/{self.product.lower().replace(' ', '-')}/{self._uuid()}"

    def _uuid(self) -> str:
        return inventory.uuid("hub", self.account, self.region, self.title, self.resource)


CHECKS = "Software and Configuration Checks/AWS Security Best Practices"


def _from_problem(problem: Problem) -> HubFinding:
    random = rng("hub", problem.control, problem.resource)
    created = problem.since or ago(
        days=random.randint(3, 160), hours=random.randint(0, 23), minutes=random.randint(0, 59)
    )
    age_days = (ago() - created).days
    workflow, record, compliance = "NEW", "ACTIVE", "FAILED"
    draw = random.random()
    if problem.since is None and draw < 0.08:
        workflow = "SUPPRESSED"
    elif problem.since is None and draw < 0.25 and age_days > 20:
        workflow = "NOTIFIED"
    return HubFinding(
        problem.account,
        problem.region,
        "Security Hub",
        problem.control,
        problem.title,
        problem.severity,
        problem.resource_type,
        problem.resource,
        created,
        ago(hours=random.randint(1, 11), minutes=random.randint(0, 59)),
        workflow,
        record,
        compliance,
        CHECKS,
    )


def _solved(problem_number: int) -> HubFinding:
    """Findings that are over: a sloppy count includes them."""
    random = rng("hub-solved", problem_number)
    bucket = inventory.BUCKETS[(problem_number * 7) % len(inventory.BUCKETS)]
    titles = (
        ("S3.8", "S3 general purpose buckets should block public access", "HIGH"),
        ("S3.2", "S3 general purpose buckets should block public read access", "CRITICAL"),
        ("S3.5", "S3 general purpose buckets should require requests to use SSL", "MEDIUM"),
        ("S3.9", "S3 general purpose buckets should have server access logging enabled", "MEDIUM"),
    )
    control, title, severity = titles[problem_number % len(titles)]
    created = ago(days=random.randint(20, 220), hours=random.randint(0, 23))
    archived = problem_number % 3 == 0
    return HubFinding(
        bucket.account,
        bucket.region,
        "Security Hub",
        control,
        title,
        severity,
        "AwsS3Bucket",
        bucket.arn,
        created,
        created + timedelta(days=random.randint(1, 15), hours=3),
        "NEW" if archived else "RESOLVED",
        "ARCHIVED" if archived else "ACTIVE",
        "FAILED" if archived else "PASSED",
        CHECKS,
    )


def _product(
    owner: str,
    product: str,
    title: str,
    severity: str,
    resource_type: str,
    resource: str,
    created: datetime,
    kind: str,
    *,
    workflow: str = "NEW",
    record: str = "ACTIVE",
    region: str = HOME_REGION,
) -> HubFinding:
    return HubFinding(
        BY_NAME[owner].id,
        region,
        product,
        None,
        title,
        severity,
        resource_type,
        resource,
        created,
        created + timedelta(minutes=12),
        workflow,
        record,
        None,
        kind,
    )


def _stories() -> Iterator[HubFinding]:
    bucket = f"arn:aws:s3:::{inventory.STORY_BUCKET}"
    at = STORY["public-bucket"].start
    yield _product(
        "venue-utrecht",
        "GuardDuty",
        f"Amazon S3 Public Anonymous Access was granted for S3 bucket {inventory.STORY_BUCKET}.",
        "HIGH",
        "AwsS3Bucket",
        bucket,
        at + timedelta(minutes=17),
        "TTPs/Policy:S3-BucketAnonymousAccessGranted",
    )
    yield _product(
        "venue-utrecht",
        "IAM Access Analyzer",
        "AwsS3Bucket/" + bucket + " allows public access",
        "HIGH",
        "AwsS3Bucket",
        bucket,
        at + timedelta(minutes=24),
        "Software and Configuration Checks/AWS Security Best Practices/External Access Granted",
    )
    root = BY_NAME["venue-amsterdam"].id
    yield _product(
        "venue-amsterdam",
        "GuardDuty",
        "API ConsoleLogin was invoked using root credentials.",
        "LOW",
        "AwsIamAccessKey",
        f"arn:aws:iam::{root}:root",
        STORY["root-login"].start + timedelta(minutes=9),
        "TTPs/Policy:IAMUser-RootCredentialUsage",
        region="us-east-1",
    )
    admin = next(user for user in inventory.USERS if user.name == inventory.STORY_USER)
    yield _product(
        "backoffice-prod",
        "IAM Access Analyzer",
        f"Unused access key of user {admin.name}",
        "MEDIUM",
        "AwsIamUser",
        admin.arn,
        STORY["stale-admin-key"].start + timedelta(days=90, hours=4),
        "Software and Configuration Checks/AWS Security Best Practices/Unused Access",
    )
    # A threat that was looked at and closed: still in the list, not open any more.
    lab = next(item for item in inventory.INSTANCES if item.name == "notebook-01")
    yield _product(
        "data-lab",
        "GuardDuty",
        f"EC2 instance {lab.id} is being probed on port 22.",
        "LOW",
        "AwsEc2Instance",
        lab.arn,
        ago(days=48, hours=5),
        "TTPs/Recon:EC2-PortProbeUnprotectedPort",
        workflow="RESOLVED",
        record="ARCHIVED",
    )


def _inspector() -> Iterator[HubFinding]:
    """What Inspector passes on: its active critical and high findings."""
    for item in vulnerabilities():
        if item.status == "ACTIVE" and item.severity in ("CRITICAL", "HIGH"):
            kind = "AwsEc2Instance" if item.resource_type == "AWS_EC2_INSTANCE" else "AwsLambdaFunction"
            yield HubFinding(
                item.account,
                item.region,
                "Inspector",
                None,
                f"{item.cve} - {item.package}",
                item.severity,
                kind,
                item.resource_arn,
                item.first,
                item.updated,
                "NEW",
                "ACTIVE",
                None,
                "Software and Configuration Checks/Vulnerabilities/CVE",
            )


@cache
def hub_findings() -> tuple[HubFinding, ...]:
    """Every finding of the organisation, newest update first."""
    # Solved ones first: where one shares its id with a present problem, the problem stands.
    solved = (_solved(number) for number in range(52))
    found = [*solved, *map(_from_problem, problems()), *_stories(), *_inspector()]
    unique = {finding.id: finding for finding in found}
    ordered = sorted(unique.values(), key=lambda finding: (finding.updated, finding.id), reverse=True)
    return tuple(replace(finding) for finding in ordered)
