"""GuardDuty findings: the stories' and some that were handled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import account_id, ago, digest
from tools.estate.world import STORIES

STORY = {story.key: story for story in STORIES}


@dataclass(frozen=True, slots=True)
class Threat:
    """One GuardDuty finding."""

    account: str
    region: str
    type: str
    severity: float
    title: str
    resource_type: str
    """``S3Bucket``, ``AccessKey`` or ``Instance``."""
    resource: str
    """Bucket name, user name (``root`` for the root user) or instance id."""
    created: datetime
    updated: datetime
    count: int
    archived: bool

    @property
    def id(self) -> str:
        return digest("threat", self.account, self.region, self.type, self.resource)[:32]


def detector(account: str, region: str) -> str:
    """The id of the detector of an account in a region."""
    return digest("detector", account, region)[:32]


def _instance(name: str) -> str:
    return next(item.id for item in inventory.INSTANCES if item.name == name)


def _threats() -> Iterator[Threat]:
    bucket, root = STORY["public-bucket"].start, STORY["root-login"].start
    yield Threat(
        account_id("venue-utrecht"),
        "eu-west-1",
        "Policy:S3/BucketAnonymousAccessGranted",
        8.0,
        f"Amazon S3 Public Anonymous Access was granted for S3 bucket {inventory.STORY_BUCKET}.",
        "S3Bucket",
        inventory.STORY_BUCKET,
        bucket + timedelta(minutes=15),
        bucket + timedelta(minutes=15),
        1,
        False,
    )
    yield Threat(
        account_id("venue-amsterdam"),
        "us-east-1",
        "Policy:IAMUser/RootCredentialUsage",
        2.0,
        "API ConsoleLogin was invoked using root credentials.",
        "AccessKey",
        "root",
        root + timedelta(minutes=7),
        root + timedelta(minutes=7),
        1,
        False,
    )
    # account, type, severity, title, resource, days ago, count, archived
    instances: tuple[tuple[str, str, float, str, str, float, int, bool], ...] = (
        (
            "venue-rotterdam",
            "UnauthorizedAccess:EC2/RDPBruteForce",
            5.0,
            "RDP brute force against",
            "rotterdam-kiosk-01",
            3.2,
            214,
            False,
        ),
        (
            "venue-rotterdam",
            "Recon:EC2/PortProbeUnprotectedPort",
            2.0,
            "Unprotected port probed on",
            "rotterdam-kiosk-02",
            9.7,
            63,
            False,
        ),
        (
            "data-lab",
            "UnauthorizedAccess:EC2/SSHBruteForce",
            2.0,
            "SSH brute force against",
            "notebook-02",
            1.4,
            380,
            False,
        ),
        (
            "data-lab",
            "Recon:EC2/PortProbeUnprotectedPort",
            2.0,
            "Unprotected port probed on",
            "notebook-01",
            48.2,
            19,
            True,
        ),
        (
            "backoffice-prod",
            "Behavior:EC2/NetworkPortUnusual",
            5.0,
            "Unusual port used by",
            "legacy-export-01",
            22.6,
            4,
            False,
        ),
        (
            "data-lab",
            "CryptoCurrency:EC2/BitcoinTool.B!DNS",
            8.0,
            "Bitcoin-related domain queried by",
            "notebook-03",
            64.0,
            12,
            True,
        ),
        ("online-staging", "Recon:EC2/Portscan", 5.0, "Outbound port scans by", "stg-game-01", 31.0, 7, True),
        ("shared-services", "UnauthorizedAccess:EC2/TorClient", 8.0, "Tor client on", "ci-runner-03", 77.5, 2, True),
    )
    for owner, kind, severity, title, name, days, count, archived in instances:
        created = ago(days=days)
        last = created + timedelta(hours=min(count, 30))
        updated = min(last, ago(minutes=40))
        resource = _instance(name)
        text = f"{title} {resource}."
        yield Threat(
            account_id(owner),
            "eu-west-1",
            kind,
            severity,
            text,
            "Instance",
            resource,
            created,
            updated,
            count,
            archived,
        )
    users: tuple[tuple[str, str, float, str, str, float, int, bool], ...] = (
        (
            "online-prod",
            "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B",
            5.0,
            "Sign-in from an unusual place by",
            "g.willems",
            6.1,
            1,
            False,
        ),
        ("shared-services", "Discovery:IAMUser/AnomalousBehavior", 2.0, "Unusual listing by", "svc-ci", 15.8, 9, False),
        (
            "data-prod",
            "Exfiltration:IAMUser/AnomalousBehavior",
            8.0,
            "Unusual data access by",
            "svc-tableau",
            41.3,
            3,
            True,
        ),
        (
            "backoffice-prod",
            "Persistence:IAMUser/AnomalousBehavior",
            5.0,
            "Unusual change of identities by",
            "j.koster",
            52.0,
            1,
            True,
        ),
    )
    for owner, kind, severity, title, name, days, count, archived in users:
        created = ago(days=days)
        updated = created + timedelta(hours=count)
        text = f"{title} {name}."
        yield Threat(
            account_id(owner), "eu-west-1", kind, severity, text, "AccessKey", name, created, updated, count, archived
        )


@cache
def threats() -> tuple[Threat, ...]:
    """Every GuardDuty finding, newest update first."""
    return tuple(sorted(_threats(), key=lambda item: (item.updated, item.id), reverse=True))
