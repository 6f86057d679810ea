"""Restated: another place, time or service is put into the question before, and how that was asked is kept.

And a question that changes nothing of what is looked at or told is answered with a sentence that says so.
"""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

import pytest

from agents.models.offline.maker import OfflineMaker
from agents.models.offline.plan import Derivation
from agents.models.offline.weighing.nothing_new import NOTHING_NEW, SHOWN_BEFORE
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.planning import plan_of

__all__ = ["ask", "estate", "home", "open_desk_with"]
LEAST = "Which account spent least in September?"
BY_MONTH = "What did Utrecht spend on average per month this year?"
SHARE = "What share of our bill is S3?"


@pytest.mark.parametrize(
    ("asked", "full"),
    [
        ((LEAST, "and in August?"), "which account spent least in august ?"),
        (("Forecast for the rest of the month", "and for data-prod alone?"), "forecast for the rest of the month in data-prod"),
        ((LEAST, "and in August?", "what about July"), "which account spent least in july ?"),
        ((LEAST, "and last month?"), "which account spent least in last month ?"),
        ((SHARE, "and RDS?"), "what share of our bill is rds ?"),
        ((SHARE, "and RDS?", "in August"), "what share of our bill is rds in august ?"),
        (("What did the NAT gateways cost in data-prod?", "how much was that in August?"), "what did the nat gateways cost in data-prod in august ?"),
        (("How many users have no MFA?", "and in Eindhoven?"), "how many users have no mfa in eindhoven ?"),
        (("Which instances miss critical patches?", "only the ones in Utrecht"), "which instances miss critical patches in utrecht ?"),
        (("By how much is the data team over budget?", "and the online team?"), "by how much is the online team over budget ?"),
    ],
)  # fmt: skip
def test_a_few_words_that_name_another_ask_the_question_before_again(asked: tuple[str, ...], full: str) -> None:
    assert plan_of(*asked).asked == full


@pytest.mark.parametrize(
    "asked",
    [
        (LEAST, "and who changed something in August?"),  # says more than a time
        (LEAST, "and the month before?"),  # a time by its distance from the one before
        ("What did we spend on 12 September?", "what about the 13th"),  # of the month that was spoken of
        ("What did Utrecht and Rotterdam cost?", "and Eindhoven?"),  # in whose place nobody said
        ("What do we spend without Utrecht?", "and Eindhoven?"),  # left out as well, or alone
        (LEAST, "not in August"),
        ("Spend of the data team over twelve months", "now the security team"),  # leads on, and names no time
    ],
)
def test_what_says_more_or_leaves_open_what_it_replaces_is_read_by_itself(asked: tuple[str, ...]) -> None:
    assert plan_of(*asked).asked == ""


def test_what_is_worked_out_is_worked_out_of_the_other_one_too() -> None:
    plan = plan_of(BY_MONTH, "and Eindhoven?")
    assert [call.inputs["accounts"] for call in plan.calls] == ["venue:eindhoven"]
    assert plan.then == (Derivation(operation="average", picks=("*",)),)


def test_a_share_is_of_the_same_whole() -> None:
    plan = plan_of(SHARE, "and RDS?")
    assert [call.inputs for call in plan.calls] == [{"by": "service", "top": 10}]
    assert plan.focus == ("Amazon Relational Database Service",)


def test_whether_it_rose_is_asked_of_the_other_place() -> None:
    assert plan_of("Did spend in Utrecht rise in September?", "and in Rotterdam?").whether is not None


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        ([LEAST, "and in August?"], "The least:\n- account data-lab"),
        (["Which services cost more than 5000 dollars last month?", "and in August?"], "Above what was asked for:"),
        (["Is Utrecht more expensive than Rotterdam?", "and in August?"], "No. Total spend"),
        (["Which instances are missing critical patches?", "only the ones in Eindhoven"], "that miss critical patches: 6"),
    ],
)  # fmt: skip
def test_it_is_told_as_the_question_before_was(ask: Ask, turns: list[str], said: str) -> None:
    for turn in turns:
        answer = ask(OfflineMaker(), turn, session="restated")
    assert said in answer.text


ACCOUNTS = "Which account spent most last month?"


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (["Which budgets are over?", "how did that happen?"], True),
        ([ACCOUNTS, "and the least?"], False),  # the same rows, told from the other end
        ([ACCOUNTS, "and in August?"], False),
        ([ACCOUNTS, ACCOUNTS], False),  # asked again on purpose
    ],
)
def test_what_changes_nothing_is_told_so(ask: Ask, turns: list[str], said: bool) -> None:
    for turn in turns:
        answer = ask(OfflineMaker(), turn, session="again")
    assert any(note in answer.text for note in (SHOWN_BEFORE, NOTHING_NEW)) is said
