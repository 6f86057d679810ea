"""`python -m tests.agents.models.train_intents`: learn the offline model's intent weights from the labelled questions.

Plain Python, deterministic, about a minute. It writes `agents/models/offline/intents/intents.json`, with what they were
learned from, so that a test notices weights that are older. `--check` leaves a fifth out at a time instead, and prints
how often the best label is right on what was left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
from functools import cache
from operator import mul
from pathlib import Path

from agents.models.offline.intents import learned
from agents.models.offline.intents.scoring import rule_points
from agents.models.offline.reading import read
from tests.agents.models.dev_bank import names
from tests.questions import learned_with
from tests.questions.plans import asked, load, written
from tools.catalogue import queries
from tools.estate.world import NOW

FOLDER = Path(__file__).parent / "intents"
WEIGHTS = Path(learned.__file__).with_name("intents.json")
EPOCHS, RATE, DECAY, SMALLEST = 30, 0.5, 1e-6, 0.12

Example = tuple[dict[str, float], dict[str, float], int]


def labelled(name: str = "*.txt") -> list[tuple[str, str]]:
    """Every labelled question, in the order of the files: `# label` before the questions that carry it."""
    found, label = [], ""
    for file in sorted(FOLDER.glob(name)):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                label = line[2:].strip()
            elif line.strip():
                found.append((line.strip(), label))
    return found


def everything() -> list[tuple[str, str]]:
    """The labelled questions, and those of the conversations that are labelled with plans."""
    return labelled() + [pair for file in written() for pair in asked(load(file))]


def digest() -> str:
    """The SHA-256 of what the weights are learned from."""
    return hashlib.sha256(repr(everything()).encode()).hexdigest()


def definition() -> str:
    """The SHA-256 of what a feature is, and of how the weights are learned from them."""
    return learned_with.defined(learned.features, rule_points, learn)


def sample() -> list[str]:
    """How the present reader sees one of fifty questions."""
    return [learned_with.seen(seen(text)) for text, _ in learned_with.sampled(everything())]


@cache
def seen(text: str) -> tuple[dict[str, float], dict[str, float]]:
    """What the present reader sees in a question: its features, and the points of the rules."""
    reading = read(text, names(), NOW)
    return learned.features(reading), rule_points(reading, queries())


def examples(labels: list[str], given: list[tuple[str, str]]) -> list[Example]:
    """Features, rule points and the label's place, of each labelled question."""
    return [(*seen(text), labels.index(label)) for text, label in given]


def learn(labels: list[str], given: list[Example]) -> tuple[dict[str, list[float]], list[float]]:
    """Multinomial logistic regression by AdaGrad, over the rules' points as a fixed offset."""
    count = len(labels)
    weights: dict[str, list[float]] = {}
    squared: dict[str, list[float]] = {}
    prepared = [
        (
            list(found.values()),
            [weights.setdefault(name, [0.0] * count) for name in found],
            [squared.setdefault(name, [1e-6] * count) for name in found],
            [learned.RULES * points.get(label, 0.0) for label in labels],
            right,
        )
        for found, points, right in given
    ]
    bias, order = [0.0] * count, list(range(len(given)))
    shuffled = random.Random(20261015)
    for _ in range(EPOCHS):
        shuffled.shuffle(order)
        for place in order:
            values, rows, squares, offset, right = prepared[place]
            logits = [
                b + points + sum(map(mul, values, column))
                for b, points, column in zip(bias, offset, zip(*rows, strict=True), strict=True)
            ]
            top = max(logits)
            powers = [math.exp(logit - top) for logit in logits]
            total = sum(powers)
            errors = [(k, power / total - (k == right)) for k, power in enumerate(powers)]
            errors = [(k, error) for k, error in errors if abs(error) > 0.003]
            for k, error in errors:
                bias[k] -= 0.02 * error
            for value, row, square in zip(values, rows, squares, strict=True):
                for k, error in errors:
                    slope = error * value + DECAY * row[k]
                    square[k] += slope * slope
                    row[k] -= RATE * slope / math.sqrt(square[k] + 0.05)
    return weights, bias


def write() -> None:
    """Learn from everything and write the weights, the small ones left out."""
    labels = sorted({label for _, label in everything()})
    weights, bias = learn(labels, examples(labels, everything()))
    most = max(abs(weight) for row in weights.values() for weight in row)
    scale = round(most / 127, 9)
    kept = {}
    for name in sorted(weights):
        row = [
            part
            for k, weight in enumerate(weights[name])
            if abs(weight) >= SMALLEST
            for part in (k, round(weight / scale))
        ]
        if row:
            kept[name] = row
    plain = {
        "learned_from": digest(),
        "features": definition(),
        "read": sample(),
        "labels": labels,
        "scale": scale,
        "bias": [round(b, 4) for b in bias],
        "weights": kept,
    }
    WEIGHTS.write_text(json.dumps(plain, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(everything())} questions, {len(kept)} features, {WEIGHTS.stat().st_size:,} bytes")


def check() -> None:
    """Leave a fifth out at a time."""
    given = everything()
    labels = sorted({label for _, label in given})
    every = examples(labels, given)
    order = list(range(len(every)))
    random.Random(1).shuffle(order)
    right = sure = wrong = 0
    for part in range(5):
        out = set(order[part::5])
        weights, bias = learn(labels, [one for place, one in enumerate(every) if place not in out])
        for place in sorted(out):
            found, points, label = every[place]
            logits = [b + learned.RULES * points.get(name, 0.0) for name, b in zip(labels, bias, strict=True)]
            for name, value in found.items():
                if name in weights:
                    logits = [logit + value * weight for logit, weight in zip(logits, weights[name], strict=True)]
            top = max(logits)
            best = logits.index(top)
            share = 1 / sum(math.exp(logit - top) for logit in logits)
            right += best == label
            sure += share >= 0.5
            wrong += share >= 0.5 and best != label
    count = len(every)
    print(f"{count} left out in turn: the best label is right in {right / count:.1%}")
    print(f"half sure or more: {sure / count:.1%}; of all, so and wrong: {wrong / count:.1%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check() if parser.parse_args().check else write()
