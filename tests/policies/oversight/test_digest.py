"""When a digest is due: on its day at its hour where it is read, whatever the clock there does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from policies.oversight.digest import Digest, Digests

PLAIN = {"name": "week", "questions": ["What did we spend?"], "to": ["slack:C0123"]}
ZONES = ("UTC", "Europe/Amsterdam", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.sampled_from(ZONES), st.sampled_from(DAYS), st.times(), st.sampled_from(["day", "week"]))
def test_it_is_due_on_its_day_at_its_hour_and_next_time_a_day_or_week_later(now, zone, weekday, at, every):
    hour = f"{at:%H:%M}"
    digest = Digest(**PLAIN, every=every, weekday=weekday, at=hour, zone=zone)
    slot, upcoming = digest.slot(now), digest.upcoming(now)
    assert slot <= now < upcoming and slot.tzinfo is UTC
    local = slot.astimezone(ZoneInfo(zone))
    if every == "week":
        assert DAYS[(local - timedelta(hours=2)).weekday()] == weekday or DAYS[local.weekday()] == weekday
    gap = abs((local.hour * 60 + local.minute) - (int(hour[:2]) * 60 + int(hour[3:])))
    assert min(gap, 1440 - gap) in (0, 30, 60), "an hour that a change of the clock leaves out is the one after it"
    span = timedelta(days=7 if every == "week" else 1)
    assert abs(upcoming - slot - span) <= timedelta(hours=25 if zone == "Pacific/Apia" else 1)
    assert digest.slots(slot, now) == [] and digest.slots(slot - timedelta(seconds=1), upcoming) == [slot, upcoming]


def test_an_hour_that_comes_twice_is_sent_once():
    digest = Digest(**PLAIN, every="day", at="02:30", zone="Europe/Amsterdam")
    night = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert digest.slots(night, night + timedelta(days=1)) == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert digest.slots(spring, spring + timedelta(days=1)) == [datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"zone": "Europe/Atlantis"}, "time zone"),
        ({"zone": "../../etc/passwd"}, "time zone"),
        ({"at": "24:00"}, "at"),
        ({"to": ["mail:cfo@casino.example"]}, "to"),
        ({"to": ["slack:#costs"]}, "to"),
        ({"to": []}, "to"),
        ({"questions": []}, "questions"),
        ({"name": "Week 1"}, "name"),
        ({"as": "admin"}, "as"),
    ],
)
def test_what_does_not_fit_is_said(change, said):
    with pytest.raises(ValidationError, match=said):
        Digest.model_validate({**PLAIN, **change})


def test_two_of_one_name_are_refused():
    with pytest.raises(ValidationError, match="two digests are called 'week'"):
        TypeAdapter(Digests).validate_python([PLAIN, PLAIN])
