"""What Access Analyzer finds: resources shared outside an account, and access that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import ago, rng, uuid
from tools.estate.inventory.storage import ACL_GRANTEE
from tools.estate.world import ACCOUNTS, BY_NAME, HOME_REGION, STORIES

STORY = {story.key: story for story in STORIES}
_MEMBERS = frozenset(account.id for account in ACCOUNTS)
UNUSED_DAYS = 90


@dataclass(frozen=True, slots=True)
class Analyzer:
    """An access analyzer of one account, or of the organization."""

    account: str
    name: str
    type: str

    @property
    def arn(self) -> str:
        return f"arn:aws:access-analyzer:{HOME_REGION}:{self.account}:analyzer/{self.name}"


@dataclass(frozen=True, slots=True)
class Access:
    """One finding, external or unused."""

    account: str
    type: str
    resource: str
    resource_type: str
    created: datetime
    updated: datetime
    status: str = "ACTIVE"
    public: bool = False
    principal: str | None = None
    """Who has access; for an unused access key its id."""
    actions: tuple[str, ...] = ()
    condition: tuple[tuple[str, str], ...] = ()
    source: str = "POLICY"
    last_used: datetime | None = None

    @property
    def id(self) -> str:
        return uuid("access", self.account, self.type, self.resource, self.principal)


def analyzers_of(account: str, region: str) -> list[Analyzer]:
    """The analyzers of an account: none outside eu-west-1."""
    if region != HOME_REGION:
        return []
    own = [Analyzer(account, "account-external", "ACCOUNT")]
    if account != BY_NAME["security"].id:
        return own
    unused = Analyzer(account, "organization-unused", "ORGANIZATION_UNUSED_ACCESS")
    return [*own, Analyzer(account, "organization-external", "ORGANIZATION"), unused]


_BUCKET, _ROLE = "AWS::S3::Bucket", "AWS::IAM::Role"


def _shared_buckets() -> Iterator[Access]:
    for bucket in inventory.BUCKETS:
        random = rng("access", bucket.name)
        created = ago(days=random.randint(30, 300))
        read = ("s3:GetObject",)
        if bucket.sharing == "public-policy":
            at = STORY["public-bucket"].start + timedelta(minutes=22)
            yield Access(
                bucket.account, "ExternalAccess", bucket.arn, _BUCKET, at, at, public=True, principal="*", actions=read
            )
        if bucket.sharing == "endpoint-only":
            # Near-miss: everyone's principal, but only through one VPC endpoint.
            limit = (("aws:SourceVpce", "vpce-0a77c3d1e5f09b246"),)
            yield Access(
                bucket.account, "ExternalAccess", bucket.arn, _BUCKET, created, created, principal="*", actions=read,
                condition=limit,
            )  # fmt: skip
        if bucket.sharing == "acl-to-account":
            yield Access(
                bucket.account, "ExternalAccess", bucket.arn, _BUCKET, created, created, principal=ACL_GRANTEE,
                actions=("s3:ListBucket",), source="BUCKET_ACL",
            )  # fmt: skip


def _shared_roles() -> Iterator[Access]:
    for role in inventory.ROLES:
        if "." in role.trust or role.trust == role.account:
            continue
        inside = role.trust in _MEMBERS
        created = role.created + timedelta(hours=1)
        yield Access(
            role.account,
            "ExternalAccess",
            role.arn,
            _ROLE,
            created,
            created,
            "ARCHIVED" if inside else "ACTIVE",
            principal=role.trust,
            actions=("sts:AssumeRole",),
        )


def _was_public() -> Iterator[Access]:
    """A bucket that was public in summer and is not any more."""
    bucket = next(item for item in inventory.BUCKETS if item.name == "lantern-venue-amsterdam-marketing")
    start, end = ago(days=96), ago(days=94)
    yield Access(
        bucket.account,
        "ExternalAccess",
        bucket.arn,
        _BUCKET,
        start,
        end,
        "RESOLVED",
        public=True,
        principal="*",
        actions=("s3:GetObject",),
    )


def _unused() -> Iterator[Access]:
    limit = ago(days=UNUSED_DAYS)
    for user in inventory.USERS:
        for key in user.keys:
            last = key.last_used or key.created
            if key.active and last < limit:
                found = last + timedelta(days=UNUSED_DAYS, hours=4)
                yield Access(
                    user.account, "UnusedIAMUserAccessKey", user.arn, "AWS::IAM::User", found, found, principal=key.id,
                    last_used=key.last_used,
                )  # fmt: skip
        if user.password_last_used and user.password_last_used < limit:
            found = user.password_last_used + timedelta(days=UNUSED_DAYS, hours=4)
            yield Access(
                user.account, "UnusedIAMUserPassword", user.arn, "AWS::IAM::User", found, found,
                "ARCHIVED" if user.name.startswith("breakglass") else "ACTIVE", last_used=user.password_last_used,
            )  # fmt: skip
    for role in inventory.ROLES:
        if role.last_used is None:
            found = role.created + timedelta(days=UNUSED_DAYS)
            yield Access(role.account, "UnusedIAMRole", role.arn, _ROLE, found, found)


@cache
def _external() -> tuple[Access, ...]:
    return (*_shared_buckets(), *_shared_roles(), *_was_public())


def findings_of(analyzer: Analyzer) -> list[Access]:
    """What an analyzer reports, newest first. An organisation's zone of trust holds all its accounts."""
    if analyzer.type == "ORGANIZATION_UNUSED_ACCESS":
        found = list(_unused())
    elif analyzer.type == "ORGANIZATION":
        found = [item for item in _external() if item.principal not in _MEMBERS]
    else:
        found = [item for item in _external() if item.account == analyzer.account]
    return sorted(found, key=lambda item: (item.created, item.id), reverse=True)
