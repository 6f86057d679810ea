"""A thread keeps its subject: what an answer left aside is named again by what follows, and nothing counts for it."""

from __future__ import annotations

import pytest

from agents.models.offline.plan import Plan
from agents.models.offline.understand import understand
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

WINDOWS = "Do we have Windows servers?"
VENUES = "how many of them are in the venues?"


def plan_of(*asked: str) -> Plan:
    """The plan of the last question, after the others."""
    return understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((WINDOWS, VENUES), "as before: windows"),
        ((WINDOWS, VENUES, "which miss critical patches?", "and in Utrecht?"), "as before: windows"),
        (("What's the CPU of the game servers at the moment?", "which one was busiest yesterday?"), "as before: game"),
        (
            ("Please shut down the two GPU machines in data-lab.", "who started them?"),
            "not narrowed to the gpu",
        ),
        (
            ("Shut down the GPU machines in data-lab.", "who started them?", "what did they cost us?"),
            "before: gpu",
        ),
    ],
)
def test_what_was_left_aside_is_named_again_by_what_follows(asked: tuple[str, ...], said: str) -> None:
    plan = plan_of(*asked)
    assert plan.calls and any(said in limit for limit in plan.limits), plan.limits


def test_another_subject_leaves_nothing_of_the_one_before_aside() -> None:
    assert not any("as before" in limit for limit in plan_of(WINDOWS, VENUES, "What did S3 cost?").limits)


@pytest.mark.parametrize(
    "asked",
    [
        ("Which log groups have the most errors?", "how many are there per account?"),
        ("Which log groups are the biggest?",),
        ("Who has administrator rights?", "when did they last log in?"),
    ],
)
def test_no_figure_of_something_else_is_given_for_it(asked: tuple[str, ...]) -> None:
    assert plan_of(*asked).abstention is not None


def test_other_commitments_are_of_either_kind() -> None:
    first = "Is our reservation for the databases still valid?"
    [call] = plan_of(first, "which other commitments end before the end of the year?").calls
    assert call.inputs == {"ending": "2026-10-15..2026-12-31"}


def test_when_users_without_mfa_last_logged_in_is_no_question_of_logs() -> None:
    [call] = plan_of("Who can log in without MFA?", "when did they last log in?").calls
    assert call.inputs == {"check": "no_mfa"}
