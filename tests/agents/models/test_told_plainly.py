"""Told plainly: what an answer counts, leaves out or is narrowed to is what was asked, or a sentence says what it is."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

import pytest

from agents.models.offline.maker import OfflineMaker
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.planning import plan_of

__all__ = ["ask", "estate", "home", "open_desk_with"]
EINDHOVEN = "How many vulnerabilities are there in Eindhoven?"


@pytest.mark.parametrize(
    "more", ["which machines?", "which servers?", "on which machines", "and which machines are that?"]
)
def test_a_few_words_ask_of_the_place_that_was_shown_and_not_of_everywhere_beside_it(more: str) -> None:
    calls = plan_of(EINDHOVEN, more).calls
    assert calls and all(call.inputs.get("accounts") == "venue:eindhoven" for call in calls), (
        "was of all accounts first"
    )
    [patches] = plan_of("How many patches are missing in Utrecht?", "which machines?").calls
    assert patches.inputs["accounts"] == "venue:utrecht"
    [bill] = plan_of("How much did venue-utrecht cost in August?", "which services?").calls
    assert bill.inputs == {"accounts": "venue-utrecht", "period": "2026-08", "by": "service"}


@pytest.mark.parametrize("more", ["and overall?", "which other machines?", "and in Utrecht?"])
def test_a_few_words_that_say_where_are_not_held_to_the_place_that_was_shown(more: str) -> None:
    assert any(call.inputs.get("accounts") != "venue:eindhoven" for call in plan_of(EINDHOVEN, more).calls)


@pytest.mark.parametrize(
    ("question", "who", "period"),
    [
        ("how many logins by root in the last 30 days?", "root", "last_30_days"),
        ("how often did root log in last month?", "root", "last_month"),
        ("how many root sign-ins were there in September?", "root", "2026-09"),
        ("how often did m.jansen log in in September?", "m.jansen", "2026-09"),
    ],
)
def test_how_many_sign_ins_there_were_is_asked_of_events_and_not_of_users(question: str, who: str, period: str) -> None:
    [call] = plan_of(question).calls
    assert call.query == "who_did_what", "counted the root users"
    assert (call.inputs["action"], call.inputs["who"], call.inputs["period"]) == ("ConsoleLogin", who, period)


@pytest.mark.parametrize("question", ["How many players were logged in last night?", "how often do players log in?"])
def test_who_plays_is_not_looked_for_among_sign_ins(question: str) -> None:
    plan = plan_of(question)
    assert plan.calls == () and plan.abstention is not None and plan.abstention.kind == "cannot_know"


def test_users_are_still_counted_as_users() -> None:
    assert [c.inputs for c in plan_of("how many people can log in without MFA?").calls] == [{"check": "no_mfa"}]
    [used] = [plan for plan in [plan_of("how many times was root used in the last 30 days?")] if plan.calls]
    assert any("not how often they were used" in limit for limit in used.limits)
    assert not any("how often" in limit for limit in plan_of("Who used the root account in the last month?").limits)


@pytest.mark.parametrize(
    ("asked", "apart"),
    [
        (("how much did we spend on databases last month",), True),
        (("cost of databases per account in August",), True),
        (("how much did we spend on databases last month", "only online-prod"), True),
        (("What did we spend on RDS last month?",), False),
        (("what do our postgres databases cost?",), False),
        (("how many databases do we have?",), False),
    ],
)
def test_a_bill_of_databases_says_which_ones_are_not_in_it(asked: tuple[str, ...], apart: bool) -> None:
    plan = plan_of(*asked)
    assert plan.calls and any("DynamoDB" in limit and "apart" in limit for limit in plan.limits) is apart


REST = "What's the forecast for the rest of the year?"
BILLED = "What did CloudWatch cost on 13 and 14 October in online-prod?"
STARTED = (
    "Changes: 2 changes.\n\nThe events:\n- m.jansen, RunInstances on i-09f500000000000a2 in account data-lab: 19 September 2026 16:06 UTC\n"
    "- m.jansen, RunInstances on i-09f500000000000a1 in account data-lab: 18 September 2026 16:05 UTC\n"
    "- m.jansen, ConsoleLogin in account data-prod: 30 September 2026 03:03 UTC"
)
FIRED = (
    "Read as: alarms that started firing, 13 October 2026 18:00 to 24:00 UTC, all accounts.\n\nAlarms that started firing: 9 alarms. "
    "First of these alarms started firing: 13 October 2026 19:07 UTC.\n\nIn order:\n- bet-api-p99 in account online-prod: 1 time, first 13 October 2026 19:08 UTC"
)


@pytest.mark.parametrize(
    ("asked", "bill"),
    [
        ((REST, "how does that compare with the last three months?"), {"period": "last_3_months", "by": "month", "net": False}),
        ((REST, "how does that compare with August?"), {"period": "2026-08", "by": "none", "net": False}),
        ((REST, "how does that compare with August?", "and to July?"), {"period": "2026-07", "by": "none", "net": False}),
        ((REST, "and for online-prod alone?", "how does that compare with the last three months?"),
         {"accounts": "online-prod", "period": "last_3_months", "by": "month", "net": False}),
    ],
)  # fmt: skip
def test_a_forecast_is_held_against_what_was_billed(asked: tuple[str, ...], bill: dict[str, object]) -> None:
    ahead, billed = plan_of(*asked).calls
    assert (ahead.query, ahead.inputs["period"], billed.query, billed.inputs) == (
        "forecast",
        "this_year",
        "spend",
        bill,
    )
    assert ahead.inputs.get("accounts") == bill.get("accounts")


def test_a_forecast_is_not_held_against_a_whole_month_where_some_days_are_named() -> None:
    plan = plan_of("forecast for the rest of this month", "how does that compare with the same days last month?")
    assert not any(call.query == "spend" for call in plan.calls)


@pytest.mark.parametrize(
    "more", ["what do they cost per hour?", "how much is that an hour?", "and what is their hourly price"]
)
def test_what_commitments_cost_an_hour_is_told_of_those_that_were_shown(more: str) -> None:
    assert plan_of("Which commitments do we have?", more).calls == plan_of("Which commitments do we have?").calls


def test_next_month_is_held_against_one_that_was_as_well() -> None:
    ahead, billed = plan_of("What will we spend next month?", "versus August?").calls
    assert (ahead.inputs, billed.inputs) == (
        {"period": "next_month"},
        {"period": "2026-08", "by": "none", "net": False},
    )


def test_another_subject_is_not_held_to_the_place_of_a_bill() -> None:
    assert any(
        "accounts" not in c.inputs for c in plan_of("What did payer cost in September?", "ok. alarms now?").calls
    )


@pytest.mark.parametrize("more", ["what is it normally on a day?", "what's normal?", "how much is usual per day?"])
def test_what_is_usual_is_the_days_before_those_that_were_shown(more: str) -> None:
    plan = plan_of(BILLED, more)
    [call] = plan.calls
    assert call.inputs == {
        "accounts": "online-prod", "service": "AmazonCloudWatch", "by": "day", "period": "2026-09-13..2026-10-12",
    }  # fmt: skip
    assert any("days before" in limit for limit in plan.limits)


@pytest.mark.parametrize(
    "asked", [(BILLED, "so how much extra?"), (BILLED, "what's normal?", "how much extra was it?")]
)
def test_what_was_extra_is_what_was_found_unusual_there(asked: tuple[str, ...]) -> None:
    plan = plan_of(*asked)
    assert [(c.query, c.inputs) for c in plan.calls] == [("cost_anomalies", {"accounts": "online-prod"})]
    assert any("not only of the one that was shown" in limit for limit in plan.limits)


@pytest.mark.parametrize(
    "more",
    [
        "only by people, not by pipelines",
        "which of them were made by hand?",
        "just the ones by humans",
        "without automation",
    ],
)
def test_changes_are_not_narrowed_to_people_and_say_so_first(more: str) -> None:
    plan = plan_of("what changed in production yesterday", more)
    assert [c.inputs for c in plan.calls] == [{"accounts": "env:prod", "period": "yesterday"}]
    assert plan.limits[0].startswith("This is not narrowed to the changes that people made")


@pytest.mark.parametrize(
    "more", ["are those machines still running?", "are they still up?", "do the two instances still exist?"]
)
def test_whether_machines_run_that_were_started_is_told_by_those_that_run_there(more: str) -> None:
    plan = plan_of("what did m.jansen do in september", more, answers=(STARTED,))
    [call] = plan.calls
    assert (call.query, call.inputs["accounts"], call.inputs["by"]) == ("inventory", "data-lab", "resource")
    assert any("among them if they still run" in limit for limit in plan.limits)


@pytest.mark.parametrize(
    "more", ["what have they cost until now?", "what did those machines cost?", "and what do they cost us"]
)
def test_what_machines_cost_that_were_started_is_of_their_account_since_then(more: str) -> None:
    plan = plan_of("what did m.jansen do in september", more, answers=(STARTED,))
    [call] = plan.calls
    assert (call.query, call.inputs["accounts"], call.inputs["period"]) == (
        "spend",
        "data-lab",
        "2026-09-18..2026-10-15",
    )
    assert call.inputs["service"].startswith("Amazon Elastic Compute") and any(
        "single ones apart" in one for one in plan.limits
    )


def test_machines_that_are_named_with_a_place_or_a_time_are_of_these() -> None:
    before = "what did m.jansen do in september"
    for more in ("what do the servers in Utrecht cost?", "are the servers in Utrecht up?"):
        calls = plan_of(before, more, answers=(STARTED,)).calls
        assert not any("data-lab" in str(call.inputs.get("accounts")) for call in calls)
    [call] = plan_of(before, "what did those machines cost in September?", answers=(STARTED,)).calls
    assert (call.inputs["accounts"], call.inputs["period"]) == ("data-lab", "2026-09")


def test_of_other_things_they_are_no_machines() -> None:
    other = f"{STARTED}\n- m.jansen, CreateBucket on my-bucket in account data-lab: 18 September 2026 16:05 UTC"
    for answer in (other, STARTED.replace("a1 in account data-lab", "a1 in account data-prod")):
        plan = plan_of("what did m.jansen do in september", "are they still up?", answers=(answer,))
        assert not any(call.query == "inventory" for call in plan.calls)


@pytest.mark.parametrize(
    "more",
    [
        "what was changed just before?",
        "what was deployed right before that?",
        "what changed just before the first alarm?",
    ],
)
def test_just_before_is_the_hour_before_the_first_alarm(more: str) -> None:
    [call] = plan_of("What went wrong in the evening of 13 October?", more, answers=(FIRED,)).calls
    assert (call.query, call.inputs["period"]) == ("recent_changes", "2026-10-13T18:07..2026-10-13T19:07"), (
        "was all evening"
    )


def test_since_something_happened_names_what_is_not_known() -> None:
    for asked, said in (
        ("how much more do we pay for RDS since the reservations ended?", '"since the reservations ended"'),
        ("what do we spend on EC2 since the migration?", '"since the migration"'),
    ):
        why = plan_of(asked).abstention
        assert why is not None and said in why.text and "name the day or the month" in why.text
    ended = "In detail:\n- ends or ended 30 September 2026 in account online-prod: 4 instances"
    asked = ("which reservations ended?", "how much more do we pay for RDS since the reservations ended?")
    [call] = plan_of(*asked, answers=(ended,)).calls
    assert (call.query, call.inputs["period"]) == ("spend_change", "2026-09-30..2026-10-15")


@pytest.mark.parametrize(
    ("asked", "lost"),
    [
        (("how many EC2 instances do we run", "only the stopped ones", "and rds?"), "stopped ones"),
        (("Which volumes are unattached?", "and buckets?"), "unattached ones"),
        (("Which functions run python3.8?", "and instances?"), "type"),
        (("Which instances are stopped?", "how many databases do we have?"), ""),
        (("Which instances are stopped?", "and all databases?"), ""),
        (("Which instances are stopped?", "and in Utrecht?"), ""),
        (("How many instances do we run?", "and rds?"), ""),
    ],
)
def test_another_kind_of_things_in_any_state_says_so(asked: tuple[str, ...], lost: str) -> None:
    plan = plan_of(*asked)
    assert plan.calls
    said = [limit for limit in plan.limits if limit.startswith("This is not narrowed to the ")]
    assert said == ([f"This is not narrowed to the {lost} of the question before."] if lost else [])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((REST, "how does that compare with the last three months?"), "Forecast spend for the rest of the year: USD 354,109.20"),
        ((BILLED, "what is it normally on a day?"), "Average daily spend: USD 73.41"),
        ((BILLED, "so how much extra?"), "USD 258.58"),
        (("what changed in production yesterday", "only by people, not by pipelines"), "This is not narrowed to the changes"),
        (("How much more will we spend until the end of the year?",), "Forecast spend for the rest of the year: USD 354,109.20"),
        (("what was deployed in online-prod on 13 October?", "who did it, a person or a pipeline?"), "This is not narrowed to the changes"),
        (("Which functions run python3.8?", "and instances?"), "This is not narrowed to the type"),
        (("how much did we spend on databases last month",), "This is RDS alone"),
        (("how many times was root used in the last 30 days?",), "not how often they were used"),
    ],
)  # fmt: skip
def test_what_is_told_so_is_delivered_and_not_withheld(ask: Ask, asked: tuple[str, ...], said: str) -> None:
    given = [ask(OfflineMaker(), turn, session="plainly") for turn in asked][-1]
    assert given.status == "answered", given.text
    assert said in given.text


@pytest.mark.parametrize(
    ("more", "by", "period"),
    [("what is usual?", "month", "2026-03..2026-08"), ("what's normal per day?", "day", "2026-08-02..2026-08-31")],
)
def test_what_is_usual_of_a_month_is_by_month_unless_a_day_is_named(more: str, by: str, period: str) -> None:
    [call] = plan_of("What did S3 cost in September?", more).calls
    assert (call.inputs["by"], call.inputs["period"]) == (by, period)


@pytest.mark.parametrize(
    ("asked", "period"),
    [
        (("What went wrong in the evening of 13 October?", "how many alarms fired?"), "2026-10-13T18:00..2026-10-14T00:00"),
        (("What changed in online-prod on 13 October?", "which alarms fired?"), "2026-10-13"),
        (("What went wrong in the evening of 13 October?", "what was changed just before?", "how many alarms fired?"), "2026-10-13"),
    ],
)  # fmt: skip
def test_alarms_that_fired_are_those_of_the_time_that_was_shown(asked: tuple[str, ...], period: str) -> None:
    [call] = plan_of(*asked, answers=(FIRED,)).calls
    assert (call.query, call.inputs["period"]) == ("alarm_history", period), "were those that fire now"


def test_alarms_that_fire_now_are_still_those_of_now() -> None:
    for more in ("which alarms are firing?", "how many alarms are there?"):
        assert {call.query for call in plan_of("What changed in online-prod on 13 October?", more).calls} == {"alarms"}


def test_what_is_usual_of_a_metric_is_of_the_days_before() -> None:
    [call] = plan_of("What is the cpu of the online-prod databases on 13 October?", "what is it normally?").calls
    assert (call.query, call.inputs["name"], call.inputs["period"]) == ("metric", "db_cpu", "2026-09-29..2026-10-12")
