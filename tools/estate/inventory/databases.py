"""RDS: instances, the reserved instances that ran out, and their snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tools.estate.inventory.base import Tags, ago, digest, rng, standard_tags, uuid
from tools.estate.world import BY_NAME, STORIES


@dataclass(frozen=True, slots=True)
class Database:
    account: str
    region: str
    name: str
    engine: str
    version: str
    type: str
    storage: int
    """GiB"""
    multi_az: bool
    encrypted: bool
    key: str | None
    """ARN of the KMS key, if encrypted."""
    public: bool
    deletion_protection: bool
    backup_days: int
    created: datetime
    max_connections: int
    tags: Tags

    @property
    def arn(self) -> str:
        return f"arn:aws:rds:{self.region}:{self.account}:db:{self.name}"

    @property
    def resource(self) -> str:
        return "db-" + digest("dbi", self.arn)[:26].upper()


@dataclass(frozen=True, slots=True)
class ReservedDatabase:
    account: str
    region: str
    id: str
    type: str
    count: int
    engine: str
    multi_az: bool
    start: datetime
    duration: int
    """Seconds"""
    state: str
    """``active`` or ``retired``."""
    hourly: float
    """USD an hour"""
    offering: str
    lease: str

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.duration)


YEAR = 31_536_000

# Account, region, name, engine, type, GiB, Multi-AZ, encrypted, public, team
_ROWS: tuple[tuple[str, str, str, str, str, int, bool, bool, bool, str | None], ...] = (
    (
        "online-prod",
        "eu-west-1",
        "bet-settlement-db",
        "postgres",
        "db.r6g.2xlarge",
        900,
        True,
        True,
        False,
        "payments",
    ),
    (
        "online-prod",
        "eu-west-1",
        "wallet-db",
        "postgres",
        "db.r6g.2xlarge",
        600,
        True,
        True,
        False,
        "payments",
    ),
    ("online-prod", "eu-west-1", "player-db", "postgres", "db.r6g.2xlarge", 800, True, True, False, None),
    ("online-prod", "eu-west-1", "odds-db", "postgres", "db.r6g.2xlarge", 400, True, True, False, None),
    (
        "online-prod",
        "eu-central-1",
        "wallet-db-replica",
        "postgres",
        "db.r6g.xlarge",
        600,
        False,
        True,
        False,
        "payments",
    ),
    (
        "online-staging",
        "eu-west-1",
        "stg-wallet-db",
        "postgres",
        "db.t4g.large",
        100,
        False,
        True,
        False,
        "payments",
    ),
    (
        "online-staging",
        "eu-west-1",
        "stg-player-db",
        "postgres",
        "db.t4g.large",
        100,
        False,
        False,
        True,
        None,
    ),
    ("data-prod", "eu-west-1", "warehouse-meta", "postgres", "db.r6g.xlarge", 200, True, True, False, None),
    ("data-prod", "eu-west-1", "reporting-db", "postgres", "db.r6g.xlarge", 500, False, True, False, None),
    ("data-lab", "eu-west-1", "lab-db", "mysql", "db.t4g.medium", 50, False, False, False, None),
    ("backoffice-prod", "eu-west-1", "erp-db", "postgres", "db.m6g.xlarge", 400, True, True, False, None),
    ("backoffice-prod", "eu-west-1", "hr-db", "postgres", "db.m6g.large", 100, True, True, False, None),
    (
        "backoffice-prod",
        "eu-west-1",
        "legacy-export-db",
        "mysql",
        "db.m5.large",
        250,
        False,
        False,
        False,
        None,
    ),
    ("shared-services", "eu-west-1", "gitlab-db", "postgres", "db.m6g.large", 150, True, True, False, None),
    ("security", "eu-west-1", "siem-meta", "postgres", "db.m6g.large", 200, True, True, False, None),
    (
        "venue-amsterdam",
        "eu-west-1",
        "floor-ledger-amsterdam",
        "postgres",
        "db.m6g.large",
        300,
        True,
        True,
        False,
        None,
    ),
    (
        "venue-utrecht",
        "eu-west-1",
        "floor-ledger-utrecht",
        "postgres",
        "db.m6g.large",
        250,
        True,
        True,
        False,
        None,
    ),
    (
        "venue-rotterdam",
        "eu-west-1",
        "floor-ledger-rotterdam",
        "postgres",
        "db.m6g.large",
        280,
        True,
        True,
        False,
        None,
    ),
    (
        "venue-eindhoven",
        "eu-west-1",
        "floor-ledger-eindhoven",
        "postgres",
        "db.m6g.large",
        220,
        True,
        True,
        False,
        None,
    ),
    ("venue-amsterdam", "eu-west-1", "loyalty-db", "mysql", "db.t4g.large", 80, False, True, False, None),
)
_VERSIONS = {"postgres": "16.8", "mysql": "8.0.41"}
_CONNECTIONS = {"db.r6g.2xlarge": 5000, "db.r6g.xlarge": 2500}
RESERVED_MEMBERS = ("bet-settlement-db", "wallet-db", "player-db", "odds-db")
"""The four databases that the expired reserved instances covered."""


def _database(row: tuple[str, str, str, str, str, int, bool, bool, bool, str | None]) -> Database:
    owner, region, name, engine, kind, storage, multi, encrypted, public, team = row
    account = BY_NAME[owner]
    random = rng("database", name)
    prod = account.env == "prod"
    return Database(
        account.id,
        region,
        name,
        engine,
        "5.7.44" if name == "legacy-export-db" else _VERSIONS[engine],
        kind,
        storage,
        multi,
        encrypted,
        f"arn:aws:kms:{region}:{account.id}:key/{uuid('kms', owner, region, 'rds')}" if encrypted else None,
        public,
        prod and name != "legacy-export-db",
        (14 if prod else 1) if name != "lab-db" else 0,
        ago(days=random.randint(200, 1200), hours=random.randint(0, 23)),
        _CONNECTIONS.get(kind, 1000),
        standard_tags(account, name, team=team),
    )


DATABASES: tuple[Database, ...] = tuple(_database(row) for row in _ROWS)


def _reserved() -> tuple[ReservedDatabase, ...]:
    ended = next(story.start for story in STORIES if story.key == "ri-expiry")
    online, data, office = (BY_NAME[name].id for name in ("online-prod", "data-prod", "backoffice-prod"))
    rows = (
        (
            online,
            "ri-online-r6g-2xl",
            "db.r6g.2xlarge",
            4,
            True,
            ended - timedelta(seconds=YEAR),
            "retired",
            1.262,
        ),
        (online, "ri-online-r6g-xl", "db.r6g.xlarge", 1, False, ago(days=170), "active", 0.315),
        (data, "ri-data-r6g-xl", "db.r6g.xlarge", 2, False, ago(days=240), "active", 0.315),
        (office, "ri-office-m6g-xl", "db.m6g.xlarge", 1, True, ago(days=331), "active", 0.412),
    )
    return tuple(
        ReservedDatabase(
            account,
            "eu-west-1",
            name,
            kind,
            count,
            "postgresql",
            multi,
            start,
            YEAR,
            state,
            hourly,
            uuid("offering", kind, multi),
            uuid("lease", name),
        )
        for account, name, kind, count, multi, start, state, hourly in rows
    )


RESERVED_DATABASES: tuple[ReservedDatabase, ...] = _reserved()
