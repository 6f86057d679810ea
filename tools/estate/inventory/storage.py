"""S3 buckets: who owns them, how they are shared, and which one went public."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tools.estate.inventory.base import Tags, account_id, ago, digest, rng, standard_tags
from tools.estate.inventory.deployed import Resource, deployed
from tools.estate.world import ACCOUNTS, BY_NAME

TRAIL_BUCKET = "lantern-log-archive-cloudtrail"
STORY_BUCKET = "lantern-utrecht-marketing-exports"

Sharing = Literal["private", "public-policy", "endpoint-only", "acl-to-account", "org-only", "cloudfront"]
"""How a bucket is shared. Only ``public-policy`` is open to everyone; the others are near-misses."""


@dataclass(frozen=True, slots=True)
class Bucket:
    account: str
    region: str
    name: str
    created: datetime
    sharing: Sharing
    block_public: bool
    """Whether the bucket itself blocks public access."""
    encryption: str
    """``AES256`` or ``aws:kms``."""
    versioned: bool
    logged: bool
    """Whether server access logs are delivered."""
    tags: Tags
    key: str | None = None
    """ARN of the KMS key, where it is not the one that is called like the bucket."""
    locked: bool = False
    """Whether Object Lock holds what is written: seven years, and nobody can shorten it."""

    @property
    def arn(self) -> str:
        return f"arn:aws:s3:::{self.name}"

    @property
    def policy(self) -> str | None:
        """The bucket policy as JSON, or ``None``."""
        statement = _statement(self)
        return None if statement is None else json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ORGANISATION = "o-lantern0001"
ACL_GRANTEE = "210000000345"
"""shared-services, which one bucket grants READ by ACL."""

ACCOUNT_BLOCKS_PUBLIC = frozenset(
    account.id for account in ACCOUNTS if account.name not in ("venue-utrecht", "online-prod", "data-lab")
)
"""Accounts that block public access for all their buckets."""


def _statement(bucket: Bucket) -> dict[str, object] | None:
    read: dict[str, object] = {
        "Sid": "Read",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"{bucket.arn}/*",
    }
    if bucket.sharing == "public-policy":
        return read | {"Sid": "PublicRead"}
    if bucket.sharing == "endpoint-only":
        return read | {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0a77c3d1e5f09b246"}}}
    if bucket.sharing == "org-only":
        return read | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANISATION}}}
    if bucket.sharing == "cloudfront":
        return read | {"Principal": {"Service": "cloudfront.amazonaws.com"}}
    return None


# Account, what follows "lantern-<account>-", sharing.
_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("payer", ("cur-exports", "invoices")),
    ("security", ("findings", "siem-archive", "forensics")),
    ("log-archive", ("cloudtrail", "config", "flow-logs", "alb-logs")),
    ("shared-services", ("artifacts", "terraform-state", "packages", "ci-cache", "backups")),
    ("network", ("firewall-logs",)),
    ("online-prod", ("lobby-assets", "bet-archive", "player-documents", "replay", "odds-feed", "exports")),
    ("online-staging", ("lobby-assets", "test-data", "exports")),
    (
        "data-prod",
        ("lake-raw", "lake-curated", "lake-reports", "athena-results", "ml-models", "glue-scripts"),
    ),
    ("data-lab", ("scratch", "notebooks", "datasets")),
    ("backoffice-prod", ("finance", "hr-documents", "legacy-exports", "contracts", "payroll")),
    ("venue-amsterdam", ("cctv-index", "floor-data", "reports", "backups", "marketing")),
    ("venue-utrecht", ("floor-data", "reports", "backups", "cctv-index")),
    ("venue-rotterdam", ("floor-data", "reports", "backups", "cctv-index", "kiosk")),
    ("venue-eindhoven", ("floor-data", "reports", "backups", "cctv-index", "loyalty")),
)
_SHARING: dict[str, Sharing] = {
    "lantern-online-prod-lobby-assets": "cloudfront",
    "lantern-data-lab-datasets": "acl-to-account",
    "lantern-shared-services-artifacts": "org-only",
    "lantern-data-prod-lake-reports": "endpoint-only",
}
_KMS = (
    "cloudtrail",
    "player-documents",
    "hr-documents",
    "payroll",
    "finance",
    "lake-curated",
    "forensics",
    "bet-archive",
)


def _bucket(owner: str, rest: str) -> Bucket:
    name = f"lantern-{owner}-{rest}"
    random = rng("bucket", name)
    region = "eu-central-1" if owner == "log-archive" and rest == "flow-logs" else "eu-west-1"
    sharing = _SHARING.get(name, "private")
    missing = ("cost-center",) if random.random() < 0.12 else ()
    team = "payments" if rest == "bet-archive" else None
    return Bucket(
        account_id(owner),
        region,
        name,
        ago(days=random.randint(60, 1500), hours=random.randint(0, 23)),
        sharing,
        block_public=sharing in ("private", "org-only", "endpoint-only") and random.random() < 0.9,
        encryption="aws:kms" if rest in _KMS else "AES256",
        versioned=random.random() < 0.7,
        logged=random.random() < 0.6,
        tags=_purpose(name, standard_tags(BY_NAME[owner], name, team=team, missing=missing)),
        locked=name == TRAIL_BUCKET,
    )


def _purpose(name: str, tags: Tags) -> Tags:
    """The bucket of the trail holds evidence for Regent's controls, and says so."""
    return Tags((*tags.pairs, ("regent:purpose", "evidence"))) if name == TRAIL_BUCKET else tags


def _story() -> Bucket:
    account = BY_NAME["venue-utrecht"]
    return Bucket(
        account.id,
        "eu-west-1",
        STORY_BUCKET,
        ago(days=412, hours=3),
        "public-policy",
        block_public=False,
        encryption="AES256",
        versioned=False,
        logged=False,
        tags=standard_tags(account, STORY_BUCKET),
    )


def _deployed(resource: Resource) -> Bucket:
    """A bucket of Regent's deployment."""
    said = resource.properties
    [rule] = said["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    chosen = rule["ServerSideEncryptionByDefault"]
    return Bucket(
        resource.account,
        resource.region,
        resource.id,
        resource.created,
        "private",
        block_public=all(said["PublicAccessBlockConfiguration"].values()),
        encryption=chosen["SSEAlgorithm"],
        versioned=said.get("VersioningConfiguration", {}).get("Status") == "Enabled"
        or "ObjectLockConfiguration" in said,
        logged="LoggingConfiguration" in said,
        tags=resource.tags,
        key=chosen.get("KMSMasterKeyID"),
        locked="ObjectLockConfiguration" in said,
    )


BUCKETS: tuple[Bucket, ...] = (
    *(_bucket(owner, rest) for owner, names in _NAMES for rest in names),
    _story(),
    *(_deployed(resource) for resource in deployed("S3::Bucket")),
)
BUCKET = {bucket.name: bucket for bucket in BUCKETS}


def canonical_user(account: str) -> str:
    """The 64-digit canonical user id that S3 ACLs name an account by."""
    return digest("canonical", account)
