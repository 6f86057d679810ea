"""Measures: an average, a share, an age, a count of more than one kind is told as asked, or named as not told."""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

import pytest

from agents.models.offline.maker import OfflineMaker
from agents.models.offline.plan import Plan
from agents.models.offline.understand import understand
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

__all__ = ["ask", "estate", "home", "open_desk_with"]


def plan_of(*asked: str, answers: tuple[str, ...] = ()) -> Plan:
    """The plan of the last question, after the others, which were answered so."""
    return understand(asked[-1], list(asked[:-1]), names=names(), now=NOW, queries=queries(), answers=answers)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Average daily spend in online-prod in October so far", "Average daily spend: USD 1,323.47 (1 to 14 October 2026"),
        ("on average, how much per month did data-prod cost us this year?", "Average monthly spend: USD 21,417.13 (January 2026 to September 2026"),
        ("Average daily spend in online-prod in September", "Average daily spend: USD 1,223.08 (September 2026"),
    ],
)  # fmt: skip
def test_an_average_is_told_first_and_once_and_of_what_is_billed_to_its_end(ask: Ask, asked: str, said: str) -> None:
    answer = ask(OfflineMaker(), asked)
    assert said in answer.text
    assert answer.text.count("verage") - answer.text.count("left out of the average") == 1
    assert not [call for call in answer.queries if call.name == "derive"]


def test_a_day_that_has_only_begun_is_not_the_cheapest(ask: Ask) -> None:
    answer = ask(OfflineMaker(), "cheapest day in October so far")
    assert "The least:\n- 4 October 2026" in answer.text
