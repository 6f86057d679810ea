"""The catalogue's declarations without their bodies, so that understanding is tested apart from the queries."""
# ruff: noqa: E501 - one declaration or question a line

from __future__ import annotations

from typing import Literal

from tools.accounts import Account, Accounts, Directory
from tools.calls import Aws
from tools.facts import Facts
from tools.registry import PeriodWord, Query, _declare

Dim = Literal["service", "account", "team", "venue", "env", "region", "usage_type", "month", "day", "none"]
ChangeDim = Literal["service", "account", "team", "venue", "env", "region", "usage_type"]
Severity = Literal["all", "critical", "high", "medium", "low"]


def spend(
    aws: Aws,
    period: PeriodWord = "last_month",
    by: Dim = "service",
    accounts: Accounts = "all",
    service: str | None = None,
    team: str | None = None,
    venue: str | None = None,
    region: str | None = None,
    usage_type: str | None = None,
    net: bool = True,
    top: int = 8,
) -> Facts:
    """What was spent in a period."""
    raise AssertionError("the stub's queries are never run")


def spend_change(
    aws: Aws,
    period: PeriodWord = "last_month",
    compared_to: str = "previous",
    by: ChangeDim = "service",
    accounts: Accounts = "all",
    service: str | None = None,
    team: str | None = None,
    venue: str | None = None,
    net: bool = True,
    top: int = 6,
) -> Facts:
    """How spend changed."""
    raise AssertionError("the stub's queries are never run")


def forecast(
    aws: Aws,
    period: Literal["this_month", "next_month", "next_3_months", "this_year"] = "this_month",
    accounts: Accounts = "all",
    service: str | None = None,
) -> Facts:
    """Forecast."""
    raise AssertionError("the stub's queries are never run")


def cost_anomalies(aws: Aws, period: PeriodWord = "last_90_days", accounts: Accounts = "all") -> Facts:
    """Anomalies."""
    raise AssertionError("the stub's queries are never run")


def untagged_spend(
    aws: Aws,
    period: PeriodWord = "last_month",
    tag: Literal["team", "cost-center", "venue", "env"] = "team",
    by: Literal["account", "service"] = "account",
    accounts: Accounts = "all",
    net: bool = False,
    top: int = 8,
) -> Facts:
    """Untagged."""
    raise AssertionError("the stub's queries are never run")


def commitments(
    aws: Aws, kind: Literal["all", "savings_plans", "reservations"] = "all", period: PeriodWord = "last_month"
) -> Facts:
    """Commitments."""
    raise AssertionError("the stub's queries are never run")


def savings(
    aws: Aws,
    kind: Literal["all", "rightsizing", "idle", "commitments", "storage", "upgrade"] = "all",
    accounts: Accounts = "all",
    top: int = 8,
) -> Facts:
    """Savings."""
    raise AssertionError("the stub's queries are never run")


def budgets(aws: Aws, accounts: Accounts = "all") -> Facts:
    """Budgets."""
    raise AssertionError("the stub's queries are never run")


def findings(
    aws: Aws,
    severity: Literal["all", "critical", "high", "medium", "low", "informational"] = "all",
    accounts: Accounts = "all",
    by: Literal["severity", "account", "age", "product"] = "severity",
    period: PeriodWord | None = None,
    status: Literal["all", "open"] = "open",
    top: int = 10,
) -> Facts:
    """Findings."""
    raise AssertionError("the stub's queries are never run")


def threats(
    aws: Aws,
    period: PeriodWord = "last_30_days",
    severity: Literal["all", "high", "medium", "low"] = "all",
    accounts: Accounts = "all",
    top: int = 10,
) -> Facts:
    """Threats."""
    raise AssertionError("the stub's queries are never run")


def public_exposure(
    aws: Aws, kind: Literal["all", "buckets", "security_groups", "shared"] = "all", accounts: Accounts = "all"
) -> Facts:
    """Exposure."""
    raise AssertionError("the stub's queries are never run")


def identity_hygiene(
    aws: Aws,
    check: Literal["all", "old_keys", "unused_keys", "no_mfa", "root", "over_privileged"] = "all",
    accounts: Accounts = "all",
    days: int = 90,
) -> Facts:
    """Identity."""
    raise AssertionError("the stub's queries are never run")


def who_did_what(
    aws: Aws,
    period: PeriodWord = "last_7_days",
    who: str | None = None,
    action: str | None = None,
    resource: str | None = None,
    accounts: Accounts = "all",
    writes_only: bool = True,
    top: int = 15,
) -> Facts:
    """Who did what."""
    raise AssertionError("the stub's queries are never run")


def config_compliance(aws: Aws, rule: str | None = None, accounts: Accounts = "all", top: int = 10) -> Facts:
    """Config."""
    raise AssertionError("the stub's queries are never run")


def encryption(
    aws: Aws,
    kind: Literal["all", "buckets", "volumes", "databases", "snapshots", "keys"] = "all",
    accounts: Accounts = "all",
) -> Facts:
    """Encryption."""
    raise AssertionError("the stub's queries are never run")


