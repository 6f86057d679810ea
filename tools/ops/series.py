"""Series: which CloudWatch metrics stand behind a plain name such as `cpu`, and how they are found and read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.errors import InputError
from tools.periods import Period, hours_label

Name = Literal[
    "cpu",
    "db_cpu",
    "instance_cpu",
    "memory",
    "disk",
    "requests",
    "errors_5xx",
    "errors_4xx",
    "latency",
    "db_connections",
    "db_storage_free",
    "nat_bytes",
    "queue_age",
    "queue_depth",
    "lambda_invocations",
    "lambda_errors",
    "lambda_duration",
    "bucket_size",
]
Statistic = Literal["average", "maximum", "minimum", "sum", "p99"]
_QUERIES_AT_ONCE = 500
"""Metric queries that GetMetricData takes in one call."""
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Source:
    """A CloudWatch metric behind a name: the dimension that names the resource and those that may stand beside it.

    `metrics` are added up; `factor` turns CloudWatch's unit into ours.
    """

    namespace: str
    metrics: tuple[str, ...]
    resource: str
    beside: frozenset[str] = frozenset()
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Measure:
    """A plain name: what it is called in a label, its unit, whether it counts events, and where it comes from."""

    words: str
    unit: str
    counts: bool
    sources: tuple[Source, ...]


_AGENT = frozenset({"path", "device", "fstype", "ImageId", "InstanceType", "AutoScalingGroupName"})
_ALB, _API = "AWS/ApplicationELB", "AWS/ApiGateway"


def _lambda(metric: str) -> tuple[Source, ...]:
    return (Source("AWS/Lambda", (metric,), "FunctionName"),)


def _sqs(metric: str) -> tuple[Source, ...]:
    return (Source("AWS/SQS", (metric,), "QueueName"),)


_EC2_CPU = Source("AWS/EC2", ("CPUUtilization",), "InstanceId")
_RDS_CPU = Source("AWS/RDS", ("CPUUtilization",), "DBInstanceIdentifier")

MEASURES: dict[Name, Measure] = {
    "cpu": Measure(
        "CPU use",
        "percent",
        False,
        (
            _EC2_CPU,
            _RDS_CPU,
            Source("AWS/ECS", ("CPUUtilization",), "ServiceName", frozenset({"ClusterName"})),
        ),
    ),
    "db_cpu": Measure("CPU use of databases", "percent", False, (_RDS_CPU,)),
    "instance_cpu": Measure("CPU use of instances", "percent", False, (_EC2_CPU,)),
    "memory": Measure(
        "memory use",
        "percent",
        False,
        (
            Source("AWS/ECS", ("MemoryUtilization",), "ServiceName", frozenset({"ClusterName"})),
            Source("CWAgent", ("mem_used_percent",), "InstanceId", _AGENT),
        ),
    ),
    "disk": Measure("disk use", "percent", False, (Source("CWAgent", ("disk_used_percent",), "InstanceId", _AGENT),)),
    "requests": Measure(
        "requests",
        "requests",
        True,
        (Source(_ALB, ("RequestCount",), "LoadBalancer"), Source(_API, ("Count",), "ApiName")),
    ),
    "errors_5xx": Measure(
        "server errors (5xx)",
        "errors",
        True,
        (Source(_ALB, ("HTTPCode_Target_5XX_Count",), "LoadBalancer"), Source(_API, ("5XXError",), "ApiName")),
    ),
    "errors_4xx": Measure(
        "client errors (4xx)",
        "errors",
        True,
        (Source(_ALB, ("HTTPCode_Target_4XX_Count",), "LoadBalancer"), Source(_API, ("4XXError",), "ApiName")),
    ),
    "latency": Measure(
        "response time",
        "milliseconds",
        False,
        (
            Source(_ALB, ("TargetResponseTime",), "LoadBalancer", factor=1000.0),
            Source(_API, ("Latency",), "ApiName"),
        ),
    ),
    "db_connections": Measure(
        "database connections",
        "connections",
        False,
        (Source("AWS/RDS", ("DatabaseConnections",), "DBInstanceIdentifier"),),
    ),
    "db_storage_free": Measure(
        "free database storage",
        "GB",
        False,
        (Source("AWS/RDS", ("FreeStorageSpace",), "DBInstanceIdentifier", factor=1e-9),),
    ),
    "nat_bytes": Measure(
        "data processed by NAT gateways",
        "GB",
        True,
        (Source("AWS/NATGateway", ("BytesInFromSource", "BytesInFromDestination"), "NatGatewayId", factor=1e-9),),
    ),
    "queue_age": Measure("age of the oldest message", "seconds", False, _sqs("ApproximateAgeOfOldestMessage")),
    "queue_depth": Measure("messages waiting", "messages", False, _sqs("ApproximateNumberOfMessagesVisible")),
    "lambda_invocations": Measure("function invocations", "invocations", True, _lambda("Invocations")),
    "lambda_errors": Measure("function errors", "errors", True, _lambda("Errors")),
    "lambda_duration": Measure("function duration", "milliseconds", False, _lambda("Duration")),
    "bucket_size": Measure(
        "bucket size",
        "GB",
        False,
        (Source("AWS/S3", ("BucketSizeBytes",), "BucketName", frozenset({"StorageType"}), 1e-9),),
    ),
}


@dataclass(frozen=True, slots=True)
class Series:
    """One resource's metric: where it is, what CloudWatch calls it, and the receipts that showed it exists."""

    place: Place
    source: Source
    dimensions: tuple[tuple[str, str], ...]
    receipts: tuple[str, ...]

    @property
    def id(self) -> str:
        """The value of the dimension that names the resource."""
        return dict(self.dimensions)[self.source.resource]

    @property
    def name(self) -> str:
        """The resource as a reader calls it, with what tells it apart (a disk's path)."""
        have = dict(self.dimensions)
        parts = self.id.split("/")
        name = parts[1] if self.source.resource == "LoadBalancer" and len(parts) == 3 else self.id
        beside = have.get("path") or have.get("StorageType", "")
        return f"{name} {beside}" if beside and beside not in ("/", "StandardStorage") else name


