"""CloudWatch alarms with their state and their history, the alarm storm among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from tools.estate import inventory
from tools.estate.inventory import account_id, ago, rng
from tools.estate.inventory.deployed import deployed
from tools.estate.records.clock import nights_failed
from tools.estate.records.metrics import STORY, Metric, catalogue
from tools.estate.world import ACCOUNTS


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state."""

    at: datetime
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """One metric alarm (``metric`` set) or composite alarm (``rule`` set)."""

    account: str
    region: str
    name: str
    description: str
    metric: Metric | None
    statistic: str
    threshold: float
    comparison: str
    periods: int
    created: datetime
    actions: bool = True
    history: tuple[Transition, ...] = ()
    rule: str | None = None
    start_state: str = "OK"
    topic: str = ""
    """ARN of the topic that is told; empty: the account's own ``ops-alerts``."""
    missing_data: str = "missing"
    """What a period without data counts as."""
    period: int = 0
    """Seconds; 0: what is usual for the metric."""

    @property
    def tells(self) -> str:
        return self.topic or f"arn:aws:sns:{self.region}:{self.account}:ops-alerts"

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudwatch:{self.region}:{self.account}:alarm:{self.name}"

    @property
    def state(self) -> str:
        return self.history[-1].after if self.history else self.start_state

    @property
    def changed(self) -> datetime:
        return self.history[-1].at if self.history else self.created


def _alarm(metric: Metric, name: str, statistic: str, threshold: float, text: str, periods: int = 3) -> Alarm:
    created = ago(days=rng("alarm", metric.account, name).randint(90, 600), hours=4)
    low = metric.name == "FreeStorageSpace"
    comparison = "LessThanThreshold" if low else "GreaterThanThreshold"
    return Alarm(metric.account, metric.region, name, text, metric, statistic, threshold, comparison, periods, created)


_NAMES = {account.id: account.name for account in ACCOUNTS}


def _quiet() -> Iterator[Alarm]:
    """One alarm for each metric worth watching; the stories then change some of them."""
    for metric in catalogue():
        value = metric.dimensions[0][1]
        prod = "stg" not in value and (value != "lab-db" or metric.name == "FreeStorageSpace")
        if metric.namespace == "AWS/RDS" and prod and metric.account != account_id("security"):
            if metric.name == "CPUUtilization":
                yield _alarm(metric, f"{value}-cpu-high", "Average", 85, f"CPU of database {value}")
            if metric.name == "DatabaseConnections":
                limit = inventory_connections(value) * 0.85
                yield _alarm(metric, f"{value}-connections-high", "Average", limit, f"Connections of {value}")
            if metric.name == "FreeStorageSpace":
                yield _alarm(metric, f"{value}-storage-low", "Average", 20e9, f"Free storage of {value}", 1)
        if metric.namespace == "AWS/ApplicationELB":
            name = value.split("/")[1]
            if metric.name == "HTTPCode_Target_5XX_Count":
                yield _alarm(metric, f"{name}-5xx", "Sum", 60, f"Server errors behind load balancer {name}", 2)
            if metric.name == "TargetResponseTime":
                yield _alarm(metric, f"{name}-latency-p99", "p99", 1.5, f"Slowest responses of {name}")
        if metric.namespace == "AWS/ECS" and metric.name == "CPUUtilization":
            service = dict(metric.dimensions)["ServiceName"]
            yield _alarm(metric, f"{service}-cpu-high", "Average", 85, f"CPU of ECS service {service}")
        if metric.namespace == "AWS/NATGateway" and metric.name == "BytesOutToSource":
            owner = _NAMES[metric.account]
            limit = 10e9 if value == inventory.STORY_NAT else 5e9
            yield _alarm(metric, f"{owner}-nat-bytes-high", "Sum", limit, f"Traffic through {value}")
        if metric.namespace == "AWS/Backup":
            name = _NAMES[metric.account].removeprefix("venue-")
            title = (
                f"floor-ledger-{name}-backup-failed" if "venue" in _NAMES[metric.account] else f"{name}-backup-failed"
            )
            yield _alarm(metric, title, "Sum", 0, "A nightly backup job failed", 1)
        if metric.namespace == "AWS/Usage" and dict(metric.dimensions)["Class"] == "Standard/OnDemand":
            owner = _NAMES[metric.account]
            limit = 230.4 if (owner, metric.region) == ("online-prod", "eu-west-1") else 115.2
            yield _alarm(metric, f"{owner}-vcpu-quota-90-percent", "Maximum", limit, "90 percent of the vCPU quota", 1)
        if metric.namespace == "CWAgent" and instance_name(value).endswith(("-01", "-04", "-07")):
            yield _alarm(metric, f"{instance_name(value)}-disk-used", "Average", 85, "Disk space of the root volume", 2)
        if metric.namespace == "AWS/SQS":
            short = "queue-age" if metric.name.startswith("ApproximateAge") else "queue-depth"
            limit = 300 if short == "queue-age" else 10_000
            yield _alarm(metric, f"{value}-{short}", "Maximum", limit, f"{metric.name} of queue {value}", 2)
        if metric.namespace == "Lantern/Bets":
            yield _alarm(metric, "bet-settlement-errors", "Sum", 50, "Errors written by bet-settlement", 1)


