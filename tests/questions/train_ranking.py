"""`python -m tests.questions.train_ranking`: learn to rank candidate plans from the labelled conversations.

Plain Python, deterministic. It writes `agents/models/offline/weighing/ranking.json`. `--check` leaves out one writer at
a time instead, of the queries' weights as well as of the ranking's, and prints how the reader does on what was left
out: the honest measure of unseen phrasing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import multiprocessing
import random
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.intents import learned
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing import matching
from agents.models.offline.proposing.followups import named_after
from agents.models.offline.weighing import ranking
from agents.models.offline.weighing.deciding import Weighed, considered
from agents.models.offline.weighing.missed import Missed, continues, left_by
from agents.models.offline.weighing.settling import as_asked, unsettled
from tests.agents.models import train_intents
from tests.agents.models.dev_bank import names
from tests.questions import learned_with
from tests.questions.plan_runs import Runs
from tests.questions.plans import FOLDER, Conversation, Turn, answers, asked, load, taught, written
from tools.catalogue import queries
from tools.estate.world import NOW

WEIGHTS = Path(ranking.__file__).with_name("ranking.json")
EPOCHS, RATE, DECAY = 45, 0.2, 1e-4
VIEWS, LEFT_OUT = 8, 30
"""How many times it is learned, each time without so many of a hundred features; the weights are their means.

What no single feature decides is learned from several: on writers left out, a few more in a hundred are right where
as many are wrong.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one turn, by what speaks for them, and which of them are right."""

    given: tuple[ranking.Features, ...]
    right: tuple[float, ...]
    """1 as labelled, less if it answers as well, 0 if it does not."""
    weight: float
    refuse: bool
    note: str
    shown: tuple[str, ...]


def context() -> Context:
    """The sample estate's names, clock and queries."""
    return Context(names(), NOW, queries())


def examples(conversations: Iterable[Conversation], runs: Runs, weight: float) -> list[Example]:
    """The candidates of every turn, read after what the turns before it were labelled with.

    One that is refused leaves what the reader takes over from it, as when people talk to it; what the reader does not
    follow then is no example.
    """
    found = []
    for conversation in conversations:
        earlier: tuple[PlannedCall, ...] = ()
        before, said = "", ""
        missed: Missed | None = None
        for turn in conversation.turns:
            follows = missed.followed_by(turn.ask, context()) if missed else earlier
            if follows is not None:
                found.append(_example(conversation.id, turn, before, said, follows, runs, weight))
            if turn.plans:
                earlier, missed = _calls(turn), None
                said = runs.told(earlier, turn.ask)
            else:
                pointed = named_after(turn.ask, before, said, context().names) if before else turn.ask
                said = ""
                if not before or not continues(pointed, context()):
                    missed = Missed(left_by(pointed, earlier, context()), pointed, None)
            before = turn.ask
    return found


def _example(
    name: str, turn: Turn, before: str, said: str, earlier: tuple[PlannedCall, ...], runs: Runs, weight: float
) -> Example:
    at = context()
    pointed = named_after(turn.ask, before, said, at.names) if before else turn.ask
    seen = considered(pointed, unsettled(earlier, at.now), at)
    every = seen.every
    right = [_right(as_asked(one.calls, earlier, seen.reading, at), turn, runs) for one in every[:-1]]
    if not any(right):  # what it was before it was set right: that is not doubted by refusing
        right = [_right(one.calls, turn, runs) for one in every[:-1]]
    right.append(float(bool(turn.refuse) or not any(right)))
    return Example(
        tuple(one.features for one in every),
        tuple(right),
        weight,
        bool(turn.refuse),
        _note(name, turn, before),
        tuple(map(_shown, every)),
    )


def turned(conversations: Sequence[Conversation], runs: Runs, weight: float) -> list[Example]:
    """The first turns once more, as if asked in the middle of another conversation: what stands alone is read alone.

    Half of them come after another file's question, half after themselves: people ask the same thing twice.
    """
    at, found, shuffled = context(), [], random.Random(20261015)
    answerable = [one.turns[0] for one in conversations if one.turns[0].plans]
    for place, conversation in enumerate(conversations):
        turn = conversation.turns[0]
        other = turn if place % 2 and turn.plans else shuffled.choice(answerable)
        earlier = _calls(other)
        reading = considered(turn.ask, unsettled(earlier, at.now), at).at
        if not earlier or not turn.plans or reading.lead or reading.back:
            continue
        found.append(_example(conversation.id, turn, other.ask, runs.told(earlier, other.ask), earlier, runs, weight))
    return found


def _calls(turn: Turn) -> tuple[PlannedCall, ...]:
    return tuple(PlannedCall(query=q, domain=queries()[q].domain, inputs=i) for q, i in turn.plans[0])


def _note(name: str, turn: Turn, before: str) -> str:
    label = turn.refuse or " ## ".join(f"{query} {inputs}" for query, inputs in turn.plans[0])
    return f"{name}  {before and before + ' / '}{turn.ask}\n    label: {label}"


