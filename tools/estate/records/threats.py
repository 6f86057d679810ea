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


# Account, type, severity, title, who or what it is about, days ago, count, archived.
_Case = tuple[str, str, float, str, str, float, int, bool]
_RDP = "UnauthorizedAccess:EC2/RDPBruteForce"
_SSH = "UnauthorizedAccess:EC2/SSHBruteForce"
_PROBE = "Recon:EC2/PortProbeUnprotectedPort"
_COIN = "CryptoCurrency:EC2/BitcoinTool.B!DNS"
_UNUSUAL_PORT = "Behavior:EC2/NetworkPortUnusual"
_TOR = "UnauthorizedAccess:EC2/TorClient"
_SIGN_IN = "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B"
_LISTING = "Discovery:IAMUser/AnomalousBehavior"
_TAKING = "Exfiltration:IAMUser/AnomalousBehavior"
_CHANGING = "Persistence:IAMUser/AnomalousBehavior"

_OF_INSTANCES: tuple[_Case, ...] = (
    ("venue-rotterdam", _RDP, 5.0, "RDP brute force against", "rotterdam-kiosk-01", 3.2, 214, False),
    ("venue-rotterdam", _PROBE, 2.0, "Unprotected port probed on", "rotterdam-kiosk-02", 9.7, 63, False),
    ("data-lab", _SSH, 2.0, "SSH brute force against", "notebook-02", 1.4, 380, False),
    ("data-lab", _PROBE, 2.0, "Unprotected port probed on", "notebook-01", 48.2, 19, True),
    ("backoffice-prod", _UNUSUAL_PORT, 5.0, "Unusual port used by", "legacy-export-01", 22.6, 4, False),
    ("data-lab", _COIN, 8.0, "Bitcoin-related domain queried by", "notebook-03", 64.0, 12, True),
    ("online-staging", "Recon:EC2/Portscan", 5.0, "Outbound port scans by", "stg-game-01", 31.0, 7, True),
    ("shared-services", _TOR, 8.0, "Tor client on", "ci-runner-03", 77.5, 2, True),
)
_OF_USERS: tuple[_Case, ...] = (
    ("online-prod", _SIGN_IN, 5.0, "Sign-in from an unusual place by", "g.willems", 6.1, 1, False),
    ("shared-services", _LISTING, 2.0, "Unusual listing by", "svc-ci", 15.8, 9, False),
    ("data-prod", _TAKING, 8.0, "Unusual data access by", "svc-tableau", 41.3, 3, True),
    ("backoffice-prod", _CHANGING, 5.0, "Unusual change of identities by", "j.koster", 52.0, 1, True),
)


def _of_stories() -> Iterator[Threat]:
    bucket = STORY["public-bucket"].start + timedelta(minutes=15)
    root = STORY["root-login"].start + timedelta(minutes=7)
    kind = "Policy:S3/BucketAnonymousAccessGranted"
    text = f"Amazon S3 Public Anonymous Access was granted for S3 bucket {inventory.STORY_BUCKET}."
    utrecht, name = account_id("venue-utrecht"), inventory.STORY_BUCKET
    yield Threat(utrecht, "eu-west-1", kind, 8.0, text, "S3Bucket", name, bucket, bucket, 1, False)
    kind, text = "Policy:IAMUser/RootCredentialUsage", "API ConsoleLogin was invoked using root credentials."
    amsterdam = account_id("venue-amsterdam")
    yield Threat(amsterdam, "us-east-1", kind, 2.0, text, "AccessKey", "root", root, root, 1, False)


def _of_instance(case: _Case) -> Threat:
    owner, kind, severity, title, name, days, count, archived = case
    created, resource = ago(days=days), _instance(name)
    updated = min(created + timedelta(hours=min(count, 30)), ago(minutes=40))
    text, account = f"{title} {resource}.", account_id(owner)
    return Threat(account, "eu-west-1", kind, severity, text, "Instance", resource, created, updated, count, archived)


def _of_user(case: _Case) -> Threat:
    owner, kind, severity, title, name, days, count, archived = case
    created = ago(days=days)
    updated, text, account = created + timedelta(hours=count), f"{title} {name}.", account_id(owner)
    return Threat(account, "eu-west-1", kind, severity, text, "AccessKey", name, created, updated, count, archived)


def _threats() -> Iterator[Threat]:
    yield from _of_stories()
    yield from map(_of_instance, _OF_INSTANCES)
    yield from map(_of_user, _OF_USERS)


@cache
def threats() -> tuple[Threat, ...]:
    """Every GuardDuty finding, newest update first."""
    return tuple(sorted(_threats(), key=lambda item: (item.updated, item.id), reverse=True))
