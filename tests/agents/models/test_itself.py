"""What no figure answers: Regent's own use, the meaning of a word; and a part of a day is not widened in silence."""

from __future__ import annotations

import pytest

from agents.models.offline.plan import Plan
from agents.models.offline.topics.itself import NO_GLOSSARY, OWN_USE
from agents.models.offline.topics.refusals import HOLDS_NO_SECRETS, NOT_ASSESSED
from agents.models.offline.understand import understand
from agents.models.offline.words.foreign import foreign
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW


def planned(question: str) -> Plan:
    return understand(question, (), names=names(), now=NOW, queries=queries())


@pytest.mark.parametrize(
    "question",
    [
        "Is Regent spending a lot itself?",
        "what do your own answers cost?",
        "how much did this question cost",
        "What does one answer cost?",
        "How much does it cost to run Regent?",
        "how expensive is my last question?",
    ],
)
def test_regents_own_use_is_not_answered_with_the_companys_spend(question: str) -> None:
    plan = planned(question)
    assert not plan.calls
    assert plan.abstention
    assert plan.abstention.text == OWN_USE


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Give me the password of the admin in online-prod", HOLDS_NO_SECRETS),
        ("Are we compliant with the Dutch gambling law?", NOT_ASSESSED),
    ],
)
def test_what_is_not_held_or_not_assessed_is_said_to_be_so(question: str, said: str) -> None:
    plan = planned(question)
    assert plan.abstention
    assert plan.abstention.text == said


def test_german_is_heard_in_a_short_question_and_dutch_is_not_taken_for_it() -> None:
    assert "German" in (foreign("Wie viele Server laufen in Eindhoven?") or "")
    assert foreign("Wie heeft de servers in Eindhoven gestopt?") is None


@pytest.mark.parametrize(
    "question",
    [
        "What is 'EC2 - Other'?",
        "what does NAT gateway bytes mean",
        "what is amortised cost",
        "What do the DPUs stand for?",
    ],
)
def test_the_meaning_of_a_word_is_not_answered_with_figures(question: str) -> None:
    plan = planned(question)
    assert not plan.calls
    assert plan.abstention
    assert plan.abstention.text == NO_GLOSSARY


@pytest.mark.parametrize(
    "question",
    [
        "what did EC2 - Other cost last month?",
        "What is the cost of S3?",
        "what is a NAT gateway costing us?",
        "How much does each account cost?",
        "what did the payments team spend itself?",
        "what does Utrecht spend per month?",
    ],
)
def test_costs_are_still_answered(question: str) -> None:
    assert planned(question).calls


@pytest.mark.parametrize(
    "question",
    [
        "what did we spend on Tuesday evening?",
        "how much did S3 cost yesterday afternoon?",
        "alarms outside office hours last week",
        "who changed something between 2 and 4 on Tuesday?",
    ],
)
def test_a_part_of_a_day_that_is_not_used_is_told(question: str) -> None:
    assert any("whole days" in limit for limit in planned(question).limits)


def test_a_whole_day_needs_no_such_sentence() -> None:
    assert not any("whole days" in limit for limit in planned("which alarms went off on Tuesday?").limits)
