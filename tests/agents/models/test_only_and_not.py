"""Only and not: one sort of things alone, and another one not, is asked in many ways, and never means the other one."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.proposing.reduced import said_once
from tests.agents.models.dev_bank import names
from tests.agents.models.planning import calls_of, plan_of
from tools.catalogue import queries
from tools.estate.world import NOW

DID = "What did m.jansen do in last 30 days?"
LAST_MONTH = {"period": "last_30_days"}


@pytest.mark.parametrize(
    "asked",
    [
        "only changes no reads",
        "just the changes, not the reads",
        "no sign-ins, only changes",
        "changes only, without reads",
        "no reads",
        "leave out the reads",
        "without the sign-ins",
    ],
)
def test_reads_that_are_not_wanted_are_not_looked_for(asked: str) -> None:
    """It is the look that was made: what it showed is pointed at, and nobody is asked to approve it twice."""
    plan = plan_of(DID, asked)
    assert not plan.calls
    assert plan.abstention is not None and "same look" in plan.abstention.text


def test_the_next_person_is_asked_about_in_the_same_way() -> None:
    assert calls_of(DID, "only changes no reads", "and j.devries?") == [
        ("who_did_what", {"who": "j.devries", **LAST_MONTH})
    ]


@pytest.mark.parametrize("asked", ["only changes, not the reads", "only the changes", "changes only"])
def test_changes_alone_take_back_that_reads_are_shown(asked: str) -> None:
    [(query, inputs)] = calls_of(DID, "also the reads", asked)
    assert (query, inputs["who"], inputs["writes_only"]) == ("who_did_what", "m.jansen", True)


@pytest.mark.parametrize(
    ("asked", "inputs"),
    [
        ("also the reads", {"writes_only": False}),
        ("including reads", {"writes_only": False}),
        ("only sign-ins", {"action": "ConsoleLogin", "writes_only": False}),
    ],
)
def test_reads_that_are_wanted_are_looked_for(asked: str, inputs: dict[str, Any]) -> None:
    assert calls_of(DID, asked) == [("who_did_what", {"who": "m.jansen", **LAST_MONTH, **inputs})]


@pytest.mark.parametrize(
    ("before", "asked", "query", "inputs"),
    [
        ("What could we save", "only rightsizing, no commitments", "savings", {"kind": "rightsizing"}),
        ("What could we save", "no commitments, just rightsizing please", "savings", {"kind": "rightsizing"}),
        ("is anything public", "only buckets no security groups", "public_exposure", {"kind": "buckets"}),
        ("How many ec2 instances do we have", "only running, no stopped ones", "inventory", {"only": "running"}),
        ("which alarms went off last week", "only databases, no queues", "alarm_history", {"of": "databases"}),
        ("show the findings", "high only, no medium", "findings", {"severity": "high"}),
        ("what changed yesterday", "only deployments, no config changes", "recent_changes", {"kind": "deployments"}),
    ],
)
def test_the_one_that_is_wanted_is_shown_alone(before: str, asked: str, query: str, inputs: dict[str, Any]) -> None:
    [(shown, given)] = calls_of(before, asked)
    assert shown == query
    assert inputs.items() <= given.items()


def test_so_it_is_in_a_question_of_its_own() -> None:
    assert [query for query, _ in calls_of("what happened in online-prod yesterday, only changes no alarms")] == [
        "recent_changes"
    ]
    [(_, inputs)] = calls_of("what did m.jansen do last week, changes only, no read events")
    assert inputs.get("writes_only", True) is True


@pytest.mark.parametrize(
    "asked", ["only the venues, not Utrecht", "just prod, not data-lab", "only EC2", "no backups?"]
)
def test_a_place_that_is_left_out_of_others_says_more(asked: str) -> None:
    """ "Not Utrecht" narrows "only the venues", so that it is not what that says already."""
    assert said_once(asked, Context(names(), NOW, queries())) == asked


def test_what_is_of_something_else_is_not_dropped() -> None:
    plan = plan_of("what did we spend in September", "only prod, no tax")
    assert plan.abstention or any("Tax" in str(call.inputs) for call in plan.calls) or plan.limits
