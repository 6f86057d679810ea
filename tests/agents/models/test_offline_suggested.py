"""Every question that is suggested to a person is answered: those of abstentions, of the help and of the README.

Questions about persons wait for a second one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.answer import Question
from agents.desk import Desk
from agents.models.offline.maker import OfflineMaker
from agents.models.offline.topics.examples import EXAMPLES, NOT_OFFERED
from agents.models.offline.understand import understand
from policies.access import local_principal
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

_ROOT = Path(__file__).parents[3]
ABOUT_PERSONS = frozenset(EXAMPLES["who_did_what"]) | {"Who changed the bucket lantern-utrecht-marketing-exports?"}
_FIRST = 2
"""Examples of a query that are asked to the end: of the others it is seen that they are understood."""


def _asked_in(path: str) -> set[str]:
    text = (_ROOT / path).read_text(encoding="utf-8")
    found = re.findall(r'(?:regent )?ask "([^"]{8,120})"', text)
    return {question for question in found if "QUESTION" not in question}


def suggested() -> list[str]:
    """All of them, without repeats."""
    shown = {question for questions in EXAMPLES.values() for question in questions[:_FIRST]}
    return sorted(shown | _asked_in("README.md") | _asked_in("agents/cli/app.py") | _asked_in("agents/cli/demo.py"))


@pytest.mark.slow
def test_every_suggested_question_is_answered(open_desk_with: Callable[..., Desk]) -> None:
    desk = open_desk_with(OfflineMaker())
    outcomes = {q: desk.answer(Question(text=q), local_principal("local")).status for q in suggested()}
    waits = {q: status for q, status in outcomes.items() if q in ABOUT_PERSONS}
    assert set(waits.values()) <= {"needs_approval"}
    assert {q: status for q, status in outcomes.items() if q not in waits and status != "answered"} == {}


@pytest.mark.slow
def test_every_question_that_an_abstention_may_offer_is_understood() -> None:
    asked = [one for every in EXAMPLES.values() for one in every[_FIRST:] if one not in NOT_OFFERED]
    plans = {one: understand(one, (), names=names(), now=NOW, queries=queries()) for one in asked}
    assert [one for one, plan in plans.items() if not plan.calls] == []
