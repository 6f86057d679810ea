"""The labelled answers: how many lies are caught, and how many true answers are stopped."""

from __future__ import annotations

from collections import Counter

import pytest

from policies.grounding import ground
from tests.grounding.corpus import labelled, load, sources
from tests.grounding.estates import all_estates
from tests.grounding.notation import expand, parse

PARTS = ("corpus", "heldout", "fresh")
MAY_MISS = {
    "independent": 0.03,
    "independent2": 0.03,
    "independent3": 0.05,
    "independent4": 0.04,
    "independent5a": 0.04,
}
"""Lies that may be missed, other than one in a hundred: the independent parts were written against no checker."""
MAY_STOP = {"independent5a": 0.025}
"""True answers that may be stopped, other than one in a hundred."""
HELD_OUT = "independent5b"
_LONG = frozenset({"independent", "independent2", "independent3"})
"""Parts of long answers over many facts: the shorter parts have each kind of lie, too."""


@pytest.mark.parametrize(
    "part",
    [pytest.param(part, marks=[pytest.mark.slow] if part in _LONG else []) for part in (*PARTS, *MAY_MISS)],
)
def test_detection_and_false_alarms(part: str) -> None:
    estates = all_estates()
    missed, alarms, counted = [], [], Counter[bool]()
    for row in load(part):
        estate = estates[row.estate]
        grounded = ground(row.draft, estate.facts, question=estate.question, now=estate.now, locale=estate.locale)
        counted[row.corruption is None] += 1
        if row.corruption is None and grounded.faults:
            alarms.append((row.id, grounded.faults[0].message))
        if row.corruption is not None and grounded.ok:
            missed.append((row.id, row.corruption, row.changed))
    assert len(missed) <= MAY_MISS.get(part, 0.01) * counted[False], missed
    assert len(alarms) <= MAY_STOP.get(part, 0.01) * counted[True], alarms


def test_the_half_that_nobody_tuned_on_fares_no_worse_than_when_it_was_measured() -> None:
    estates, wrong = all_estates(), Counter[str]()
    for row in load(HELD_OUT):
        estate = estates[row.estate]
        grounded = ground(row.draft, estate.facts, question=estate.question, now=estate.now, locale=estate.locale)
        if grounded.ok == (row.corruption is not None):
            wrong["missed" if row.corruption else "stopped"] += 1
    # Which ones they are is not said: that would be the first step to tuning on them.
    assert wrong["missed"] <= 5, "detection fell below 75 of 80"
    assert wrong["stopped"] <= 16, "more than 16 of 80 true answers are stopped"


def test_true_answers_in_other_styles_pass() -> None:
    stopped = []
    for estate, source in sources("varied"):
        draft = expand(parse(source), estate)
        grounded = ground(draft, estate.facts, question=estate.question, now=estate.now, locale=estate.locale)
        stopped += [(draft, fault.message) for fault in grounded.faults[:1]]
    assert len(stopped) <= 1, stopped  # `Three findings stand out`: findings are also what a fact counts


def test_the_corpus_is_what_it_claims() -> None:
    rows = load("corpus")
    corrupted = [row for row in rows if row.corruption]
    assert len(rows) >= 300
    assert len(corrupted) * 2 == len(rows)
    assert len({row.estate for row in rows}) >= 6
    spoken_of = {row.estate for part in (*PARTS, "independent4") for row in load(part)}
    assert all(len(all_estates()[name].facts) >= 20 for name in spoken_of)
    assert len(load("heldout")) >= 100
    assert len(load("fresh")) >= 100
    clean = {row.id: row.draft for part in PARTS for row in load(part) if row.corruption is None}
    for row in (row for part in PARTS for row in load(part) if row.corruption):
        assert row.draft != clean[row.id.removesuffix("x")], f"{row.id} changes nothing"


def test_the_generator_writes_the_same_corpus_again() -> None:
    assert [row.model_dump() for row in labelled("corpus")] == [row.model_dump() for row in load("corpus")]


def test_every_source_names_known_facts() -> None:
    for part in PARTS:
        assert sources(part)


@pytest.mark.parametrize(
    ("part", "least", "facts"),
    [
        ("independent", 160, (25, 45)),
        ("independent2", 150, (25, 45)),
        ("independent3", 300, (20, 80)),
        ("independent5a", 80, (10, 60)),
        ("independent5b", 80, (10, 90)),
    ],
)
def test_an_independent_part_speaks_about_frozen_real_facts(part: str, least: int, facts: tuple[int, int]) -> None:
    rows = load(part)
    clean = {row.id: row.draft for row in rows if row.corruption is None}
    twins = [row for row in rows if row.corruption]
    assert len(clean) >= least
    assert {row.id.removesuffix("x") for row in twins} == set(clean)
    assert all(row.draft != clean[row.id.removesuffix("x")] for row in twins)
    assert all(facts[0] <= len(all_estates()[name].facts) <= facts[1] for name in {row.estate for row in rows})
