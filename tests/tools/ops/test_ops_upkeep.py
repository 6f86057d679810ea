"""Backups, patches, quotas, AWS Health events, the account list and the health summary, against the seeds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tools.errors import AwsCallError, InputError
from tools.estate.inventory import INSTANCES, PATCH_GAP
from tools.estate.records.alarms import alarms as seeded_alarms
from tools.estate.records.backups import Job
from tools.estate.records.backups import jobs as seeded_jobs
from tools.estate.records.events_of_aws import health_events
from tools.estate.records.patching import patch_states
from tools.estate.services import backup as backup_service
from tools.estate.services import ssm as ssm_service
from tools.estate.world import ACCOUNTS, NOW

NAMES = {account.id: account.name for account in ACCOUNTS}


def jobs_in(first: datetime, end: datetime) -> list[Job]:
    return [job for job in seeded_jobs() if first <= job.created < end]


def test_backups_of_a_week(ask: Any, value: Any, accounts_with: Any) -> None:
    expected = jobs_in(datetime(2026, 10, 8, tzinfo=UTC), NOW)
    states = Counter(job.state for job in expected)
    result = ask("backups")
    assert value(result, "backup jobs") == len(expected)
    assert value(result, "backup jobs completed") == states["COMPLETED"]
    bad = [job for job in expected if job.state != "COMPLETED"]
    assert value(result, "backup jobs that did not complete") == len(bad) > 0
    assert accounts_with(result, "backup jobs that did not complete") == Counter(NAMES[job.account] for job in bad)
    share = value(result, "share of ended backup jobs that completed")
    assert float(share) == pytest.approx(100 * states["COMPLETED"] / len(expected), abs=0.005)


def test_the_backup_that_fails_every_night(ask: Any, table: Any) -> None:
    worst = table(ask("backups"))[0]
    assert worst["Resource"] == "floor-ledger-rotterdam"
    mine = [job for job in seeded_jobs() if job.name == "floor-ledger-rotterdam"]
    good = max(job.created for job in mine if job.state == "COMPLETED")
    assert worst["Last good"] == good.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert float(worst["Last good (hours ago)"]) == pytest.approx((NOW - good).total_seconds() / 3600, abs=0.01)
    first = min(job.created for job in mine if job.created > good)
    assert worst["Failing since"] == first.strftime("%Y-%m-%dT%H:%M:%SZ")  # before the period that is looked at
    failed = jobs_in(datetime(2026, 10, 8, tzinfo=UTC), NOW)
    assert worst["Jobs"] == sum(job in mine and job.state == "FAILED" for job in failed)
    assert "KMS" in worst["Reason"]
    assert "kms:CreateGrant" in worst["Reason"]  # what AWS says was refused, not only that something was
    assert len(worst["Reason"]) <= 300


def test_a_retried_backup_has_a_good_one_after_the_failure(ask: Any, table: Any) -> None:
    """The near-miss: it failed once and was made good; its last good backup is of last night."""
    retried = next(row for row in table(ask("backups", top=25)) if row["Resource"] == "erp-db")
    assert retried["Last good"] > retried["Latest"]
    assert not retried["Failing since"]


def test_expired_jobs_are_not_complete(ask: Any, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that never started is EXPIRED: neither failed nor done."""
    one = next(job for job in seeded_jobs() if job.state == "COMPLETED" and job.created.day == 14)
    changed = tuple(replace(job, state="EXPIRED") if job is one else job for job in seeded_jobs())
    monkeypatch.setattr(backup_service, "jobs", lambda: changed)
    result = ask("backups", period="2026-10-14")
    assert value(result, "backup jobs in state expired") == 1
    failed = sum(j.state == "FAILED" and j.created.day == 14 and j.created.month == 10 for j in seeded_jobs())
    assert value(result, "backup jobs that did not complete") == failed + 1
    assert value(ask("backups", period="2026-10-14", state="expired"), "backup jobs in state expired") == 1


