"""The world of the sample estate: who the accounts are, what day it is, and which stories were planted.

Everything else in this room is generated from this file, so a reader can check an answer by eye.
The company, its people and its numbers are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

NOW = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)
"""The sample clock: a Thursday morning. "Last month" is September 2026, "Tuesday" is 13 October."""

FIRST_DAY = date(2025, 9, 1)
"""The first day with line items: 13 full months (2025-09 .. 2026-09) and October up to yesterday."""

COMPANY = "Lantern Casinos"
CURRENCY = "USD"
HOME_REGION = "eu-west-1"
REGIONS = ("eu-west-1", "eu-central-1", "us-east-1")
READER_ROLE = "RegentReader"
HOME_ACCOUNTS = ("shared-services", "log-archive")
"""Where Regent itself would run and keep its logs."""


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """One AWS account of the sample organisation."""

    id: str
    name: str
    ou: str
    env: str
    venue: str | None
    team: str


ACCOUNTS: tuple[SampleAccount, ...] = (
    SampleAccount("210000000012", "payer", "Root", "prod", None, "platform"),
    SampleAccount("210000000123", "security", "Security", "prod", None, "security"),
    SampleAccount("210000000234", "log-archive", "Security", "prod", None, "security"),
    SampleAccount("210000000345", "shared-services", "Infrastructure", "prod", None, "platform"),
    SampleAccount("210000000456", "network", "Infrastructure", "prod", None, "platform"),
    SampleAccount("210000000567", "online-prod", "Online", "prod", None, "online-games"),
    SampleAccount("210000000678", "online-staging", "Online", "staging", None, "online-games"),
    SampleAccount("210000000789", "data-prod", "Data", "prod", None, "data"),
    SampleAccount("210000000890", "data-lab", "Data", "dev", None, "data"),
    SampleAccount("210000000901", "backoffice-prod", "Backoffice", "prod", None, "backoffice"),
    SampleAccount("210000001012", "venue-amsterdam", "Venues", "prod", "amsterdam", "floor-systems"),
    SampleAccount("210000001123", "venue-utrecht", "Venues", "prod", "utrecht", "floor-systems"),
    SampleAccount("210000001234", "venue-rotterdam", "Venues", "prod", "rotterdam", "floor-systems"),
    SampleAccount("210000001345", "venue-eindhoven", "Venues", "prod", "eindhoven", "floor-systems"),
)

PAYER = ACCOUNTS[0]
BY_NAME = {account.name: account for account in ACCOUNTS}
TEAMS = ("platform", "security", "online-games", "payments", "data", "backoffice", "floor-systems")
COST_CENTERS = {
    "platform": "CC-100",
    "security": "CC-110",
    "online-games": "CC-200",
    "payments": "CC-210",
    "data": "CC-300",
    "backoffice": "CC-400",
    "floor-systems": "CC-500",
}


@dataclass(frozen=True, slots=True)
class Story:
    """One planted incident: what happened, where, when, and in which services it can be seen."""

    key: str
    title: str
    account: str
    start: datetime
    end: datetime | None
    services: tuple[str, ...]
    summary: str


def _utc(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


STORIES: tuple[Story, ...] = (
    Story(
        "nat-spike",
        "NAT gateway cost spike",
        "data-prod",
        _utc(9, 8, 7, 42),
        _utc(9, 24, 10, 15),
        ("ce", "cloudtrail", "cloudwatch"),
        "Role deploy-data deleted the S3 gateway endpoint vpce-0d4a7e11 (DeleteVpcEndpoints); traffic to S3 went "
        "through nat-0b51c9e2 and NAT data processing rose from about 40 to about 620 USD a day until the endpoint "
        "was created again on 24 September. Cost Explorer reports an anomaly.",
    ),
    Story(
        "gpu-untagged",
        "Untagged GPU experiment",
        "data-lab",
        _utc(9, 19, 16, 5),
        None,
        ("ce", "ec2", "cloudtrail", "compute-optimizer", "cost-optimization-hub"),
        "User m.jansen started two g5.12xlarge instances (i-09f500000000000a1, i-09f500000000000a2) without tags "
        "(RunInstances); they are idle and still running, about 136 USD a day each.",
    ),
    Story(
        "ri-expiry",
        "Reserved instances expired",
        "online-prod",
        _utc(9, 30, 23, 59),
        None,
        ("ce", "rds"),
        "Four RDS reserved db.r6g.2xlarge instances ended on 30 September; from 1 October the same databases are "
        "billed on demand, reservation coverage falls and RDS costs rise. A Savings Plan of 6.00 USD/hour ends on "
        "30 November 2026.",
    ),
    Story(
        "public-bucket",
        "Public marketing bucket",
        "venue-utrecht",
        _utc(10, 6, 14, 18),
        None,
        ("s3", "securityhub", "guardduty", "accessanalyzer", "config", "cloudtrail"),
        "User j.devries made bucket lantern-utrecht-marketing-exports public (PutBucketPolicy after "
        "DeleteBucketPublicAccessBlock). Security Hub, GuardDuty, Access Analyzer and Config each report it.",
    ),
    Story(
        "stale-admin-key",
        "Over-privileged access key unused for 200 days",
        "backoffice-prod",
        _utc(3, 29, 11, 0),
        None,
        ("iam", "securityhub", "accessanalyzer"),
        "IAM user svc-legacy-export holds AdministratorAccess and an active access key last used on 29 March 2026, "
        "200 days before the sample clock.",
    ),
    Story(
        "backup-failing",
        "Nightly backup fails",
        "venue-rotterdam",
        _utc(10, 4, 15, 30),
        None,
        ("backup", "cloudtrail", "cloudwatch", "kms"),
        "Role deploy-floor changed the policy of the backup key (PutKeyPolicy) on 4 October; since the night of "
        "5 October the nightly backup of rds db floor-ledger-rotterdam fails with an access-denied on the KMS key.",
    ),
    Story(
        "patch-gap",
        "Patch compliance gap",
        "venue-eindhoven",
        _utc(9, 9, 0, 0),
        None,
        ("ssm", "inspector2", "ec2"),
        "6 of 11 floor-system instances miss critical patches since the September patch window; Inspector reports "
        "CVEs on the same six instances.",
    ),
    Story(
        "alarm-storm",
        "Alarm storm after a deployment",
        "online-prod",
        _utc(10, 13, 19, 2),
        _utc(10, 13, 19, 52),
        ("cloudwatch", "logs", "cloudtrail", "ecs", "ce"),
        "Deployment of ECS service bet-settlement (UpdateService by role deploy-online, task definition "
        "bet-settlement:148) on Tuesday 13 October 19:02 UTC; from 19:07 nine alarms fire (5xx, latency, queue age, "
        "database connections) and error logs pour in until the rollback to :147 at 19:52. CloudWatch Logs costs "
        "rise on 13 and 14 October.",
    ),
    Story(
        "root-login",
        "Root user signed in without MFA",
        "venue-amsterdam",
        _utc(10, 2, 6, 51),
        None,
        ("cloudtrail", "iam", "securityhub"),
        "The root user of venue-amsterdam signed in to the console without MFA on 2 October at 06:51 UTC.",
    ),
    Story(
        "quota-near",
        "vCPU quota nearly used up",
        "online-prod",
        _utc(10, 10, 0, 0),
        None,
        ("service-quotas", "cloudwatch", "ec2"),
        "On-demand standard vCPUs in online-prod, eu-west-1: 236 of 256 used (92.19 percent).",
    ),
    Story(
        "credits",
        "Credits and a refund hide real usage",
        "payer",
        _utc(8, 1),
        _utc(9, 30, 23, 59),
        ("ce",),
        "A programme credit of 4,200 USD in September and a refund of 1,150 USD in August (shared-services) lower "
        "net spend; gross spend shows the usage.",
    ),
)