def inventory_connections(name: str) -> int:
    """How many connections the database called ``name`` allows."""
    return next(item.max_connections for item in inventory.DATABASES if item.name == name)


_INSTANCE_NAMES = {item.id: item.name for item in inventory.INSTANCES}


def instance_name(instance: str) -> str:
    """The name of an instance by id; the id itself if it has none."""
    return _INSTANCE_NAMES.get(instance, instance)


# Minutes after the deployment (19:02) at which each alarm of the storm fired, minutes after the rollback (19:52) at
# which it was over, the value that crossed the threshold.
STORM: dict[str, tuple[int, int, str]] = {
    "bet-settlement-errors": (5, 3, "64.0"),
    "bet-api-5xx": (5, 3, "2104.0"),
    "bet-api-latency-p99": (6, 5, "7.93"),
    "bet-settlement-queue-age": (7, 11, "412.0"),
    "bet-settlement-db-connections-high": (7, 4, "4698.0"),
    "bet-settlement-queue-depth": (9, 10, "12873.0"),
    "bet-settlement-db-cpu-high": (10, 4, "93.8"),
    "wallet-db-connections-high": (12, 6, "4702.0"),
    "lobby-5xx": (14, 3, "476.0"),
}


def _crossed(value: str, threshold: float) -> str:
    return f"Threshold Crossed: 1 datapoint [{value}] was greater than the threshold ({threshold})."


def _back(threshold: float) -> str:
    return f"Threshold Crossed: 1 datapoint was not greater than the threshold ({threshold})."


def _went_off(alarm: Alarm, start: datetime, end: datetime | None, value: str) -> Alarm:
    rise = Transition(start, "OK", "ALARM", _crossed(value, alarm.threshold))
    fall = () if end is None else (Transition(end, "ALARM", "OK", _back(alarm.threshold)),)
    ordered = sorted((*alarm.history, rise, *fall), key=lambda item: item.at)
    return replace(alarm, history=tuple(ordered))


