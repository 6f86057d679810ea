"""Formulas that only `fresh.yaml` needs, in the style of `truth_*.py`; import this module to make them known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.questions.truth import Truth, TruthError, Value, days, days_since, formula, match

ACCOUNT_ENVS = ("prod", "staging", "dev")


def _spent(truth: Truth, period: str, account: str | None, service: str | None) -> Decimal:
    filters = {name: value for name, value in (("account", account), ("service", service)) if value is not None}
    return sum(truth.sums(None, period, **filters).values(), Decimal())


@formula
def spend_gap(truth: Truth, period: str, one: str, other: str) -> Value:
    """How much more the first account spent than the second, USD, in the same period."""
    return _spent(truth, period, one, None) - _spent(truth, period, other, None)


@formula
def top_amount(truth: Truth, by: str, period: str, place: int = 1, least: bool = False, gross: bool = False) -> Value:
    """The spend, USD, of the largest (or least) by a dimension; only what has a name."""
    amounts = sorted((v for k, v in truth.sums(by, period, gross=gross).items() if k), reverse=not least)
    return amounts[place - 1]


@formula
def top_day(truth: Truth, period: str, gross: bool = False) -> Value:
    """The most expensive day of a period, ISO date."""
    sums = truth.sums("day", period, gross=gross)
    return str(max(sums, key=lambda day: sums[day]))[:10]


@formula
def budget_left(truth: Truth, limit: int, account: str) -> Value:
    """A limit in USD minus what the account has cost this month."""
    return Decimal(limit) - _spent(truth, "2026-10", account, None)


@formula
def findings_before(truth: Truth, day: str) -> Value:
    """Open Security Hub findings (active, new or notified) made before a day."""
    rows = match(truth.records("securityhub_findings"), RecordState="ACTIVE", Workflow__Status="NEW|NOTIFIED")
    return sum(1 for row in rows if date.fromisoformat(row["CreatedAt"][:10]) < date.fromisoformat(day))


@formula
def admins(truth: Truth, account: str | None = None, people: bool | None = None, once: bool = False) -> Value:
    """IAM users that hold AdministratorAccess; only people or only machines if asked; `once`: one name, one count."""
    rows = match(truth.records("iam_users"), account=account, console=people)
    names = [row["name"] for row in rows if "AdministratorAccess" in row["policies"]]
    return len(set(names)) if once else len(names)


@formula
def threats_made(truth: Truth, period: str, account: str | None = None, seen: bool = False) -> Value:
    """GuardDuty findings, archived ones left out, made (or last seen) in a period."""
    start, end = days(period)
    field = "updated" if seen else "created"
    rows = match(truth.records("guardduty_findings"), account=account, archived=False)
    return sum(1 for row in rows if start <= date.fromisoformat(row[field][:10]) <= end)


@formula
def idle_since(truth: Truth, user: str) -> Value:
    """The day on which the one active access key of a user was last used, ISO date."""
    users = match(truth.records("iam_users"), name=user)
    (key,) = [key for row in users for key in row["keys"] if key["active"]]
    return str(key["last_used"])[:10]


@formula
def never_rotated(truth: Truth, place: int) -> Value:
    """Alias, without its prefix, of an enabled symmetric key that does not rotate, in the order of the export."""
    rows = match(truth.records("kms_keys"), rotates=False, state="Enabled", spec="SYMMETRIC_DEFAULT")
    return str(rows[place - 1]["alias"]).removeprefix("alias/")


@formula
def of_runtime(truth: Truth, runtime: str) -> Value:
    """The one Lambda function of a runtime."""
    (row,) = match(truth.records("lambda_functions"), runtime=runtime)
    return str(row["name"])


@formula
def first_failed_backup(truth: Truth, name: str) -> Value:
    """When the backup of a resource failed first, ISO time to the minute."""
    rows = match(truth.records("backup_jobs"), name=name, state="FAILED")
    if not rows:
        raise TruthError(f"no backup of {name} failed")
    return min(str(row["created"]) for row in rows)[:16]


@formula
def alarms_high(truth: Truth, period: str, account: str | None = None) -> Value:
    """How many alarms were brought into ALARM between two times, `TIME..TIME` or a day, each counted once."""
    from tests.questions.truth import within

    rows = match(truth.records("cloudwatch_alarms"), account=account)
    return sum(
        1 for row in rows if any(one["after"] == "ALARM" and within(one["at"], period) for one in row["history"])
    )


@formula
def vcpus_left(truth: Truth) -> Value:
    """Standard on-demand vCPUs still free in online-prod, eu-west-1."""
    rows = match(truth.records("ec2_instances"), account="online-prod", region="eu-west-1", state="running")
    used = sum(int(row["vcpus"]) for row in rows if not row["type"].startswith("g"))
    (quota,) = match(truth.records("service_quotas"), account="online-prod", region="eu-west-1", code="L-1216C47A")
    return int(quota["value"]) - used


@formula
def key_made_days(truth: Truth, user: str) -> Value:
    """Days since the one active access key of a user was made."""
    (row,) = match(truth.records("iam_users"), name=user)
    (key,) = [key for key in row["keys"] if key["active"]]
    return days_since(key["created"])
