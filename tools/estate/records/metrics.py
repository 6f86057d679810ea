"""CloudWatch metrics of the resources that exist, each a rate or level with a daily rhythm and story bumps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import ago, rng
from tools.estate.inventory.compute import Instance
from tools.estate.records.clock import BACKUP_HOUR, nights_failed
from tools.estate.world import ACCOUNTS, BY_NAME, HOME_REGION, STORIES

STORY = {story.key: story for story in STORIES}
STORM = (
    STORY["alarm-storm"].start + timedelta(minutes=3),
    STORY["alarm-storm"].end or STORY["alarm-storm"].start,
)


@dataclass(frozen=True, slots=True)
class Bump:
    """A stretch of time in which a metric has another level; ``end`` ``None`` lasts until now."""

    start: datetime
    end: datetime | None
    level: float


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. ``level`` is per minute for counts (``kind`` ``count``), a plain level for gauges."""

    account: str
    region: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    unit: str
    kind: str
    """``gauge``, ``count``, ``latency`` or ``daily``."""
    level: float
    swing: float = 0.3
    """How far day and night differ, as a share of the level."""
    noise: float = 0.1
    bumps: tuple[Bump, ...] = ()
    since: datetime | None = None
    ceiling: float | None = None

    @property
    def key(self) -> str:
        return "/".join((self.account, self.region, self.namespace, self.name, *map("=".join, self.dimensions)))


def _ec2(instance: Instance) -> Iterator[Metric]:
    if instance.state != "running":
        return
    random = rng("metric", instance.id)
    gpu = instance.id in inventory.GPU_INSTANCES
    where = (instance.account, instance.region)
    dimension = (("InstanceId", instance.id),)
    cpu = 0.6 if gpu else random.uniform(6, 55)
    since = instance.launched
    yield Metric(*where, "AWS/EC2", "CPUUtilization", dimension, "Percent", "gauge", cpu, since=since, ceiling=100)
    traffic = 2e4 if gpu else random.uniform(1e6, 8e7)
    yield Metric(*where, "AWS/EC2", "NetworkIn", dimension, "Bytes", "count", traffic, since=since)
    yield Metric(*where, "AWS/EC2", "NetworkOut", dimension, "Bytes", "count", traffic * 0.8, since=since)
    yield Metric(*where, "AWS/EC2", "StatusCheckFailed", dimension, "Count", "gauge", 0.0, 0, 0, since=since)
    disk = random.uniform(30, 68)
    full = instance.name == "amsterdam-floor-07"
    bumps = (Bump(ago(days=2, hours=3), None, 93.4),) if full else ()
    extra = (*dimension, ("path", "/"))
    yield Metric(*where, "CWAgent", "disk_used_percent", extra, "Percent", "gauge", disk, 0.0, 0.01, bumps, since, 100)


def _nat() -> Iterator[Metric]:
    story = STORY["nat-spike"]
    for gateway in inventory.NAT_GATEWAYS:
        spiked = gateway.id == inventory.STORY_NAT
        # 40 USD a day at 0.048 USD/GB is 833 GB a day; 620 USD is 12,917 GB.
        daily = 833e9 if spiked else rng("nat", gateway.id).uniform(60e9, 400e9)
        high = 12_917e9
        for name, share in (
            ("BytesOutToDestination", 0.35),
            ("BytesOutToSource", 0.65),
            ("BytesInFromSource", 0.35),
            ("BytesInFromDestination", 0.65),
        ):
            bumps = (Bump(story.start, story.end, high * share / 1440),) if spiked else ()
            dimension = (("NatGatewayId", gateway.id),)
            yield Metric(
                gateway.account,
                gateway.region,
                "AWS/NATGateway",
                name,
                dimension,
                "Bytes",
                "count",
                daily * share / 1440,
                0.2,
                0.05,
                bumps,
            )


