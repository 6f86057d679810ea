"""Formulas that only `fresh3.yaml` needs; they register themselves as those of `truth_cost.py` do."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from tests.questions.truth import Truth, TruthError, Value, formula, match, nth, within


@formula
def f3_admin_users(truth: Truth, account: str | None = None, once: bool = False) -> Value:
    """IAM users that hold AdministratorAccess; with `once`, a name used in two accounts counts once."""
    rows = match(truth.records("iam_users"), account=account)
    names = [row["name"] for row in rows if "AdministratorAccess" in row["policies"]]
    return len(set(names)) if once else len(names)


@formula
def f3_first_alarm(truth: Truth, period: str, account: str | None = None) -> Value:
    """When the first alarm of a period went into ALARM, ISO time to the minute."""
    rows = match(truth.records("cloudwatch_alarms"), account=account)
    fired = [c["at"] for row in rows for c in row["history"] if c["after"] == "ALARM" and within(c["at"], period)]
    return str(min(fired))[:16]


@formula
def f3_longest_alarm(truth: Truth) -> Value:
    """The alarm that has been in ALARM for the longest."""
    rows = match(truth.records("cloudwatch_alarms"), state="ALARM")
    stamps = {row["name"]: -datetime.fromisoformat(row["state_since"]).timestamp() for row in rows}
    return nth(stamps, 1)


@formula
def f3_alarm_minutes(truth: Truth, name: str, period: str) -> Value:
    """How long the one alarm of a period lasted, minutes."""
    (row,) = match(truth.records("cloudwatch_alarms"), name=name)
    on = [c["at"] for c in row["history"] if c["after"] == "ALARM" and within(c["at"], period)]
    off = [c["at"] for c in row["history"] if c["before"] == "ALARM" and within(c["at"], period)]
    if len(on) != 1 or len(off) != 1:
        raise TruthError(f"{name} did not fire just once")
    spell = datetime.fromisoformat(off[0]) - datetime.fromisoformat(on[0])
    return int(spell.total_seconds() // 60)


@formula
def f3_alarm_firings(truth: Truth, name: str, period: str) -> Value:
    """How many times one alarm went into ALARM in a period."""
    (row,) = match(truth.records("cloudwatch_alarms"), name=name)
    return sum(1 for c in row["history"] if c["after"] == "ALARM" and within(c["at"], period))


@formula
def f3_saving_of(truth: Truth, resource: str) -> Value:
    """The monthly saving of the recommendations on some resources (`A|B`), USD."""
    rows = match(truth.records("cost_optimization_recommendations"), resource=resource)
    if not rows:
        raise TruthError("there is no such recommendation")
    return sum((Decimal(str(row["monthly_saving"])) for row in rows), Decimal())


@formula
def f3_over_limit(truth: Truth, name: str) -> Value:
    """How far a budget is over its limit, USD."""
    from tests.questions.truth_cost import _budget

    limit, actual = _budget(truth, name)
    if actual <= limit:
        raise TruthError(f"{name} is not over")
    return actual - limit


@formula
def f3_never_used(truth: Truth) -> Value:
    """The one user whose active key was never used."""
    (user,) = [
        row["name"]
        for row in truth.records("iam_users")
        if any(key["active"] and not key["last_used"] for key in row["keys"])
    ]
    return str(user)


@formula
def f3_last_deploy_day(truth: Truth, account: str, service: str) -> Value:
    """The date of the last ECS deployment of a service."""
    rows = match(truth.records("cloudtrail_events"), name="UpdateService", account=account)
    return max(str(row["at"]) for row in rows if service in str(row["resources"]))[:10]
