"""Recent changes against the seeded CloudTrail events."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tools.errors import InputError, UnknownNameError
from tools.estate.records.trail import Event, events
from tools.estate.services import cloudtrail
from tools.estate.world import ACCOUNTS, NOW
from tools.ops.changes import DEPLOYMENTS

NAMES = {account.id: account.name for account in ACCOUNTS}


def writes(start: datetime, end: datetime) -> list[Event]:
    """Writes in a stretch of time; a sign-in is recorded as one but changes nothing."""
    return [e for e in events() if start <= e.at < end and not e.read_only and e.source != "signin"]


def is_deployment(event: Event) -> bool:
    scaled_only = event.name == "UpdateService" and "taskDefinition" not in event.request
    return event.name in DEPLOYMENTS.get(event.source, ()) and not scaled_only


def test_changes_of_the_last_day(ask: Any, value: Any, accounts_with: Any) -> None:
    expected = [event for event in writes(NOW - timedelta(hours=24), NOW) if not event.error]
    result = ask("recent_changes")
    assert value(result, "changes") == len(expected) > 0
    assert value(result, "deployments among the changes") == sum(map(is_deployment, expected))
    assert accounts_with(result, "changes") == Counter(NAMES[event.account] for event in expected)


def test_the_deployment_before_the_alarm_storm_and_its_rollback(ask: Any, value: Any, table: Any) -> None:
    result = ask("recent_changes", period="2026-10-13", kind="deployments", accounts="online-prod")
    assert value(result, "deployments") == 2
    rows = table(result)
    assert [row["Last"] for row in rows] == ["2026-10-13T19:52:00Z", "2026-10-13T19:02:00Z"]
    assert rows[1]["Resource"] == "bet-settlement to bet-settlement:148"
    assert rows[0]["Resource"].endswith("bet-settlement:147")
    assert {row["By"] for row in rows} == {"role deploy-online"}


def test_the_deleted_endpoint_behind_the_nat_spike(ask: Any, table: Any) -> None:
    rows = table(ask("recent_changes", period="2026-09-08", accounts="data-prod", service="EC2", kind="writes"))
    deleted = [row for row in rows if row["Change"] == "ec2 DeleteVpcEndpoints"]
    assert [row["Resource"] for row in deleted] == ["vpce-0d4a7e11"]
    assert deleted[0]["By"] == "role deploy-data"


def test_no_person_is_named(ask: Any) -> None:
    """Users appear in CloudTrail as who acted and as what was changed; `who_did_what` may say so, this query not."""
    people = {event.who for event in events() if event.kind == "IAMUser"}
    assert people
    for period in ("2026-10-06", "2026-09-19", "last_30_days", "2026-10"):
        result = ask("recent_changes", period=period, top=25)
        shown = result.model_dump_json()
        assert not [person for person in people if person in shown]


@pytest.fixture
def busy_day(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """An account with more events than a page, refused ones, a service that was only scaled, and a person's role."""
    at = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
    lab = next(account.id for account in ACCOUNTS if account.name == "data-lab")

    def event(number: int, name: str, source: str, **more: Any) -> Event:
        settings: dict[str, Any] = {"who": "deploy-lab", "kind": "AssumedRole"} | more
        return Event(lab, "eu-west-1", at + timedelta(seconds=number), name, source, **settings)

    found = [event(n, "PutMetricAlarm", "monitoring", request={"alarmName": f"a{n}"}) for n in range(120)]
    found += [event(200 + n, "DeleteBucket", "s3", error="AccessDenied") for n in range(3)]
    found += [event(300, "UpdateService", "ecs", request={"service": "web", "desiredCount": 4})]
    found += [event(301, "UpdateService", "ecs", request={"service": "web", "taskDefinition": "web:7"})]
    found += [event(302, "ConsoleLogin", "signin", who="root", kind="Root")]
    found += [event(303, "CreateUser", "iam", who="k.bakker", kind="IAMUser", request={"userName": "new.person"})]
    found.sort(key=lambda one: one.at, reverse=True)
    monkeypatch.setattr(
        cloudtrail, "events_of", lambda account, region: found if (account, region) == (lab, "eu-west-1") else ()
    )
    return found


def test_all_pages_are_read_and_failed_attempts_are_counted_apart(ask: Any, value: Any, busy_day: Any) -> None:
    ran = ask.run("recent_changes", accounts="data-lab")
    assert value(ran.result, "changes") == 120 + 1 + 1 + 1
    assert value(ran.result, "failed write attempts") == 3
    assert len(ran.asked) == 3 + 2  # three pages in one region, one in each of the two others


def test_scaling_is_no_deployment(ask: Any, value: Any, busy_day: Any) -> None:
    assert value(ask("recent_changes", accounts="data-lab", kind="deployments"), "deployments") == 1


def test_a_person_who_changed_an_iam_user_stays_unnamed(ask: Any, table: Any, busy_day: Any) -> None:
    result = ask("recent_changes", accounts="data-lab", service="iam")
    assert [(row["By"], row["Resource"]) for row in table(result)] == [("an IAM user", "an IAM user")]
    assert "bakker" not in result.model_dump_json()
    assert "new.person" not in result.model_dump_json()


def test_kinds_add_up(ask: Any, value: Any) -> None:
    both = ask("recent_changes", period="2026-10-13")
    deployments = ask("recent_changes", period="2026-10-13", kind="deployments")
    others = ask("recent_changes", period="2026-10-13", kind="writes")
    parts = value(deployments, "deployments") + value(others, "changes other than deployments")
    assert parts == value(both, "changes")


def test_service_names(ask: Any, value: Any) -> None:
    assert value(ask("recent_changes", service="Amazon RDS", period="2026-10-13"), "changes") >= 0
    quiet = ask("recent_changes", service="athena", period="2026-10-13")
    assert value(quiet, "changes") == 0  # a service that exists and changed nothing is a true zero
    with pytest.raises(UnknownNameError):
        ask("recent_changes", service="lamda-x")


def test_older_than_cloudtrail_keeps_is_said(ask: Any) -> None:
    assert any("90 days" in text for text in ask("recent_changes", period="2026-06", kind="deployments").incomplete)


def test_a_future_period_is_refused(ask: Any) -> None:
    with pytest.raises(InputError, match="future"):
        ask("recent_changes", period="2026-11")
