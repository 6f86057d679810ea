"""Learned: which query a question is about, by a linear model over its words and concepts, on top of the intent rules.

The weights (`intents.json`) are learned offline from labelled questions (`tests/agents/models/train_intents.py` over
`tests/agents/models/intents/`) and shipped as they are: nothing is learned while questions are answered, and the same
question always gets the same probabilities.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from agents.models.offline.reading import Reading
from agents.models.offline.words.text import stem

CHANGE, OUTSIDE = "!change", "!outside"
"""Labels of no query: a request to change something, and what no AWS data can answer."""
RULES = 0.3
"""Weight of one point of the intent rules beside the learned weights."""
_TOKEN = re.compile(r"<\w+>|[a-z0-9_'-]+|\?")


def features(reading: Reading) -> dict[str, float]:
    """What the model looks at: words, pairs of neighbours, concepts and pairs of them; of length one in all."""
    stems = [token if token[0] == "<" else stem(token) for token in _TOKEN.findall(reading.text)]
    found = dict.fromkeys((f"w:{one}" for one in stems), 1.0)
    found.update(dict.fromkeys((f"b:{a} {b}" for a, b in zip(["^", *stems], [*stems, "$"], strict=True)), 1.0))
    found.update(dict.fromkeys((f"x:{one[:5]}" for one in stems if len(one) > 5 and one[0] != "<"), 0.7))
    concepts = sorted(reading.concepts)
    found.update(dict.fromkeys((f"k:{one}" for one in concepts), 1.0))
    pairs = (f"p:{a}+{b}" for place, a in enumerate(concepts) for b in concepts[place + 1 :])
    found.update(dict.fromkeys(pairs, 0.5))
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {name: value / length for name, value in found.items()}


Weights = tuple[list[str], dict[str, dict[int, float]], list[float]]
"""Labels, the weights of each feature by a label's place, and a bias for each label."""
_used: list[Weights] = []


def use(weights: Weights) -> None:
    """Use other weights than the ones shipped, in this process: to measure what was learned without some questions."""
    _used[:] = [weights]


@lru_cache(maxsize=1)
def _shipped() -> Weights:
    plain = json.loads((files(__package__) / "intents.json").read_text(encoding="utf-8"))
    scale = plain["scale"]
    weights = {
        name: {row[place]: row[place + 1] * scale for place in range(0, len(row), 2)}
        for name, row in plain["weights"].items()
    }
    return plain["labels"], weights, plain["bias"]


def used() -> Weights:
    """The weights that are in use."""
    return _used[0] if _used else _shipped()


def probabilities(reading: Reading, points: Mapping[str, float]) -> dict[str, float]:
    """How probable each query (or `!change`, `!outside`) is, given the rules' `points`; they add up to one."""
    labels, weights, bias = used()
    logits = [b + RULES * points.get(label, 0.0) for label, b in zip(labels, bias, strict=True)]
    for name, value in features(reading).items():
        for place, weight in weights.get(name, {}).items():
            logits[place] += value * weight
    top = max(logits)
    powers = [math.exp(logit - top) for logit in logits]
    total = sum(powers)
    return {label: power / total for label, power in zip(labels, powers, strict=True)}


def knows(word: str) -> bool:
    """Whether a word occurred in what was learned from."""
    return f"w:{stem(word)}" in used()[1]


_SPEAKS = 0.1


def speaks_for(word: str, label: str) -> bool:
    """Whether a word was learned to speak for a label: it is part of what is asked of it."""
    labels, weights, _ = used()
    return label in labels and weights.get(f"w:{stem(word)}", {}).get(labels.index(label), 0.0) >= _SPEAKS
