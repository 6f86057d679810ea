"""The offline reader's times: what people say for one, held to what is meant, on phrases developed on and held back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.models.offline.inputs.backward import dated
from agents.models.offline.times.asides import without_asides
from agents.models.offline.times.clock import clock_in
from agents.models.offline.times.time_words import plain_times
from agents.models.offline.times.when import find_times
from agents.models.offline.words.text import words
from tests.agents.models.times_said import Phrase, phrases, right
from tools.estate.world import NOW

DEVELOPED, HELD = 0.99, 0.85
"""Least shares that are read right: of the phrases that the rules were made with, and of those held back."""


@pytest.mark.parametrize(("part", "least"), [(0, DEVELOPED), (1, HELD)], ids=["developed", "held"])
def test_what_people_say_for_a_time_is_read_as_it_is_meant(part: int, least: float) -> None:
    every: tuple[Phrase, ...] = phrases()[part]
    wrong = [phrase.say for phrase in every if not right(phrase)]
    assert len(every) > 200
    assert len(wrong) <= (1 - least) * len(every), wrong


def test_no_rule_is_left_out_though_it_would_match() -> None:
    said = [" ".join(words(phrase.say)) for part in phrases() for phrase in part]
    assert [plain_times(flat, NOW.date()) for flat in said] == [
        plain_times(flat, NOW.date(), every=True) for flat in said
    ]


@pytest.mark.parametrize(
    ("flat", "kept"),
    [
        ("may we see the costs in may", True),
        ("what did we deploy on tuesday", True),
        ("did we report anything on monday", True),
        ("which call failed on tuesday", True),
        ("costs for the september report", True),
        ("the board meets on friday ; which databases are public", False),
        ("we report to the regulator on 3 november . how many keys", False),
        ("for tomorrow 's board meeting : open findings", False),
    ],
)
def test_a_time_of_the_askers_own_plans_is_left_out_and_no_other(flat: str, kept: bool) -> None:
    assert (without_asides(flat) == flat) is kept


@pytest.mark.parametrize(
    ("text", "around", "either_side"),
    [
        ("errors at ten past seven on tuesday evening", "19:10", None),
        ("errors between 11 and 1pm", "12:00", 60),
        ("between 3 and 9 october", None, None),
        ("in 2025 and 2026", None, None),
        ("around 2026", None, None),
        ("mysql 8.0 and 5.7", None, None),
        ("errors at 00:30 cest", "22:30", None),
    ],
)
def test_a_clock_is_told_from_days_years_and_versions(text: str, around: str | None, either_side: int | None) -> None:
    clock, rest = clock_in(text)
    assert (clock.around if clock else None, clock.either_side if clock else None) == (around, either_side)
    assert len(rest) == len(text)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What changed on 4 October, and what failed since then?", "since 2026-10-04"),
        ("Costs since 19 September, and who launched instances that day?", "on 2026-09-19"),
        ("What did September cost, and were there threats in that month?", "in 2026-09"),
        ("Who changed the bucket that day?", "that day"),
    ],
)
def test_what_points_back_at_a_time_of_the_same_question_is_that_time(question: str, said: str) -> None:
    assert said in dated(question, NOW)


_TOKENS = (  # noqa: SIM905 - words read better in one piece
    "31 30 29 0 13 14th 31st 99 2026 2026-13-45 2026-02-30 31/31 13.45 15.8.-15.9 24:61 19:10 1910 q5 q3 h2 3q26 fy25 "
    "week 53 february feb september oct may tuesday the of to and - , between from since until before after last first "
    "second half end start mid early late day days weekend month quarter year hour minutes ago fortnight easter "
    "christmas summer winter vs against this same noon midnight past seven am pm utc cest within give or take either "
    "side that then 100000 zero a an few couple"
).split()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(_TOKENS), min_size=1, max_size=9))
def test_no_order_of_time_words_breaks_the_reader(said: list[str]) -> None:
    found = find_times(" ".join(said), NOW)
    assert all(mention.word for mention in found.mentions)
    dated(" ".join(said), NOW)
