"""Periods: what managers' words mean on a given day, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import InputError
from tools.periods import Period, parse_period, parse_recent, previous

NOW = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "first", "end", "label"),
    [
        ("last_month", "2026-09-01", "2026-10-01", "September 2026"),
        ("month_to_date", "2026-10-01", "2026-10-16", "October 2026 to date (1 to 15 October 2026)"),
        ("2026-07..2026-09", "2026-07-01", "2026-10-01", "July 2026 to September 2026"),
        ("2026-09-03..2026-09-10", "2026-09-03", "2026-09-11", "3 to 10 September 2026"),
        ("last_7_days", "2026-10-08", "2026-10-15", "8 to 14 October 2026"),
        ("yesterday", "2026-10-14", "2026-10-15", "14 October 2026"),
        ("last_week", "2026-10-05", "2026-10-12", "5 to 11 October 2026"),
        ("2026-Q3", "2026-07-01", "2026-10-01", "Q3 2026"),
        ("last_quarter", "2026-07-01", "2026-10-01", "Q3 2026"),
        ("last_3_months", "2026-07-01", "2026-10-01", "July 2026 to September 2026"),
        ("2025", "2025-01-01", "2026-01-01", "2025"),
    ],
)
def test_words_are_resolved_by_the_clock(word: str, first: str, end: str, label: str) -> None:
    period = parse_period(word, NOW)
    assert (period.first_day, period.end_day, period.label) == (first, end, label)


@pytest.mark.parametrize("day", [datetime(2026, 1, 1, tzinfo=UTC), datetime(2024, 3, 31, 23, 59, tzinfo=UTC)])
def test_last_month_works_on_the_edges_of_the_calendar(day: datetime) -> None:
    period = parse_period("last_month", day)
    assert period.end.day == 1
    assert period.end <= day
    assert period.start.day == 1


@pytest.mark.parametrize(
    "word", ["", "soon", "2026-13", "2026-02-30", "2026-10..2026-08", "last_0_days", "2027-01", "last_moth"]
)
def test_what_is_no_period_is_refused_with_what_would_be(word: str) -> None:
    with pytest.raises(InputError, match=r"Use one of|starts in the future"):
        parse_period(word, NOW)


def test_events_of_the_last_days_run_until_now_and_bills_do_not() -> None:
    assert parse_period("last_7_days", NOW).end == datetime(2026, 10, 15, tzinfo=UTC)
    assert parse_recent("last_7_days", NOW).end == NOW
    assert parse_recent("last_month", NOW) == parse_period("last_month", NOW)


def test_the_period_before_a_month_is_a_month_however_long() -> None:
    assert previous(parse_period("2026-03", NOW)).label == "February 2026"
    assert previous(parse_period("2026-Q3", NOW)).label == "April 2026 to June 2026"
    assert previous(parse_period("last_7_days", NOW)).label == "1 to 7 October 2026"


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2090, 1, 1)), st.integers(1, 400))
def test_lengths_are_what_the_words_say(day: datetime, count: int) -> None:
    now = day.replace(tzinfo=UTC)
    period = parse_period(f"last_{count}_days", now)
    assert period.end - period.start == timedelta(days=count)
    assert period.end <= now < period.end + timedelta(days=1)
    assert previous(period).end == period.start


@pytest.mark.parametrize(
    ("word", "start", "end", "label"),
    [
        ("2026-10-13T18:00..2026-10-14T00:00", (13, 18, 0), (14, 0, 0), "13 October 2026 18:00 to 24:00 UTC"),
        ("2026-10-13T18:30..2026-10-13T19:15", (13, 18, 30), (13, 19, 15), "13 October 2026 18:30 to 19:15 UTC"),
        (
            "2026-10-13T18:00..2026-10-14T06:00",
            (13, 18, 0),
            (14, 6, 0),
            "13 October 2026 18:00 to 14 October 2026 06:00 UTC",
        ),
        ("2026-10-15T06:00..2026-10-15T12:00", (15, 6, 0), (15, 9, 0), "15 October 2026 06:00 to 09:00 UTC"),
    ],
)
def test_events_take_hours_up_to_now(word: str, start: tuple[int, ...], end: tuple[int, ...], label: str) -> None:
    first, last = (datetime(2026, 10, *moment, tzinfo=UTC) for moment in (start, end))
    assert parse_recent(word, NOW) == Period(label=label, start=first, end=last)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("2026-10-13T18:00..2026-10-13T17:00", "ends before it starts"),
        ("2026-10-13T18:00..2026-10-13T18:00", "ends before it starts"),
        ("2026-10-13T18:00..2026-10-13T24:00", "a day ends at T00:00 of the next one"),
        ("2026-10-13T18:00", "two moments"),
        ("2026-10-13T18:00..2026-10-14", "two moments"),
        ("2026-10-13T25:00..2026-10-14T02:00", "hour"),
        ("2026-10-13T18:00+02:00..2026-10-13T20:00+02:00", "two moments"),
        ("2026-10-15T12:00..2026-10-15T18:00", "starts in the future; it is 2026-10-15T09:00 UTC"),
    ],
)
def test_hours_that_are_none_are_refused_with_what_is_wrong(word: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_recent(word, NOW)


def test_what_is_billed_by_the_day_refuses_hours() -> None:
    with pytest.raises(InputError, match="a part of a day is not available"):
        parse_period("2026-10-13T18:00..2026-10-14T00:00", NOW)


def test_before_hours_come_the_same_number_of_hours() -> None:
    before = previous(parse_recent("2026-10-13T18:00..2026-10-14T00:00", NOW))
    assert before == parse_recent("2026-10-13T12:00..2026-10-13T18:00", NOW)
