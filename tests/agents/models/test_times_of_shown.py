"""Times of what was shown: an hour earlier, just before it, since a quarter, by week, and why one of two costs more."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

import pytest

from agents.models.offline.inputs.hours import time_of
from agents.models.offline.reading import read
from policies.grounding.figures import find_figures
from tests.agents.models.dev_bank import names
from tests.agents.models.planning import calls_of, plan_of
from tools.estate.world import NOW

LOGS = "Show me the error logs around 19:10 on 13 October"
EVENING = "What changed in online-prod on Tuesday evening?"
CLOUDWATCH = ("What do we pay for CloudWatch?", "since when did it go up")
COMPARED = "Compare Amsterdam and Rotterdam for last month."


def times_of(*asked: str, answers: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The queries of the last question and the times they look at."""
    return [(call.query, time_of(call)) for call in plan_of(*asked, answers=answers).calls]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("errors just before 20:00 on 13 October", "19:30", "20:00"),
        ("errors right after 8 pm yesterday", "20:00", "20:30"),
        ("errors shortly before midnight on Tuesday", "23:30", "24:00"),
        ("welke fouten waren er vlak voor 20:00 op 13 oktober", "19:30", "20:00"),
        ("errors around 20:00 on 13 October", "19:30", "20:30"),
        ("errors before 20:00 on 13 October", "00:00", "20:00"),
        ("errors in the hour before 20:00 on 13 October", "19:00", "20:00"),
    ],
)
def test_just_before_a_time_of_day_ends_at_it_and_just_after_begins_there(asked: str, start: str, end: str) -> None:
    hours = read(asked, names(), NOW).when.hours
    assert hours is not None
    assert [f"{at // 60:02d}:{at % 60:02d}" for at in (hours.start, hours.end)] == [start, end]


@pytest.mark.parametrize(
    ("before", "asked", "period"),
    [
        (LOGS, "and one hour earlier?", "2026-10-13T17:40..2026-10-13T18:40"),
        (LOGS, "an hour later", "2026-10-13T19:40..2026-10-13T20:40"),
        (LOGS, "half an hour earlier", "2026-10-13T18:10..2026-10-13T19:10"),
        (LOGS, "10 min later", "2026-10-13T18:50..2026-10-13T19:50"),
        (LOGS, "and the half hour before", "2026-10-13T18:10..2026-10-13T18:40"),
        (LOGS, "en een uur eerder?", "2026-10-13T17:40..2026-10-13T18:40"),
        (LOGS, "the day before that", "2026-10-12T18:40..2026-10-12T19:40"),
        (LOGS, "same time a week earlier", "2026-10-06T18:40..2026-10-06T19:40"),
        (LOGS, "en vlak daarvoor?", "2026-10-13T17:40..2026-10-13T18:40"),
        (LOGS, "and right after that?", "2026-10-13T19:40..2026-10-13T20:40"),
        (EVENING, "an hour earlier", "2026-10-13T17:00..2026-10-13T23:00"),
        (EVENING, "the hour before", "2026-10-13T17:00..2026-10-13T18:00"),
        (EVENING, "a week earlier", "2026-10-06T18:00..2026-10-07T00:00"),
        ("What changed in the last 3 hours?", "an hour earlier", "2026-10-15T05:00..2026-10-15T08:00"),
        # no hours were shown: a week is a week, and a month is a month
        ("errors yesterday", "a week earlier", "2026-10-07..2026-10-13"),
        ("what did we spend last month", "the month before", "2026-08"),
    ],
)  # fmt: skip
def test_a_step_in_time_moves_the_hours_that_were_shown(before: str, asked: str, period: str) -> None:
    [(query, _)] = times_of(before)
    assert times_of(before, asked) == [(query, period)]


def test_another_query_an_hour_earlier_is_of_these_hours_too() -> None:
    assert times_of(LOGS, "what was changed an hour earlier?") == [
        ("recent_changes", "2026-10-13T17:40..2026-10-13T18:40")
    ]


@pytest.mark.parametrize("asked", ["how many with timeout", "which log group has the most errors?", "show errors in bet-api"])  # fmt: skip
def test_the_same_asked_of_no_other_time_is_of_the_hours_that_were_shown(asked: str) -> None:
    assert times_of(LOGS, asked) == [("error_logs", "2026-10-13T18:40..2026-10-13T19:40")]


def test_what_is_asked_of_us_or_of_another_matter_is_not_of_those_hours() -> None:
    assert times_of(LOGS, "how many errors do we have?") == [("error_logs", "")]
    assert any("not narrowed to the time" in limit for limit in plan_of(LOGS, "what did CloudWatch cost?").limits)