@pytest.mark.parametrize(("kind", "type_"), [("databases", "RDS"), ("instances", "EC2"), ("file_systems", "EFS")])
def test_backups_of_one_kind_of_resource(ask: Any, value: Any, table: Any, kind: str, type_: str) -> None:
    """AWS tells them apart: what is received of others would be in the receipts."""
    expected = [job for job in jobs_in(datetime(2026, 10, 8, tzinfo=UTC), NOW) if job.resource_type == type_]
    result = ask("backups", kind=kind, top=25)
    assert value(result, f"backup jobs of {kind.replace('_', ' ')}") == len(expected)
    bad = [job for job in expected if job.state != "COMPLETED"]
    assert value(result, f"backup jobs of {kind.replace('_', ' ')} that did not complete") == len(bad)
    assert {row["Resource"] for row in table(result)} == {job.name for job in bad}
    assert ask.replay(ask.last).facts == result.facts


def test_an_unknown_kind_of_resource_is_refused_with_those_that_are_known(ask: Any) -> None:
    with pytest.raises(InputError, match=r"kind.*databases.*volumes"):
        ask("backups", kind="toasters")


def test_no_backups_in_an_account_is_zero(ask: Any, value: Any) -> None:
    without = next(a.name for a in ACCOUNTS if not any(job.account == a.id for job in seeded_jobs()))
    result = ask("backups", accounts=without)
    assert value(result, "backup jobs") == 0
    assert not [fact for fact in result.facts if fact.unit == "percent"]


def test_patch_compliance(ask: Any, value: Any, table: Any, accounts_with: Any) -> None:
    states = patch_states()
    bad = [state for state in states if not state.compliant]
    result = ask("patches", top=25)
    assert value(result, "instances not patch-compliant") == len(bad)
    assert value(result, "instances patch-compliant") == len(states) - len(bad)
    assert value(result, "instances that miss critical patches") == len([s for s in bad if s.critical]) == 6
    assert accounts_with(result, "instances that miss critical patches") == {"venue-eindhoven": 6}
    assert accounts_with(result, "instances scanned for patches") == {"venue-eindhoven": 11}
    assert value(result, "missing critical patches") == sum(state.critical for state in bad)
    rows = table(result)
    assert {row["Instance"] for row in rows if row["Critical"]} == set(PATCH_GAP)
    assert rows[0]["Critical"] == max(state.critical for state in states)


@pytest.mark.parametrize("by", ["account", "venue"])
def test_patch_compliance_of_each_account_or_venue(ask: Any, by: str) -> None:
    result = ask("patches", by=by)
    names = {
        account.id: account.name if by == "account" else account.name.partition("venue-")[2] for account in ACCOUNTS
    }
    states = [(names[state.instance.account], state) for state in patch_states() if names[state.instance.account]]
    seeded = Counter(name for name, _ in states)
    bad = Counter(name for name, state in states if not state.compliant)
    rows = {row[0]: [result.fact(cell) for cell in row[1:]] for row in result.table.rows}
    assert rows.keys() == seeded.keys()
    for name, (rate, behind, critical, scanned) in rows.items():
        assert (behind.value, scanned.value) == (bad[name], seeded[name]), name
        assert float(rate.value) == pytest.approx(100 * (1 - bad[name] / seeded[name]), abs=0.005)
        assert critical.value == (6 if "eindhoven" in name else 0)
        assert rate.scope.accounts == ((name,) if by == "account" else (f"venue-{name}",))
        assert rate.receipts
    rates = [row[0].value for row in rows.values()]
    assert rates == sorted(rates)
    said = [note for note in result.notes if "Accounts of no venue" in note]
    assert len(said) == (by == "venue")


def test_running_instances_nobody_manages_are_said(ask: Any, value: Any) -> None:
    managed = {state.instance.id for state in patch_states()}
    unmanaged = [item for item in INSTANCES if item.state == "running" and item.id not in managed]
    result = ask("patches")
    assert value(result, "running instances that Systems Manager does not manage") == len(unmanaged) > 0
    assert any("not known" in note for note in result.notes)


