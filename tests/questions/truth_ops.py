"""Formulas over the operations records: alarms, backups, patches, quotas, inventory, changes, logs, AWS events."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from tests.questions.truth import Row, Truth, Value, formula, match, nth, within


@formula
def alarms(truth: Truth, state: str = "ALARM", account: str | None = None) -> Value:
    """CloudWatch alarms in a state now."""
    return len(match(truth.records("cloudwatch_alarms"), state=state, account=account))


@formula
def alarm_since(truth: Truth, name: str) -> Value:
    """Since when an alarm is in its state, ISO time to the minute."""
    (row,) = match(truth.records("cloudwatch_alarms"), name=name)
    return str(row["state_since"])[:16]


def _changes(truth: Truth, period: str, account: str | None, name: str | None) -> list[Row]:
    rows = match(truth.records("cloudwatch_alarms"), account=account, name=name)
    return [
        {"name": row["name"], **change} for row in rows for change in row["history"] if within(change["at"], period)
    ]


@formula
def alarms_fired(truth: Truth, period: str, account: str | None = None) -> Value:
    """How many different alarms went into ALARM in a period."""
    return len({row["name"] for row in match(_changes(truth, period, account, None), after="ALARM")})


@formula
def alarm_changes(truth: Truth, period: str, account: str | None = None, after: str | None = None) -> Value:
    """How many times alarms changed state in a period."""
    return len(match(_changes(truth, period, account, None), after=after))


def _jobs(truth: Truth, period: str, account: str | None, state: str | None, name: str | None) -> list[Row]:
    rows = match(truth.records("backup_jobs"), account=account, state=state, name=name)
    return [row for row in rows if within(row["created"], period)]


@formula
def backups(
    truth: Truth, period: str, state: str | None = None, account: str | None = None, name: str | None = None
) -> Value:
    """Backup jobs started in a period."""
    return len(_jobs(truth, period, account, state, name))


@formula
def top_failing_backup(truth: Truth, period: str) -> Value:
    """What fails to be backed up most often."""
    return nth(Counter(row["name"] for row in _jobs(truth, period, None, "FAILED", None)), 1)


@formula
def patch_gaps(truth: Truth, account: str | None = None, critical: bool = False) -> Value:
    """Instances that are not compliant; with `critical`, those that miss critical patches."""
    rows = match(truth.records("ssm_patch_states"), account=account, compliant=False)
    return sum(1 for row in rows if row["critical_missing"] or not critical)


@formula
def patch_compliance(truth: Truth, account: str | None = None) -> Value:
    """Percent of managed instances that are compliant."""
    rows = match(truth.records("ssm_patch_states"), account=account)
    return Decimal(sum(1 for row in rows if row["compliant"])) / len(rows) * 100


@formula
def worst_patched(truth: Truth) -> Value:
    """The account with most instances that are not compliant."""
    return nth(Counter(row["account"] for row in match(truth.records("ssm_patch_states"), compliant=False)), 1)


def _vcpus(truth: Truth) -> tuple[int, int]:
    rows = match(truth.records("ec2_instances"), account="online-prod", region="eu-west-1", state="running")
    used = sum(row["vcpus"] for row in rows if not row["type"].startswith("g"))
    (quota,) = match(truth.records("service_quotas"), account="online-prod", region="eu-west-1", code="L-1216C47A")
    return used, int(quota["value"])


@formula
def vcpus_used(truth: Truth) -> Value:
    """Standard on-demand vCPUs in use in online-prod, eu-west-1."""
    return _vcpus(truth)[0]


@formula
def vcpu_quota(truth: Truth) -> Value:
    """Standard on-demand vCPUs allowed in online-prod, eu-west-1."""
    return _vcpus(truth)[1]


@formula
def vcpu_percent(truth: Truth) -> Value:
    """Percent of that quota in use."""
    used, allowed = _vcpus(truth)
    return Decimal(used) / allowed * 100


KINDS = {
    "instances": "ec2_instances",
    "databases": "rds_instances",
    "functions": "lambda_functions",
    "buckets": "s3_buckets",
    "volumes": "ec2_volumes",
    "services": "ecs_services",
    "accounts": "accounts",
}


@formula
def inventory(
    truth: Truth,
    kind: str,
    account: str | None = None,
    type: str | None = None,
    state: str | None = None,
    engine: str | None = None,
    runtime: str | None = None,
    env: str | None = None,
) -> Value:
    """How many things of a kind there are."""
    rows = truth.records(KINDS[kind])
    return len(match(rows, account=account, type=type, state=state, engine=engine, runtime=runtime, env=env))


@formula
def untagged(truth: Truth, kind: str, tag: str, account: str | None = None) -> Value:
    """How many things of a kind lack a tag."""
    return sum(1 for row in match(truth.records(KINDS[kind]), account=account) if not row["tags"].get(tag))


@formula
def unattached_volumes(truth: Truth, account: str | None = None) -> Value:
    """Volumes attached to nothing."""
    return sum(1 for row in match(truth.records("ec2_volumes"), account=account) if row["instance"] is None)


@formula
def most(truth: Truth, kind: str, by: str = "account", place: int = 1, state: str | None = None) -> Value:
    """Where (or of which type) there are most things of a kind."""
    return nth(Counter(row[by] for row in match(truth.records(KINDS[kind]), state=state)), place)


@formula
def health_events(truth: Truth, status: str | None = None, service: str | None = None) -> Value:
    """AWS Health events."""
    return len(match(truth.records("health_events"), status=status, service=service))


@formula
def health_event_start(truth: Truth, service: str, status: str) -> Value:
    """When the one matching AWS Health event starts or started, ISO date."""
    (row,) = match(truth.records("health_events"), service=service, status=status)
    return str(row["start"])[:10]


@formula
def deployments(truth: Truth, period: str, account: str | None = None, service: str | None = None) -> Value:
    """ECS deployments (UpdateService) in a period."""
    rows = match(truth.records("cloudtrail_events"), name="UpdateService", account=account)
    return sum(1 for row in rows if within(row["at"], period) and (service is None or service in str(row["resources"])))


@formula
def error_lines(truth: Truth, period: str, account: str | None = None, group: str | None = None) -> Value:
    """Error log lines; the export holds those of 13 October 2026."""
    rows = match(truth.records("log_errors_2026_10_13"), account=account, group=group)
    return sum(1 for row in rows if within(row["at"], period))


@formula
def top_error_group(truth: Truth, period: str) -> Value:
    """The log group with most error lines."""
    rows = truth.records("log_errors_2026_10_13")
    return nth(Counter(row["group"] for row in rows if within(row["at"], period)), 1)


@formula
def task_revision(truth: Truth, account: str, service: str) -> Value:
    """The task definition revision that an ECS service runs now."""
    (row,) = match(truth.records("ecs_services"), account=account, name=service)
    return int(row["revision"])
