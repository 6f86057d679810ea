"""Heeded: a word of a follow-up that changes neither what is looked at nor what is told is named, whatever word it is."""
# ruff: noqa: E501 - questions read better in one piece

from __future__ import annotations

import pytest

from agents.models.offline.maker import OfflineMaker
from agents.models.offline.weighing.heeded import NOT_HEEDED
from agents.models.offline.weighing.nothing_new import ALREADY_SO, NOTHING_NEW, SHOWN_BEFORE
from tests.agents.conftest import Ask, ask, estate, home, open_desk_with
from tests.agents.models.planning import plan_of

__all__ = ["ask", "estate", "home", "open_desk_with"]
SLOW = "Was the betting site slow on 10 October?"
FIRING = "Which alarms are firing?"


@pytest.mark.parametrize(
    ("turns", "word"),
    [
        ([SLOW, "and did visitors get error pages?"], "visitors"),
        ([FIRING, "since when was the settlement one going off on tuesday"], "settlement"),
    ],
)
def test_a_word_that_changes_nothing_is_named_first(ask: Ask, turns: list[str], word: str) -> None:
    for turn in turns:
        answer = ask(OfflineMaker(), turn, session="heeded")
    assert answer.text.split("\n\n")[1] == NOT_HEEDED.format(words=f'"{word}"')


@pytest.mark.parametrize(
    "turns",
    [
        [SLOW, "and did it return error pages?"],
        [FIRING, "since when are they going off in online-prod"],
        ["What did we spend by account last month?", "which of them spent the least?"],  # told from the other end
        ["Are the databases encrypted?", "and how is it with the volumes, please?"],
        ["Which backups failed last week?", "only the databases, thanks"],
        ["What did we spend in August?", "the same for September, meanwhile"],
    ],
)
def test_words_that_count_or_hold_a_sentence_together_are_not_named(ask: Ask, turns: list[str]) -> None:
    for turn in turns:
        answer = ask(OfflineMaker(), turn, session="heeded")
    assert answer.status == "answered"
    assert NOT_HEEDED[:24] not in answer.text


def test_the_words_are_those_without_which_the_same_is_looked_at() -> None:
    plan = plan_of(SLOW, "and did visitors get error pages?")
    assert [one.word for one in plan.without] == ["visitors"]
    assert plan_of(SLOW, plan.without[0].asked).calls == plan.calls


def test_a_first_question_is_read_once() -> None:
    assert plan_of("Did visitors get error pages on 10 October?").without == ()


@pytest.mark.parametrize(
    "turns",
    [
        ["rds cost per account in august", "same for september, biggest first"],  # they are told in that order
        ["savings from rightsizing", "total of these"],
        ["Which config rules are failing?", "which one fails most often?"],
        ["Are the databases encrypted?", "which databases?"],
        ["Which alarms are firing?", "how many?"],
        ["I need for the gambling regulator all high findings of venue Rotterdam"],
    ],
)
def test_no_note_stands_above_an_answer_that_tells_what_is_asked(ask: Ask, turns: list[str]) -> None:
    for turn in turns:
        answer = ask(OfflineMaker(), turn, session="heeded")
    assert answer.status == "answered"
    assert not any(said in answer.text for said in (NOT_HEEDED[:24], SHOWN_BEFORE, NOTHING_NEW, "Left aside"))


def test_a_split_that_was_shown_is_said_to_be_the_same(ask: Ask) -> None:
    for turn in ("instances by account", "per account"):
        answer = ask(OfflineMaker(), turn, session="heeded")
    assert answer.text.split("\n\n")[1] == ALREADY_SO
