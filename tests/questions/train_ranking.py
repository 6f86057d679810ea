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
from agents.models.offline.proposing.followups import named_after
from agents.models.offline.understand import Missed, continues, left_by
from agents.models.offline.weighing import ranking
from agents.models.offline.weighing.deciding import Weighed, considered, weighed
from tests.agents.models import train_intents
from tests.agents.models.dev_bank import names
from tests.questions.plan_runs import Runs
from tests.questions.plans import FOLDER, Conversation, Turn, answers, asked, load, written
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
    every = weighed(turn.ask, before, said, earlier, context())
    right = tuple(_right(one, turn, runs) for one in every)
    if not any(right[:-1]):
        right = (*right[:-1], 1.0)
    return Example(
        tuple(one.features for one in every),
        right,
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
        reading = considered(turn.ask, earlier, at).at
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


def _right(one: Weighed, turn: Turn, runs: Runs) -> float:
    if one.candidate is None:
        return float(bool(turn.refuse))
    ours = [(call.query, call.inputs) for call in one.calls]
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


def intents_without(left_out: str) -> tuple[list[str], dict[str, list[float]], list[float]]:
    """The intents' weights, learned without one file of plans (`old`: without the questions that were asked of us)."""
    given = [] if left_out == "old" else train_intents.labelled()
    if left_out == "old":
        given = [pair for pair in train_intents.labelled() if pair not in set(train_intents.labelled("asked.txt"))]
    for file in written():
        if file.stem != left_out:
            given += asked(load(file))
    labels = sorted({label for _, label in given})
    weights, bias = train_intents.learn(labels, train_intents.examples(labels, given))
    return labels, weights, bias


def _use(labels: list[str], weights: dict[str, list[float]], bias: list[float]) -> None:
    plain = {name: dict(enumerate(row)) for name, row in weights.items()}
    learned.use((labels, plain, bias))


def files() -> dict[str, list[Conversation]]:
    """The conversations of each file, by its name."""
    return {file.stem: load(file) for file in sorted(FOLDER.glob("*.yaml"))}


_OLD = frozenset({"bank", "dev", "readings"})
_LIGHT = 1.5
"""What a conversation of the old sets counts: they are the most looked at."""


def digest() -> str:
    """The SHA-256 of what the ranking is learned from."""
    parts = [file.read_bytes() for file in sorted(FOLDER.glob("*.yaml"))]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def _gather(job: tuple[str, Path | None]) -> tuple[str, list[Example], list[Example]]:
    """The examples of one file, its queries' weights learned without it."""
    name, kept = job
    import pickle

    cached = Path(f"{kept}.{'old' if name in _OLD else name}.intents") if kept else None
    if cached and cached.exists():
        _use(*pickle.loads(cached.read_bytes()))
    else:
        found = intents_without("old" if name in _OLD else name)
        _use(*found)
        if cached:
            cached.write_bytes(pickle.dumps(found))
    with Runs(Path(f"{kept}.{name}") if kept else None) as runs:
        given, weight = load(FOLDER / f"{name}.yaml"), _LIGHT if name in _OLD else 1.0
        return name, examples(given, runs, weight), turned(given, runs, weight / 2)


def gathered(kept: Path | None) -> tuple[dict[str, list[Example]], dict[str, list[Example]]]:
    """The examples of every file, and their first turns in the middle of other conversations."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        every = pool.map(_gather, [(name, kept) for name in files()], chunksize=1)
    return {name: given for name, given, _ in every}, {name: given for name, _, given in every}


def write(kept: Path | None) -> None:
    """Learn from everything."""
    asked_so, turned_so = gathered(kept)
    every = [one for found in (*asked_so.values(), *turned_so.values()) for one in found]
    weights = {name: round(value, 3) for name, value in sorted(learn(every).items()) if abs(value) >= 0.02}
    plain = {"learned_from": digest(), "weights": weights}
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
