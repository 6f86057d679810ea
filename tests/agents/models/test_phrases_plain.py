"""Plain questions, places held against all others, one thing in the place of another: worked on, and held back."""

from __future__ import annotations

import pytest

from agents.models.offline import understand
from agents.models.offline.telling.picking import held_against
from agents.models.offline.telling.results import read_result
from tests.agents.models.dev_bank import names
from tests.agents.models.phrases_plain import entries, planned, right
from tools.catalogue import queries
from tools.estate.world import NOW
from tools.facts import UNTAGGED

RIGHT = {"dev": 63, "held": 56}
"""Phrases of each part that are answered as meant; never less."""


@pytest.mark.parametrize("part", ["dev", "held"])
def test_plain_questions_are_answered_as_they_are_meant(part: str) -> None:
    given = entries(part)
    missed = sum(not right(entry, planned(entry)) for entry in given)
    assert len(given) - missed >= RIGHT[part], f"{missed} of {len(given)}"


SPEND = f"""query: spend
read as: spend by venue
headlines: f1
columns: Venue | Spend (USD)
f1 | total spend | 100 USD
row: {UNTAGGED} | f5=90
row: amsterdam | f2=60
row: utrecht | f3=30
row: eindhoven | f4=10
row: other | f6=99
"""
"""Spend that nobody is named for, and what is left over, are no place."""


@pytest.mark.parametrize(
    ("asked", "place", "said", "shown"),
    [
        ("Does Amsterdam cost the most?", "amsterdam", "Yes.", ["amsterdam"]),
        ("Does Utrecht cost the most?", "utrecht", "No.", ["amsterdam", "utrecht"]),
        ("Is Eindhoven the cheapest venue?", "eindhoven", "Yes.", ["eindhoven"]),
        ("Is Utrecht the cheapest venue?", "utrecht", "No.", ["eindhoven", "utrecht"]),
        ("Does Rotterdam cost the most?", "rotterdam", "No.", ["amsterdam"]),
        ("Is Rotterdam the cheapest?", "rotterdam", "", []),
        ("What does Utrecht cost?", "utrecht", "", []),
    ],
)
def test_a_place_held_against_all_others_is_said_to_come_first_or_not(
    asked: str, place: str, said: str, shown: list[str]
) -> None:
    told = read_result(SPEND)
    whether, rows = held_against(told, asked, (place,))
    assert (whether, [row[0] for row in rows]) == (said, shown)


def test_what_has_no_backup_is_not_answered_with_jobs_but_one_night_is() -> None:
    def asked(question: str) -> str:
        plan = understand(question, (), names=names(), now=NOW, queries=queries())
        return plan.abstention.kind if plan.abstention else plan.calls[0].query

    assert asked("Which resources have no backup?") == "cannot_know"
    assert asked("which databases were not backed up last night?") == "backups"
    assert asked("Which backups failed last night?") == "backups"
