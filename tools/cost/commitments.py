"""Commitments: Savings Plans and reservations, how far they cover usage, how far they are used, and when they end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from tools.accounts import Account, Accounts
from tools.calls import Aws
from tools.cost.explorer import HOME
from tools.cost.holdings import ENDED_WITHIN, Held, Holding, held
from tools.cost.spans import billed_period, complete_days, earliest_day
from tools.errors import AwsCallError
from tools.facts import Facts, Scope
from tools.periods import Period, instant, parse_dates, previous
from tools.registry import PeriodWord, query

_SHOWN, _TOLD = 12, 3
"""Commitments in the table; and those of whose ends each is told."""
_THOSE = "commitments that end in that time"
_NO_DATA = "DataUnavailableException"


@query(
    domain="cost",
    operations=(
        "ce:GetSavingsPlansCoverage",
        "ce:GetSavingsPlansUtilization",
        "ce:GetReservationCoverage",
        "ce:GetReservationUtilization",
        "savingsplans:DescribeSavingsPlans",
        "rds:DescribeReservedDBInstances",
        "ec2:DescribeReservedInstances",
    ),
    reach="accounts",
)
def commitments(
    aws: Aws,
    kind: Literal["all", "savings_plans", "reservations"] = "all",
    period: PeriodWord = "last_month",
    accounts: Accounts = "all",
    ending: Annotated[str | None, Field(description="only those that end in these dates: 2027, 2026-Q4, A..B")] = None,
) -> Facts:
    """Savings Plans and reserved instances: coverage, utilisation, and when each ends or ended in the last 60 days.

    With `ending`, which end in a time, past or to come, without coverage and utilisation.

    Looks at Savings Plans and at RDS and EC2 reservations. Costs two to six Cost Explorer requests.
    """
    window = parse_dates(ending) if ending is not None else None
    span = complete_days(billed_period(period, aws.now), aws.now) if window is None else window
    chosen = aws.directory.select(accounts)
    names = aws.directory.scope(chosen)
    plans, reservations = kind in ("all", "savings_plans"), kind in ("all", "reservations")
    since = aws.now - ENDED_WITHIN if window is None else window.start
    bought = held(aws, chosen, since, plans=plans, reservations=reservations)
    facts = Facts(
        read_as=f"{'commitments' if kind == 'all' else kind.replace('_', ' ')}{' that end in' if window else ','} "
        f"{span.label}, " + Scope(accounts=names).text(),
        period=span,
        scope=Scope(accounts=names),
    )
    if window is not None:
        _add_those_ending(facts, aws, bought, window)
        return facts
    _add_ends(facts, aws, bought)
    # Cost Explorer tells reservations of one service at a time; asking for services without any costs money.
    services = sorted({one.service for one in bought.holdings if one.service})
    measures = [*(_PLANS if plans else ()), *(m for s in services for m in (_reserved(s) if reservations else ()))]
    for measure in measures:
        _add_measure(facts, aws, measure, span, chosen)
    return facts


@dataclass(frozen=True, slots=True)
class Measure:
    """A percentage that Cost Explorer tells by month: the parts of it are added up over the months of a period."""

    label: str
    operation: str
    key: str
    parts: Callable[[dict[str, Any]], tuple[str, str]]
    """Part and whole of one month."""
    unused: str | None = None
    unit: str = "hours"
    service: str | None = None


_PLANS = (
    Measure(
        "Savings Plans coverage",
        "ce:GetSavingsPlansCoverage",
        "SavingsPlansCoverages",
        lambda slot: (slot["Coverage"]["SpendCoveredBySavingsPlans"], slot["Coverage"]["TotalCost"]),
        "spend that Savings Plans could have covered but did not",
        "money",
    ),
    Measure(
        "Savings Plans utilisation",
        "ce:GetSavingsPlansUtilization",
        "SavingsPlansUtilizationsByTime",
        lambda slot: (slot["Utilization"]["UsedCommitment"], slot["Utilization"]["TotalCommitment"]),
        "unused Savings Plans commitment",
        "money",
    ),
)


def _reserved(service: str) -> tuple[Measure, Measure]:
    short = "RDS" if "Relational" in service else "EC2"
    return (
        Measure(
            f"{short} reservation coverage",
            "ce:GetReservationCoverage",
            "CoveragesByTime",
            lambda slot: (
                slot["Total"]["CoverageHours"]["ReservedHours"],
                slot["Total"]["CoverageHours"]["TotalRunningHours"],
            ),
            f"{short} hours on demand",
            service=service,
        ),
        Measure(
            f"{short} reservation utilisation",
            "ce:GetReservationUtilization",
            "UtilizationsByTime",
            lambda slot: (slot["Total"]["TotalActualHours"], slot["Total"]["PurchasedHours"]),
            f"unused {short} reserved hours",
            service=service,
        ),
    )


def _add_measure(facts: Facts, aws: Aws, measure: Measure, span: Period, chosen: tuple[Account, ...]) -> None:
    earlier = previous(span) if span.start.day == 1 and span.days <= 31 else None
    if earlier is not None and span.days < 28:
        # a month so far is compared with the whole month before it
        earlier = previous(Period(label="", start=span.start, end=_next_month(span)))
    if earlier is not None and earlier.start.date() < earliest_day(aws.now):
        earlier = None  # Cost Explorer does not keep it any more
    first = (earlier or span).first_day
    asked: dict[str, Any] = {"TimePeriod": {"Start": first, "End": span.end_day}, "Granularity": "MONTHLY"}
    wanted = _filter(aws, measure, chosen)
    if wanted:
        asked["Filter"] = wanted
    try:
        found = aws.items(aws.directory.payer, measure.operation, measure.key, region=HOME, **asked)
    except AwsCallError as error:
        if error.code == _NO_DATA:
            facts.notes.append(f"AWS has no data on {measure.label} for {span.label} in this scope.")
        else:
            facts.incomplete.append(f"{measure.label} is missing: {measure.operation} failed ({error.code})")
        return
    now = _share(measure, found.items, span)
    if now is None:
        facts.notes.append(f"There was nothing to measure {measure.label} by in {span.label}.")
        return
    facts.fact(measure.label, now[0], "percent", receipts=found.receipts, headline=True)
    if measure.unused:
        unit = aws.currency if measure.unit == "money" else measure.unit
        facts.fact(measure.unused, now[1], unit, receipts=found.receipts)
    before = _share(measure, found.items, earlier) if earlier else None
    if before is not None and earlier is not None:
        both = Period(label=f"{span.label} against {earlier.label}", start=earlier.start, end=span.end)
        facts.fact(measure.label, before[0], "percent", receipts=found.receipts, period=earlier)
        change = round(now[0], 2) - round(before[0], 2)
        facts.fact(f"change in {measure.label}", change, "percentage points", receipts=found.receipts, period=both)


def _share(measure: Measure, slots: list[dict[str, Any]], span: Period) -> tuple[Decimal, Decimal] | None:
    """Percent and what is left over of the whole, over the months of `span`; None if the whole is nothing."""
    part = whole = Decimal()
    for slot in slots:
        if span.first_day <= slot["TimePeriod"]["Start"] < span.end_day:
            one, all_of_it = measure.parts(slot)
            part, whole = part + Decimal(one or 0), whole + Decimal(all_of_it or 0)
    return (part * 100 / whole, whole - part) if whole else None


def _filter(aws: Aws, measure: Measure, chosen: tuple[Account, ...]) -> dict[str, Any] | None:
    parts: list[dict[str, Any]] = []
    if not aws.directory.everything(chosen):
        parts.append({"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [account.id for account in chosen]}})
    if measure.service:
        parts.append({"Dimensions": {"Key": "SERVICE", "Values": [measure.service]}})
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"And": parts}


def _add_ends(facts: Facts, aws: Aws, bought: Held) -> None:
    moment = instant(aws.now)
    active = [one for one in bought.holdings if one.end > aws.now]
    ended = [one for one in bought.holdings if one.end <= aws.now]
    facts.fact("active commitments", len(active), "commitments", receipts=bought.receipts, period=moment, headline=True)
    facts.fact(
        "commitments that ended in the last 60 days",
        len(ended),
        "commitments",
        receipts=bought.receipts,
        period=moment,
        headline=bool(ended),
    )
    _add_rows(facts, aws, [*ended, *active], moment, receipts=bought.receipts, headlines=(len(ended),))


def _add_rows(
    facts: Facts,
    aws: Aws,
    holdings: Sequence[Holding],
    moment: Period,
    *,
    receipts: tuple[str, ...],
    headlines: Container[int],
) -> None:
    """One row for each of the first; of those at the places of `headlines`, the end is a headline."""
    facts.columns = ("Commitment", "Account", "Number", "Ends or ended", "Days left", f"{aws.currency} an hour")
    twins = Counter((one.what, one.account.id) for one in holdings)
    for index, one in enumerate(holdings[:_SHOWN]):
        # the id is long, so it is said only where the name does not tell two commitments apart
        where = {one.kind: one.id} if twins[one.what, one.account.id] > 1 else {}
        scope = Scope(accounts=(one.account.name,), where=where)
        _add_holding(facts, aws, one, moment, scope, headline=index in headlines)
    if len(holdings) > _SHOWN:
        facts.rest("commitments", len(holdings) - _SHOWN, "commitments", receipts=receipts)
        facts.notes.append("Those that end first are listed.")


def _add_those_ending(facts: Facts, aws: Aws, bought: Held, window: Period) -> None:
    mine = [one for one in bought.holdings if window.start <= one.end < window.end]
    facts.fact(_THOSE, len(mine), "commitments", receipts=bought.receipts, headline=True)
    _add_rows(facts, aws, mine, instant(aws.now), receipts=bought.receipts, headlines=range(_TOLD))


def _add_holding(facts: Facts, aws: Aws, one: Holding, moment: Period, scope: Scope, *, headline: bool) -> None:
    name, receipts = f"{one.what} in {one.account.name}", one.receipts
    days = (one.end.date() - aws.now.date()).days
    over = one.end <= aws.now
    facts.row(
        one.what,
        one.account.name,
        "-"
        if one.kind == "savings plan"
        else facts.fact(f"number of {name}", one.count, "instances", receipts=receipts, period=moment, scope=scope),
        facts.fact(f"end of {name}", one.end.date().isoformat(), "date", receipts=receipts, period=moment,
                   scope=scope, headline=headline),
        "ended"
        if over
        else facts.fact(f"days left of {name}", days, "days", receipts=receipts, period=moment, scope=scope),
        "-"
        if one.hourly is None
        else facts.fact(f"hourly cost of {name}", one.hourly, aws.currency, receipts=receipts, period=moment,
                        scope=scope),
    )  # fmt: skip
    if over:
        facts.fact(f"days since the end of {name}", -days, "days", receipts=receipts, period=moment, scope=scope)


def _next_month(span: Period) -> Any:
    return span.start.replace(year=span.start.year + span.start.month // 12, month=span.start.month % 12 + 1)
