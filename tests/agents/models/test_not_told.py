"""Not told: what is asked and an answer does not hold is named in it: the person, the mending, the field, places."""

from __future__ import annotations

import pytest

from agents.models.offline.plan import Plan
from agents.models.offline.weighing.measuring import NOT_RESOLVED, NOT_TOLD_WHO, OF_THOSE_NEVER, OPERATIONS_ONLY
from tests.agents.models.planning import plan_of
from tests.questions.runner import asking

ANOMALIES = "were there cost anomalies in the last 60 days"
TWO_TEAMS = "Why does the data team cost more than the online-games team?"


def says(plan: Plan, said: str) -> bool:
    return any(limit.startswith(said) for limit in plan.limits)


@pytest.mark.parametrize(
    "asked",
    [
        [ANOMALIES, "who caused the biggest one?"],
        [ANOMALIES, "whose fault is the biggest?"],
        [ANOMALIES, "which person started the most expensive one"],
        ["What moved our costs in September", "who caused the rise?"],
        ["who caused the cost anomalies in September?"],
    ],
)
def test_who_did_it_is_said_not_to_be_told_where_no_person_is_shown(asked: list[str]) -> None:
    plan = plan_of(*asked)
    assert plan.calls and says(plan, NOT_TOLD_WHO)


@pytest.mark.parametrize(
    "asked", ["who spent the most in September?", "who opened the security group to the world?", "who owns data-prod?"]
)
def test_who_spent_or_did_what_is_shown_is_told(asked: str) -> None:
    assert not says(plan_of(asked), NOT_TOLD_WHO)


@pytest.mark.parametrize(
    "asked",
    [
        ["how many findings were resolved in the last 30 days"],
        ["how many findings did we close last month?"],
        ["critical findings fixed in September"],
        ["findings in Rotterdam", "how many have been remediated since August?"],
        ["all high and critical findings of venue Rotterdam", "And how many were resolved in the last 30 days"],
    ],
)
def test_what_was_resolved_is_said_not_to_be_told(asked: list[str]) -> None:
    plan = plan_of(*asked)
    assert {call.query for call in plan.calls} == {"findings"}
    assert says(plan, NOT_RESOLVED)


@pytest.mark.parametrize(
    "asked", ["which findings are not resolved yet", "how many open findings do we have", "new findings in september"]
)
def test_findings_that_are_open_are_told(asked: str) -> None:
    assert not says(plan_of(asked), NOT_RESOLVED)


@pytest.mark.parametrize(
    "asked",
    [
        ["Which access keys are older than 90 days?", "and which of them were never used"],
        ["Which access keys are older than 90 days?", "which of these have never been used at all"],
        ["which access keys have never been used?"],
        ["any keys that nobody ever used?"],
    ],
)
def test_keys_never_used_are_told_apart_from_those_unused(asked: list[str]) -> None:
    plan = plan_of(*asked)
    assert (plan.focus, says(plan, OF_THOSE_NEVER)) == (("never used",), True)


@pytest.mark.parametrize("asked", ["unused access keys", "keys not used for 120 days"])
def test_unused_keys_are_all_of_those(asked: str) -> None:
    plan = plan_of(asked)
    assert (plan.focus, says(plan, OF_THOSE_NEVER)) == ((), False)


def test_only_the_key_that_was_never_used_is_listed() -> None:
    with asking("offline") as ask:
        answer, _ = ask("which access keys have never been used?", "local", "never", "carla")
    assert "svc-load-test" in answer.text
    assert "svc-partner-feed" not in answer.text


@pytest.mark.parametrize(
    "asked", ["is everything ok in Utrecht?", "how is venue Eindhoven doing?", "any problems in online-prod?"]
)
def test_a_summary_of_operations_says_that_it_is_of_nothing_else(asked: str) -> None:
    assert OPERATIONS_ONLY in plan_of(asked).limits


def test_alarms_and_backups_that_were_asked_for_are_all_of_it() -> None:
    assert OPERATIONS_ONLY not in plan_of("which alarms are firing in Utrecht").limits


@pytest.mark.parametrize(
    "asked",
    [
        ["share of support in total spend this year"],
        ["support costs this year", "share of support in total spend this year"],
        ["RDS costs this year", "share of RDS in total spend this year"],
        ["what percentage of the bill is support?"],
        ["how many percent of total spend is database this month"],
    ],
)
def test_a_share_of_the_whole_bill_is_of_the_whole_bill(asked: list[str]) -> None:
    plan = plan_of(*asked)
    [call] = plan.calls
    assert (call.inputs["by"], call.inputs.get("service"), len(plan.focus)) == ("service", None, 1)


def test_what_support_costs_is_of_support() -> None:
    assert plan_of("support costs this year").calls[0].inputs["service"] == "AWS Support (Business)"


@pytest.mark.parametrize(
    "asked",
    [
        [TWO_TEAMS, "Which services make up the difference?"],
        [TWO_TEAMS, "what explains the gap?"],
        ["Cost per venue last quarter", "Why is Amsterdam so much more expensive than Eindhoven?", "and per month?"],
        ["Cost per venue last quarter", "Why did data-prod grow so much more than online-prod?", "and in August?"],
    ],
)
def test_what_follows_a_comparison_that_was_not_answered_follows_nothing(asked: list[str]) -> None:
    assert plan_of(*asked[:-1]).abstention is not None
    assert not plan_of(*asked).calls


def test_what_else_is_asked_after_it_says_that_it_is_not_of_those_teams() -> None:
    plan = plan_of(TWO_TEAMS, "which services cost the most?")
    assert "team" not in plan.calls[0].inputs
    assert "This is not narrowed to the teams of the question before." in plan.limits


def test_a_series_follows_what_was_answered() -> None:
    assert plan_of("Cost per venue last quarter", "and per month since January?").calls[0].inputs["by"] == "month"
