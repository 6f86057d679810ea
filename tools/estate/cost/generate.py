"""The line items: every billed thing on every day, with the planted stories, credits, support, tax and commitments.

Deterministic: each series has its own generator seeded by its key, and money is rounded to a millionth of a dollar.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple

from tools.estate.cost import catalog
from tools.estate.cost.commitments import (
    PLANS,
    RESERVATIONS,
    RESERVED_DATABASES,
    SAVINGS_PLAN_RATE,
    SavingsPlan,
)
from tools.estate.cost.series import Series, level, noise
from tools.estate.world import BY_NAME, COST_CENTERS, FIRST_DAY, NOW, PAYER, STORIES

LAST_DAY = NOW.date() - timedelta(days=1)
"""The last day with line items: yesterday by the sample clock."""

NAT_SPIKE_DAILY = 580.0
"""USD a day that the missing gateway endpoint adds."""
STORY_NAT = "nat-0b51c9e2"
GPU_HOURLY = 5.672
LOG_SERIES = ("online-prod", "EUW1-DataProcessing-Bytes")
LOG_STORM = {date(2026, 10, 13): 168.0, date(2026, 10, 14): 97.0}
CREDIT, CREDIT_DAY = 4200.0, date(2026, 9, 15)
REFUND, REFUND_DAY = 1150.0, date(2026, 8, 12)


class LineItem(NamedTuple):
    """One row; see ``store.COLUMNS`` for the FOCUS names. Money in USD."""

    account: str
    day: date
    record_type: str
    service: str
    region: str
    usage_type: str
    operation: str
    quantity: float
    unit: str
    list_cost: float
    billed: float
    effective: float
    instance_type: str = ""
    engine: str = ""
    purchase: str = ""
    commitment: str = ""
    resource: str = ""
    team: str = ""
    cost_center: str = ""
    venue: str = ""
    env: str = ""


def line_items() -> Iterator[LineItem]:
    """Every line item of the sample estate, in a fixed order."""
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    by_month: dict[tuple[int, int], float] = {}
    for item in _all_but_support(days):
        month = (item.day.year, item.day.month)
        if item.record_type not in ("Credit", "Refund"):
            by_month[month] = by_month.get(month, 0.0) + item.billed
        yield item
    for (year, number), total in sorted(by_month.items()):
        first = date(year, number, 1)
        support = round(_support_price(total), 6)
        yield _fee(PAYER.name, first, "Support", catalog.SUPPORT, "NoUsageType", support, support)
        # Only support is taxed here; the rest is reverse-charged to the company.
        tax = round(support * 0.21, 6)
        yield _fee(PAYER.name, first, "Tax", catalog.TAX, "NoUsageType", tax, tax)


def _all_but_support(days: list[date]) -> Iterator[LineItem]:
    series = catalog.all_series()
    shares = _plan_shares(series)
    for one in series:
        yield from _daily(one, days, shares)
    for plan in PLANS.values():
        for day in filter(plan.active, days):
            fee = round(plan.hourly * 24, 6)
            unused = round(fee * (1 - _plan_use(plan, day)), 6)
            usage = f"ComputeSP:{plan.years}yrNoUpfront"
            yield _fee(
                plan.account,
                day,
                "SavingsPlanRecurringFee",
                catalog.SAVINGS_PLANS,
                usage,
                fee,
                unused,
                plan.arn,
            )
    yield from _databases(days)
    yield from _gpu(days)
    yield _fee(PAYER.name, CREDIT_DAY, "Credit", catalog.SUPPORT, "NoUsageType", -CREDIT, -CREDIT)
    yield _fee(
        "shared-services",
        REFUND_DAY,
        "Refund",
        catalog.CLOUDWATCH,
        "EUW1-DataProcessing-Bytes",
        -REFUND,
        -REFUND,
    )


@cache
def _tags(account: str, team: str | None, missing: tuple[str, ...]) -> tuple[str, str, str, str]:
    """Team, cost-center, venue and env; empty where the tag is missing."""
    if "*" in missing:
        return ("", "", "", "")
    owner = BY_NAME[account]
    name = team or owner.team
    values = {"team": name, "cost-center": COST_CENTERS[name], "venue": owner.venue or "", "env": owner.env}
    team_tag, center, venue, env = ("" if key in missing else value for key, value in values.items())
    return (team_tag, center, venue, env)


def _item(series: Series, day: date, record: str, cost: float, billed: float, effective: float, plan: str) -> LineItem:
    team, center, venue, env = _tags(series.account, series.team, series.missing)
    purchase = "Savings Plans" if plan else "On Demand Instances" if series.instance_type else ""
    # Fleets and databases stand for several resources; only real ids are told.
    resource = series.resource if "/" not in series.resource else ""
    return LineItem(
        BY_NAME[series.account].id,
        day,
        record,
        series.service,
        series.region,
        series.usage_type,
        series.operation,
        round(cost / series.price, 6),
        series.unit,
        cost,
        billed,
        effective,
        series.instance_type,
        series.engine,
        purchase,
        plan,
        resource,
        team,
        center,
        venue,
        env,
    )


def _fee(
    account: str,
    day: date,
    record: str,
    service: str,
    usage: str,
    billed: float,
    effective: float,
    arn: str = "",
) -> LineItem:
    """A charge that belongs to no usage and carries no tags."""
    region = "NoRegion" if record in ("Tax", "Support", "Credit") else "eu-west-1"
    purchase = "Savings Plans" if record.startswith("SavingsPlan") else ""
    listed = billed if billed > 0 else 0.0
    return LineItem(
        BY_NAME[account].id, day, record, service, region, usage, "", 0.0, "", listed, billed, effective,
        purchase=purchase, commitment=arn,
    )  # fmt: skip


def _daily(series: Series, days: list[date], shares: dict[str, float]) -> Iterator[LineItem]:
    chance = random.Random(f"cost/{series.key}")  # noqa: S311 - sample data, not a secret
    told = series.resource == STORY_NAT or (series.account, series.usage_type) == LOG_SERIES
    amplitude = noise(series)
    for day in days:
        wobble = 1 + amplitude * (chance.random() + chance.random() - 1) if amplitude else 1.0
        cost = round(level(series, day) * wobble + (_story_cost(series, day) if told else 0.0), 6)
        plan = PLANS.get(series.plan)
        if plan is None or not plan.active(day):
            yield _item(series, day, "Usage", cost, cost, cost, "")
            continue
        committed = plan.hourly * 24 * _plan_use(plan, day) * shares[series.key]
        covered = round(committed / SAVINGS_PLAN_RATE, 6)
        rest = round(cost - covered, 6)
        yield _item(series, day, "SavingsPlanCoveredUsage", covered, covered, round(committed, 6), plan.arn)
        negation = _item(series, day, "SavingsPlanNegation", 0.0, -covered, 0.0, plan.arn)
        yield negation
        yield _item(series, day, "Usage", rest, rest, rest, "")


def _plan_shares(series: tuple[Series, ...]) -> dict[str, float]:
    """How a Savings Plan is split over the fleets that it covers: by their size."""
    totals: dict[str, float] = {}
    for one in series:
        if one.plan:
            totals[one.plan] = totals.get(one.plan, 0.0) + one.daily
    return {one.key: one.daily / totals[one.plan] for one in series if one.plan}


def _plan_use(plan: SavingsPlan, day: date) -> float:
    """The used share of a commitment: nearly all for the games, less for the offices at weekends."""
    if plan.account == "online-prod":
        return 0.985 if day.weekday() < 3 else 1.0
    return 0.95 if day.weekday() < 5 else 0.89


def _story_cost(series: Series, day: date) -> float:
    """What a planted story adds to a series on a day."""
    if series.resource == STORY_NAT:
        story = next(story for story in STORIES if story.key == "nat-spike")
        end = story.end or NOW
        begin_day = datetime.combine(day, time(), tzinfo=NOW.tzinfo)
        hours = (min(end, begin_day + timedelta(days=1)) - max(story.start, begin_day)).total_seconds() / 3600
        return NAT_SPIKE_DAILY * max(hours, 0.0) / 24
    return LOG_STORM.get(day, 0.0)


def _gpu(days: list[date]) -> Iterator[LineItem]:
    story = next(story for story in STORIES if story.key == "gpu-untagged")
    for day in days:
        begin_day = datetime.combine(day, time(), tzinfo=NOW.tzinfo)
        hours = min(24.0, (begin_day + timedelta(days=1) - story.start).total_seconds() / 3600)
        if hours <= 0:
            continue
        for instance in ("i-09f500000000000a1", "i-09f500000000000a2"):
            series = Series(
                "data-lab", catalog.EC2, "EUW1-BoxUsage:g5.12xlarge", 0.0, GPU_HOURLY, "Hrs", "fixed", "RunInstances",
                missing=("*",), instance_type="g5.12xlarge", resource=instance,
            )  # fmt: skip
            cost = round(hours * GPU_HOURLY, 6)
            yield _item(series, day, "Usage", cost, cost, cost, "")


def _databases(days: list[date]) -> Iterator[LineItem]:
    for day in days:
        covered: dict[tuple[str, str], float] = {}
        for reservation in RESERVATIONS:
            if not reservation.active(day):
                continue
            # What one reservation pays for is shared over its hours, so its cost adds up to its fee.
            weight = sum(hours * price for _, _, _, hours, price in reservation.uses)
            daily = reservation.hourly * 24 * reservation.count
            for account, name, _, hours, price in reservation.uses:
                covered[account, name] = covered.get((account, name), 0.0) + hours
                effective = round(daily * hours * price / weight, 6)
                yield _database(account, name, day, hours, effective, reservation.arn)
            if day.day == 1 or day == reservation.start:
                yield _reservation_fee(
                    reservation.account, reservation.arn, day, reservation.hourly * reservation.count
                )
        for database in RESERVED_DATABASES:
            hours = 24.0 - covered.get((database.account, database.name), 0.0)
            if hours > 0:
                yield _database(database.account, database.name, day, hours, None, "")


def _database(account: str, name: str, day: date, hours: float, effective: float | None, arn: str) -> LineItem:
    database = next(one for one in RESERVED_DATABASES if (one.account, one.name) == (account, name))
    team, center, venue, env = _tags(account, database.team, ())
    cost = round(hours * database.on_demand, 6)
    record = "Usage" if effective is None else "DiscountedUsage"
    billed = cost if effective is None else 0.0
    return LineItem(
        BY_NAME[account].id, day, record, catalog.RDS, "eu-west-1", database.usage_type, "CreateDBInstance", hours,
        "Hrs", cost, billed, cost if effective is None else effective, database.instance_type, "PostgreSQL",
        "On Demand Instances" if effective is None else "Standard Reserved Instances", arn, f"db:{name}",
        team, center, venue, env,
    )  # fmt: skip


def _reservation_fee(account: str, arn: str, day: date, hourly: float) -> LineItem:
    """The fee of a reservation, billed on the first day for the rest of the month."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    hours = (following - day).days * 24
    fee = round(hourly * hours, 6)
    return LineItem(
        BY_NAME[account].id, day, "RIFee", catalog.RDS, "eu-west-1", "EUW1-HeavyUsage", "CreateDBInstance",
        float(hours), "Hrs", fee, fee, 0.0, engine="PostgreSQL", purchase="Standard Reserved Instances",
        commitment=arn,
    )  # fmt: skip


def _support_price(usage: float) -> float:
    """AWS Business Support: 10 % of the first 10,000 USD of a month, 7 % up to 80,000, 5 % up to 250,000."""
    return 0.10 * min(usage, 10_000) + 0.07 * min(max(usage - 10_000, 0), 70_000) + 0.05 * max(usage - 80_000, 0)
