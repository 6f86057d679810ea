"""Values of the queries' own inputs: the words for a state, a level, a kind or a number, and what only looks so."""

from __future__ import annotations

import pytest

from agents.models.offline.topics.levels import severities
from tests.agents.models.value_phrases import judged, phrases

_LEVELS = ("critical", "high", "medium", "low", "informational")


@pytest.mark.parametrize(("part", "first", "reached"), [("dev", 0.96, 0.98), ("held", 0.92, 0.955)])
def test_values_are_taken_out_of_the_words_that_people_say_for_them(part: str, first: float, reached: float) -> None:
    read = [judged(row) for row in phrases(part == "held")]
    missed = [f"{one.query}: {one.say}" for one in read if not one.reached] if part == "dev" else []
    assert sum(one.first for one in read) >= first * len(read)
    assert sum(one.reached for one in read) >= reached * len(read), missed


def test_what_says_no_value_leaves_the_defaults() -> None:
    read = [one for odd in (False, True) for row in phrases(odd) if not row["means"] for one in (judged(row),)]
    assert len(read) > 60
    assert sum(one.first for one in read) >= 0.95 * len(read)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("findings rated high or worse", ["critical", "high"]),
        ("anything above medium", ["critical", "high"]),
        ("everything but low ones", ["critical", "high", "medium", "informational"]),
        ("mediums and lows", ["medium", "low"]),
        ("critical findings on our critical systems", ["critical"]),
        ("findings on our critical systems", []),
        ("how high is the number of findings", []),
        ("is the number of findings high", []),
        ("how many are rated high", ["high"]),
        ("the worst findings", ["critical"]),
        ("is <venue> the worst", []),
    ],
)
def test_a_severity_may_be_a_range_or_only_look_like_one(said: str, meant: list[str]) -> None:
    assert severities(said, _LEVELS) == meant
