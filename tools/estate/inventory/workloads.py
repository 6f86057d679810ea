"""Lambda functions and ECS services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tools.estate.inventory.base import Tags, ago, rng, standard_tags
from tools.estate.world import BY_NAME


@dataclass(frozen=True, slots=True)
class Function:
    account: str
    region: str
    name: str
    runtime: str
    memory: int
    """MiB"""
    timeout: int
    """Seconds"""
    modified: datetime
    size: int
    """Bytes of code"""
    tags: Tags

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"


@dataclass(frozen=True, slots=True)
class EcsService:
    account: str
    region: str
    cluster: str
    name: str
    desired: int
    revision: int
    """Revision of the task definition that runs now; the family is called like the service."""
    deployed: datetime
    created: datetime
    role: str
    tags: Tags

    @property
    def arn(self) -> str:
        return f"arn:aws:ecs:{self.region}:{self.account}:service/{self.cluster}/{self.name}"

    @property
    def cluster_arn(self) -> str:
        return f"arn:aws:ecs:{self.region}:{self.account}:cluster/{self.cluster}"

    def task_definition(self, revision: int | None = None) -> str:
        """The ARN of a revision of the task definition; the running one by default."""
        number = self.revision if revision is None else revision
        return f"arn:aws:ecs:{self.region}:{self.account}:task-definition/{self.name}:{number}"


_FUNCTIONS: dict[str, str] = {
    "payer": "cur-loader budget-notifier",
    "security": "finding-router quarantine siem-feeder",
    "log-archive": "log-compactor retention-sweeper",
    "shared-services": "image-cleaner slack-relay certificate-check tag-enforcer",
    "network": "dns-sync route-audit",
    "online-prod": "payout-notify odds-import wallet-webhook kyc-callback bonus-engine receipt-mailer session-reaper",
    "online-staging": "payout-notify odds-import wallet-webhook test-seeder",
    "data-prod": "lake-partition report-scheduler quality-check schema-sync export-partner",
    "data-lab": "notebook-stop dataset-import",
    "backoffice-prod": "invoice-ocr payroll-check erp-bridge legacy-export-trigger",
    "venue-amsterdam": "floor-sync jackpot-feed cctv-index loyalty-sync",
    "venue-utrecht": "floor-sync jackpot-feed cctv-index",
    "venue-rotterdam": "floor-sync jackpot-feed cctv-index kiosk-config",
    "venue-eindhoven": "floor-sync jackpot-feed cctv-index loyalty-sync",
}
_OLD_RUNTIMES = {
    "legacy-export-trigger": "python3.8",
    "cctv-index": "python3.9",
    "image-cleaner": "nodejs16.x",
}


def _function(owner: str, name: str) -> Function:
    account = BY_NAME[owner]
    random = rng("function", owner, name)
    return Function(
        account.id,
        "eu-west-1",
        name,
        _OLD_RUNTIMES.get(name) or random.choice(("python3.12", "python3.13", "nodejs22.x")),
        random.choice((128, 256, 512, 1024)),
        random.choice((15, 30, 60, 300)),
        ago(days=random.randint(2, 500), hours=random.randint(0, 20)),
        random.randint(20_000, 4_000_000),
        standard_tags(account, name, missing=("cost-center",) if random.random() < 0.1 else ()),
    )


FUNCTIONS: tuple[Function, ...] = tuple(
    _function(owner, name) for owner, names in _FUNCTIONS.items() for name in names.split()
)

# Account, cluster, service, desired count, running revision, days since the last deployment, team
_SERVICES: tuple[tuple[str, str, str, int, int, float, str | None], ...] = (
    ("online-prod", "online", "bet-settlement", 8, 147, 1.549, "payments"),
    ("online-prod", "online", "wallet-api", 6, 92, 6.8, "payments"),
    ("online-prod", "online", "player-api", 6, 61, 13.7, None),
    ("online-prod", "online", "odds-feed", 4, 210, 2.9, None),
    ("online-prod", "online", "lobby-web", 4, 330, 0.78, None),
    ("online-staging", "online-staging", "bet-settlement", 2, 151, 3.1, "payments"),
    ("online-staging", "online-staging", "wallet-api", 2, 95, 1.2, "payments"),
    ("online-staging", "online-staging", "lobby-web", 1, 341, 0.4, None),
    ("data-prod", "data", "report-api", 3, 44, 9.6, None),
    ("data-prod", "data", "ingest-gateway", 3, 29, 22.3, None),
    ("backoffice-prod", "backoffice", "erp-web", 2, 18, 34.5, None),
    ("shared-services", "platform", "gitlab", 2, 73, 15.2, None),
)


def _service(row: tuple[str, str, str, int, int, float, str | None]) -> EcsService:
    owner, cluster, name, desired, revision, days, team = row
    account = BY_NAME[owner]
    return EcsService(
        account.id,
        "eu-west-1",
        cluster,
        name,
        desired,
        revision,
        ago(days=days),
        ago(days=700),
        f"arn:aws:iam::{account.id}:role/deploy-online",
        standard_tags(account, name, team=team),
    )


ECS_SERVICES: tuple[EcsService, ...] = tuple(_service(row) for row in _SERVICES)