def test_just_before_an_alarm_is_of_the_hour_before_it_whichever_turn_spoke_of_deployments() -> None:
    asked = ("What happened on Tuesday evening in online-prod?", "which alarm fired first?")
    answers = (
        "Deployments among the changes: 2 deployments.",
        "- bet-api-5xx in account online-prod: 1 time, first 13 October 2026 19:07 UTC",
    )
    found = calls_of(*asked, "what was deployed just before", answers=answers)
    assert [(query, given["kind"], given["period"]) for query, given in found] == [
        ("recent_changes", "deployments", "2026-10-13T18:07..2026-10-13T19:07")
    ]


@pytest.mark.parametrize(
    ("asked", "period", "other"),
    [
        (("spend by team last quarter", "which of them grew the most since Q2?"), "last_quarter", "2026-Q2"),
        (("which team grew the most since Q1",), "last_quarter", "2026-Q1"),
        (("how did costs change since Q3",), "this_quarter", "2026-Q3"),
        (("spend by team in Q2", "which grew the most since Q1"), "2026-Q2", "2026-Q1"),
        (("why did costs go up since June?",), "last_month", "2026-06"),
        (("spend by team in September", "which grew the most since June"), "2026-09", "2026-06"),
    ],
)
def test_since_a_quarter_compares_quarters_and_since_a_month_months(
    asked: tuple[str, ...], period: str, other: str
) -> None:
    [(query, inputs)] = calls_of(*asked)
    assert (query, inputs["period"], inputs["compared_to"]) == ("spend_change", period, other)


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        ("weekly costs of S3 in September", "day"),
        ("kosten per week in september", "day"),
        ("spend for each week of september", "day"),
        ("costs of data-lab per week since 1 September", "month"),  # too long to be told by day
        ("show spend week by week for the last 6 months", "month"),
    ],
)
def test_each_week_of_a_bill_is_by_day_or_by_month_and_says_so(asked: str, by: str) -> None:
    plan = plan_of(asked)
    assert [call.inputs["by"] for call in plan.calls] == [by]
    [note] = [limit for limit in plan.limits if "week by week" in limit]
    assert f"by {by}" in note and not find_figures(note, NOW)


def test_what_is_not_told_by_week_says_so() -> None:
    assert "This is not told week by week." in plan_of("how many alarms per week").limits
    why = plan_of("how many findings per week").abstention
    assert why is not None and "apart by week" in why.text
    for asked in ("did we spend more this week", "costs by day in September"):
        assert not any("week by week" in limit for limit in plan_of(asked).limits)


@pytest.mark.parametrize(
    "asked",
    ["why is Amsterdam more expensive", "why does Rotterdam cost less", "what makes Amsterdam dearer", "where does the difference come from", "why is Amsterdam more expensive than Rotterdam", "waarom is Amsterdam duurder?"],
)  # fmt: skip
def test_why_one_of_two_that_were_compared_costs_more_is_what_each_is_made_of(asked: str) -> None:
    plan = plan_of(COMPARED, asked)
    assert [dict(call.inputs) for call in plan.calls] == [
        {"accounts": f"venue:{one}", "by": "service", "period": "last_month"} for one in ("amsterdam", "rotterdam")
    ]
    assert any("does not say why" in limit for limit in plan.limits)


@pytest.mark.parametrize(
    "asked",
    [
        (COMPARED, "why did Amsterdam go up"),
        (COMPARED, "why is Utrecht more expensive"),
        ("what did we spend in September", "why is it more expensive"),
        ("what did online gaming cost in august", "what did it cost in september?", "explain the difference"),
    ],
)
def test_why_one_thing_moved_is_still_its_change(asked: tuple[str, ...]) -> None:
    assert {query for query, _ in calls_of(*asked)} == {"spend_change"}


@pytest.mark.parametrize(
    ("asked", "by"),
    [("which account", "account"), ("in which accounts did it go up", "account"), ("which team went up most", "team")],
)
def test_which_account_after_since_when_it_went_up_is_where_it_went_up(asked: str, by: str) -> None:
    [(query, inputs)] = calls_of(*CLOUDWATCH, asked)
    assert (query, inputs) == ("spend_change", {"service": "AmazonCloudWatch", "by": by})


def test_which_account_after_since_when_it_is_there_is_what_each_is_billed() -> None:
    found = calls_of(CLOUDWATCH[0], "since when do we have it", "which account")
    assert {query for query, _ in found} == {"spend"}


def test_bills_of_unequal_times_have_no_difference() -> None:
    assert not plan_of(*CLOUDWATCH).then


@pytest.mark.parametrize(
    "asked",
    ["and before that, normal day?", "what did we spend before that?", "how much was it before that", "and what did it cost per day before that?"],
)  # fmt: skip
def test_how_much_it_was_before_that_is_of_the_time_before(asked: str) -> None:
    [(query, period)] = times_of("how much did we spend between 8 and 24 september", asked)
    assert (query, period) == ("spend", "2026-08-22..2026-09-07")
