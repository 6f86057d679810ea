"""As of shown: what is asked after an answer is of the days, the evening and the place that were shown, or says it is not."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.weighing.measuring import CHANGE_ALONE
from policies.grounding.figures import find_figures
from tests.agents.models.planning import calls_of, plan_of
from tools.estate.world import NOW

THEN = {"accounts": "online-prod", "period": "2026-10-13T18:00..2026-10-14T00:00"}
EVENING = "what went wrong tuesday evening in online-prod?"
SO_FAR = "AWS spend in data-lab this month to date"
DAYS = "Compare yesterday's costs with the day before, by account"
NOT_NARROWED = "This is not narrowed to the account online-prod and the time of the question before."


@pytest.mark.parametrize(
    ("asked", "against"),
    [
        ("is that more than at the same point last month?", "2026-09-01..2026-09-14"),
        ("is that more than last month at this point?", "2026-09-01..2026-09-14"),
        ("is that higher than in the same period last month?", "2026-09-01..2026-09-14"),
        ("more than this time last month?", "2026-09-01..2026-09-14"),
        ("how does it compare to this point in September?", "2026-09-01..2026-09-14"),
        ("is it less than at the same point of August?", "2026-08-01..2026-08-14"),
        ("is that more than last month?", "last_month"),
        ("is that more than in August?", "2026-08"),
    ],
)
def test_the_month_so_far_is_held_against_the_same_days_where_these_are_asked_for(asked: str, against: str) -> None:
    plan = plan_of(SO_FAR, asked)
    inputs = {"accounts": "data-lab", "period": "month_to_date", "compared_to": against}
    assert [dict(call.inputs) for call in plan.calls] == [inputs]
    assert not plan.without


def test_a_whole_month_is_held_against_a_whole_one() -> None:
    asked = ("What did we spend in September?", "is that more than at the same point in August?")
    assert calls_of(*asked) == [("spend_change", {"period": "2026-09", "compared_to": "2026-08"})]


@pytest.mark.parametrize(
    "asked",
    [
        "how many alarms were there in total",
        "how many alarms in total?",
        "total number of alarms?",
        "what was the number of alarms in all?",
    ],
)
def test_alarms_are_counted_in_the_evening_and_the_place_that_were_shown(asked: str) -> None:
    plan = plan_of(EVENING, asked)
    assert [(call.query, dict(call.inputs)) for call in plan.calls] == [("alarm_history", THEN)]
    assert not plan.without


@pytest.mark.parametrize(
    ("asked", "calls"),
    [
        ("how many alarms are firing now?", [("alarms", {"accounts": "online-prod", "state": "alarm"})]),
        ("how many alarms were there across all accounts?", [("alarm_history", {"period": THEN["period"]})]),
        ("how many alarms were there in data-prod?", [("alarm_history", {**THEN, "accounts": "data-prod"})]),
    ],
)
def test_alarms_of_now_or_of_another_place_are_not_those_of_that_evening_there(
    asked: str, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    assert calls_of(EVENING, asked) == calls


def test_all_alarms_that_we_have_are_said_to_be_of_neither() -> None:
    plan = plan_of(EVENING, "how many alarms do we have in total")
    assert [call.query for call in plan.calls] == ["alarms"]
    assert NOT_NARROWED in plan.limits


@pytest.mark.parametrize(
    "asked",
    [
        "who made the deployment?",
        "who did the rollout?",
        "and who triggered that deploy?",
        "who was behind the release?",
        "who started the deployment?",
        "who deployed it",
        "who released that?",
    ],
)
@pytest.mark.parametrize(
    "first", [(EVENING,), (EVENING, "how many alarms were there in total", "how long did it last")]
)
def test_who_deployed_is_asked_of_the_deployments_of_that_evening_there(first: tuple[str, ...], asked: str) -> None:
    assert calls_of(*first, asked) == [("recent_changes", {"kind": "deployments", **THEN})]


def test_who_deployed_is_asked_of_all_after_nothing_that_happened() -> None:
    assert [query for query, _ in calls_of("What did we spend last month?", "who made the deployment?")] != [
        "recent_changes"
    ]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((DAYS, "why is data-lab so high?"), True),
        ((DAYS, "why is data-lab so expensive?"), True),
        ((DAYS, "why did data-lab go up?"), False),
        (("What did we spend last month by account?", "why is data-lab so high?"), False),
    ],
)
def test_a_change_between_days_is_said_not_to_tell_why_a_bill_is_high(asked: tuple[str, ...], said: bool) -> None:
    plan = plan_of(*asked)
    assert plan.calls
    assert (CHANGE_ALONE in plan.limits) is said
    assert not find_figures(CHANGE_ALONE, NOW)
