"""Told plainly: what an answer counts, leaves out or is narrowed to is what was asked, or a sentence says what it is."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

import pytest

from agents.models.offline.plan import Plan
from agents.models.offline.understand import understand
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

EINDHOVEN = "How many vulnerabilities are there in Eindhoven?"


def plan_of(*asked: str, answers: tuple[str, ...] = ()) -> Plan:
    """The plan of the last question, after the others and what was answered to them."""
    return understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries(), answers=answers)


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
