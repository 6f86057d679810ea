"""Evidence: what the words of a question say for each query, by rules and by what was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.intents.learned import probabilities
from agents.models.offline.intents.scoring import rule_points, scores
from agents.models.offline.proposing.guarding import money_first
from agents.models.offline.proposing.joint import related
from agents.models.offline.proposing.parts import Part, parts_of
from agents.models.offline.reading import Reading


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words of a question say for each query."""

    likely: Mapping[str, float]
    """Learned probabilities, `!change` and `!outside` among them."""
    points: Mapping[str, float]
    """Points of the intent rules."""
    both: Mapping[str, float]
    """The two together, best first."""
    parts: Sequence[Part] = ()
    """The stretches of the question, each with what its words say by themselves."""


def evidence(reading: Reading, question: str, context: Context) -> Evidence:
    """What the words say for each query, by rules and by what was learned."""
    points = rule_points(reading, context.queries)
    both = money_first(scores(reading, context.queries), reading, context.queries)
    causes = not related(reading, both, context)  # else a rule of its own says what is looked at
    return Evidence(probabilities(reading, points), points, both, parts_of(question, context, causes=causes))
