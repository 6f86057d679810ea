"""Labelled plans: they parse, the comparison tells right from wrong, and the weights are those learned from them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import agents.models.offline.understand  # noqa: F401 - the package has a function of this name
from agents.models.offline import understand
from agents.models.offline.plan import Abstention, Plan, PlannedCall
from agents.models.offline.weighing.deciding import Decision, decide
from tests.questions import learned_with, train_ranking
from tests.questions.plan_runs import Runs
from tests.questions.plans import FOLDER, Conversation, Turn, compare, judge, load, totals, written
from tests.questions.train_ranking import WEIGHTS, digest
from tools.catalogue import queries

understanding = sys.modules["agents.models.offline.understand"]


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
    learned = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert learned["learned_from"] == digest(), "other conversations than it was learned from: make learn"


def test_what_is_learned_with_is_told_apart_by_what_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    told = []
    for name, text in {
        "spoken": '"""Says what it does."""\n\n\ndef f():\n    # and why\n    """So."""\n    return 1.5\n',
        "silent": "def f():\n    return 1.5\n",
        "other": "def f():\n    return 2.5\n",
    }.items():
        (tmp_path / f"learned_{name}.py").write_text(text, encoding="utf-8")
        told.append(learned_with.defined(import_module(f"learned_{name}")))
    assert told[0] == told[1] != told[2]


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


@pytest.mark.parametrize(
    "refused", ["Please delete the buckets in Rotterdam.", "And what are our players worth there?"]
)
def test_what_follows_a_refused_turn_is_learned_after_what_the_reader_takes_over(
    refused: str, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = "What did Utrecht cost last month?", "and the month before?"
    label = ((("spend", {"period": "last_month", "accounts": "venue:utrecht"}),),)
    turns = (Turn(first, label), Turn(refused, (), "read_only"), Turn(last, label))
    learned: list[tuple[str, tuple[PlannedCall, ...]]] = []
    monkeypatch.setattr(
        train_ranking, "_example", lambda name, turn, before, said, earlier, *rest: learned.append((said, earlier))
    )
    train_ranking.examples([Conversation("x", turns)], runs, 1.0)
    followed: list[tuple[PlannedCall, ...]] = []

    def spied(question: str, earlier: tuple[PlannedCall, ...], *rest: object, **named: object) -> Decision:
        followed.append(earlier)
        return decide(question, earlier, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(understanding, "decide", spied)
    at = train_ranking.context()
    understand(last, [first, refused], names=at.names, now=at.now, queries=at.queries)
    assert learned[-1] == ("", followed[-1])


def test_what_the_reader_does_not_follow_after_a_refused_turn_is_not_learned(runs: Runs) -> None:
    unanswered = Turn("Which databases have no backups?", (), "cannot_know")
    turns = (unanswered, Turn("and volumes?", ((("inventory", {"kind": "volumes"}),),)))
    assert len(train_ranking.examples([Conversation("x", turns)], runs, 1.0)) == 1


@pytest.mark.slow
def test_the_reader_holds_its_floor_on_what_it_was_taught(runs: Runs) -> None:
    """It was learned from these: how it does on unseen writers, `train_ranking --check` tells."""
    turns = totals([one for file in written() for c in load(file) for one in judge(c, runs)])["turns"]
    assert turns["right"] >= 0.75 * sum(turns.values()), turns
    assert turns["wrong"] <= 0.12 * sum(turns.values()), turns
