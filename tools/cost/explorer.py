"""Asking Cost Explorer: once, in the payer account, filtered by the linked accounts in the asker's sight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from tools.accounts import Account
from tools.calls import Aws
from tools.errors import RegentError
from tools.facts import UNTAGGED, Basis, Facts, Scope
from tools.periods import Period

Dimension = Literal["service", "account", "team", "venue", "env", "region", "usage_type"]
Top = Annotated[int, Field(ge=1, le=25, description="rows before the rest is summed up as other")]
GROUPS: dict[str, dict[str, str]] = {
    "service": {"Type": "DIMENSION", "Key": "SERVICE"},
    "account": {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"},
    "region": {"Type": "DIMENSION", "Key": "REGION"},
    "usage_type": {"Type": "DIMENSION", "Key": "USAGE_TYPE"},
    "team": {"Type": "TAG", "Key": "team"},
    "venue": {"Type": "TAG", "Key": "venue"},
    "env": {"Type": "TAG", "Key": "env"},
    "cost-center": {"Type": "TAG", "Key": "cost-center"},
    "charge_type": {"Type": "DIMENSION", "Key": "RECORD_TYPE"},
}
HOME = "us-east-1"
"""Billing services answer in one region only."""
CENT = Decimal("0.01")
NOT_USAGE = ("Credit", "Refund")
"""Charge types that net counts and gross leaves out."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Costs:
    """Exact amounts per period start (`YYYY-MM-DD`) and group key: one name per grouping, () without grouping."""

    amounts: dict[str, dict[Key, Decimal]]
    receipts: tuple[str, ...]
    currency: str
    estimated: bool
    """True if AWS calls some of the amounts estimates, because the month is not closed."""

    def totals(self, period: Period | None = None) -> dict[Key, Decimal]:
        """Amount per group over all slots, or over those that start within `period`."""
        sums: dict[Key, Decimal] = defaultdict(Decimal)
        for start, groups in self.amounts.items():
            if period is None or period.first_day <= start < period.end_day:
                for name, amount in groups.items():
                    sums[name] += amount
        return dict(sums)


def costs(
    aws: Aws,
    period: Period,
    *,
    accounts: tuple[Account, ...],
    basis: Basis,
    by: Sequence[str] = (),
    where: Mapping[str, str | list[str]] | None = None,
    among: tuple[str, Sequence[str]] | None = None,
    daily: bool = False,
) -> Costs:
    """Unblended cost of `period`, grouped by at most two dimensions and filtered by exact values of others.

    `among` keeps several values of one field: `("service", ["Amazon S3", ...])`, and so does a list in `where`.

    Raises:
        AwsCallError: Cost Explorer refused or did not answer.
    """
    asked: dict[str, Any] = {
        "TimePeriod": {"Start": period.first_day, "End": period.end_day},
        "Granularity": "DAILY" if daily else "MONTHLY",
        "Metrics": ["UnblendedCost"],
    }
    if by:
        asked["GroupBy"] = [GROUPS[field] for field in by]
    kept = as_lists(where or {})
    if among:
        kept[among[0]] = list(among[1])
    chosen = filters(aws, accounts, basis, kept)
    if chosen:
        asked["Filter"] = chosen
    amounts: dict[str, dict[Key, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    receipts, currencies, estimated = [], set(), False
    for page in aws.pages(aws.directory.payer, "ce:GetCostAndUsage", region=HOME, **asked):
        receipts.append(page.receipt)
        for slot in page.data["ResultsByTime"]:
            start, estimated = slot["TimePeriod"]["Start"], estimated or bool(slot.get("Estimated"))
            groups = [((), slot["Total"])] if not by else [(g["Keys"], g["Metrics"]) for g in slot["Groups"]]
            held = amounts[start]  # a slot without groups stays as an empty one: nothing was billed then
            for keys, metrics in groups:
                name = tuple(_group_name(aws, field, key) for field, key in zip(by, keys, strict=True))
                held[name] += Decimal(metrics["UnblendedCost"]["Amount"])
                currencies.add(metrics["UnblendedCost"].get("Unit") or aws.currency)
    currency = _one_currency(currencies - {"N/A"}, aws.currency)
    plain = {start: dict(groups) for start, groups in sorted(amounts.items())}
    return Costs(plain, tuple(receipts), currency, estimated)


def as_lists(where: Mapping[str, str | list[str]]) -> dict[str, list[str]]:
    """Filters with all values as lists."""
    return {field: [value] if isinstance(value, str) else list(value) for field, value in where.items()}


def filters(
    aws: Aws, accounts: tuple[Account, ...], basis: Basis, where: dict[str, list[str]]
) -> dict[str, Any] | None:
    """A Cost Explorer filter expression, or None when nothing needs to be left out."""
    parts: list[dict[str, Any]] = []
    if not aws.directory.everything(accounts):
        parts.append({"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": [account.id for account in accounts]}})
    if basis == "gross":
        parts.append({"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": list(NOT_USAGE)}}})
    mandatory = {
        field: [value]
        for field, value in aws.directory.where.items()
        if [one.casefold() for one in where.get(field, ())] != [value.casefold()]
    }
    for field, values in [*mandatory.items(), *where.items()]:
        ids = {account.name: account.id for account in aws.directory.accounts} if field == "account" else {}
        parts.append(_filter(GROUPS[field], [ids.get(value, value) for value in values]))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"And": parts}


def scope_of(aws: Aws, accounts: tuple[Account, ...], basis: Basis | None, where: dict[str, str]) -> Scope:
    """The scope that facts about these accounts and filters carry."""
    names = aws.directory.scope(accounts)
    return Scope(accounts=names, where={key.replace("_", " "): value for key, value in where.items()}, basis=basis)


def narrowed(scope: Scope, field: str, name: str) -> Scope:
    """`scope` for one group of it: one account, service, tag value and so on."""
    if field == "account":
        return scope.model_copy(update={"accounts": (name,)})
    return scope.model_copy(update={"where": {**scope.where, field.replace("_", " "): name}})


def few(facts: Facts, top: int, most: int) -> int:
    """At most `most` rows of a table whose rows are wide, and a note if that is fewer than asked for."""
    if top > most:
        facts.notes.append(f"At most {most} rows are shown; the rest is summed up as other.")
    return min(top, most)


def cents(amount: Decimal) -> Decimal:
    """The amount as it is shown."""
    return amount.quantize(CENT)


def _filter(group: dict[str, str], values: list[str]) -> dict[str, Any]:
    if group["Type"] == "DIMENSION":
        # Cost Explorer reports what belongs to no region or service under an empty key
        return {"Dimensions": {"Key": group["Key"], "Values": ["" if v == "(none)" else v for v in values]}}
    parts: list[dict[str, Any]] = []
    present = [value for value in values if value != UNTAGGED]
    if present:
        parts.append({"Tags": {"Key": group["Key"], "Values": present}})
    if len(present) < len(values):
        parts.append({"Tags": {"Key": group["Key"], "MatchOptions": ["ABSENT"]}})
    return parts[0] if len(parts) == 1 else {"Or": parts}


def _one_currency(found: set[str], expected: str) -> str:
    if len(found) > 1:
        raise RegentError(
            f"Cost Explorer answered in {', '.join(sorted(found))}; amounts of two currencies do not add."
        )
    return next(iter(found), expected)


def _group_name(aws: Aws, field: str, key: str) -> str:
    if field == "account":
        return aws.directory.name(key)
    if GROUPS[field]["Type"] == "TAG":
        return key.partition("$")[2] or UNTAGGED
    return key or "(none)"
