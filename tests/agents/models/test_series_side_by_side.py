"""Side by side: places that are compared over time are told one by one, what ended is a subject of its own, and so is a day."""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

import pytest

from tests.agents.models.planning import plan_of

COMPARED = "compare the cost of online-prod and data-prod since June"
PLANS = "Which savings plans do we have?"
ENDING = "Which savings plans or reservations run out before year end?"
LATELY = "2026-08-16..2026-10-14"
"""The last 60 days before NOW, 15 October 2026."""


@pytest.mark.parametrize(
    "asked",
    ["cost of amsterdam vs rotterdam this year by month", "amsterdam versus rotterdam cost per month this year"],
)
def test_two_venues_that_are_compared_by_month_are_two_series(asked: str) -> None:
    plan = plan_of(asked)
    assert [(call.inputs["accounts"], call.inputs["by"]) for call in plan.calls] == [
        ("venue:amsterdam", "month"),
        ("venue:rotterdam", "month"),
    ]
    assert plan.first == 0


@pytest.mark.parametrize("asked", ["by month", "per month please", "month by month"])
def test_what_was_compared_stays_apart_by_month(asked: str) -> None:
    plan = plan_of(COMPARED, asked)
    assert [(call.inputs["accounts"], call.inputs["by"]) for call in plan.calls] == [
        ("online-prod", "month"),
        ("data-prod", "month"),
    ]


@pytest.mark.parametrize(
    "asked", [("amsterdam and rotterdam together by month this year",), (COMPARED, "per month in total")]
)
def test_what_is_asked_for_together_is_added_up(asked: tuple[str, ...]) -> None:
    [call] = plan_of(*asked).calls
    assert call.inputs["by"] == "month"
    assert str(call.inputs["accounts"]).count(",") == 1


@pytest.mark.parametrize("asked", ["and what already lapsed?", "what has expired already?", "what ended recently?"])
def test_what_lapsed_is_of_every_kind_and_of_the_past(asked: str) -> None:
    plan = plan_of(ENDING, "how much is the Savings Plan worth per hour?", asked)
    [call] = plan.calls
    assert call.query == "commitments"
    assert (call.inputs.get("kind", "all"), call.inputs["ending"]) == ("all", LATELY)
    assert "What ended is told for the last 60 days." in plan.limits


@pytest.mark.parametrize("asked", ["have any expired?", "which of them have lapsed?", "and which ones already ended?"])
def test_which_of_those_that_were_shown_ended_is_of_their_kind(asked: str) -> None:
    [call] = plan_of(PLANS, asked).calls
    assert (call.inputs["kind"], call.inputs["ending"]) == ("savings_plans", LATELY)


@pytest.mark.parametrize(
    "asked",
    [
        "which reservations have not expired?",
        "when did the reservation in online-prod end?",
        "which reservations expire soon?",
    ],
)
def test_what_has_not_ended_or_when_it_does_is_no_list_of_what_has(asked: str) -> None:
    assert all(call.inputs.get("ending") != LATELY for call in plan_of(asked).calls)


def test_whether_any_lapsed_is_told_with_all_there_are_where_nothing_was_shown() -> None:
    assert plan_of("Have any of our reservations lapsed recently?").calls[0].inputs == {"kind": "reservations"}


def test_a_time_that_is_named_is_the_one_in_which_it_ended() -> None:
    assert plan_of("which reservations expired in september?").calls[0].inputs["ending"] == "2026-09"


CPU = "What is the cpu of the online-prod databases over the last week?"


@pytest.mark.parametrize("asked", ["on which day?", "which day was it?", "when was that?"])
def test_the_day_of_a_peak_is_not_told_of_many_at_once(asked: str) -> None:
    plan = plan_of(CPU, "what was the peak?", asked)
    assert [call.query for call in plan.calls] == ["metric"]
    assert any(limit.startswith("On which day it was is not told of many") for limit in plan.limits)


def test_the_day_of_a_peak_of_one_is_told() -> None:
    plan = plan_of("cpu of wallet-db over the last week?", "what was the peak?", "on which day?")
    assert plan.calls[0].inputs["resource"] == "wallet-db"
    assert not any("of many at once" in limit for limit in plan.limits)
