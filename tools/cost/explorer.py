"""Asking Cost Explorer: once, in the payer account, filtered by the linked accounts in the asker's sight."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from tools.accounts import Account
from tools.calls import Aws
from tools.errors import UnknownNameError
from tools.facts import Basis, Scope
from tools.periods import Period

Dimension = Literal["service", "account", "team", "venue", "env", "region", "usage_type"]
GROUPS: dict[str, dict[str, str]] = {
    "service": {"Type": "DIMENSION", "Key": "SERVICE"},
    "account": {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"},
    "region": {"Type": "DIMENSION", "Key": "REGION"},
    "usage_type": {"Type": "DIMENSION", "Key": "USAGE_TYPE"},
    "team": {"Type": "TAG", "Key": "team"},
    "venue": {"Type": "TAG", "Key": "venue"},
    "env": {"Type": "TAG", "Key": "env"},
}
UNTAGGED = "(no tag)"
_NOT_USAGE = ["Credit", "Refund"]


@dataclass(frozen=True, slots=True)
class Costs:
    """Amounts per period start (`YYYY-MM-DD`) and group name; with one group the name is `total`."""

    amounts: dict[str, dict[str, Decimal]]
    receipts: tuple[str, ...]

    def totals(self) -> dict[str, Decimal]:
        """Amount per group over all periods."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for groups in self.amounts.values():
            for name, amount in groups.items():
                sums[name] += amount
        return dict(sums)


def costs(
    aws: Aws,
    period: Period,
    *,
    accounts: tuple[Account, ...],
    basis: Basis,
    by: str | None = None,
    where: dict[str, str] | None = None,
    daily: bool = False,
) -> Costs:
    """Unblended cost of `period`, grouped by one dimension and filtered by exact values of others.

    Raises:
        AwsCallError: Cost Explorer refused or did not answer.
    """
    asked: dict[str, Any] = {
        "TimePeriod": {"Start": period.first_day, "End": period.end_day},
        "Granularity": "DAILY" if daily else "MONTHLY",
        "Metrics": ["UnblendedCost"],
    }
    if by:
        asked["GroupBy"] = [GROUPS[by]]
    chosen = filters(aws, accounts, basis, where or {})
    if chosen:
        asked["Filter"] = chosen
    amounts: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    receipts = []
    for page in aws.pages(aws.directory.payer, "ce:GetCostAndUsage", region="us-east-1", **asked):
        receipts.append(page.receipt)
        for slot in page.data["ResultsByTime"]:
            start = slot["TimePeriod"]["Start"]
            if not by:
                amounts[start]["total"] += Decimal(slot["Total"]["UnblendedCost"]["Amount"])
            for group in slot["Groups"]:
                name = _group_name(aws, by, group["Keys"][0])
                amounts[start][name] += Decimal(group["Metrics"]["UnblendedCost"]["Amount"])
    return Costs({start: dict(groups) for start, groups in amounts.items()}, tuple(receipts))


def filters(aws: Aws, accounts: tuple[Account, ...], basis: Basis, where: dict[str, str]) -> dict[str, Any] | None:
    """A Cost Explorer filter expression, or None when nothing needs to be left out."""
    parts: list[dict[str, Any]] = []
    if not aws.directory.complete or len(accounts) < len(aws.directory.accounts):
        parts.append({"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [account.id for account in accounts]}})
    if basis == "gross":
        parts.append({"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": _NOT_USAGE}}})
    for field, value in where.items():
        group = GROUPS[field]
        kind = "Dimensions" if group["Type"] == "DIMENSION" else "Tags"
        given = {"Key": group["Key"], "Values": [value]}
        if kind == "Tags" and value == UNTAGGED:
            given = {"Key": group["Key"], "MatchOptions": ["ABSENT"]}
        parts.append({kind: given})
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"And": parts}


def known_value(aws: Aws, field: str, given: str, period: Period) -> str:
    """The exact spelling of a service, region, usage type or tag value that exists in the bills of `period`.

    Raises:
        UnknownNameError: nothing of that name was billed; the error names the nearest candidates.
    """
    group = GROUPS[field]
    span = {"Start": period.first_day, "End": period.end_day}
    if group["Type"] == "TAG":
        reply = aws.call(aws.directory.payer, "ce:GetTags", region="us-east-1", TimePeriod=span, TagKey=group["Key"])
        values = [value or UNTAGGED for value in reply.data["Tags"]]
    else:
        reply = aws.call(
            aws.directory.payer, "ce:GetDimensionValues", region="us-east-1", TimePeriod=span, Dimension=group["Key"]
        )
        values = [entry["Value"] for entry in reply.data["DimensionValues"]]
    for value in values:
        if value.casefold() == given.strip().casefold():
            return value
    raise UnknownNameError(field.replace("_", " "), given, values)


def scope_of(aws: Aws, accounts: tuple[Account, ...], basis: Basis | None, where: dict[str, str]) -> Scope:
    """The scope that facts about these accounts and filters carry."""
    names = () if len(accounts) == len(aws.directory.accounts) else tuple(account.name for account in accounts)
    return Scope(accounts=names, where={key.replace("_", " "): value for key, value in where.items()}, basis=basis)


def _group_name(aws: Aws, by: str | None, key: str) -> str:
    if by == "account":
        return aws.directory.name(key)
    if by and GROUPS[by]["Type"] == "TAG":
        return key.partition("$")[2] or UNTAGGED
    return key or "(none)"
