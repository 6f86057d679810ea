"""Who and where, as people say it: phrases worked on, and phrases held back from the work."""

from __future__ import annotations

import pytest

from agents.models.offline import understand
from agents.models.offline.reading import read
from agents.models.offline.words.framing import unframed
from tests.agents.models.phrases_names import context, entries, reached
from tools.estate.world import NOW

REACHED = {"dev": 251, "held": 246}
"""Phrases of each part that were read right when the file was written; never less."""


@pytest.mark.parametrize("part", ["dev", "held"])
def test_who_and_where_are_read_as_people_say_them(part: str) -> None:
    missed = [entry["say"] for entry in entries(part) if not reached(entry)]
    assert len(entries(part)) - len(missed) >= REACHED[part], missed


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Liaison here. The regulator wants to know which buckets are public", "which buckets are public"),
        ("The state's technical examiner asks whether any backups failed", "any backups failed"),
        ("List the public buckets, as the supervisory authority has received a tip-off", "List the public buckets"),
    ],
)
def test_who_asks_and_why_is_no_part_of_what_is_asked(said: str, asked: str) -> None:
    assert unframed(said, context().names) == asked


@pytest.mark.parametrize(
    "said",
    [
        "and per account, who has most?",
        "How do September and August compare for the payments team?",
        "Utrecht wants its failed backups of last week",
        "The online-prod manager asks for open findings",
        "Which account needs patches?",
    ],
)
def test_what_is_asked_is_not_taken_for_who_asks(said: str) -> None:
    assert unframed(said, context().names) == said


@pytest.mark.parametrize(
    "said", ["For the board's risk paper: spend of last month", "data protection costs", "the network traffic"]
)
def test_an_ordinary_word_is_no_misspelt_account(said: str) -> None:
    assert not read(said, context().names, NOW).found.placed()


@pytest.mark.parametrize("said", ["all accounts but online-prod", "data-prod and online-prod except data-prod"])
def test_an_account_out_of_sight_is_left_to_the_gate(said: str) -> None:
    sight = context().names
    few = sight.model_copy(update={"accounts": ("data-prod", "data-lab"), "complete": False})
    assert "online-prod" in read(f"spend of {said} last month", few, NOW).found.accounts


@pytest.mark.parametrize(
    "said", ["what did the marketing team spend", "findings in crm-prod", "what did the Groningen casino cost"]
)
def test_a_name_that_does_not_exist_is_still_refused(said: str) -> None:
    plan = understand(said, (), names=context().names, now=NOW, queries=context().queries)
    assert plan.abstention is not None
    assert plan.abstention.kind == "unknown_name"
