"""Within: a whole question after another one is asked of the place and time that were shown, or says that it is not."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.plan import Plan
from agents.models.offline.understand import understand
from policies.grounding.figures import find_figures
from tests.agents.models.dev_bank import names
from tests.agents.models.planning import plan_of
from tools.catalogue import queries
from tools.estate.world import NOW

EVENING = "2026-10-13T18:00..2026-10-14T00:00"
TUESDAY = "What happened in online-prod on Tuesday evening?"
DAILY, SEPTEMBER = "Average daily spend in online-prod in October so far", "and in September?"
UTRECHT = "What did Utrecht cost in August?"
NOT_NARROWED = "This is not narrowed to the "


def notes(*asked: str) -> list[str]:
    """What is said of the last one not to be narrowed to."""
    return [limit for limit in plan_of(*asked).limits if limit.startswith(NOT_NARROWED)]


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ((DAILY, SEPTEMBER, "what was the most expensive day?"), {"by": "day", "accounts": "online-prod", "period": "2026-09"}),
        ((TUESDAY, "who deployed it", "how many alarms went off?"), {"accounts": "online-prod", "period": EVENING}),
        ((TUESDAY, "who deployed it", "how many alarms went off?", "how long did it last"), {"accounts": "online-prod", "period": EVENING}),
        (("Which alarms fired in Rotterdam yesterday?", "how many errors were there?"), {"accounts": "venue:rotterdam", "period": "yesterday"}),
        (("Is everything ok in Eindhoven?", "what was changed since Monday?"), {"accounts": "venue:eindhoven", "period": "2026-10-12..2026-10-15"}),
        (("Is everything ok in Eindhoven?", "which alarms are firing?"), {"accounts": "venue:eindhoven", "state": "alarm"}),
        ((UTRECHT, "which services cost the most?"), {"by": "service", "accounts": "venue:utrecht", "period": "2026-08"}),
        (("What did we spend in August?", "which services cost the most?"), {"by": "service", "period": "2026-08"}),
        (("What did the data team spend in August?", "are there any anomalies?"), {"accounts": "team:data"}),
        (("Show critical findings in Utrecht", "which users have no MFA?"), {"check": "no_mfa", "accounts": "venue:utrecht"}),
        (("what did S3 cost in September?", "what was the most expensive day?"), {"by": "day", "service": "Amazon Simple Storage Service", "period": "2026-09"}),
    ],
)  # fmt: skip
def test_a_whole_question_is_asked_where_and_when_something_was_shown(
    asked: tuple[str, ...], inputs: dict[str, Any]
) -> None:
    plan = plan_of(*asked)
    assert [dict(call.inputs) for call in plan.calls] == [inputs]
    assert not notes(*asked)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("Show critical findings in Utrecht", "what did we spend last month?"), "venue utrecht"),
        (("What happened in Rotterdam on 4 October?", "Which services cost the most?"), "venue rotterdam"),
        (("were there errors on 13 October", "what did CloudWatch cost?"), "time"),  # cost then, though no event has its line
        (("What did S3 cost in Q3?", "what was the most expensive day?"), "time"),  # too long to be told by day
        (("What did we spend in data-prod in August?", "how much do we spend on S3?"), "account data-prod and the time"),
    ],
)  # fmt: skip
def test_what_is_asked_of_us_or_of_another_matter_says_what_it_is_not_narrowed_to(
    asked: tuple[str, ...], said: str
) -> None:
    assert plan_of(*asked).calls
    assert notes(*asked) == [f"{NOT_NARROWED}{said} of the question before."]
    assert not find_figures(notes(*asked)[0], NOW)  # it would be a figure that no fact supports


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ((UTRECHT, "which venue is the most expensive?"), {"by": "venue"}),
        (("Is Utrecht within budget?", "which account is over budget?"), {}),
        ((UTRECHT, "What does Rotterdam cost?"), {"accounts": "venue:rotterdam"}),
        (("Show critical findings in Utrecht", "how many findings are open across the company?"), {"status": "open"}),
        (("How many vCPUs are we using in online-prod?", "anything anywhere above ninety percent?"), {"above": 90}),
        (("What will we spend next month?", "Which services cost the most?"), {"by": "service"}),
        (("Which alarms are firing in Utrecht?", "What did the bucket lantern-utrecht-marketing-exports change?"), None),
    ],
)  # fmt: skip
def test_what_names_another_place_or_all_of_them_is_not_narrowed_and_says_nothing_of_it(
    asked: tuple[str, ...], inputs: dict[str, Any] | None
) -> None:
    assert not any("venue utrecht" in note or "online-prod" in note for note in notes(*asked))
    if inputs is not None:
        assert [dict(call.inputs) for call in plan_of(*asked).calls] == [inputs]


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (("Patch compliance percentage for each venue", "which is the worst one?", "do those machines also have known vulnerabilities?"), "those machines"),
        (("do we have access keys nobody uses", "how old is it?", "what rights does it have"), "it"),
    ],
)  # fmt: skip
def test_a_word_that_points_at_what_no_call_looks_at_is_said(asked: tuple[str, ...], word: str) -> None:
    assert plan_of(*asked).calls
    assert [f'"{word}" points at' in note for note in notes(*asked)] == [True]


@pytest.mark.parametrize(
    "asked",
    [
        ("Which users have no MFA?", "how many of them are there?"),
        ("What does data-prod cost?", "is it growing?"),
        ("Which buckets are public?", "who made them public?"),
        ("Which RDS databases do we have?", "What do they cost?"),
    ],
)
def test_a_word_that_a_call_honours_is_not_said_to_be_lost(asked: tuple[str, ...]) -> None:
    assert not notes(*asked)


LAB = ("Show me the EC2 instances in data-lab", "which ones have no owner tag", "who started them?")


def test_how_far_was_looked_back_for_a_deed_is_no_time_of_a_bill_by_day() -> None:
    plan = plan_of(*LAB, "what do they cost per day?")
    service = "Amazon Elastic Compute Cloud - Compute"
    assert [dict(call.inputs) for call in plan.calls] == [{"by": "day", "accounts": "data-lab", "service": service}]
    assert [
        limit for limit in plan.limits if "does not tell single" in limit
    ]  # those without a tag are not priced alone


OWNER = "Which account belongs to the venue in Utrecht and who runs it?"


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ((OWNER, "how much does it cost us per month on average"), {"by": "month", "accounts": "venue-utrecht", "period": "last_6_months"}),
        (("Which accounts do we have?", "who owns venue-utrecht?", "what does it cost?"), {"accounts": "venue-utrecht"}),
        (("which team owns data-lab?", "what are its costs in August?"), {"accounts": "data-lab", "period": "2026-08"}),
        (("which account is Eindhoven?", "are there any alarms firing there?"), {"accounts": "venue-eindhoven", "state": "alarm"}),
    ],
)  # fmt: skip
def test_it_is_the_one_account_that_was_asked_about_by_name(asked: tuple[str, ...], inputs: dict[str, Any]) -> None:
    assert [dict(call.inputs) for call in plan_of(*asked).calls] == [inputs]


def test_it_is_no_account_where_several_were_asked_about() -> None:
    asked = ("who owns Utrecht and Eindhoven?", "what does it cost?")
    assert not any("venue:utrecht" in str(call.inputs) for call in plan_of(*asked).calls)


EXPIRED = "Which of our reservations have expired?"
ENDED = "- ends or ended 30 September 2026 in account online-prod: 4 instances\n- ends or ended 18 November 2026 in account backoffice-prod: 1 instance"
TWO_ENDED = f"{ENDED}\n- ends or ended 30 August 2026 in account data-prod: 1 instance"


def after_expiry(question: str, answer: str) -> Plan:
    """The plan of a question after the answer which reservations have expired."""
    return understand(question, [EXPIRED], names=names(), now=NOW, queries=queries(), answers=[answer])


def test_since_then_is_since_the_day_on_which_what_was_shown_has_ended() -> None:
    [call] = after_expiry("how much more do we pay for RDS since then?", ENDED).calls
    assert (call.query, call.inputs["period"]) == ("spend_change", "2026-09-30..2026-10-15")


def test_since_one_of_two_days_is_said_not_to_be_known() -> None:
    plan = after_expiry("how much more do we pay for RDS since then?", TWO_ENDED)
    assert plan.calls and any('"since then" points at' in limit for limit in plan.limits), plan.limits


def test_how_much_more_is_paid_since_a_month_is_a_change() -> None:
    [call] = plan_of("how much more do we pay for RDS since August?").calls
    assert (call.query, call.inputs["compared_to"]) == ("spend_change", "2026-08")  # was the sum of all months since
