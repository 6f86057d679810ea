"""Of watchers: what GuardDuty reports, how serious, and what neither it nor a list of budgets or patches can tell."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.maker import OfflineMaker
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.planning import plan_of

__all__ = ["ask", "estate", "home", "open_desk_with"]


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        (("critical threats",), {"severity": "critical"}),
        (("Any critical GuardDuty findings?",), {"severity": "critical"}),
        (("high threats",), {"severity": "high"}),
        (("Which serious threats do we have?",), {"severity": "high"}),
        (("most severe threats",), {"severity": "high"}),
        (("Any threats this week?", "only the critical ones"), {"severity": "critical", "period": "this_week"}),
        (("Any threats this week?", "only the critical ones", "and the high ones?"),
         {"severity": "high", "period": "this_week"}),
    ],
)  # fmt: skip
def test_how_serious_a_threat_is(asked: tuple[str, ...], inputs: dict[str, Any]) -> None:
    [call] = plan_of(*asked).calls
    assert (call.query, call.inputs) == ("threats", inputs)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("critical threats", "Critical-severity threats: 0 threats"),
        ("critical patches missing?", "Missing critical patches: "),
    ],
)
def test_what_is_critical_is_counted_by_itself(ask: Ask, question: str, said: str) -> None:
    assert said in (told := ask(OfflineMaker(), question)).text and told.status == "answered", told.text


@pytest.mark.parametrize(
    "question",
    [
        "Is GuardDuty on everywhere?",
        "Is GuardDuty enabled in all accounts?",
        "Where is GuardDuty switched off?",
        "Do all accounts have GuardDuty?",
        "Is Security Hub enabled in every account?",
        "Is Inspector running in data-prod?",
    ],
)
def test_where_a_watcher_is_switched_on_is_not_answered_with_what_it_found(question: str) -> None:
    plan = plan_of(question)
    assert plan.calls == () and plan.abstention is not None
    assert "not where it is switched on" in plan.abstention.text


def test_how_old_the_oldest_is_is_asked_of_what_was_shown() -> None:
    plan = plan_of("High GuardDuty findings?", "How old is the oldest?")
    assert plan.calls == () and plan.abstention is not None and "does not tell how old" in plan.abstention.text
    assert {call.query for call in plan_of("Critical findings?", "How old is the oldest?").calls} == {"findings"}
    [call] = plan_of("Which access keys are old?", "how old is the oldest one?").calls
    assert (call.query, call.inputs) == ("identity_hygiene", {"check": "old_keys"})


def test_which_team_is_over_budget_is_told_by_the_budgets_of_teams(ask: Ask) -> None:
    assert ask(OfflineMaker(), "Are we over budget?", session="s").status == "answered"
    told = ask(OfflineMaker(), "Which team?", session="s")
    rows = [line for line in told.text.splitlines() if line.startswith("- ")]
    assert told.status == "answered" and all(line.startswith("- team ") for line in rows), told.text


def test_costs_of_a_service_are_held_against_an_incident() -> None:
    asked = "CloudWatch got more expensive in online-prod this week. Is that related to the incident on Tuesday?"
    found = {call.query: call.inputs for call in plan_of(asked).calls}
    assert found["spend_change"]["service"] == "AmazonCloudWatch"
    assert found["alarm_history"] == {"accounts": "online-prod", "period": "2026-10-13"}


def test_when_savings_plans_expire_is_told_by_the_commitments() -> None:
    [call] = plan_of("Which savings plans do we have?", "When do they expire?").calls
    assert (call.query, call.inputs) == ("commitments", {"kind": "savings_plans"})
