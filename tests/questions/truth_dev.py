"""Formulas that the development sets needed beside the bank's; from the ground truth only."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from tests.questions.truth import Truth, TruthError, Value, days_since, formula, match, nth, within
from tests.questions.truth_ops import KINDS


@formula
def tagged(truth: Truth, kind: str, tag: str, value: str, state: str | None = None) -> Value:
    """How many things of a kind carry a tag with that value."""
    rows = match(truth.records(KINDS[kind]), state=state)
    return sum(1 for row in rows if row["tags"].get(tag) == value)


@formula
def public_databases(truth: Truth) -> Value:
    """Databases that are publicly accessible."""
    return len(match(truth.records("rds_instances"), public=True))


@formula
def public_database(truth: Truth) -> Value:
    """The one publicly accessible database."""
    (row,) = match(truth.records("rds_instances"), public=True)
    return str(row["name"])


@formula
def open_group(truth: Truth, account: str) -> Value:
    """The one security group of an account that is open to the world, by name."""
    (row,) = [r for r in match(truth.records("ec2_security_groups"), account=account) if r["open_to_world"]]
    return str(row["name"])


@formula
def top_noncompliant(truth: Truth, place: int = 1, rule: str | None = None) -> Value:
    """The account with most non-compliant Config evaluations."""
    rows = match(truth.records("config_evaluations"), compliance="NON_COMPLIANT", rule=rule)
    return nth(Counter(row["account"] for row in rows), place)


@formula
def compliance_rate(truth: Truth, rule: str) -> Value:
    """Percent of evaluations of a rule that comply."""
    rows = match(truth.records("config_evaluations"), rule=rule)
    return Decimal(len(match(rows, compliance="COMPLIANT"))) / len(rows) * 100


@formula
def last_backup(truth: Truth, name: str, state: str = "COMPLETED") -> Value:
    """The date of the last backup job of a thing in that state."""
    return max(str(row["created"]) for row in match(truth.records("backup_jobs"), name=name, state=state))[:10]


@formula
def first_backup(truth: Truth, name: str, state: str = "FAILED") -> Value:
    """The date of the first backup job of a thing in that state."""
    return min(str(row["created"]) for row in match(truth.records("backup_jobs"), name=name, state=state))[:10]


@formula
def backup_rate(truth: Truth, period: str, account: str | None = None) -> Value:
    """Percent of backup jobs of a period that completed."""
    rows = [r for r in match(truth.records("backup_jobs"), account=account) if within(r["created"], period)]
    return Decimal(len(match(rows, state="COMPLETED"))) / len(rows) * 100


@formula
def last_deployment(truth: Truth, account: str, service: str | None = None) -> Value:
    """When the last ECS deployment was, ISO time to the minute."""
    rows = match(truth.records("cloudtrail_events"), name="UpdateService", account=account)
    return max(str(r["at"]) for r in rows if service is None or service in str(r["resources"]))[:16]


@formula
def top_deployed(truth: Truth, period: str, place: int = 1) -> Value:
    """The account with most ECS deployments in a period."""
    rows = [r for r in match(truth.records("cloudtrail_events"), name="UpdateService") if within(r["at"], period)]
    return nth(Counter(r["account"] for r in rows), place)


@formula
def extreme(truth: Truth, by: str, period: str, lowest: bool = False, **filters: Any) -> Value:
    """The largest (or smallest) sum of a dimension in a period, USD."""
    sums = [amount for name, amount in truth.sums(by, period, **filters).items() if name]
    return min(sums) if lowest else max(sums)


@formula
def lowest(truth: Truth, by: str, period: str, place: int = 1, **filters: Any) -> Value:
    """Who spends least by a dimension."""
    sums = {name: -amount for name, amount in truth.sums(by, period, **filters).items() if name}
    return nth(sums, place)


@formula
def admins(truth: Truth, account: str | None = None) -> Value:
    """IAM users with AdministratorAccess."""
    return sum(1 for u in match(truth.records("iam_users"), account=account) if "AdministratorAccess" in u["policies"])


@formula
def idle_users(truth: Truth, days: int, account: str | None = None) -> Value:
    """Console users who have not signed in for more than so many days."""
    users = match(truth.records("iam_users"), console=True, account=account)
    return sum(1 for u in users if u["password_last_used"] and days_since(u["password_last_used"]) > days)


@formula
def top_savings(truth: Truth, place: int = 1) -> Value:
    """The account with most to save a month."""
    sums: dict[str, Decimal] = {}
    for row in truth.records("cost_optimization_recommendations"):
        sums[row["account"]] = sums.get(row["account"], Decimal()) + Decimal(str(row["monthly_saving"]))
    return nth(sums, place)


@formula
def yearly_savings(truth: Truth) -> Value:
    """A year of all recommended savings, USD."""
    rows = truth.records("cost_optimization_recommendations")
    return 12 * sum((Decimal(str(row["monthly_saving"])) for row in rows), Decimal())


@formula
def top_alarms(truth: Truth, period: str, place: int = 1) -> Value:
    """The account whose alarms fired most often in a period."""
    counts: Counter[str] = Counter()
    for row in truth.records("cloudwatch_alarms"):
        counts[row["account"]] += sum(1 for c in row["history"] if c["after"] == "ALARM" and within(c["at"], period))
    return nth(counts, place)


@formula
def in_ou(truth: Truth, ou: str | None = None, env: str | None = None, team: str | None = None) -> Value:
    """How many accounts an organisational unit, environment or team has."""
    return len(match(truth.records("accounts"), ou=ou, env=env, team=team))


@formula
def over_budget(truth: Truth, name: str) -> Value:
    """How much of a budget is used, percent."""
    from tests.questions.truth_cost import _budget

    limit, actual = _budget(truth, name)
    if not limit:
        raise TruthError("no limit")
    return actual / limit * 100


@formula
def budget_left(truth: Truth, name: str) -> Value:
    """What is left of a budget this month, USD."""
    from tests.questions.truth_cost import _budget

    limit, actual = _budget(truth, name)
    return limit - actual


@formula
def patched(truth: Truth, account: str | None = None, compliant: bool | None = None) -> Value:
    """Managed instances, or those that do (not) comply."""
    return len(match(truth.records("ssm_patch_states"), account=account, compliant=compliant))


@formula
def offline(truth: Truth) -> Value:
    """Managed instances that do not report."""
    return len(match(truth.records("ssm_patch_states"), online=False))


@formula
def threats_between(truth: Truth, period: str, archived: bool | None = False, by: str = "created") -> Value:
    """GuardDuty findings made (or updated) in a period."""
    rows = match(truth.records("guardduty_findings"), archived=archived)
    return sum(1 for row in rows if within(row[by], period))


@formula
def health_affected(truth: Truth, service: str, status: str) -> Value:
    """How many things the one matching AWS Health event affects."""
    (row,) = match(truth.records("health_events"), service=service, status=status)
    return len(row["affected"])


@formula
def no_account_block(truth: Truth) -> Value:
    """Accounts without an account-wide public access block."""
    have = {row["account"] for row in truth.records("s3_account_public_access_blocks")}
    return sum(1 for row in truth.records("accounts") if row["name"] not in have and row["id"] not in have)


@formula
def launched(truth: Truth, period: str, account: str | None = None) -> Value:
    """Instances launched in a period."""
    return sum(1 for r in match(truth.records("ec2_instances"), account=account) if within(r["launched"], period))


@formula
def key_state(truth: Truth, state: str, spec: str | None = None) -> Value:
    """KMS keys in a state."""
    return len(match(truth.records("kms_keys"), state=state, spec=spec))


@formula
def started_instances(truth: Truth, period: str, account: str | None = None) -> Value:
    """RunInstances events in a period."""
    rows = match(truth.records("cloudtrail_events"), name="RunInstances", account=account)
    return sum(1 for row in rows if within(row["at"], period))


@formula
def average_savings(truth: Truth, action: str | None = None, account: str | None = None) -> Value:
    """Monthly saving of one recommendation on average, USD."""
    rows = match(truth.records("cost_optimization_recommendations"), action=action, account=account)
    return sum((Decimal(str(row["monthly_saving"])) for row in rows), Decimal()) / len(rows)


@formula
def deployments_wide(truth: Truth, period: str, account: str | None = None) -> Value:
    """ECS deployments, task definitions and Lambda code updates of a period: a wider reading of `deployments`."""
    rows = match(truth.records("cloudtrail_events"), account=account)
    names = ("UpdateService", "RegisterTaskDefinition", "UpdateFunctionCode20150331v2")
    return sum(1 for row in rows if row["name"] in names and within(row["at"], period))


@formula
def deployments_and_functions(truth: Truth, period: str, account: str | None = None) -> Value:
    """ECS deployments and Lambda code updates of a period."""
    rows = match(truth.records("cloudtrail_events"), account=account)
    names = ("UpdateService", "UpdateFunctionCode20150331v2")
    return sum(1 for row in rows if row["name"] in names and within(row["at"], period))


@formula
def share_within(truth: Truth, period: str, part: dict[str, Any], whole: dict[str, Any]) -> Value:
    """Percent that one filter keeps of what another keeps."""
    inner = sum(truth.sums(None, period, **{**whole, **part}).values(), Decimal())
    return inner / sum(truth.sums(None, period, **whole).values(), Decimal()) * 100


@formula
def difference(truth: Truth, period: str, one: dict[str, Any], other: dict[str, Any]) -> Value:
    """Spend of one filter minus spend of another, USD."""
    return sum(truth.sums(None, period, **one).values(), Decimal()) - sum(
        truth.sums(None, period, **other).values(), Decimal()
    )


@formula
def volumes_of_type(truth: Truth, type: str, account: str | None = None) -> Value:
    """EBS volumes of a type."""
    return len(match(truth.records("ec2_volumes"), type=type, account=account))


@formula
def top_recommendation(truth: Truth, account: str) -> Value:
    """The largest monthly saving of one recommendation of an account, USD."""
    return max(
        Decimal(str(row["monthly_saving"]))
        for row in match(truth.records("cost_optimization_recommendations"), account=account)
    )


@formula
def backed_up(truth: Truth, period: str, account: str) -> Value:
    """How many different things of an account had a backup job in a period."""
    rows = match(truth.records("backup_jobs"), account=account)
    return len({row["name"] for row in rows if within(row["created"], period)})


@formula
def failing_things(truth: Truth, period: str) -> Value:
    """How many different things had a failed backup job in a period."""
    rows = match(truth.records("backup_jobs"), state="FAILED")
    return len({row["name"] for row in rows if within(row["created"], period)})


@formula
def load_balancers(truth: Truth, account: str | None = None) -> Value:
    """Load balancers."""
    return len(match(truth.records("load_balancers"), account=account))


@formula
def snapshots_unencrypted_top(truth: Truth, kind: str = "ec2_snapshots") -> Value:
    """The account with most unencrypted things of a kind."""
    return nth(Counter(row["account"] for row in match(truth.records(kind), encrypted=False)), 1)


@formula
def key_made(truth: Truth, user: str) -> Value:
    """The date on which the one active key of a user was made."""
    (key,) = [k for u in match(truth.records("iam_users"), name=user) for k in u["keys"] if k["active"]]
    return str(key["created"])[:10]
