"""Formulas that only `fresh.yaml` needs, in the style of `truth_*.py`; importing this module makes them known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.questions.truth import Truth, Value, days, formula, match


@formula
def spend_gap(truth: Truth, period: str, one: str, other: str) -> Value:
    """How much more the first account spent than the second, USD, in the same period."""
    by_account = truth.sums("account", period)
    return by_account[one] - by_account[other]


@formula
def top_amount(truth: Truth, by: str, period: str, least: bool = False, gross: bool = False) -> Value:
    """The spend, USD, of the largest (or least) by a dimension; untagged and empty left out."""
    amounts = [amount for name, amount in truth.sums(by, period, gross=gross).items() if name]
    return min(amounts) if least else max(amounts)


@formula
def top_saving(truth: Truth) -> Value:
    """The largest monthly saving of a single recommendation, USD."""
    return max(Decimal(str(row["monthly_saving"])) for row in truth.records("cost_optimization_recommendations"))


@formula
def findings_before(truth: Truth, day: str) -> Value:
    """Open Security Hub findings (active, new or notified) made before a day."""
    rows = match(truth.records("securityhub_findings"), RecordState="ACTIVE", Workflow__Status="NEW|NOTIFIED")
    return sum(1 for row in rows if date.fromisoformat(row["CreatedAt"][:10]) < date.fromisoformat(day))


@formula
def admins(truth: Truth, once: bool = False) -> Value:
    """IAM users that hold AdministratorAccess; with `once`, a name used in two accounts counts once."""
    names = [row["name"] for row in truth.records("iam_users") if "AdministratorAccess" in row["policies"]]
    return len(set(names)) if once else len(names)


@formula
def threats_made(truth: Truth, period: str, account: str | None = None) -> Value:
    """GuardDuty findings, archived ones left out, made in a period."""
    start, end = days(period)
    rows = match(truth.records("guardduty_findings"), account=account, archived=False)
    return sum(1 for row in rows if start <= date.fromisoformat(row["created"][:10]) <= end)


@formula
def last_good_backup(truth: Truth, name: str, done: bool = False) -> Value:
    """When the last completed backup of a resource was started (or done), ISO time to the minute."""
    rows = match(truth.records("backup_jobs"), name=name, state="COMPLETED")
    return max(str(row["completed" if done else "created"]) for row in rows)[:16]
