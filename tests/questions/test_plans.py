"""Labelled plans: they parse, the comparison tells right from wrong, and the weights are those learned from them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from agents.models.offline.plan import Abstention, Plan, PlannedCall
from tests.questions.plan_runs import Runs
from tests.questions.plans import FOLDER, Turn, compare, judge, load, totals, written
from tests.questions.train_ranking import WEIGHTS, digest
from tools.catalogue import queries


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with Runs() as opened:
        yield opened


def test_every_labelled_call_fits_its_query() -> None:
    for file in sorted(FOLDER.glob("*.yaml")):
        for turn in (turn for conversation in load(file) for turn in conversation.turns):
            assert turn.plans or turn.refuse, turn.ask
            for name, inputs in (call for plan in turn.plans for call in plan):
                queries()[name].parse(inputs)


def test_the_weights_are_those_of_the_labelled_conversations() -> None:
    learned_from = json.loads(WEIGHTS.read_text(encoding="utf-8"))["learned_from"]
    assert learned_from == digest(), "learn again: python -m tests.questions.train_ranking"


def _plan(*calls: tuple[str, dict[str, object]]) -> Plan:
    return Plan(calls=tuple(PlannedCall(query=q, domain=queries()[q].domain, inputs=i) for q, i in calls))


@pytest.mark.parametrize(
    ("ours", "outcome", "slot"),
    [
        ({"period": "2026-09", "venue": "utrecht"}, "right", ""),  # by its tag instead of its account: another total
        ({"period": "last_month", "accounts": "venue-utrecht"}, "right", ""),
        ({"period": "2026-08", "accounts": "venue-utrecht"}, "wrong", "period"),
        ({"period": "2026-09"}, "wrong", "accounts"),
    ],
)
def test_plans_are_compared_by_what_they_give(runs: Runs, ours: dict[str, object], outcome: str, slot: str) -> None:
    labels: tuple[tuple[tuple[str, dict[str, object]], ...], ...] = (
        (("spend", {"period": "2026-09", "accounts": "venue:utrecht"}),),
        (("spend", {"period": "2026-09", "venue": "utrecht"}),),
    )
    found = compare(_plan(("spend", ours)), Turn("x", labels), runs)
    assert found[0] == outcome
    assert slot in found[1] or not slot


def test_a_refusal_is_right_only_where_one_is_wanted(runs: Runs) -> None:
    silent = Plan(abstention=Abstention(kind="unclear", text="I am not sure."))
    assert compare(silent, Turn("x", (), "cannot_know"), runs) == ("right", ())
    assert compare(silent, Turn("x", ((("alarms", {}),),)), runs)[0] == "abstained"
    assert compare(_plan(("alarms", {})), Turn("x", (), "cannot_know"), runs) == ("wrong", ("refusal missed",))


@pytest.mark.slow
def test_the_reader_holds_its_floor_on_what_it_was_taught(runs: Runs) -> None:
    """It was learned from these: how it does on unseen writers, `train_ranking --check` tells."""
    turns = totals([one for file in written() for c in load(file) for one in judge(c, runs)])["turns"]
    assert turns["right"] >= 0.75 * sum(turns.values()), turns
    assert turns["wrong"] <= 0.12 * sum(turns.values()), turns