@dataclass(frozen=True, slots=True)
class Values:
    """A series' numbers by start of interval, oldest first: sum, and how many samples it is a sum of."""

    series: Series
    points: tuple[tuple[datetime, float, float], ...]
    receipts: tuple[str, ...]


def window(span: Period, now: datetime) -> tuple[Period, timedelta]:
    """The part of a period that can be measured, cut at whole intervals, and the length of one interval."""
    end = min(span.end, now)
    length = end - span.start
    steps = ((3, 300), (26, 3600), (24 * 8, 21600), (24 * 62, 86400))
    seconds = next((step for limit, step in steps if length <= timedelta(hours=limit)), 7 * 86400)
    first = int(span.start.timestamp()) // seconds * seconds if seconds <= 86400 else int(span.start.timestamp())
    start = datetime.fromtimestamp(first, UTC)
    if start == span.start and end == span.end:
        return span, timedelta(seconds=seconds)
    end = end.replace(second=0, microsecond=0)
    if end <= start:
        raise InputError(f"The period {span.label} is too short to measure; use at least five minutes.")
    return Period(label=hours_label(start, end), start=start, end=end), timedelta(seconds=seconds)


def discover(aws: Aws, measure: Measure, accounts: Sequence[Account]) -> tuple[list[Series], tuple[str, ...]]:
    """Every resource that reported this measure lately (CloudWatch lists the last two weeks), and the receipts.

    Raises:
        AwsCallError: no place could be looked at.
    """
    names = sorted({source.metrics[0] for source in measure.sources})

    def ask(place: Place) -> tuple[list[Series], list[str]]:
        found: list[Series] = []
        receipts: list[str] = []
        for name in names:
            listed = aws.items(place.account, "cloudwatch:ListMetrics", "Metrics", region=place.region, MetricName=name)
            receipts += listed.receipts
            for raw in listed.items:
                dimensions = tuple((one["Name"], one["Value"]) for one in raw["Dimensions"])
                source = _source(measure, raw["Namespace"], name, {key for key, _ in dimensions})
                if source is not None:
                    found.append(Series(place, source, dimensions, listed.receipts))
        return found, receipts

    places = aws.each(aws.places(accounts), ask)
    series = [one for _, (found, _) in places for one in found]
    series.sort(key=lambda one: (one.place.account.name, one.place.region, one.name, one.dimensions))
    return series, tuple(receipt for _, (_, receipts) in places for receipt in receipts)


