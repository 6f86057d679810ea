"""Hours: the event-like queries over a part of a day, against the seeded records read without any query."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import catalogue
from tools.day_hours import parse_day_hours
from tools.errors import InputError
from tools.estate.records.alarms import alarms
from tools.estate.records.loglines import lines as log_lines
from tools.estate.records.loglines import log_groups
from tools.estate.records.trail import Event, events
from tools.ops.log_text import is_error

EVENING = "2026-10-13T18:00..2026-10-13T20:00"
START, END = datetime(2026, 10, 13, 18, tzinfo=UTC), datetime(2026, 10, 13, 20, tzinfo=UTC)
LABEL = "13 October 2026 18:00 to 20:00 UTC"


def _events(start: datetime = START, end: datetime = END) -> list[Event]:
    return [event for event in events() if start <= event.at < end and not event.read_only]


def test_error_logs_of_two_hours(ask: Any, named: Any) -> None:
    result = ask("error_logs", period=EVENING)
    last = END - timedelta(milliseconds=1)
    wanted = sum(is_error(line.message) for group in log_groups() for line in log_lines(group, START, last))
    assert named(result, "error log lines", accounts=()).value == wanted > 1000
    assert LABEL in result.read_as


def test_who_did_what_and_what_changed_in_two_hours(ask: Any, named: Any) -> None:
    who = ask("who_did_what", period=EVENING)
    assert named(who, "changes").value == len(_events()) == 4
    assert named(who, "changes").period.label == LABEL
    changed = [event for event in _events() if event.source != "signin" and not event.error]
    assert named(ask("recent_changes", period=EVENING), "changes", accounts=()).value == len(changed)


def test_alarms_of_two_hours_and_none_of_the_afternoon(ask: Any, named: Any) -> None:
    started = {
        (alarm.account, alarm.name)
        for alarm in alarms()
        for change in alarm.history
        if change.after == "ALARM" and START <= change.at < END
    }
    result = ask("alarm_history", period=EVENING)
    assert named(result, "alarms that started firing", accounts=()).value == len(started) > 5
    quiet = ask("alarm_history", period="2026-10-13T16:00..2026-10-13T16:05")
    assert named(quiet, "alarms that started firing", accounts=()).value == 0


def test_a_metric_of_two_hours_is_made_of_no_other_hours(ask: Any, named: Any) -> None:
    inputs = {"name": "errors_5xx", "resource": "bet-api", "accounts": "online-prod"}
    parts = [
        ask("metric", period=period, **inputs)
        for period in ("2026-10-13T18:00..2026-10-13T19:00", "2026-10-13T19:00..2026-10-13T20:00", EVENING)
    ]
    first, second, both = (float(named(part, "total server errors (5xx)").value) for part in parts)
    assert first < second
    assert first + second == pytest.approx(both)
    assert LABEL in parts[-1].read_as


@pytest.mark.parametrize("name", ["aws_health_events", "threats", "findings", "backups"])
def test_other_events_take_hours_too(ask: Any, name: str) -> None:
    result = ask(name, period=EVENING)
    assert LABEL in result.read_as
    day = ask(name, period="2026-10-13")
    count = {fact.label: fact.value for fact in reversed(day.facts) if isinstance(fact.value, int)}
    for fact in result.facts:
        if fact.id in result.headlines and isinstance(fact.value, int) and fact.label in count:
            assert fact.value <= count[fact.label]


@pytest.mark.parametrize("name", ["spend", "spend_change", "untagged_spend", "cost_anomalies", "commitments"])
def test_what_is_billed_by_the_day_says_so(ask: Any, name: str) -> None:
    with pytest.raises(InputError, match="a part of a day is not available"):
        ask(name, period=EVENING)


def test_the_inputs_that_take_hours_say_how() -> None:
    for query in catalogue.queries().values():
        described = str(query.schema()["properties"].get("period", {}))
        if query.domain != "cost" and "period" in query.schema()["properties"]:
            assert "2026-10-13T18:00..2026-10-14T00:00" in described, query.name
        else:
            assert "T18:00" not in described, query.name


WEEK = (datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 10, 12, tzinfo=UTC))


def _in_office(at: datetime) -> bool:
    return at.isoweekday() <= 5 and 8 <= at.hour < 18


def test_outside_office_hours_and_within_them_are_all(ask: Any, named: Any) -> None:
    logins = [event for event in _events(*WEEK) if event.name == "ConsoleLogin"]
    asked = {"period": "last_week", "action": "ConsoleLogin"}
    outside = named(ask("who_did_what", hours="outside_office", **asked), "console sign-ins")
    within = named(ask("who_did_what", hours="office", **asked), "console sign-ins")
    assert outside.value == sum(not _in_office(event.at) for event in logins) > 0
    assert within.value == sum(_in_office(event.at) for event in logins) > 0
    assert outside.scope.where["hours"] == "outside office hours (Monday to Friday 08:00 to 18:00 UTC)"


def test_the_nights_of_a_week(ask: Any, named: Any) -> None:
    night = [event for event in _events(*WEEK) if event.at.hour >= 22 or event.at.hour < 6]
    result = ask("who_did_what", period="last_week", hours="22:00..06:00")
    signed_in = [event for event in night if event.source == "signin"]
    assert named(result, "changes").value == len(night) - len(signed_in) > 0
    assert named(result, "console sign-ins beside these changes").value == len(signed_in) > 0
    changed = [event for event in night if event.source != "signin" and not event.error]
    result = ask("recent_changes", period="last_week", hours="22:00..06:00")
    assert named(result, "changes", accounts=()).value == len(changed)


@pytest.mark.parametrize(
    "text", ["", "nights", "22-06", "22:00", "25:00..26:00", "06:00..06:00", "24:00..06:00", "6..8"]
)
def test_hours_of_the_day_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="expected all, office, outside_office"):
        parse_day_hours(text)


_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(_MOMENTS)
def test_each_moment_is_within_office_hours_or_outside_and_never_both(at: datetime) -> None:
    office, outside = parse_day_hours("office"), parse_day_hours("outside_office")
    assert office is not None
    assert outside is not None
    assert office.holds(at) != outside.holds(at)
    assert office.holds(at) == _in_office(at)


@given(_MOMENTS)
def test_day_and_night_share_no_moment(at: datetime) -> None:
    night, day = parse_day_hours("22:00..06:00"), parse_day_hours("06:00..22:00")
    assert night is not None
    assert day is not None
    assert night.holds(at) != day.holds(at)
