"""Formulas that only `fresh2.yaml` needs; they register themselves as those of `truth_cost.py` do."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from tests.questions.truth import Truth, Value, days, formula, match, nth, within


@formula
def run_rate(truth: Truth, **filters: str) -> Value:
    """October if every day cost what the first 14 did on average, USD."""
    return sum(truth.sums(None, "2026-10-01..2026-10-14", **filters).values(), Decimal()) / 14 * 31


@formula
def backup_success(truth: Truth, period: str, account: str | None = None) -> Value:
    """Percent of the backup jobs started in a period that were completed."""
    rows = [row for row in match(truth.records("backup_jobs"), account=account) if within(row["created"], period)]
    return Decimal(sum(1 for row in rows if row["state"] == "COMPLETED")) / len(rows) * 100


@formula
def public_database(truth: Truth) -> Value:
    """The one database with a public address."""
    (row,) = match(truth.records("rds_instances"), public=True)
    return str(row["name"])


@formula
def plain_buckets(truth: Truth) -> Value:
    """Buckets without encryption."""
    return sum(1 for row in truth.records("s3_buckets") if not row["encryption"])


@formula
def top_noncompliant(truth: Truth, place: int = 1) -> Value:
    """The account with most AWS Config violations."""
    rows = match(truth.records("config_evaluations"), compliance="NON_COMPLIANT")
    return nth(Counter(row["account"] for row in rows), place)


@formula
def top_saver(truth: Truth, place: int = 1) -> Value:
    """The account whose recommendations save most a month."""
    sums: dict[str, Decimal] = {}
    for row in truth.records("cost_optimization_recommendations"):
        sums[row["account"]] = sums.get(row["account"], Decimal()) + Decimal(str(row["monthly_saving"]))
    return nth(sums, place)


@formula
def over_budget_by(truth: Truth, account: str, limit: int) -> Value:
    """How far an account's October spend to date is over a limit, USD."""
    start, end = days("2026-10")
    return sum(truth.sums(None, f"{start}..{end}", account=account).values(), Decimal()) - limit