def _source(measure: Measure, namespace: str, metric: str, dimensions: set[str]) -> Source | None:
    for source in measure.sources:
        fits = source.resource in dimensions and dimensions <= source.beside | {source.resource}
        if (source.namespace, source.metrics[0]) == (namespace, metric) and fits:
            return source
    return None


def read(
    aws: Aws, series: Sequence[Series], span: Period, interval: timedelta, statistic: Statistic, *, counts: bool
) -> list[Values]:
    """The values of many series over `span`: sums for what counts events, else the statistic, per interval.

    An average comes as sum and sample count, so that averages over many intervals are exact.

    Raises:
        AwsCallError: no place could be read.
        InputError: more series than can sensibly be asked for at once.
    """
    if len(series) > _MOST:
        raise InputError(f"That are {len(series)} resources; name an account or a resource to measure fewer.")
    by_place: dict[Place, list[Series]] = {}
    for one in series:
        by_place.setdefault(one.place, []).append(one)
    levels = {"average": ["Sum", "SampleCount"], "p99": ["p99"]}
    wanted = ["Sum"] if counts else levels.get(statistic, [statistic.title()])

    def ask(place: Place) -> list[Values]:
        each = len(wanted) * max(len(one.source.metrics) for one in by_place[place])
        step = _QUERIES_AT_ONCE // each
        parts = (by_place[place][first : first + step] for first in range(0, len(by_place[place]), step))
        return [values for part in parts for values in _fetch(aws, place, part, span, interval, wanted)]

    return [values for _, found in aws.each(by_place, ask) for values in found]


def _fetch(
    aws: Aws, place: Place, series: Sequence[Series], span: Period, interval: timedelta, wanted: Sequence[str]
) -> Iterable[Values]:
    queries = [
        {
            "Id": f"s{number}_{which}_{index}",
            "MetricStat": {
                "Metric": {
                    "Namespace": one.source.namespace,
                    "MetricName": metric,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in one.dimensions],
                },
                "Period": int(interval.total_seconds()),
                "Stat": statistic,
            },
        }
        for number, one in enumerate(series)
        for which, metric in enumerate(one.source.metrics)
        for index, statistic in enumerate(wanted)
    ]
    points: dict[tuple[int, int], dict[datetime, float]] = {}
    receipts = []
    for page in aws.pages(
        place.account,
        "cloudwatch:GetMetricData",
        region=place.region,
        MetricDataQueries=queries,
        StartTime=span.start,
        EndTime=span.end,
        ScanBy="TimestampAscending",
    ):
        receipts.append(page.receipt)
        _gather(points, page.data["MetricDataResults"])
    for number, one in enumerate(series):
        sums, samples = points.get((number, 0), {}), points.get((number, 1), {})
        values = tuple(
            (moment.astimezone(UTC), value * one.source.factor, samples.get(moment, 1.0))
            for moment, value in sorted(sums.items())
        )
        yield Values(one, values, (*one.receipts, *receipts))


def _gather(points: dict[tuple[int, int], dict[datetime, float]], results: Iterable[dict[str, Any]]) -> None:
    """Add results to `points` by series number and statistic; metrics of one series are added up."""
    for result in results:
        number, _, index = result["Id"][1:].split("_")
        held = points.setdefault((int(number), int(index)), {})
        for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
            held[moment] = held.get(moment, 0.0) + value
