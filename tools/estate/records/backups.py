"""Backup jobs: nightly plans over databases and file servers, with the failing backup of venue-rotterdam."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import rng, uuid
from tools.estate.inventory.keys import key_id
from tools.estate.records.clock import nights, nights_failed
from tools.estate.world import ACCOUNTS

DAYS = 30
STORY_DATABASE = "floor-ledger-rotterdam"
_NAMES = {account.id: account.name for account in ACCOUNTS}
# Near-miss: failed once, retried an hour later with success.
RETRIED = {("erp-db", 6), ("floor-ledger-utrecht", 12), ("reporting-db", 20)}
"""(database, nights ago)"""


@dataclass(frozen=True, slots=True)
class Job:
    """One backup job."""

    account: str
    region: str
    resource: str
    """ARN"""
    name: str
    resource_type: str
    """``RDS`` or ``EC2``."""
    state: str
    message: str | None
    created: datetime
    completed: datetime | None
    size: int
    """Bytes"""
    key: str

    @property
    def id(self) -> str:
        return uuid("backup", self.resource, self.created.isoformat())

    @property
    def vault_arn(self) -> str:
        return f"arn:aws:backup:{self.region}:{self.account}:backup-vault:nightly"


def plan_id(account: str) -> str:
    """The id of the nightly backup plan of an account."""
    return uuid("backup-plan", account)


def _protected() -> Iterator[tuple[str, str, str, str, str, int]]:
    """Account, region, ARN, name, type, GiB."""
    for database in inventory.DATABASES:
        if _NAMES[database.account] not in ("data-lab", "online-staging") and database.name != "legacy-export-db":
            yield database.account, database.region, database.arn, database.name, "RDS", database.storage
    for instance in inventory.INSTANCES:
        if instance.role in ("files", "erp"):
            yield instance.account, instance.region, instance.arn, instance.name, "EC2", 200


def _denied(account: str, key: str) -> str:
    role = f"arn:aws:iam::{account}:role/service-role/AWSBackupDefaultServiceRole"
    return (
        f"Access denied on the KMS key: {role} is not authorized to perform kms:CreateGrant on {key}. "
        "Check the key policy."
    )


def _jobs() -> Iterator[Job]:
    for account, region, arn, name, kind, gib in _protected():
        random = rng("backup", arn)
        alias = "backup" if _NAMES[account].startswith("venue") else "rds"
        key = f"arn:aws:kms:{region}:{account}:key/{key_id(_NAMES[account], alias, region)}"
        offset = timedelta(minutes=random.randint(0, 20))
        for back, night in enumerate(reversed(nights(DAYS))):
            start = night + offset
            size = int(gib * 1e9 * random.uniform(0.4, 0.6))
            common = (account, region, arn, name, kind)
            if name == STORY_DATABASE and night in nights_failed():
                yield Job(*common, "FAILED", _denied(account, key), start, start + timedelta(minutes=4), 0, key)
            elif (name, back) in RETRIED:
                text = "The backup window ended before the job could start. It will be retried."
                yield Job(*common, "FAILED", text, start, start + timedelta(minutes=9), 0, key)
                again = start + timedelta(hours=1)
                yield Job(*common, "COMPLETED", None, again, again + timedelta(minutes=26), size, key)
            else:
                done = start + timedelta(minutes=random.randint(11, 55))
                yield Job(*common, "COMPLETED", None, start, done, size, key)


@cache
def jobs() -> tuple[Job, ...]:
    """The backup jobs of 30 nights, newest first."""
    return tuple(sorted(_jobs(), key=lambda job: (job.created, job.id), reverse=True))