def _rds() -> Iterator[Metric]:
    for database in inventory.DATABASES:
        random = rng("metric", database.name)
        where = (database.account, database.region, "AWS/RDS")
        dimension = (("DBInstanceIdentifier", database.name),)
        storm = database.name in ("bet-settlement-db", "wallet-db")
        cpu, held = random.uniform(15, 42), random.uniform(0.05, 0.2) * database.max_connections
        busy: tuple[Bump, ...] = (
            (Bump(*STORM, 94.0 if database.name == "bet-settlement-db" else 71.0),) if storm else ()
        )
        many = (Bump(*STORM, database.max_connections * 0.94),) if storm else ()
        if database.name == "floor-ledger-utrecht":
            day = ago(days=1).replace(hour=3, minute=0)
            busy = (
                Bump(day, day + timedelta(minutes=20), 91.0),
                Bump(day + timedelta(hours=2), day + timedelta(hours=2, minutes=15), 88.0),
            )
        # Near-miss: full for weeks, and its alarm has no actions.
        full = (Bump(ago(days=26, hours=7), None, 19.1e9),) if database.name == "lab-db" else ()
        free = database.storage * 1e9 * random.uniform(0.3, 0.7)
        since = database.created
        yield Metric(*where, "CPUUtilization", dimension, "Percent", "gauge", cpu, 0.3, 0.1, busy, since, 100)
        yield Metric(*where, "DatabaseConnections", dimension, "Count", "gauge", held, 0.3, 0.08, many, since)
        yield Metric(*where, "FreeStorageSpace", dimension, "Bytes", "gauge", free, 0.0, 0.005, full, since)
        yield Metric(*where, "ReadLatency", dimension, "Seconds", "gauge", random.uniform(0.0004, 0.003), since=since)


def _balancers() -> Iterator[Metric]:
    for balancer in inventory.LOAD_BALANCERS:
        random = rng("metric", balancer.arn)
        where = (balancer.account, balancer.region, "AWS/ApplicationELB")
        dimension = (("LoadBalancer", balancer.dimension),)
        rate, slow = random.uniform(1500, 9000), random.uniform(0.05, 0.12)
        hit = {"bet-api": (420.0, 2.4), "lobby": (95.0, 0.3)}.get(balancer.name)
        errors = (Bump(*STORM, hit[0]),) if hit else ()
        late = (Bump(*STORM, hit[1]),) if hit else ()
        if balancer.name == "lobby-staging":
            errors = (Bump(ago(hours=6), None, 30.0),)
        yield Metric(*where, "RequestCount", dimension, "Count", "count", rate, 0.5)
        yield Metric(*where, "HTTPCode_Target_5XX_Count", dimension, "Count", "count", rate * 0.0004, 0.5, 0.3, errors)
        yield Metric(*where, "HTTPCode_Target_4XX_Count", dimension, "Count", "count", rate * 0.01, 0.5, 0.2)
        yield Metric(*where, "TargetResponseTime", dimension, "Seconds", "latency", slow, 0.2, 0.1, late)


def _queues_and_errors() -> Iterator[Metric]:
    online = BY_NAME["online-prod"].id
    for queue in ("bet-settlement", "payouts"):
        storm = queue == "bet-settlement"
        dimension = (("QueueName", queue),)
        where = (online, HOME_REGION, "AWS/SQS")
        old = (Bump(*STORM, 412.0),) if storm else ()
        deep = (Bump(*STORM, 12_800.0),) if storm else ()
        yield Metric(*where, "ApproximateAgeOfOldestMessage", dimension, "Seconds", "gauge", 4.0, 0.2, 0.3, old)
        yield Metric(*where, "ApproximateNumberOfMessagesVisible", dimension, "Count", "gauge", 160.0, 0.4, 0.3, deep)
    # Exact, because the log group holds one line for each of these errors.
    service, failing = (("Service", "bet-settlement"),), (Bump(*STORM, 64.0),)
    yield Metric(online, HOME_REGION, "Lantern/Bets", "SettlementErrors", service, "Count", "count", 0.2, 0, 0, failing)


def _ecs() -> Iterator[Metric]:
    for service in inventory.ECS_SERVICES:
        random = rng("metric", service.arn)
        dimension = (("ClusterName", service.cluster), ("ServiceName", service.name))
        where = (service.account, service.region, "AWS/ECS")
        cpu, memory = random.uniform(20, 50), random.uniform(35, 65)
        yield Metric(*where, "CPUUtilization", dimension, "Percent", "gauge", cpu, since=service.created)
        yield Metric(
            *where,
            "MemoryUtilization",
            dimension,
            "Percent",
            "gauge",
            memory,
            0.05,
            0.03,
            since=service.created,
        )


