"""Fits the weights of `policies.grounding.weights` to the labelled answers: `python -m tests.grounding.weigh MARGIN`.

Needs numpy, which Regent itself does not. For every reference of every clean answer the fact that stands there must not
lose against a rival; every rival put in its place must. Logistic regression on the evidence of both sides and of the
pair, each weight held to the sign that its evidence means; the margin is chosen by leaving one part out at a time
(`--cv` prints false alarms per answer and detection of swapped facts for each part and several margins).
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from policies.grounding import render
from policies.grounding.counts import same_statement
from policies.grounding.fit import NAMES, PAIR, evidence, pair
from policies.grounding.judge import names_it
from policies.grounding.view import look
from tests.grounding.corpus import sources
from tests.grounding.notation import expand, parse
from tools import units

PARTS = ("corpus", "heldout", "fresh", "independent", "independent2", "independent3", "independent4", "varied")
MARGINS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5)
_FOR = frozenset(
    [
        *("before", "before_shared", "after", "after_shared", "sentence", "wide", "denied", "name_near", "name_more"),
        *("name_sentence", "name_wide", "time_near", "time_sentence", "time_wide", "now", "change_by", "basis"),
        *("sentence_shared", "name_sentence_shared", "adjacent", "adjacent_before", "fellow", "fellow_time", "kin"),
        *("kin_unlike", "kin_time", "kin_name", "prior", "time_inside", "counts_members"),
    ]
)
"""Evidence that speaks for a fact; the rest speaks against it."""
_EITHER = frozenset({"elsewhere", "name_shared", "sentence_shared", "name_sentence_shared"})
"""Evidence that may speak for or against."""
_PENALTY, _ROUNDS, _HARDEST = 0.0004, (300, 250, 250), 4


def sites(part: str) -> list[tuple[int, list[float], list[float], list[tuple[Any, ...]]]]:
    """Per reference: its answer's number, its fact's evidence (as holder, as rival), and that of each rival."""
    out = []
    for number, (estate, source) in enumerate(sources(part)):
        facts = estate.facts
        view = look(
            render(expand(parse(source), estate), facts, locale=estate.locale), facts, estate.now, estate.question
        )
        vocabulary = view.vocabulary
        for item in (i for i in view.items if units.is_number(i.fact.unit)):
            at, fact = view.site(item), item.fact
            if any(names_it(other, fact) for other in at.others):
                continue
            beside = {(f.unit, f.value) for f in at.others}
            rivals = [f for f in facts if f.unit == fact.unit and f.value != fact.value]
            rows: list[tuple[Any, ...]] = []
            for rival in rivals:
                against = [*evidence(at, rival, view, vocabulary), *pair(at, fact, rival, view, vocabulary)]
                put = evidence(at, rival, view, vocabulary, generous=True)
                back = pair(at, rival, fact, view, vocabulary)
                rows.append(((rival.unit, rival.value) in beside or same_statement([fact, rival]), against, put, back))
            if rows:
                holder = evidence(at, fact, view, vocabulary, generous=True)
                out.append((number, holder, evidence(at, fact, view, vocabulary), rows))
    return out


def fit(np: Any, data: list[Any]) -> tuple[Any, float]:
    """Weights (rival's, pair's, minus the holder's) and bias of the alarm."""
    size, both, chance = len(NAMES), len(PAIR), np.random.default_rng(0)
    low = np.array([0.0 if n in _FOR and n not in _EITHER else -8.0 for n in NAMES])
    high = np.array([8.0 if n in _FOR or n in _EITHER else 0.0 for n in NAMES])
    lows, highs = np.concatenate([low, np.zeros(both), -high]), np.concatenate([high, np.full(both, 6.0), -low])
    swaps = [([*as_rival, *back, *put], 1 / len(rows)) for _, _, as_rival, rows in data for _, _, put, back in rows]
    kept = [(x, w / min(1.0, 5 * w)) for x, w in swaps if chance.random() < min(1.0, 5 * w)]
    weights, bias = np.zeros(2 * size + both), 0.0
    for turn, steps in enumerate(_ROUNDS):
        xs: list[Any] = []
        for _, holder, _, rows in data:
            open_rows = [against for beside, against, _, _ in rows if not beside]
            chance.shuffle(open_rows)
            if turn:
                open_rows.sort(key=lambda row: -float(np.dot(row, weights[: size + both])))
            xs += [[*against, *holder] for against in open_rows[:_HARDEST]]
        x = np.array(xs + [x for x, _ in kept], np.float32)
        y = np.array([0.0] * len(xs) + [1.0] * len(kept))
        w = np.array([1.0] * len(xs) + [w for _, w in kept])
        for label in (0, 1):
            w[y == label] /= w[y == label].sum()
        weights, bias = _descend(np, x, y, w, np.append(weights, bias), steps, lows, highs)
    return weights, bias


def _descend(np: Any, x: Any, y: Any, w: Any, theta: Any, steps: int, lows: Any, highs: Any) -> tuple[Any, float]:
    low, high = np.append(lows, -20), np.append(highs, 20)
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    padded = np.hstack([x, np.ones((len(x), 1), np.float32)])
    for step in range(1, steps + 1):
        error = w * (1 / (1 + np.exp(-np.clip(padded @ theta, -30, 30))) - y)
        slope = padded.T @ error + _PENALTY * np.append(theta[:-1], 0.0)
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        move = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        theta = np.clip(theta - 0.05 * move, low, high)
    return theta[:-1], float(theta[-1])


def rates(np: Any, weights: Any, bias: float, data: list[Any], margin: float) -> tuple[float, float]:
    """False alarms per answer with a figure that has rivals, and the share of swapped facts that are noticed."""
    size, both = len(NAMES), len(PAIR)
    worst: dict[int, float] = {}
    noticed = total = 0.0
    for number, holder, as_rival, rows in data:
        scores = [float(np.dot(against, weights[: size + both])) for beside, against, _, _ in rows if not beside]
        own = float(np.dot(holder, weights[size + both :])) + bias
        worst[number] = max(worst.get(number, -99.0), max(scores, default=-99.0) + own)
        for _, _, put, back in rows:
            right = float(np.dot([*as_rival, *back], weights[: size + both]))
            noticed += (right + float(np.dot(put, weights[size + both :])) + bias > margin) / len(rows)
            total += 1 / len(rows)
    return sum(v > margin for v in worst.values()) / len(worst), noticed / total


def main() -> None:
    """Print the weights for `weights.py`, or with `--cv` the rates of each part by the weights of the others."""
    np: Any = importlib.import_module("numpy")
    data = {part: sites(part) for part in PARTS}
    if "--cv" in sys.argv:
        for part in PARTS:
            weights, bias = fit(np, [row for other in PARTS if other != part for row in data[other]])
            told = (rates(np, weights, bias, data[part], margin) for margin in MARGINS)
            print(part, *(f"{m}: {fa:.1%} / {d:.1%}" for m, (fa, d) in zip(MARGINS, told, strict=True)))
        return
    weights, bias = fit(np, [row for part in PARTS for row in data[part]])
    size, both = len(NAMES), len(PAIR)
    for name, rival, fact in zip(NAMES, weights[:size], weights[size + both :], strict=True):
        print(f'    "{name}": ({-fact:.2f}, {rival:.2f}),')
    for name, worth in zip(PAIR, weights[size : size + both], strict=True):
        print(f'    "{name}": {worth:.2f},')
    print(f"MARGIN = {float(sys.argv[1]) - bias:.2f}")


if __name__ == "__main__":
    main()