def _with_stories(alarm: Alarm, account: str) -> Alarm:
    storm = STORY["alarm-storm"]
    if account == "online-prod" and alarm.region == "eu-west-1" and alarm.name in STORM:
        after, over, value = STORM[alarm.name]
        end = (storm.end or storm.start) + timedelta(minutes=over)
        return _went_off(alarm, storm.start + timedelta(minutes=after), end, value)
    if alarm.name == "data-prod-nat-bytes-high":
        story = STORY["nat-spike"]
        end = (story.end or story.start) + timedelta(minutes=20)
        return _went_off(alarm, story.start + timedelta(minutes=38), end, "29155000000.0")
    if alarm.name == "floor-ledger-rotterdam-backup-failed":
        return _went_off(alarm, nights_failed()[0] + timedelta(minutes=31), None, "1.0")
    if alarm.name == "online-prod-vcpu-quota-90-percent" and alarm.region == "eu-west-1":
        return _went_off(alarm, STORY["quota-near"].start + timedelta(minutes=10), None, "236.0")
    if alarm.name == "amsterdam-floor-07-disk-used":
        return _went_off(alarm, ago(days=2, hours=2, minutes=50), None, "93.4")
    if alarm.name == "lobby-staging-5xx":
        return _went_off(alarm, ago(hours=5, minutes=50), None, "150.0")
    if alarm.name == "floor-ledger-utrecht-cpu-high":
        # Near-miss: went off twice last night and came back by itself.
        day = ago(days=1).replace(hour=3, minute=0)
        once = _went_off(alarm, day + timedelta(minutes=15), day + timedelta(minutes=25), "91.0")
        return _went_off(once, day + timedelta(minutes=135), day + timedelta(minutes=145), "88.0")
    if alarm.name == "lab-db-storage-low":
        # Near-miss: in alarm for weeks with its actions switched off.
        return replace(_went_off(alarm, ago(days=26, hours=6), None, "19.1e9"), actions=False)
    if alarm.name == "reporting-db-cpu-high":
        lost = Transition(
            ago(days=1, hours=7), "OK", "INSUFFICIENT_DATA", "Insufficient Data: 3 datapoints were unknown."
        )
        return replace(alarm, history=(lost,))
    return _routine(alarm)


def _routine(alarm: Alarm) -> Alarm:
    """A few alarms that rose and fell during the last month without any story."""
    random = rng("flap", alarm.arn)
    if random.random() > 0.22:
        return alarm
    for _ in range(random.randint(1, 3)):
        start = ago(days=random.randint(4, 29), hours=random.randint(0, 23), minutes=random.randint(0, 59))
        alarm = _went_off(
            alarm, start, start + timedelta(minutes=random.randint(6, 55)), f"{alarm.threshold * 1.07:.1f}"
        )
    return alarm


def _without_data() -> Iterator[Alarm]:
    for owner, name in (
        ("backoffice-prod", "legacy-export-heartbeat"),
        ("venue-utrecht", "utrecht-kiosk-heartbeat"),
    ):
        yield Alarm(
            account_id(owner),
            "eu-west-1",
            name,
            "Heartbeat that nothing sends any more",
            Metric(
                account_id(owner),
                "eu-west-1",
                "Lantern/Heartbeat",
                "Beats",
                (("Source", name),),
                "Count",
                "count",
                1,
            ),
            "Sum",
            1.0,
            "LessThanThreshold",
            3,
            ago(days=500),
            start_state="INSUFFICIENT_DATA",
        )


def _composites() -> Iterator[Alarm]:
    for owner, name, rule in (
        (
            "online-prod",
            "wallet-platform-health",
            'ALARM("wallet-api-cpu-high") OR ALARM("wallet-db-cpu-high")',
        ),
        (
            "data-prod",
            "warehouse-health",
            'ALARM("warehouse-meta-cpu-high") AND ALARM("warehouse-meta-storage-low")',
        ),
    ):
        yield Alarm(account_id(owner), "eu-west-1", name, "Composite", None, "", 0, "", 1, ago(days=300), rule=rule)


def _of_regent() -> Iterator[Alarm]:
    """The alarms of Regent's deployment. They have been quiet since."""
    for one in deployed("CloudWatch::Alarm"):
        said = one.properties
        dimensions = tuple((each["Name"], each["Value"]) for each in said.get("Dimensions", ()))
        metric = Metric(
            one.account, one.region, said["Namespace"], said["MetricName"], dimensions, "Count", "count", 0.0
        )
        yield Alarm(
            one.account,
            one.region,
            said["AlarmName"],
            said["AlarmDescription"],
            metric,
            said["Statistic"],
            float(said["Threshold"]),
            said["ComparisonOperator"],
            said["EvaluationPeriods"],
            one.created,
            actions=said["ActionsEnabled"],
            topic=said["AlarmActions"][0],
            missing_data=said["TreatMissingData"],
            period=said["Period"],
        )


@cache
def alarms() -> tuple[Alarm, ...]:
    """Every alarm of the organisation, by account and name."""
    made = [_with_stories(alarm, _NAMES[alarm.account]) for alarm in _quiet()]
    return tuple(
        sorted(
            (*made, *_without_data(), *_composites(), *_of_regent()),
            key=lambda item: (item.account, item.region, item.name),
        )
    )