def _shown(one: Weighed) -> str:
    if one.candidate is None:
        return "none"
    calls = " ## ".join(f"{call.query} {call.inputs}" for call in one.calls)
    return f"{calls}  [{'+'.join(sorted(one.candidate.sources))} {one.candidate.tag}]"


_AS_GOOD = 0.3
"""What a plan counts that answers the question, too, beside one that is just as somebody labelled it."""


def _right(calls: Sequence[PlannedCall], turn: Turn, runs: Runs) -> float:
    ours = [(call.query, call.inputs) for call in calls]
    named = {query for query, _ in ours}
    if len(named) > max((len({q for q, _ in plan}) for plan in turn.plans), default=0) + 1:
        return 0.0
    if not any({query for query, _ in plan} <= named for plan in turn.plans):
        return 0.0
    if any(_same(ours, plan, runs) for plan in turn.plans):
        return 1.0
    return _AS_GOOD * any(answers(ours, plan, runs) for plan in turn.plans)


def _same(ours: Sequence[tuple[str, dict[str, Any]]], plan: Sequence[tuple[str, dict[str, Any]]], runs: Runs) -> bool:
    """Whether two plans ask the same, defaults, accounts and times resolved."""
    return len(ours) == len(plan) and sorted(str(runs.canonical(*call)) for call in ours) == sorted(
        str(runs.canonical(*call)) for call in plan
    )


def learn(given: Sequence[Example]) -> dict[str, float]:
    """Weights that make the right candidates probable: the means of what is learned without some of the features."""
    means: dict[str, float] = {}
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for weights in pool.map(_view, [(view, given) for view in range(VIEWS)], chunksize=1):
            for name, value in weights.items():
                means[name] = means.get(name, 0.0) + value / VIEWS
    return means


def _view(job: tuple[int, Sequence[Example]]) -> dict[str, float]:
    view, given = job

    def seen(features: ranking.Features) -> ranking.Features:
        return {
            name: value for name, value in features.items() if zlib.crc32(f"{view} {name}".encode()) % 100 >= LEFT_OUT
        }

    return _fitted([replace(one, given=tuple(map(seen, one.given))) for one in given])


def _fitted(given: Sequence[Example]) -> dict[str, float]:
    """AdaGrad over the log-likelihood of any right candidate."""
    weights: dict[str, float] = {}
    seen: dict[str, float] = {}
    order, shuffled = list(range(len(given))), random.Random(20261015)
    for epoch in range(EPOCHS):
        shuffled.shuffle(order)
        rate = RATE * (1 - 0.7 * epoch / EPOCHS)
        for place in order:
            one = given[place]
            chances = ranking.probabilities_of(one.given, weights)
            mass = sum(chance * right for chance, right in zip(chances, one.right, strict=True)) + 1e-9
            slopes: dict[str, float] = {}
            for features, chance, right in zip(one.given, chances, one.right, strict=True):
                error = chance - chance * right / mass
                if abs(error) > 1e-4:
                    for name, value in features.items():
                        slopes[name] = slopes.get(name, 0.0) + one.weight * error * value
            for name, slope in slopes.items():
                slope += DECAY * weights.get(name, 0.0)
                seen[name] = seen.get(name, 0.1) + slope * slope
                weights[name] = weights.get(name, 0.0) - rate * slope / math.sqrt(seen[name])
    return weights


Intents = tuple[list[str], dict[str, list[float]], list[float]]


def intents_without(left_out: str) -> Intents:
    """The intents' weights, learned without one file of plans (`old`: without the questions that were asked of us)."""
    given = train_intents.labelled()
    if left_out == "old":
        asked_of_us = set(train_intents.labelled("asked.txt"))
        given = [pair for pair in given if pair not in asked_of_us]
    for file in written():
        if file.stem != left_out:
            given += asked(load(file))
    labels = sorted({label for _, label in given})
    return labels, *train_intents.learn(labels, train_intents.examples(labels, given))


def _use(found: Intents) -> None:
    labels, weights, bias = found
    plain = {name: dict(enumerate(row)) for name, row in weights.items()}
    learned.use((labels, plain, bias))


def files() -> dict[str, list[Conversation]]:
    """The conversations of each file, by its name."""
    return {file.stem: load(file) for file in taught()}


_OLD = frozenset({"bank", "dev", "readings"})
_LIGHT = 1.5
"""What a conversation of the old sets counts: they are the most looked at."""


def digest() -> str:
    """The SHA-256 of what the ranking is learned from."""
    parts = [file.read_bytes() for file in taught()]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def definition() -> str:
    """The SHA-256 of what a feature of a candidate is, and of how the weights are learned from them."""
    return learned_with.defined(ranking, matching, examples, _example, turned, _right, learn, _fitted)


