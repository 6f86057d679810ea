"""Quotas: which service quotas are nearly used up, where AWS itself reports the usage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from tools.accounts import Account, Accounts
from tools.calls import Aws, Place
from tools.errors import AwsCallError
from tools.facts import Facts
from tools.ops.common import Top, gathered, looked, of_account, per_account, percent, scope_of
from tools.periods import instant
from tools.registry import query

_CODES = {"cloudwatch": "monitoring", "cloudwatchlogs": "logs", "elasticloadbalancing": "elasticloadbalancing"}
"""Service Quotas' code of a service, where it is not the usage metric's name in lower case without spaces."""
_SINCE = timedelta(hours=24)
"""How old a usage figure may be."""


@dataclass(frozen=True, slots=True)
class Used:
    """One quota with its applied value and its latest reported usage."""

    account: Account
    region: str
    name: str
    used: Decimal
    limit: Decimal
    receipts: tuple[str, ...]

    @property
    def percent(self) -> Decimal:
        """Usage as a percentage of the quota."""
        return percent(self.used, self.limit)


@dataclass(frozen=True, slots=True)
class Limits:
    """The quotas of one place, how many usage metrics no quota was found for, and the receipts."""

    quotas: tuple[Used, ...]
    unmatched: int
    receipts: tuple[str, ...]


@query(
    domain="ops",
    operations=("cloudwatch:ListMetrics", "cloudwatch:GetMetricData", "service-quotas:ListServiceQuotas"),
)
def quotas(
    aws: Aws,
    above: Annotated[int, Field(ge=0, le=100, description="percent of the quota in use")] = 80,
    accounts: Accounts = "all",
    top: Top = 8,
) -> Facts:
    """AWS service quotas (limits) that are in use to at least a percentage: used, limit, where.

    Only quotas whose usage AWS reports, such as vCPUs; not those it leaves to be counted.
    """
    chosen = aws.directory.select(accounts)
    found = aws.each(aws.places(chosen), partial(_look, aws))
    behind = gathered(found)
    every = [quota for _, held in found for quota in held.quotas]
    near = [quota for quota in every if quota.percent >= above]
    scope = scope_of(aws, chosen)
    facts = Facts(
        read_as=f"quotas in use to {above} percent or more now, {scope.text()}",
        period=instant(aws.now),
        scope=scope,
        columns=("Quota", "Account", "Region", "Used", "Limit", "In use (percent)"),
        notes=[f"{looked(chosen, aws.regions)} Only quotas whose usage AWS reports."],
    )
    unmatched = sum(held.unmatched for _, held in found)
    if unmatched:
        facts.incomplete.append(f"{unmatched} usage metrics have no quota value that could be read")
    label = f"quotas in use to {above} percent or more"
    facts.fact(label, len(near), "quotas", receipts=behind, headline=True)
    facts.fact("quotas with a reported usage", len(every), "quotas", receipts=behind)
    if len(chosen) > 1 and near:
        counts = [(p.account, sum(q.percent >= above for q in held.quotas), held.receipts) for p, held in found]
        per_account(facts, label, "quotas", counts)
    ranked = sorted(every, key=lambda quota: (-quota.percent, quota.account.name, quota.region, quota.name))
    _show(facts, [quota for quota in ranked if quota.percent >= above] or ranked[:1], bool(near), top)
    return facts


def _show(facts: Facts, ranked: Sequence[Used], near: bool, top: int) -> None:
    """The quotas above the mark; if there are none, the fullest one, so that a zero says how far away it is."""
    for position, quota in enumerate(ranked[:top]):
        say = partial(
            facts.fact,
            receipts=quota.receipts,
            scope=of_account(quota.account, {"region": quota.region, "quota": quota.name}),
        )
        facts.row(
            say("quota" if near else "fullest quota", quota.name, "name"),
            quota.account.name,
            quota.region,
            say("quota units used", _whole(quota.used), "units"),
            say("quota units allowed", _whole(quota.limit), "units"),
            say("share of the quota in use", quota.percent, "percent", headline=position == 0),
        )
    if len(ranked) > top:
        rest = [receipt for quota in ranked[top:] for receipt in quota.receipts]
        facts.rest("quotas", len(ranked) - top, "quotas", receipts=rest)


def _whole(value: Decimal) -> Decimal | int:
    return int(value) if value == value.to_integral_value() else value


def _look(aws: Aws, place: Place) -> Limits:
    listed = aws.items(
        place.account,
        "cloudwatch:ListMetrics",
        "Metrics",
        region=place.region,
        Namespace="AWS/Usage",
        MetricName="ResourceCount",
        Dimensions=[{"Name": "Type", "Value": "Resource"}],
    )
    receipts = list(listed.receipts)
    metrics = {_key(raw["Namespace"], raw["MetricName"], _plain(raw["Dimensions"])) for raw in listed.items}
    if not metrics:
        return Limits((), 0, tuple(receipts))
    limits: dict[tuple[str, ...], dict[str, Any]] = {}
    services = {dict(zip(key[2::2], key[3::2], strict=True)).get("Service", "") for key in metrics}
    for code in sorted({_code(service) for service in services}):
        try:
            found = aws.items(
                place.account,
                "service-quotas:ListServiceQuotas",
                "Quotas",
                region=place.region,
                ServiceCode=code,
                MaxResults=100,
            )
        except AwsCallError as error:
            if error.code != "NoSuchResourceException":
                raise
            receipts += error.receipts  # a service without quotas: its usage stays unmatched
            continue
        receipts += found.receipts
        for raw in found.items:
            usage = raw.get("UsageMetric") or {}
            key = _key(
                usage.get("MetricNamespace", ""), usage.get("MetricName", ""), usage.get("MetricDimensions") or {}
            )
            if key in metrics:
                limits[key] = raw
    if not limits:
        return Limits((), len(metrics), tuple(receipts))
    used, read = _usage(aws, place, limits)
    behind = (*receipts, *read)
    quotas_here = tuple(
        Used(place.account, place.region, raw["QuotaName"], used[key], Decimal(str(raw["Value"])), behind)
        for key, raw in sorted(limits.items())
        if key in used and raw["Value"] > 0
    )
    return Limits(quotas_here, len(metrics) - len(limits), behind)


def _usage(
    aws: Aws, place: Place, limits: dict[tuple[str, ...], dict[str, Any]]
) -> tuple[dict[tuple[str, ...], Decimal], list[str]]:
    """The latest usage of the last day by metric, and the receipts."""
    keys = sorted(limits)
    used: dict[tuple[str, ...], Decimal] = {}
    receipts: list[str] = []
    for first in range(0, len(keys), 500):
        part = keys[first : first + 500]
        queries = [
            {
                "Id": f"q{number}",
                "MetricStat": {
                    "Metric": {
                        "Namespace": key[0],
                        "MetricName": key[1],
                        "Dimensions": [
                            {"Name": name, "Value": value} for name, value in zip(key[2::2], key[3::2], strict=True)
                        ],
                    },
                    "Period": 3600,
                    "Stat": limits[key]["UsageMetric"].get("MetricStatisticRecommendation") or "Maximum",
                },
            }
            for number, key in enumerate(part)
        ]
        latest: dict[int, tuple[Any, float]] = {}
        for page in aws.pages(
            place.account,
            "cloudwatch:GetMetricData",
            region=place.region,
            MetricDataQueries=queries,
            StartTime=aws.now - _SINCE,
            EndTime=aws.now,
        ):
            receipts.append(page.receipt)
            for result in page.data["MetricDataResults"]:
                number = int(result["Id"][1:])
                for point in zip(result["Timestamps"], result["Values"], strict=True):
                    latest[number] = max(latest.get(number, point), point)
        used |= {part[number]: Decimal(str(point[1])) for number, point in latest.items()}
    return used, receipts


def _key(namespace: str, name: str, dimensions: dict[str, str]) -> tuple[str, ...]:
    """A metric as one comparable tuple: namespace, name, then its dimensions in order of their names."""
    return (namespace, name, *(part for pair in sorted(dimensions.items()) for part in pair))


def _plain(dimensions: list[dict[str, str]]) -> dict[str, str]:
    return {one["Name"]: one["Value"] for one in dimensions}


def _code(service: str) -> str:
    name = service.casefold().replace(" ", "")
    return _CODES.get(name, name)
