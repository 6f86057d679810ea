"""Fits the weights of `policies.grounding.weights` to the labelled answers: `python -m tests.grounding.weigh MARGIN`.

Takes some minutes. For every reference of every clean answer the fact that stands there must not
lose against a rival; every rival put in its place must. Logistic regression on the evidence of both sides and of the
pair, each weight held to the sign that its evidence means; the margin is chosen by leaving one part out at a time
(`--cv` prints false alarms per answer and detection of swapped facts for each part and several margins).
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from policies.grounding import render
from policies.grounding.counts import same_statement
from policies.grounding.fit import NAMES, PAIR, evidence, pair
from policies.grounding.judge import names_it
from policies.grounding.view import look
from tests.grounding.corpus import sources
from tests.grounding.notation import expand, parse
from tools import units

PARTS = (
    *("corpus", "heldout", "fresh", "independent", "independent2", "independent3", "independent4", "independent5a"),
    "varied",
)
"""All but `independent5b`, which is held out."""
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


Row = tuple[tuple[int, float], ...]
"""What is not zero of one comparison: where it stands and its value."""


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


def fit(data: Sequence[Any]) -> tuple[list[float], float]:
    """Weights (rival's, pair's, minus the holder's) and bias of the alarm."""
    size, both, chance = len(NAMES), len(PAIR), random.Random(0)
    low = [0.0 if n in _FOR and n not in _EITHER else -8.0 for n in NAMES]
    high = [8.0 if n in _FOR or n in _EITHER else 0.0 for n in NAMES]
    bounds = [
        *zip(low, high, strict=True),
        *[(0.0, 6.0)] * both,
        *((-h, -least) for least, h in zip(low, high, strict=True)),
    ]
    swaps = [([*as_rival, *back, *put], 1 / len(rows)) for _, _, as_rival, rows in data for _, _, put, back in rows]
    kept = [(_sparse(x), w / min(1.0, 5 * w)) for x, w in swaps if chance.random() < min(1.0, 5 * w)]
    theta = [0.0] * (2 * size + both + 1)
    for turn, steps in enumerate(_ROUNDS):
        held: list[tuple[Row, float]] = []
        for _, holder, _, rows in data:
            against = [one for beside, one, _, _ in rows if not beside]
            chance.shuffle(against)
            if turn:
                against.sort(key=lambda row: -_dot(row, theta))
            held += [(_sparse([*one, *holder]), 1.0) for one in against[:_HARDEST]]
        theta = _descend([*_grouped(held, 0.0), *_grouped(kept, 1.0)], theta, steps, [*bounds, (-20.0, 20.0)])
    return theta[:-1], theta[-1]


def _dot(values: Iterable[float], weights: Sequence[float]) -> float:
    """The product of evidence with the weights at its beginning."""
    return sum(v * w for v, w in zip(values, weights, strict=False) if v)


def _sparse(values: Sequence[float]) -> Row:
    return tuple((at, float(value)) for at, value in enumerate([*values, 1.0]) if value)


def _grouped(rows: Iterable[tuple[Row, float]], label: float) -> list[tuple[Row, float, float]]:
    """Equal rows once, their shares added; all rows of a label weigh one together."""
    shares: dict[Row, float] = {}
    for row, share in rows:
        shares[row] = shares.get(row, 0.0) + share
    whole = sum(shares.values())
    return [(row, label, share / whole) for row, share in shares.items()]


def _descend(
    rows: Sequence[tuple[Row, float, float]], theta: list[float], steps: int, bounds: Sequence[tuple[float, float]]
) -> list[float]:
    """Adam on the logistic loss, with every weight held between its bounds."""
    first, second = [0.0] * len(theta), [0.0] * len(theta)
    for step in range(1, steps + 1):
        slope = [_PENALTY * w for w in theta[:-1]] + [0.0]
        for row, label, share in rows:
            score = max(-30.0, min(30.0, sum([value * theta[at] for at, value in row])))
            error = share * (1 / (1 + math.exp(-score)) - label)
            for at, value in row:
                slope[at] += error * value
        first = [0.9 * m + 0.1 * g for m, g in zip(first, slope, strict=True)]
        second = [0.999 * m + 0.001 * g * g for m, g in zip(second, slope, strict=True)]
        one, two = 1 - 0.9**step, 1 - 0.999**step
        moved = [
            w - 0.05 * (a / one) / (math.sqrt(b / two) + 1e-8) for w, a, b in zip(theta, first, second, strict=True)
        ]
        theta = [min(max(w, low), high) for w, (low, high) in zip(moved, bounds, strict=True)]
    return theta


def rates(weights: Sequence[float], bias: float, data: Sequence[Any], margin: float) -> tuple[float, float]:
    """False alarms per answer with a figure that has rivals, and the share of swapped facts that are noticed."""
    split = len(NAMES) + len(PAIR)
    worst: dict[int, float] = {}
    noticed = total = 0.0
    for number, holder, as_rival, rows in data:
        scores = [_dot(against, weights[:split]) for beside, against, _, _ in rows if not beside]
        own = _dot(holder, weights[split:]) + bias
        worst[number] = max(worst.get(number, -99.0), max(scores, default=-99.0) + own)
        for _, _, put, back in rows:
            right = _dot([*as_rival, *back], weights[:split])
            noticed += (right + _dot(put, weights[split:]) + bias > margin) / len(rows)
            total += 1 / len(rows)
    return sum(v > margin for v in worst.values()) / len(worst), noticed / total


def main() -> None:
    """Print the weights for `weights.py`, or with `--cv` the rates of each part by the weights of the others."""
    data = {part: sites(part) for part in PARTS}
    if "--cv" in sys.argv:
        for part in PARTS:
            weights, bias = fit([row for other in PARTS if other != part for row in data[other]])
            told = (rates(weights, bias, data[part], margin) for margin in MARGINS)
            print(part, *(f"{m}: {fa:.1%} / {d:.1%}" for m, (fa, d) in zip(MARGINS, told, strict=True)))
        return
    weights, bias = fit([row for part in PARTS for row in data[part]])
    size, both = len(NAMES), len(PAIR)
    for name, rival, fact in zip(NAMES, weights[:size], weights[size + both :], strict=True):
        print(f'    "{name}": ({-fact:.2f}, {rival:.2f}),')
    for name, worth in zip(PAIR, weights[size : size + both], strict=True):
        print(f'    "{name}": {worth:.2f},')
    print(f"MARGIN = {float(sys.argv[1]) - bias:.2f}")


if __name__ == "__main__":
    main()
