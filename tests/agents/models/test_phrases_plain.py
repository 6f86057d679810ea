"""Plain questions, places held against all others, one thing in the place of another: worked on, and held back."""

from __future__ import annotations

import pytest

from agents.models.offline import understand
from agents.models.offline.telling.prose import answer
from agents.models.offline.telling.results import read_result
from agents.models.offline.telling.whether import held_against, moved_otherwise, of_all
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
        ("Does Eindhoven cost the most?", "eindhoven", "No.", ["amsterdam", "utrecht", "eindhoven"]),
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


def test_a_place_is_shown_after_all_that_come_before_it_and_never_alone_where_another_is_level() -> None:
    level = read_result(SPEND.replace("f3=30", "f3=60"))
    for place in ("amsterdam", "utrecht"):
        whether, rows = held_against(level, f"Does {place} cost the most?", (place,))
        assert (whether, [row[0] for row in rows]) == ("Yes, but not alone.", ["amsterdam", "utrecht"])
    many = read_result(SPEND + "".join(f"row: v{n} | f1{n}={50 - n}\n" for n in range(6)))
    assert [row[0] for row in held_against(many, "Is Eindhoven the most expensive?", ("eindhoven",))[1]] == [
        "amsterdam", "v0", "v1", "v2", "eindhoven",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "change", "said"),
    [
        ("why did it rise?", "-5", "It did not rise: it fell."),
        ("Why did our costs go up in September?", "-5", "It did not rise: it fell."),
        ("did spend drop in September?", "5", "It did not fall: it rose."),
        ("waarom zijn de kosten gestegen?", "-5", "It did not rise: it fell."),
        ("waarom is dat meer dan in augustus?", "-5", "It did not rise: it fell."),
        ("why did it rise?", "0", "It did not rise: it stayed the same."),
        ("why did it rise?", "5", ""),
        ("why did it change?", "-5", ""),
        ("which services went up?", "-5", ""),
        ("why did some go up and others go down?", "5", ""),
    ],
)
def test_what_a_question_takes_for_granted_is_set_right(asked: str, change: str, said: str) -> None:
    told = read_result(f"query: spend_change\nheadlines: f1\nf1 | change in spend | {change} USD\n")
    assert moved_otherwise(told, asked) == said


@pytest.mark.parametrize(
    ("asked", "lacking", "said"),
    [
        ("Do all keys rotate?", "6", "No."),
        ("Do all our keys rotate?", "0", "Yes."),
        ("Do all keys have an owner?", "6", ""),
        ("Which keys do not rotate?", "6", ""),
    ],
)
def test_whether_all_do_is_said_where_those_that_do_not_are_counted(asked: str, lacking: str, said: str) -> None:
    told = read_result(f"query: encryption\nheadlines: f1\nf1 | keys without automatic rotation | {lacking} keys\n")
    assert of_all(told, asked) == said


@pytest.mark.parametrize(
    ("asked", "place", "said"),
    [
        ("Does Amsterdam cost the most?", "amsterdam", "Yes, of what you may see."),
        ("Does Utrecht cost the most?", "utrecht", "No, not of what you may see."),
        ("Does Rotterdam cost the most?", "rotterdam", "No, not of what you may see."),
        ("Is Rotterdam the cheapest?", "rotterdam", ""),
    ],
)
def test_who_sees_less_is_told_what_comes_first_of_that_only(asked: str, place: str, said: str) -> None:
    told = read_result(SPEND)
    told.partly = True
    assert held_against(told, asked, (place,))[0] == said
    level = read_result(SPEND.replace("f3=30", "f3=60"))
    level.partly = True
    assert (
        held_against(level, "Does Utrecht cost the most?", ("utrecht",))[0]
        == "Yes, but not alone, of what you may see."
    )


def test_what_is_set_right_is_said_once_of_two_readings_of_one_figure() -> None:
    head = "query: spend_change\nread as: change\nheadlines: f1\nf1 | change in spend | -5 USD\n"
    head += "columns: Service | Change (USD)\n"
    likelier, other = (read_result(f"{head}row: {row}") for row in ("Lambda | f2=-3", "Glue | f2=-2"))
    told = answer([likelier, other], asked="why did it rise?", first=1)
    assert "Glue" in told
    assert told.count("It did not rise: it fell.") == 1


def test_what_has_no_backup_is_not_answered_with_jobs_but_one_night_is() -> None:
    def asked(question: str) -> str:
        plan = understand(question, (), names=names(), now=NOW, queries=queries())
        return plan.abstention.kind if plan.abstention else plan.calls[0].query

    assert asked("Which resources have no backup?") == "cannot_know"
    assert asked("which databases were not backed up last night?") == "backups"
    assert asked("Which backups failed last night?") == "backups"