def test_an_instance_never_scanned_is_not_compliant_by_default(
    ask: Any, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Systems Manager knows it, Patch Manager never looked: neither compliant nor not."""
    lonely = next(state for state in patch_states() if state.compliant).instance.id
    answer = ssm_service.OPERATIONS["DescribeInstancePatchStates"]

    def without(request: Any) -> dict[str, Any]:
        found = answer(request)
        found["InstancePatchStates"] = [one for one in found["InstancePatchStates"] if one["InstanceId"] != lonely]
        return found

    monkeypatch.setitem(ssm_service.OPERATIONS, "DescribeInstancePatchStates", without)
    result = ask("patches")
    assert value(result, "managed instances never scanned for patches") == 1
    assert value(result, "instances patch-compliant") == sum(state.compliant for state in patch_states()) - 1


def test_quota_nearly_used_up(ask: Any, value: Any, table: Any) -> None:
    result = ask("quotas")
    assert value(result, "quotas in use to 80 percent or more") == 1
    (row,) = table(result)
    online = next(account.id for account in ACCOUNTS if account.name == "online-prod")
    used = sum(
        item.vcpus for item in INSTANCES if (item.account, item.region, item.state) == (online, "eu-west-1", "running")
    )
    assert (row["Account"], row["Region"], row["Used"], row["Limit"]) == ("online-prod", "eu-west-1", used, 256)
    assert str(row["In use (percent)"]) == "92.19"


def test_no_quota_above_says_zero_and_the_fullest_one(ask: Any, value: Any, table: Any) -> None:
    result = ask("quotas", above=93)
    assert value(result, "quotas in use to 93 percent or more") == 0
    assert [str(row["In use (percent)"]) for row in table(result)] == ["92.19"]
    with pytest.raises(InputError):
        ask("quotas", above=101)


def test_quotas_count_every_reported_usage(ask: Any, value: Any) -> None:
    groups = {(i.account, i.region, i.type.startswith("g5")) for i in INSTANCES if i.state == "running"}
    assert value(ask("quotas", above=0), "quotas with a reported usage") == len(groups)


def test_aws_health_events(ask: Any, value: Any, table: Any) -> None:
    start = datetime(2026, 9, 15, tzinfo=UTC)
    end = datetime(2026, 10, 15, tzinfo=UTC)
    mine = [
        event
        for event in health_events()
        if event.status in ("open", "upcoming") or (event.start < end and (event.end or event.start) >= start)
    ]
    seen = [
        event for event in mine if event.scope != "PUBLIC" or event.region in ("eu-west-1", "eu-central-1", "us-east-1")
    ]
    result = ask("aws_health_events", top=25)
    states = Counter(event.status for event in seen)
    assert value(result, "AWS Health events") == len(seen)
    for status in ("open", "upcoming", "closed"):
        assert value(result, f"AWS Health events {status}") == states[status]
    assert [row["Event"] for row in table(result) if row["Status"] == "upcoming"] == [
        event.code for event in sorted(seen, key=lambda event: event.start) if event.status == "upcoming"
    ]
    resources = {row["Event"]: row["Resources"] for row in table(result)}
    assert resources == {event.code: len(event.affected) for event in seen}


def test_aws_health_events_that_begin_in_a_time_to_come(ask: Any, value: Any, table: Any) -> None:
    result = ask("aws_health_events", status="upcoming", starting="2026-10-15..2026-10-28", top=25)
    upcoming = [event for event in health_events() if event.status == "upcoming"]
    mine = [event for event in upcoming if event.start < datetime(2026, 10, 29, tzinfo=UTC)]
    assert value(result, "AWS Health events upcoming that begin in that time") == len(mine) < len(upcoming)
    assert {row["Event"] for row in table(result)} == {event.code for event in mine}


def test_closed_events_of_another_time(ask: Any, value: Any) -> None:
    closed = [event for event in health_events() if event.status == "closed" and event.end]
    assert closed
    day = closed[0].start.date().isoformat()
    assert value(ask("aws_health_events", period=day, status="closed"), "AWS Health events closed") >= 1
    quiet = (closed[0].start - timedelta(days=20)).date().isoformat()
    assert value(ask("aws_health_events", period=quiet, status="closed"), "AWS Health events closed") == 0


def test_without_a_support_plan_health_is_not_zero(ask: Any, sample: Any) -> None:
    sample.server.fault(service="health", operation="DescribeEvents", kind="denied", times=None)
    with pytest.raises(AwsCallError):
        ask("aws_health_events")


def test_account_list(ask: Any, value: Any, table: Any) -> None:
    result = ask("account_list")
    assert value(result, "accounts") == len(ACCOUNTS)
    rows = {row["Account"]: row for row in table(result)}
    assert {name: row["Id"] for name, row in rows.items()} == {a.name: a.id for a in ACCOUNTS}
    assert {name: (row["Env"], row["Venue"], row["Team"]) for name, row in rows.items()} == {
        a.name: (a.env, a.venue or "", a.team) for a in ACCOUNTS
    }
    assert value(result, "venues named on accounts") == 4


def test_account_list_shows_only_what_is_in_sight(ask: Any, value: Any) -> None:
    ask.directory = ask.directory.cut(["venue-utrecht", "data-lab"])
    result = ask("account_list")
    assert value(result, "accounts") == 2
    assert "venue-rotterdam" not in result.model_dump_json()


def test_account_list_without_an_organisation(ask: Any, sample: Any, value: Any) -> None:
    ask.directory = ask.directory.cut(["payer"])
    sample.server.fault(service="organizations", operation="ListAccounts", kind="denied", times=None)
    ran = ask.run("account_list")
    assert value(ran.result, "accounts") == 1
    assert "sts:GetCallerIdentity" in ran.asked
    assert ran.result.incomplete


def test_health_summary(ask: Any, value: Any, accounts_with: Any, table: Any) -> None:
    result = ask("health_summary", top=25)
    firing = Counter(NAMES[alarm.account] for alarm in seeded_alarms() if alarm.state == "ALARM")
    failed = Counter(NAMES[job.account] for job in jobs_in(NOW - timedelta(hours=24), NOW) if job.state != "COMPLETED")
    critical = Counter(NAMES[state.instance.account] for state in patch_states() if state.critical)
    events = [event for event in health_events() if event.status == "open"]
    touched = Counter(NAMES[account] for event in events for account in event.accounts)
    assert accounts_with(result, "alarms firing") == firing
    assert accounts_with(result, "backup jobs that did not complete") == failed
    assert accounts_with(result, "instances that miss critical patches") == critical
    assert accounts_with(result, "AWS Health events open") == touched
    assert value(result, "AWS Health events open") == len(events)
    troubled = set(firing) | set(failed) | set(critical) | set(touched)
    assert value(result, "accounts with something to attend to") == len(troubled)
    assert value(result, "accounts with nothing to attend to") == len(ACCOUNTS) - len(troubled)
    assert {row["Account"] for row in table(result)} == troubled
    assert not result.incomplete


def test_health_summary_says_what_it_could_not_look_at(ask: Any, sample: Any, table: Any) -> None:
    sample.server.fault(service="backup", kind="denied", times=None)
    broken = next(account.id for account in ACCOUNTS if account.name == "venue-eindhoven")
    sample.server.fault(service="ssm", kind="denied", account=broken, times=None)
    result = ask("health_summary", top=25)
    assert any("backup" in text for text in result.incomplete)
    assert not [fact for fact in result.facts if "backup" in fact.label]
    assert any("venue-eindhoven" in text for text in result.incomplete)
    rows = {row["Account"]: row["Patch gaps"] for row in table(result)}
    assert rows.get("venue-eindhoven", "not known") == "not known"