def _lambda() -> Iterator[Metric]:
    for function in inventory.FUNCTIONS:
        random = rng("metric", function.arn)
        dimension = (("FunctionName", function.name),)
        where = (function.account, function.region, "AWS/Lambda")
        calls = random.uniform(0.5, 60)
        yield Metric(*where, "Invocations", dimension, "Count", "count", calls, 0.5)
        yield Metric(*where, "Errors", dimension, "Count", "count", calls * random.choice((0.0, 0.001, 0.02)), 0.5, 0.4)
        yield Metric(*where, "Duration", dimension, "Milliseconds", "latency", random.uniform(30, 2500), 0.1)
        yield Metric(*where, "Throttles", dimension, "Count", "count", 0.0, 0, 0)


def _usage() -> Iterator[Metric]:
    """vCPUs in use, as Service Quotas' usage metric reports them: the sum over running standard instances."""
    dimension = (
        ("Class", "Standard/OnDemand"),
        ("Resource", "vCPU"),
        ("Service", "EC2"),
        ("Type", "Resource"),
    )
    for account in ACCOUNTS:
        for region in ("eu-west-1", "eu-central-1"):
            running = [
                item
                for item in inventory.in_account(inventory.INSTANCES, account.id, region)
                if item.state == "running" and not item.type.startswith("g5")
            ]
            if not running:
                continue
            now = float(sum(item.vcpus for item in running))
            added = sum(item.vcpus for item in running if item.name in inventory.SCALED_OUT)
            bumps = (Bump(STORY["quota-near"].start, None, now),) if added else ()
            yield Metric(
                account.id,
                region,
                "AWS/Usage",
                "ResourceCount",
                dimension,
                "None",
                "gauge",
                now - added,
                0,
                0,
                bumps,
            )
    lab, gpus = BY_NAME["data-lab"].id, (("Class", "G/OnDemand"), *dimension[1:])
    since = STORY["gpu-untagged"].start
    yield Metric(lab, HOME_REGION, "AWS/Usage", "ResourceCount", gpus, "None", "gauge", 96.0, 0, 0, since=since)


def _buckets() -> Iterator[Metric]:
    for bucket in inventory.BUCKETS:
        size = rng("size", bucket.name).uniform(2e9, 9e12)
        dimension = (("BucketName", bucket.name), ("StorageType", "StandardStorage"))
        where = (bucket.account, bucket.region, "AWS/S3")
        yield Metric(*where, "BucketSizeBytes", dimension, "Bytes", "daily", size, 0, 0.002, since=bucket.created)


def _backups() -> Iterator[Metric]:
    failed = tuple(
        Bump(night, night + timedelta(minutes=5), 1 / 5)
        for night in (day.replace(hour=BACKUP_HOUR, minute=25) for day in nights_failed())
    )
    for account in ACCOUNTS:
        if account.venue or account.name in (
            "online-prod",
            "data-prod",
            "backoffice-prod",
            "shared-services",
        ):
            bumps = failed if account.name == "venue-rotterdam" else ()
            dimension = (("BackupVaultName", "nightly"),)
            yield Metric(
                account.id,
                HOME_REGION,
                "AWS/Backup",
                "NumberOfBackupJobsFailed",
                dimension,
                "Count",
                "count",
                0.0,
                0,
                0,
                bumps,
            )


@cache
def catalogue() -> tuple[Metric, ...]:
    """Every metric of the organisation."""
    fixed = (_nat, _rds, _balancers, _queues_and_errors, _ecs, _lambda, _usage, _buckets, _backups)
    ec2 = [metric for instance in inventory.INSTANCES for metric in _ec2(instance)]
    return (*ec2, *(metric for source in fixed for metric in source()))


@cache
def by_place(account: str, region: str) -> tuple[Metric, ...]:
    """The metrics of one account and region."""
    return tuple(metric for metric in catalogue() if (metric.account, metric.region) == (account, region))


@cache
def by_name() -> dict[tuple[str, str, str, str, frozenset[tuple[str, str]]], Metric]:
    """Metrics by account, region, namespace, name and dimensions (in any order)."""
    return {(m.account, m.region, m.namespace, m.name, frozenset(m.dimensions)): m for m in catalogue()}