def vulnerabilities(
    aws: Aws,
    severity: Severity = "all",
    accounts: Accounts = "all",
    by: Literal["severity", "account", "resource", "cve"] = "severity",
    top: int = 10,
) -> Facts:
    """Vulnerabilities."""
    raise AssertionError("the stub's queries are never run")


def alarms(
    aws: Aws,
    state: Literal["alarm", "insufficient_data", "ok", "all"] = "alarm",
    accounts: Accounts = "all",
    top: int = 15,
) -> Facts:
    """Alarms."""
    raise AssertionError("the stub's queries are never run")


def alarm_history(
    aws: Aws, period: PeriodWord = "last_24_hours", accounts: Accounts = "all", alarm: str | None = None, top: int = 15
) -> Facts:
    """History."""
    raise AssertionError("the stub's queries are never run")


def health_summary(aws: Aws, accounts: Accounts = "all") -> Facts:
    """Health."""
    raise AssertionError("the stub's queries are never run")


def metric(
    aws: Aws,
    name: Literal[
        "cpu",
        "errors_5xx",
        "latency",
        "requests",
        "db_connections",
        "nat_bytes",
        "disk",
        "memory",
        "queue_age",
        "lambda_errors",
    ],
    accounts: Accounts = "all",
    resource: str | None = None,
    period: PeriodWord = "last_24_hours",
    statistic: Literal["average", "maximum", "minimum", "sum", "p99"] = "average",
) -> Facts:
    """Metric."""
    raise AssertionError("the stub's queries are never run")


def error_logs(
    aws: Aws,
    period: PeriodWord = "last_24_hours",
    around: str | None = None,
    minutes: int = 30,
    accounts: Accounts = "all",
    log_group: str | None = None,
    contains: str | None = None,
    top: int = 10,
) -> Facts:
    """Logs."""
    raise AssertionError("the stub's queries are never run")


def inventory(
    aws: Aws,
    kind: Literal[
        "instances", "databases", "functions", "buckets", "volumes", "services", "load_balancers", "all"
    ] = "all",
    by: Literal["account", "type", "region", "team", "state"] = "account",
    accounts: Accounts = "all",
    tag: str | None = None,
    top: int = 10,
) -> Facts:
    """Inventory."""
    raise AssertionError("the stub's queries are never run")


def backups(
    aws: Aws,
    period: PeriodWord = "last_7_days",
    state: Literal["all", "failed", "completed", "expired"] = "all",
    accounts: Accounts = "all",
    top: int = 10,
) -> Facts:
    """Backups."""
    raise AssertionError("the stub's queries are never run")


def patches(aws: Aws, accounts: Accounts = "all", top: int = 10) -> Facts:
    """Patches."""
    raise AssertionError("the stub's queries are never run")


def quotas(aws: Aws, above: int = 80, accounts: Accounts = "all", top: int = 10) -> Facts:
    """Quotas."""
    raise AssertionError("the stub's queries are never run")


def recent_changes(
    aws: Aws,
    period: PeriodWord = "last_24_hours",
    kind: Literal["all", "deployments", "writes"] = "all",
    accounts: Accounts = "all",
    service: str | None = None,
    top: int = 15,
) -> Facts:
    """Changes."""
    raise AssertionError("the stub's queries are never run")


def aws_health_events(
    aws: Aws,
    period: PeriodWord = "last_30_days",
    status: Literal["all", "open", "upcoming", "closed"] = "all",
    accounts: Accounts = "all",
) -> Facts:
    """Health events."""
    raise AssertionError("the stub's queries are never run")


def account_list(aws: Aws) -> Facts:
    """Accounts."""
    raise AssertionError("the stub's queries are never run")


_DOMAINS = {
    "cost": (spend, spend_change, forecast, cost_anomalies, untagged_spend, commitments, savings, budgets),
    "security": (findings, threats, public_exposure, identity_hygiene, who_did_what, config_compliance, encryption, vulnerabilities),
    "ops": (alarms, alarm_history, health_summary, metric, error_logs, inventory, backups, patches, quotas, recent_changes, aws_health_events, account_list),
}  # fmt: skip
QUERIES: dict[str, Query] = {
    function.__name__: _declare(function, domain, frozenset({"sts:GetCallerIdentity"}), "accounts", False)
    for domain, functions in _DOMAINS.items()
    for function in functions
}


def sample_directory() -> Directory:
    """The sample estate's accounts as a directory."""
    from tools.estate.world import ACCOUNTS

    accounts = [
        Account(
            id=a.id,
            name=a.name,
            tags={k: v for k, v in {"venue": a.venue, "team": a.team, "env": a.env}.items() if v},
        )
        for a in ACCOUNTS
    ]
    return Directory(accounts, accounts[0])


def queries_known() -> dict[str, Query]:
    """The shipped queries, with a declaration from the catalogue for any that is not there yet."""
    from tools.catalogue import queries

    return {**QUERIES, **queries()}
