"""Holdings: the Savings Plans and reserved instances that the accounts bought, with when they end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from tools.accounts import Account
from tools.calls import Aws, Place
from tools.cost.explorer import HOME
from tools.errors import AwsCallError

ENDED_WITHIN = timedelta(days=60)
"""Commitments that ended this recently are still told: costs have just risen because of them."""
_NOT_HELD = frozenset({"payment-failed", "queued", "queued-deleted", "payment-pending", "returned", "pending-return"})


@dataclass(frozen=True, slots=True)
class Holding:
    """One commitment. `hourly` is what it costs an hour in total, or None if it was paid up front."""

    kind: str
    account: Account
    id: str
    what: str
    count: int
    end: datetime
    hourly: Decimal | None
    receipts: tuple[str, ...]

    @property
    def service(self) -> str:
        """The service under which Cost Explorer reports it."""
        return {"RDS": "Amazon Relational Database Service", "EC2": "Amazon Elastic Compute Cloud - Compute"}.get(
            self.what.partition(" ")[0], ""
        )


@dataclass(frozen=True, slots=True)
class Held:
    """Commitments that are active or ended late enough, the next to end first, and the receipts of looking."""

    holdings: tuple[Holding, ...]
    receipts: tuple[str, ...]


def held(aws: Aws, accounts: tuple[Account, ...], since: datetime, *, plans: bool, reservations: bool) -> Held:
    """Look into every account (and region, for reservations) for what ended no earlier than `since`.

    Raises:
        AwsCallError: no place could be looked at.
    """
    found: list[Holding] = []
    receipts: list[str] = []
    lookups: list[tuple[list[Place], Callable[[Aws, Place], tuple[list[Holding], tuple[str, ...]]]]] = []
    if plans:
        lookups.append((aws.places(accounts, [HOME]), _plans))
    if reservations:
        lookups += [(aws.places(accounts), _databases), (aws.places(accounts), _instances)]
    failures: list[AwsCallError] = []
    for places, look in lookups:
        try:
            results = aws.each(places, partial(look, aws))
        except AwsCallError as error:
            failures.append(error)
            continue
        for _, (holdings, behind) in results:
            found.extend(holdings)
            receipts.extend(behind)
    if len(failures) == len(lookups):
        raise failures[0]
    aws.incomplete.extend(f"{error.operation} failed everywhere ({error.code})" for error in failures)
    current = [one for one in found if one.end >= since]
    current.sort(key=lambda one: (one.end, one.account.name, one.what, one.id))
    return Held(tuple(current), tuple(dict.fromkeys(receipts)))


def _plans(aws: Aws, place: Place) -> tuple[list[Holding], tuple[str, ...]]:
    found = aws.items(place.account, "savingsplans:DescribeSavingsPlans", "savingsPlans", region=place.region)
    holdings = [
        Holding(
            "savings plan",
            place.account,
            plan["savingsPlanId"],
            f"{plan['savingsPlanType']} Savings Plan",
            1,
            _time(plan["end"]),
            Decimal(plan["commitment"]),
            found.receipts,
        )
        for plan in found.items
        if plan["state"] not in _NOT_HELD and plan.get("end")
    ]
    return holdings, found.receipts


def _databases(aws: Aws, place: Place) -> tuple[list[Holding], tuple[str, ...]]:
    found = aws.items(place.account, "rds:DescribeReservedDBInstances", "ReservedDBInstances", region=place.region)
    holdings = [
        Holding(
            "reservation",
            place.account,
            one["ReservedDBInstanceId"],
            f"RDS reserved {one['DBInstanceClass']}",
            one["DBInstanceCount"],
            one["StartTime"] + timedelta(seconds=one["Duration"]),
            _hourly(
                one.get("RecurringCharges"), "RecurringChargeAmount", "RecurringChargeFrequency", one["DBInstanceCount"]
            ),
            found.receipts,
        )
        for one in found.items
        if one["State"] not in _NOT_HELD
    ]
    return holdings, found.receipts


def _instances(aws: Aws, place: Place) -> tuple[list[Holding], tuple[str, ...]]:
    found = aws.items(place.account, "ec2:DescribeReservedInstances", "ReservedInstances", region=place.region)
    holdings = [
        Holding(
            "reservation",
            place.account,
            one["ReservedInstancesId"],
            f"EC2 reserved {one['InstanceType']}",
            one["InstanceCount"],
            one["End"],
            _hourly(one.get("RecurringCharges"), "Amount", "Frequency", one["InstanceCount"]),
            found.receipts,
        )
        for one in found.items
        if one["State"] not in _NOT_HELD
    ]
    return holdings, found.receipts


def _hourly(charges: list[dict[str, Any]] | None, amount: str, frequency: str, count: int) -> Decimal | None:
    hourly = [Decimal(str(c[amount])) for c in charges or [] if c.get(frequency) == "Hourly"]
    return sum(hourly, Decimal()) * count if hourly else None


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
