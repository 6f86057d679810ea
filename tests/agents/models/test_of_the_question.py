"""Of the question: words that change what was asked, or say who asks and why, are no changes in AWS and no part of it."""
# ruff: noqa: E501 - questions and what they mean read better in one piece

from __future__ import annotations

from typing import Any

import pytest

from tests.agents.models.planning import calls_of, plan_of

LIMITS = "Which service limits are more than ninety per cent used?"
VENUES = "venue-amsterdam,venue-utrecht,venue-rotterdam,venue-eindhoven"


def refused(*asked: str) -> str:
    """The kind of its abstention; empty where it is answered."""
    abstention = plan_of(*asked).abstention
    return abstention.kind if abstention else ""


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ((LIMITS, "Lower the bar to seventy."), {"above": 70}),
        ((LIMITS, "drop that to 70"), {"above": 70}),
        ((LIMITS, "set the threshold at 80 percent please"), {"above": 80}),
        (("Which vulnerabilities are critical?", "narrow that down to online-prod"), {"severity": "critical", "accounts": "online-prod"}),
        (("Which findings are critical?", "Please restrict the list to the venues"), {"severity": "critical", "accounts": VENUES}),
        (("Which AWS Config rules are we failing?", "Kindly limit it to Utrecht."), {"top": 25, "accounts": "venue:utrecht"}),
    ],
)  # fmt: skip
def test_a_question_that_is_to_be_changed_is_changed(asked: tuple[str, ...], inputs: dict[str, Any]) -> None:
    assert calls_of(*asked)[0][1] == inputs


@pytest.mark.parametrize(
    "asked",
    [
        ("Which instances run in data-prod?", "reduce it to 2 instances"),
        ("Which instances run in data-prod?", "set it to 5"),
        ("Buy another savings plan",),
        ("Shall we order more reservations, then do it",),
        ("Cut the budget of data-lab",),
        ("backup the database in rotterdam",),
        ("make a snapshot of erp-db",),
    ],
)
def test_what_is_to_be_changed_in_aws_is_still_refused(asked: tuple[str, ...]) -> None:
    assert refused(*asked) == "read_only"


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ("Should we buy another savings plan? Show me what AWS recommends.", "savings"),
        ("Should we renew the reserved instances in online-prod?", "commitments"),
        ("Cut the crap. How many critical findings are open?", "findings"),
        ("bkup rotterdam failed agn?", "backups"),
        ("Make a timeline of the incident of Tuesday in online-prod", "alarm_history"),
        ("What was the p99 response time in online-prod yesterday? players complain it is slow", "metric"),
        ("Have low-level threats been raised in September? The licence conditions oblige us to log even these.", "threats"),
        ("Do the slot machine servers in Eindhoven have all their updates?", "patches"),
        ("im off on holiday, tell me how eindhoven is doing", "health_summary"),
        ("For the report to the Kansspelautoriteit I have to state whether any storage bucket can be reached from the internet.", "public_exposure"),
        ("We have to report under the Wwft whether privileged accounts lack MFA. Do they?", "identity_hygiene"),
    ],
)  # fmt: skip
def test_what_is_said_beside_a_question_does_not_refuse_it(asked: str, query: str) -> None:
    assert query in [name for name, _ in calls_of(asked)]


@pytest.mark.parametrize(
    "asked",
    [
        "How many players did we have yesterday?",
        "Players complain. Which slot machines are the most popular?",
        "We are on holiday. Delete the old keys of svc-legacy-export",
    ],
)
def test_what_lies_outside_is_refused_where_it_is_what_is_asked(asked: str) -> None:
    assert refused(asked) in ("cannot_know", "read_only")


def test_an_ok_to_the_answer_before_asks_for_no_alarms_that_are_ok() -> None:
    assert calls_of("What did the payer cost in September?", "ok. alarms now?") == [("alarms", {})]
    assert calls_of("Which alarms are ok?") == [("alarms", {"state": "ok"})]


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        ("Vulnerabilities per account. Is Eindhoven the worst?", "account"),
        ("open findings by venue. does Utrecht have the most?", "account"),
    ],
)
def test_whether_one_place_comes_first_of_a_ranking_is_asked_of_all(asked: str, by: str) -> None:
    inputs = calls_of(asked)[0][1]
    assert inputs["by"] == by
    assert "accounts" not in inputs
