"""Metric: one measure of one resource over time, or of many resources ranked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from tools.accounts import Accounts
from tools.calls import Aws, Place
from tools.errors import AwsCallError, InputError, UnknownNameError
from tools.facts import Draft, Facts
from tools.ops.common import Top, clean, looked, of_account, resolve, scope_of
from tools.ops.series import MEASURES, Measure, Name, Series, Statistic, Values, discover, read, window
from tools.periods import Period, parse_recent
from tools.registry import HoursWord, query

_LISTED = timedelta(days=14)
"""ListMetrics knows what reported within two weeks."""
_WORDS = {"average": "average", "maximum": "highest", "minimum": "lowest", "sum": "total", "p99": "highest p99 of"}


@query(
    domain="ops",
    operations=("cloudwatch:ListMetrics", "cloudwatch:GetMetricData", "ec2:DescribeInstances"),
)
def metric(
    aws: Aws,
    name: Name,
    accounts: Accounts = "all",
    resource: str | None = None,
    period: HoursWord = "last_24_hours",
    statistic: Statistic | None = None,
    top: Top = 8,
) -> Facts:
    """A CloudWatch metric: over time for one `resource` (name, id or part of it), else resources ranked by it.

    Without `statistic`: the sum for what counts events (requests, errors, bytes), the average for the others.
    """
    measure = MEASURES[name]
    chosen_statistic = _settle(name, measure, statistic)
    asked = parse_recent(period, aws.now)
    chosen = aws.directory.select(accounts)
    span, interval = window(asked, aws.now)
    series, behind = discover(aws, measure, chosen)
    where = {"resource": resource.strip()} if resource is not None else {}
    names: dict[tuple[Place, str], str] = {}
    if resource is not None:
        series, names, more = _named(aws, series, resource, measure)
        behind = (*behind, *more)
    scope = scope_of(aws, chosen, where)
    facts = Facts(
        read_as=f"{_WORDS[chosen_statistic]} {measure.words}, {span.label}, {scope.text()}",
        period=span,
        scope=scope,
        series=True,
        notes=[looked(chosen, aws.regions)],
    )
    if asked.end < aws.now - _LISTED:
        facts.notes.append("CloudWatch names only resources that reported within the last two weeks.")
    found = read(aws, series, span, interval, chosen_statistic, counts=measure.counts) if series else []
    held = [values for values in found if values.points]
    every = (*behind, *(receipt for values in found for receipt in values.receipts))
    if len(held) != 1:
        facts.fact(
            f"resources that reported {measure.words}", len(held), "resources", receipts=every, headline=not held
        )
    if not held:
        return facts
    if len(held) == 1:
        _over_time(facts, held[0], measure, chosen_statistic, interval, names, behind)
    else:
        _ranked(aws, facts, held, measure, chosen_statistic, interval, names, top)
    return facts


def _settle(name: str, measure: Measure, statistic: Statistic | None) -> Statistic:
    """The statistic to use.

    Raises:
        InputError: it says nothing about this measure.
    """
    if statistic is None:
        return "sum" if measure.counts else "average"
    if measure.counts and statistic == "p99":
        raise InputError(f"{name} counts events, so it has no p99; use sum, average, maximum or minimum.")
    if not measure.counts and statistic == "sum":
        raise InputError(f"{name} is a level, so a sum says nothing; use average, maximum, minimum or p99.")
    return statistic


def _named(
    aws: Aws, series: list[Series], resource: str, measure: Measure
) -> tuple[list[Series], dict[tuple[Place, str], str], list[str]]:
    """The series of the resource meant, by CloudWatch's name for it or by an instance's Name tag.

    Raises:
        UnknownNameError: no resource that reports this measure is called so.
    """
    try:
        wanted = resolve("resource", resource, [one.name for one in series] + [one.id for one in series])
    except UnknownNameError as error:
        if not any(source.resource == "InstanceId" for source in measure.sources):
            raise
        names, receipts = _instance_names(aws, series, None)
        try:
            called = resolve("resource", resource, [*names.values(), *(one.name for one in series)])
        except UnknownNameError as final:
            raise final from error
        return [one for one in series if names.get((one.place, one.id)) in called], names, receipts
    return [one for one in series if one.name in wanted or one.id in wanted], {}, []


def _instance_names(
    aws: Aws, series: Sequence[Series], ids: set[str] | None
) -> tuple[dict[tuple[Place, str], str], list[str]]:
    """Name tags of the EC2 instances among the series (or of `ids` only), by place and instance id."""
    by_place: dict[Place, list[str]] = {}
    for one in series:
        if one.source.resource == "InstanceId" and (ids is None or one.id in ids):
            by_place.setdefault(one.place, []).append(one.id)

    def ask(place: Place) -> tuple[dict[tuple[Place, str], str], tuple[str, ...]]:
        found = aws.items(
            place.account,
            "ec2:DescribeInstances",
            "Reservations",
            region=place.region,
            # A filter, not InstanceIds: one instance that is gone must not fail the others.
            Filters=[{"Name": "instance-id", "Values": sorted(set(by_place[place]))[:200]}],
        )
        return {
            (place, raw["InstanceId"]): clean(tag["Value"], 128)
            for reservation in found.items
            for raw in reservation["Instances"]
            for tag in raw.get("Tags") or []
            if tag["Key"] == "Name"
        }, found.receipts

    names: dict[tuple[Place, str], str] = {}
    receipts: list[str] = []
    try:
        for _, (found, behind) in aws.each(by_place, ask):
            names |= found
            receipts += behind
    except AwsCallError as error:
        aws.incomplete.append(f"names of instances could not be read ({error.code})")
    return names, receipts


def _value(values: Values, measure: Measure, statistic: Statistic) -> float:
    """The statistic over the whole period."""
    numbers = [number for _, number, _ in values.points]
    if measure.counts:
        return {"sum": sum(numbers), "average": sum(numbers) / len(numbers), "maximum": max(numbers)}.get(
            statistic, min(numbers)
        )
    if statistic == "average":
        samples = sum(count for _, _, count in values.points)
        return sum(numbers) / samples if samples else 0.0
    return min(numbers) if statistic == "minimum" else max(numbers)


def _label(measure: Measure, statistic: Statistic, interval: timedelta) -> str:
    per = _per(interval)
    if measure.counts and statistic != "sum":
        return (
            f"{_WORDS[statistic]} {measure.words} in one {per}"
            if statistic != "average"
            else (f"average {measure.words} per {per}")
        )
    return f"{_WORDS[statistic]} {measure.words}"


def _per(interval: timedelta) -> str:
    words = {300: "5 minutes", 3600: "hour", 21600: "6 hours", 86400: "day"}
    return words.get(int(interval.total_seconds()), "week")


def _highest(measure: Measure, interval: timedelta) -> str:
    """What the highest of the intervals is called."""
    within = _per(interval) if _per(interval)[0].isdigit() else f"one {_per(interval)}"
    return f"highest {'' if measure.counts else 'average '}{measure.words} in {within}"


def _number(value: float, unit: str) -> Decimal | int:
    """Counts of events are whole; everything else keeps two decimals."""
    exact = Decimal(repr(value))
    whole = unit in ("requests", "errors", "invocations", "messages", "connections")
    return int(exact.to_integral_value()) if whole and exact == exact.to_integral_value() else exact


def _over_time(
    facts: Facts,
    values: Values,
    measure: Measure,
    statistic: Statistic,
    interval: timedelta,
    names: dict[tuple[Place, str], str],
    behind: Sequence[str],
) -> None:
    series = values.series
    name = names.get((series.place, series.id), series.name)
    scope = of_account(series.place.account, {"resource": name})
    say = partial(facts.fact, receipts=[*values.receipts, *behind], scope=scope)
    label, unit = _label(measure, statistic, interval), measure.unit
    say(label, _number(_value(values, measure, statistic), unit), unit, headline=True)
    points = [
        (start, number if measure.counts or not count else number / count) for start, number, count in values.points
    ]
    high = max(points, key=lambda point: (point[1], -point[0].timestamp()))
    low = min(points, key=lambda point: (point[1], point[0].timestamp()))
    if statistic in ("sum", "average"):
        say(
            _highest(measure, interval), _number(high[1], unit), unit, period=_interval(high[0], interval, facts.period)
        )
    say(f"{measure.words} was highest at", high[0], "time", headline=True)
    say(f"{measure.words} was lowest at", low[0], "time")
    facts.columns = ("From", f"{measure.words[0].upper()}{measure.words[1:]} ({unit})")
    for start, number in points:
        cell: Draft = facts.fact(
            measure.words if measure.counts else f"{statistic} {measure.words}",
            _number(number, unit),
            unit,
            receipts=values.receipts,
            scope=scope,
            period=_interval(start, interval, facts.period),
        )
        facts.row(f"{start:%Y-%m-%d %H:%M}" if interval < timedelta(days=1) else f"{start:%Y-%m-%d}", cell)


def _interval(start: datetime, length: timedelta, within: Period | None) -> Period:
    end = min(start + length, within.end) if within else start + length
    label = f"{start:%-d %B %Y}" if length == timedelta(days=1) else f"{start:%-d %B %Y %H:%M} UTC"
    return Period(label=label, start=start, end=end)


def _ranked(
    aws: Aws,
    facts: Facts,
    held: Sequence[Values],
    measure: Measure,
    statistic: Statistic,
    interval: timedelta,
    names: dict[tuple[Place, str], str],
    top: int,
) -> None:
    lowest_first = statistic == "minimum" or measure is MEASURES["db_storage_free"]
    ranked = sorted(
        ((_value(values, measure, statistic), values) for values in held),
        key=lambda row: (row[0] if lowest_first else -row[0], row[1].series.place.account.name, row[1].series.name),
    )
    label, unit = _label(measure, statistic, interval), measure.unit
    shown = [values for _, values in ranked[:top]]
    more: list[str] = []
    if not names:
        names, more = _instance_names(aws, [v.series for v in shown], None)
    facts.columns = ("Resource", "Account", f"{label[0].upper()}{label[1:]} ({unit})")
    if measure.counts and statistic == "sum":
        total = sum(value for value, _ in ranked)
        every = [receipt for values in held for receipt in values.receipts]
        facts.fact(f"{label} of all resources", _number(total, unit), unit, receipts=every, headline=True)
    for position, (value, values) in enumerate(ranked[:top]):
        series = values.series
        name = names.get((series.place, series.id), series.name)
        scope = of_account(series.place.account, {"resource": name})
        say = partial(facts.fact, receipts=[*values.receipts, *more], scope=scope, headline=position == 0)
        facts.row(say("resource", name, "name"), series.place.account.name, say(label, _number(value, unit), unit))
    if len(ranked) > top:
        rest = [receipt for _, values in ranked[top:] for receipt in values.receipts]
        facts.rest("resources", len(ranked) - top, "resources", receipts=rest)
