"""Lies in the words beside true references: each by name, with a true sentence near it that must go out."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest
import yaml

from policies.grounding import Grounded, ground
from tests.grounding.estates import Estate, casino_cost, independent

_LIES = Path(__file__).parents[2] / "grounding" / "lies.yaml"
_CASES = [
    pytest.param(estate, lie, true[0] if true else "", id=f"{estate}: {name}")
    for estate, rows in yaml.safe_load(_LIES.read_text("utf-8")).items()
    for name, lie, *true in rows
]


@cache
def _estates() -> dict[str, Estate]:
    return {estate.name.removeprefix("lies-"): estate for estate in independent("lies")}


def _checked(estate: str, draft: str) -> Grounded:
    known = _estates()[estate]
    return ground(draft, known.facts, question=known.question, now=known.now)


@pytest.mark.parametrize(("estate", "lie", "true"), _CASES)
def test_a_lie_in_words_does_not_go_out_and_the_truth_beside_it_does(estate: str, lie: str, true: str) -> None:
    assert not _checked(estate, lie).ok
    assert not true or _checked(estate, true).faults == ()


@pytest.mark.slow
@pytest.mark.parametrize("words", ["rose ", "all jobs ", "most of the ", "no jobs failed ", "as much as "])
def test_a_flood_of_claims_is_no_flood_of_work(words: str) -> None:
    draft = f"Spend [[f3]] {words * (38_000 // len(words))} [[f4]]."
    started = time.thread_time()
    _checked("rise", draft)
    assert time.thread_time() - started < 20, "what it takes grows faster than the draft"


def test_there_are_lies_of_each_kind() -> None:
    assert len(_CASES) >= 220
    assert len(_estates()) == 8


_TRUTHS = yaml.safe_load(_LIES.with_name("truths.yaml").read_text("utf-8"))


@pytest.mark.parametrize("estate", _TRUTHS)
def test_true_answers_in_the_same_words_go_out(estate: str) -> None:
    stopped = [(true, fault.message) for true in _TRUTHS[estate] for fault in _checked(estate, true).faults]
    assert stopped == []


@pytest.mark.parametrize(
    "true",
    [
        "Spend would have fallen without the NAT gateway; it was [[f4]].",
        "I cannot say whether spend will fall in October. September was [[f4]].",
        "Did spend fall? September was [[f4]].",
        "To reduce spend, look at the NAT gateway: it added [[f8]].",
        "Spend is up by [[f1]], and EC2 - Other by [[f12]].",
        "RDS fell by [[f26]] while EC2 - Other rose by [[f12]].",
        "Increases come to [[f5]], decreases to [[f6]].",
        "Spend rose from [[f3]] in August to [[f4]] in September.",
        "It comes down to [[f5]] of increases.",
    ],
)
def test_what_may_come_or_a_change_that_is_borne_is_no_lie(true: str) -> None:
    assert _checked("rise", true).faults == ()


@pytest.mark.parametrize(
    ("estate", "true"),
    [
        ("backups", "All but one of the backup jobs completed: [[f2]]."),
        ("backups", "Not every backup job completed: [[f2]] did."),
        ("backups", "No backup of mine is in this list; [[f1]] ran."),
        ("backups", "Nearly all of the [[f1]] completed."),
        ("findings", "None of the [[f1]] is new to me."),
        ("findings", "Most of the [[f1]] are medium: [[f5]]."),
        ("findings", "There are more medium ([[f5]]) than high ([[f4]]) findings."),
        ("mfa", "No action is needed on the [[f2]]."),
        ("alarms", "No alarms are firing in venue-utrecht; elsewhere [[f1]] are firing."),
        ("spend", "The biggest worry is S3 with [[f6]]."),
        ("spend", "The two largest services, EC2 - Other ([[f2]]) and EC2 compute ([[f4]]), stand out."),
        ("accounts", "online-prod ([[f2]]) is followed by data-prod ([[f4]])."),
    ],
)
def test_all_most_none_and_the_largest_that_are_so_go_out(estate: str, true: str) -> None:
    assert _checked(estate, true).faults == ()


def test_shorthand_is_delivered_as_the_value_of_its_fact() -> None:
    estate = casino_cost()
    told = ground("We spent about USD 48.2k in September, net of credits. Then more.", estate.facts, now=estate.now)
    assert told.text == "We spent about USD 48,210.37 in September, net of credits. Then more."
    (figure,) = told.figures
    assert told.text[figure.start : figure.end] == figure.text == "USD 48,210.37"


@pytest.mark.parametrize(
    "said", ["about USD 48k", "roughly USD 48,200", "about USD 48,210", "around USD 48.3k", "USD 48.2k"]
)
def test_a_hedge_is_no_licence_to_round(said: str) -> None:
    estate = casino_cost()
    (fault,) = ground(f"We spent {said} in September.", estate.facts, now=estate.now).faults
    assert fault.kind == "unbound_figure"
