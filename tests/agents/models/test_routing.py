"""Which specialists a language model gets: generously those that the words point to."""

from __future__ import annotations

import pytest

from agents.models.offline import route
from agents.models.routing import generous
from tests.agents.models.dev_bank import names
from tools.catalogue import queries
from tools.estate.world import NOW

EVERY = ("cost", "ops", "security")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did we spend last month?", {"cost"}),
        ("Is the cost spike related to the incident on Tuesday?", {"cost", "ops"}),
        ("Which alarms are red?", {"ops"}),
        ("zxcv", set(EVERY)),
    ],
)
def test_domains_that_the_words_point_to_take_part(question: str, expected: set[str]) -> None:
    found = generous(route(question, (), names=names(), now=NOW, queries=queries()).scores, EVERY)
    assert expected <= set(found)


def test_nothing_to_go_by_means_all() -> None:
    assert generous({"cost": 0.39, "ops": 0.0}, EVERY) == EVERY
    assert generous({"cost": 0.4, "ops": 0.0}, EVERY) == ("cost",)
