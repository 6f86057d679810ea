"""What is near to a name, a time or a thing that is known is taken for it, or said to be left aside; never dropped."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline import Plan
from agents.models.offline.understand import understand
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW


def read(*turns: str) -> Plan:
    """What the last of these questions means after the others."""
    return understand(turns[-1], turns[:-1], names=names(), now=NOW, queries=queries())


def calls(*turns: str) -> list[tuple[str, dict[str, Any]]]:
    """The calls of the last of these questions."""
    return [(call.query, dict(call.inputs)) for call in read(*turns).calls]


@pytest.mark.parametrize(
    "asked", ["Why is the data platform so much more expensive in September?", "What did the data platform cost?"]
)
def test_the_data_platform_is_that_of_the_team(asked: str) -> None:
    assert [inputs["team"] for _, inputs in calls(asked)] == ["data"]


@pytest.mark.parametrize(
    "asked",
    [
        "What will the euro be worth next month?",
        "How strong is the euro? Is the dollar worth more this month?",
        "What is the value of the dollar?",
    ],
)
def test_what_a_currency_is_worth_is_not_known(asked: str) -> None:
    plan = read(asked)
    assert plan.abstention is not None and plan.abstention.kind == "cannot_know", plan.read_as


def test_an_amount_in_a_currency_is_still_known() -> None:
    assert calls("What is the dollar amount of our bill in September?")[0][0] == "spend"


@pytest.mark.parametrize("pointed", ["it", "them", "those"])
def test_what_would_have_been_spent_without_the_credits_is_gross(pointed: str) -> None:
    asked = calls("What did we get in credits?", f"What would we have spent without {pointed}?")
    assert asked and all(query == "spend" and inputs["net"] is False for query, inputs in asked)
    assert not read("What did we get in credits?", f"What would we have spent without {pointed}?").focus


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("How many errors did bet-settlement throw during the outage?", "during the outage"),
        ("Who changed something in online-prod just before the outage?", "just before the outage"),
    ],
)
def test_a_time_that_an_event_names_is_said_to_be_left_aside(asked: str, said: str) -> None:
    plan = read(asked)
    heard = [*plan.limits, plan.abstention.text if plan.abstention else ""]
    assert any(said in sentence for sentence in heard), heard


def test_an_event_beside_a_time_is_not_left_aside() -> None:
    assert not read("How many errors did bet-settlement throw yesterday during the outage?").limits


def test_the_cpu_of_databases_is_theirs_alone() -> None:
    for asked in (
        "Which database is busy?",
        "How busy is the database in online-prod?",
        "Hoe druk zijn onze databases?",
    ):
        assert [(query, inputs["name"]) for query, inputs in calls(asked)] == [("metric", "db_cpu")], asked
    assert calls("How busy are the servers in online-prod?")[0][1]["name"] == "instance_cpu"


@pytest.mark.parametrize(
    "asked",
    [
        "Wie heeft gisteren iets aan de firewall veranderd?",
        "Who changed anything in the firewall yesterday?",
        "Who changed something on our security groups yesterday?",
    ],
)
def test_anything_of_a_firewall_is_a_rule_of_it(asked: str) -> None:
    assert calls(asked) == calls("Who changed a security group yesterday?")


def test_anything_at_all_is_every_change() -> None:
    assert "action" not in calls("Who changed anything in online-prod yesterday?")[0][1]


def test_how_a_month_developed_over_months_around_it_is_told_by_month() -> None:
    asked = calls("What did we spend in September?", "How did that develop over the last half year?")
    assert asked == [("spend", {"by": "month", "period": "last_6_months"})]


@pytest.mark.parametrize(
    "asked", ["What will we spend in 2026?", "What is the forecast for this year, all of 2026?", "Budget this month?"]
)
def test_one_time_that_is_answered_is_not_said_to_be_another(asked: str) -> None:
    plan = read(asked)
    assert plan.calls and not plan.limits


def test_a_budget_of_another_month_is_said_to_be_of_now() -> None:
    assert read("What was the budget in July?").limits or read("What was the budget in July?").abstention


@pytest.mark.parametrize("before", ["What do logs cost in October so far?", "What did we spend in October so far?"])
def test_the_same_days_are_as_many_as_are_billed(before: str) -> None:
    """Today is not billed in full: October so far is 1 to 14, and so the same days of September are."""
    inputs = calls(before, "Compared to the same days in September?")[0][1]
    assert (inputs["period"], inputs["compared_to"]) == ("month_to_date", "2026-09-01..2026-09-14")


@pytest.mark.parametrize(
    "asked",
    [
        "Which employees have not logged in for 90 days?",
        "Which people haven't logged in for 90 days?",
        "Are there any staff members who have not signed in to the console for 90 days?",
    ],
)
def test_people_who_have_not_logged_in_are_users(asked: str) -> None:
    assert calls(asked) == calls("Which IAM users have not logged in for 90 days?")


@pytest.mark.parametrize("asked", ["Is remote desktop open from anywhere?", "Is SSH open from anywhere?"])
def test_a_port_that_is_named_is_one_of_all_that_are_shown(asked: str) -> None:
    assert calls(asked) == [("public_exposure", {"kind": "security_groups"})]
    assert "every port" in " ".join(read(asked).limits)


def test_groups_without_a_port_named_need_no_such_sentence() -> None:
    assert not read("Which security groups are open to the world?").limits
