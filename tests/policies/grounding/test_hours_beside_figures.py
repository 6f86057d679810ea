"""Hours beside figures: a part of a day and the figure of another one, said in words or by the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from policies.grounding import ground
from tools.facts import Fact, Scope
from tools.periods import parse_recent

NOW = datetime(2026, 10, 15, 9, 0, tzinfo=UTC)
MORNING, AFTERNOON, EVENING, NIGHT, DAY = (
    "2026-10-13T06:00..2026-10-13T12:00",
    "2026-10-13T14:00..2026-10-13T16:00",
    "2026-10-13T18:00..2026-10-14T00:00",
    "2026-10-13T18:00..2026-10-14T06:00",
    "2026-10-13",
)


def _ok(draft: str, *words: str, question: str = "") -> bool:
    """Whether a draft may go out that refers to `f1`, `f2`, ... over these periods."""
    facts = [
        Fact(
            id=f"f{number}",
            label="alarms that started firing",
            value=10 + number,
            unit="alarms",
            scope=Scope(accounts=()),
            period=parse_recent(word, NOW),
        )
        for number, word in enumerate(words, 1)
    ]
    return ground(draft, facts, now=NOW, question=question).ok


@pytest.mark.parametrize(
    ("draft", "word"),
    [
        ("On Tuesday evening [[f1]] started firing.", EVENING),
        ("On the evening of 13 October [[f1]] started firing.", EVENING),
        ("On 13 October 2026 18:00 to 24:00 UTC, [[f1]] started firing.", EVENING),
        ("Between 18:00 and 24:00 on Tuesday [[f1]] started firing.", EVENING),
        ("On Tuesday between 14:00 and 16:00 [[f1]] started firing.", AFTERNOON),
        ("Tuesday night: [[f1]] started firing.", NIGHT),
        ("Dinsdag in de avond: [[f1]].", EVENING),
        ("Parts of days aside, on Tuesday [[f1]] started firing, on Tuesday evening most of them.", DAY),
    ],
)
def test_the_hours_of_a_figure_may_be_said_as_people_say_them(draft: str, word: str) -> None:
    assert _ok(draft, word)


@pytest.mark.parametrize(
    ("draft", "word"),
    [
        ("On Tuesday morning [[f1]] started firing.", EVENING),
        ("On the afternoon of 13 October [[f1]] started firing.", EVENING),
        ("On Tuesday evening [[f1]] started firing.", MORNING),
        ("On Wednesday evening [[f1]] started firing.", EVENING),
        ("Yesterday evening [[f1]] started firing.", EVENING),
        ("On Tuesday between 15:00 and 17:00 [[f1]] started firing.", AFTERNOON),
    ],
)
def test_other_hours_than_those_of_the_figure_are_a_fault(draft: str, word: str) -> None:
    assert not _ok(draft, word)


def test_the_hours_of_one_figure_said_of_another_are_a_fault() -> None:
    draft = "On Tuesday between {} [[f1]] started firing, and between {} [[f2]]."
    assert _ok(draft.format("14:00 and 16:00", "18:00 and 24:00"), AFTERNOON, EVENING)
    assert not _ok(draft.format("18:00 and 24:00", "14:00 and 16:00"), AFTERNOON, EVENING)


def test_a_whole_day_is_no_contradiction_to_a_part_of_it_that_was_asked_about() -> None:
    draft = "A part of a day is not available; on Tuesday [[f1]] started firing."
    assert _ok(draft, DAY, question="Which alarms fired on Tuesday evening?")