def sample() -> list[str]:
    """The candidates that the present reader has for one of fifty first turns, and what it sees in them."""
    first = [conversation.turns[0].ask for given in files().values() for conversation in given]
    return [
        learned_with.seen(one.features for one in considered(ask, (), context()).every)
        for ask in learned_with.sampled(first)
    ]


def _left_out(name: str) -> str:
    """What the queries' weights are learned without, for the examples of a file."""
    return "old" if name in _OLD else name


def _gather(job: tuple[str, Intents, Path | None]) -> tuple[str, list[Example], list[Example]]:
    """The examples of one file, by the queries' weights that were learned without it."""
    name, intents, kept = job
    _use(intents)
    with Runs(Path(f"{kept}.{name}") if kept else None) as runs:
        given, weight = load(FOLDER / f"{name}.yaml"), _LIGHT if name in _OLD else 1.0
        return name, examples(given, runs, weight), turned(given, runs, weight / 2)


def gathered(kept: Path | None) -> tuple[dict[str, list[Example]], dict[str, list[Example]]]:
    """The examples of every file, and their first turns in the middle of other conversations."""
    for text, _ in train_intents.everything():
        train_intents.seen(text)  # read once, before the processes part
    forked, left_out = multiprocessing.get_context("fork"), sorted(set(map(_left_out, files())))
    with forked.Pool(2) as pool:
        intents = dict(zip(left_out, pool.map(intents_without, left_out, chunksize=1), strict=True))
    with forked.Pool(2) as pool:
        every = pool.map(_gather, [(name, intents[_left_out(name)], kept) for name in files()], chunksize=1)
    return {name: given for name, given, _ in every}, {name: given for name, _, given in every}


def write(kept: Path | None) -> None:
    """Learn from everything."""
    asked_so, turned_so = gathered(kept)
    every = [one for found in (*asked_so.values(), *turned_so.values()) for one in found]
    weights = {name: round(value, 3) for name, value in sorted(learn(every).items()) if abs(value) >= 0.02}
    plain = {"learned_from": digest(), "features": definition(), "read": sample(), "weights": weights}
    WEIGHTS.write_text(json.dumps(plain, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(every)} turns, {len(weights)} weights, {WEIGHTS.stat().st_size:,} bytes")


def check(kept: Path | None) -> None:
    """Leave out one writer at a time."""
    every, apart = gathered(kept)

    def learned_without(left_out: str) -> dict[str, float]:
        return learn(
            [one for found in (every, apart) for name, given in found.items() if name != left_out for one in given]
        )

    for left_out in sorted(set(every) - _OLD):
        weights = learned_without(left_out)
        for what, found in (("", every), (", amid another conversation", apart)):
            print(f"{left_out}{what}", end=" ")
            curve(found[left_out], weights)
        if kept:
            Path(f"{kept}.{left_out}.misses").write_text("\n".join(misses(every[left_out], weights)), encoding="utf-8")
    weights = learned_without("")
    for name in every:
        print("seen", name, end=" ")
        curve(every[name], weights)


def curve(given: Sequence[Example], weights: dict[str, float]) -> None:
    """Right, abstained and wrong by the least probability of an answer; and how often a right plan was there at all."""
    able = sum(any(one.right[:-1]) or one.right[-1] for one in given)
    answerable = sum(any(one.right[:-1]) for one in given)
    print(f"{len(given)} turns, a right plan among the candidates: {answerable} ({able})")
    for least in (0.0, 0.3, 0.4, 0.5, 0.6, 0.7):
        right = wrong = 0
        for one in given:
            chances = ranking.probabilities_of(one.given, weights)
            best = max(range(len(chances) - 1), key=lambda place: chances[place], default=len(chances) - 1)
            refused = chances[-1] > chances[best] or chances[best] < least
            if refused:
                right += one.refuse
            elif one.right[best]:
                right += 1
            else:
                wrong += 1
        print(f"   least {least}: right {right / len(given):.1%}, wrong {wrong / len(given):.1%}")


def misses(given: Sequence[Example], weights: dict[str, float]) -> list[str]:
    """What is not right, with the candidates that came first."""
    found = []
    for one in given:
        chances = ranking.probabilities_of(one.given, weights)
        order = sorted(range(len(chances)), key=lambda place: -chances[place])
        if one.right[order[0]] and (order[0] < len(chances) - 1 or one.refuse):
            continue
        there = next((place for place in order if one.right[place]), None)
        kind = "NO PLAN" if there is None or (there == len(chances) - 1 and not one.refuse) else "RANK"
        found.append(f"{kind}  {one.note}")
        found += [f"    {chances[place]:.2f} {one.shown[place]}" for place in order[:2]]
        if kind == "RANK" and there is not None:
            found.append(f"    right: {chances[there]:.2f} {one.shown[there]}")
    return found


def main() -> None:
    """Learn, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--kept", type=Path)
    given = parser.parse_args()
    (check if given.check else write)(given.kept)


if __name__ == "__main__":
    main()
