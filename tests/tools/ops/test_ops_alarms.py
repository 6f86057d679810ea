"""Alarms now and alarm history, against the seeded alarms read without any query."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tools.errors import AwsCallError, InputError, UnknownNameError
from tools.estate.records.alarms import Alarm
from tools.estate.records.alarms import alarms as seeded
from tools.estate.world import ACCOUNTS, NOW
from tools.ops.alarms import kind_of

NAMES = {account.id: account.name for account in ACCOUNTS}


def firing() -> list[Alarm]:
    return [alarm for alarm in seeded() if alarm.state == "ALARM"]


def started(start: datetime, end: datetime) -> list[tuple[Alarm, datetime]]:
    return [
        (alarm, change.at)
        for alarm in seeded()
        for change in alarm.history
        if change.after == "ALARM" and start <= change.at < end
    ]


def test_alarms_firing_now(ask: Any, value: Any, table: Any, accounts_with: Any) -> None:
    result = ask("alarms", top=25)
    assert value(result, "alarms firing") == len(firing()) > 0
    assert accounts_with(result, "alarms firing") == Counter(NAMES[alarm.account] for alarm in firing())
    rows = table(result)
    assert {(row["Alarm"], row["Account"]) for row in rows} == {(a.name, NAMES[a.account]) for a in firing()}
    since = {row["Alarm"]: row["Since"] for row in rows}
    assert since == {a.name: a.changed.strftime("%Y-%m-%dT%H:%M:%SZ") for a in firing()}
    longest = max(firing(), key=lambda alarm: NOW - alarm.changed)
    hours = {row["Alarm"]: row["For (hours)"] for row in rows}[longest.name]
    assert float(hours) == pytest.approx((NOW - longest.changed).total_seconds() / 3600, abs=0.005)
    assert not result.incomplete


def test_states_add_up_and_composite_alarms_are_there(ask: Any, value: Any) -> None:
    result = ask("alarms", state="all")
    states = Counter(alarm.state for alarm in seeded())
    assert any(alarm.rule for alarm in seeded())  # else this test would not see composites left out
    assert value(result, "alarms") == len(seeded())
    assert value(result, "alarms firing") == states["ALARM"]
    assert value(result, "alarms without enough data") == states["INSUFFICIENT_DATA"]
    assert value(result, "alarms in OK state") == states["OK"]


def test_rest_of_a_long_list_is_counted(ask: Any, table: Any) -> None:
    rows = table(ask("alarms", state="ok", top=2))
    assert rows[-1]["Alarm"] == "other"
    assert rows[-1]["Account"] == sum(alarm.state == "OK" for alarm in seeded()) - 2


def test_an_account_without_alarms_says_zero(ask: Any, value: Any) -> None:
    quiet = next(a.name for a in ACCOUNTS if not any(alarm.account == a.id for alarm in firing()))
    result = ask("alarms", accounts=quiet)
    assert value(result, "alarms firing") == 0
    assert result.fact(result.headlines[0]).receipts


def test_an_account_that_refuses_is_named_not_counted_as_quiet(ask: Any, sample: Any, value: Any) -> None:
    loud = firing()[0].account
    sample.server.fault(service="cloudwatch", operation="DescribeAlarms", kind="denied", account=loud, times=None)
    result = ask("alarms")
    assert value(result, "alarms firing") == sum(alarm.account != loud for alarm in firing())
    assert len(result.incomplete) == 1
    assert NAMES[loud] in result.incomplete[0]


def test_when_every_account_refuses_there_is_no_answer(ask: Any, sample: Any) -> None:
    sample.server.fault(service="cloudwatch", operation="DescribeAlarms", kind="denied", times=None)
    with pytest.raises(AwsCallError):
        ask("alarms")


def test_history_of_the_alarm_storm(ask: Any, value: Any, table: Any, accounts_with: Any) -> None:
    day = datetime(2026, 10, 13, tzinfo=UTC)
    expected = started(day, day + timedelta(days=1))
    result = ask("alarm_history", period="2026-10-13", top=25)
    assert value(result, "alarms that started firing") == len({alarm.arn for alarm, _ in expected})
    assert value(result, "times an alarm started firing") == len(expected)
    assert accounts_with(result, "alarms that started firing") == Counter(
        NAMES[alarm.account] for alarm in {alarm.arn: alarm for alarm, _ in expected}.values()
    )
    first = min(at for _, at in expected)
    assert value(result, "first of these alarms started firing") == first.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = {row["Alarm"]: row for row in table(result)}
    storm = next(alarm for alarm, _ in expected if alarm.name == "bet-settlement-errors")
    ups = [change.at for change in storm.history if change.after == "ALARM" and change.at >= day]
    downs = [change.at for change in storm.history if change.before == "ALARM" and change.at >= ups[0]]
    row = rows["bet-settlement-errors"]
    assert float(row["Firing (minutes)"]) == (downs[0] - ups[0]).total_seconds() / 60
    assert row["At the end"] == "no longer firing"
    assert rows["amsterdam-floor-07-disk-used"]["At the end"] == "still firing"


def test_most_at_the_same_time(ask: Any, value: Any) -> None:
    """Swept minute by minute from the seeded transitions of the alarms that started that day."""
    day = datetime(2026, 10, 13, tzinfo=UTC)
    spans = []
    for alarm, at in started(day, day + timedelta(days=1)):
        end = min((c.at for c in alarm.history if c.before == "ALARM" and c.at > at), default=NOW)
        spans.append((at, end))
    counts = {
        minute: sum(start <= day + timedelta(minutes=minute) < end for start, end in spans) for minute in range(24 * 60)
    }
    result = ask("alarm_history", period="2026-10-13")
    assert value(result, "most of these alarms firing at the same time") == max(counts.values())


def test_history_of_one_alarm_by_a_part_of_its_name(ask: Any, value: Any, table: Any) -> None:
    result = ask("alarm_history", period="2026-10-13", alarm="settlement-ERRORS")
    assert [row["Alarm"] for row in table(result)] == ["bet-settlement-errors"]
    assert value(result, "alarms that started firing") == 1
    assert "bet-settlement-errors" in result.read_as


def test_a_quiet_period_says_zero(ask: Any, value: Any) -> None:
    day = datetime(2026, 9, 20, tzinfo=UTC)
    while started(day, day + timedelta(days=1)):
        day += timedelta(days=1)
    result = ask("alarm_history", period=day.date().isoformat())
    assert value(result, "alarms that started firing") == 0
    assert not table_rows(result)


def table_rows(result: Any) -> Any:
    return result.table.rows if result.table else ()


def test_an_alarm_that_does_not_exist_is_no_zero(ask: Any) -> None:
    with pytest.raises(UnknownNameError) as error:
        ask("alarm_history", alarm="bet-setlement-errors")
    assert "bet-settlement-errors" in error.value.candidates


def test_history_older_than_cloudwatch_keeps_is_said(ask: Any) -> None:
    assert any("30 days" in text for text in ask("alarm_history", period="2026-08").incomplete)
    assert not ask("alarm_history", period="last_7_days").incomplete


@pytest.mark.parametrize("inputs", [{"state": "red"}, {"top": 0}, {"top": 26}, {"accounts": "nowhere"}, {"since": "x"}])
def test_bad_inputs_are_refused_with_a_sentence(ask: Any, inputs: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        ask("alarms", **inputs)


def of_databases(alarm: Alarm) -> bool:
    return alarm.rule is None and alarm.metric.namespace == "AWS/RDS"


def test_alarms_on_a_kind_of_resource_are_told_apart_by_what_they_watch(ask: Any, value: Any, table: Any) -> None:
    result = ask("alarms", of="databases", state="all", top=25)
    held = [alarm for alarm in seeded() if of_databases(alarm)]
    assert value(result, "alarms") == len(held) > value(result, "alarms firing") > 0
    assert "of databases" in result.read_as
    assert any("Composite alarms" in note for note in result.notes)  # some exist, and are not counted
    names = {alarm.name for alarm in held}
    assert {row["Alarm"] for row in table(ask("alarms", of="databases", top=25))} <= names
    assert not any("Composite alarms" in note for note in ask("alarms", state="all").notes)


def test_what_went_off_is_told_apart_by_what_it_watches_too(ask: Any, value: Any, table: Any) -> None:
    start, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 15, tzinfo=UTC)
    result = ask("alarm_history", period="2026-10-01..2026-10-14", of="databases", top=25)
    held = {alarm.name for alarm, _ in started(start, end) if of_databases(alarm)}
    assert {row["Alarm"] for row in table(result)} == held and len(held) > 1
    assert value(result, "alarms that started firing") == len(held)
    cpu = ask("alarm_history", period="2026-10-01..2026-10-14", of="databases", alarm="cpu", top=25)
    assert {row["Alarm"] for row in table(cpu)} == {name for name in held if "cpu" in name}
    with pytest.raises(UnknownNameError, match="queue"):
        ask("alarm_history", of="databases", alarm="queue")


def test_an_alarm_on_a_formula_is_of_what_the_formula_is_of() -> None:
    def of(*namespaces: str) -> str | None:
        metrics = [{"MetricStat": {"Metric": {"Namespace": one}}} for one in namespaces]
        return kind_of({"Metrics": [*metrics, {"Expression": "m1 / m2"}]})

    assert of("AWS/RDS", "AWS/RDS") == "databases"
    assert of("AWS/RDS", "AWS/SQS") is None and of("Lantern/Bets") is None
    assert kind_of({"Namespace": "AWS/SQS"}) == "queues" and kind_of({"AlarmRule": "ALARM(a)"}) is None
