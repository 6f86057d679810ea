"""Parts: the stretches of a question that may be questions of their own, each read by itself, once."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.models.offline.choosing import Context
from agents.models.offline.framing import unframed
from agents.models.offline.guarding import money_first
from agents.models.offline.reading import Reading, read
from agents.models.offline.scoring import scores

_JOINT = re.compile(
    r"\?|;|,|!|\+|:(?=\s)|\.(?=\s|$)|\s[-\u2013\u2014]\s|\b(?:and|plus|as well as|along with|together with|vs|versus|en|&|e|also|because(?: of)?|due to)\b|\bor (?=(?:is|are|was|were|did|has|have)\b)"
)
_MOST = 6
"""Parts that a question is taken apart into at most."""
_CLAUSE = re.compile(
    r"^(?:that |which )?(?:costs?|costing|spends?|burn\w*) (?:us |you |me )?(?:money|a lot|much|the most|something|cash)\b"
)
"""The end of a clause about what was asked for before it, and no question of its own ("... and cost money")."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a question."""

    reading: Reading
    ranked: Mapping[str, float]
    """Points per query, best first, by this stretch's words alone."""

    @property
    def best(self) -> str:
        """The query that its words speak for most; empty if for none."""
        return next(iter(self.ranked), "")

    @property
    def points(self) -> float:
        """How strongly they do."""
        return self.ranked.get(self.best, 0.0)


def parts_of(question: str, context: Context) -> Sequence[Part]:
    """The stretches of a question, in their order; none where it is one, or too many to be told apart."""
    texts = [part.strip(" ,.?:") for part in _JOINT.split(_plain(unframed(question, context.names)))]
    texts = [text for text in texts if text and not _CLAUSE.match(text.casefold())]
    if not 2 <= len(texts) <= _MOST:
        return ()
    readings = [read(text, context.names, context.now) for text in texts]
    return tuple(Part(one, money_first(scores(one, context.queries), one, context.queries)) for one in readings)


def _plain(question: str) -> str:
    return re.sub(r"\b(between|from) ([\w ]{1,24}?) and\b", r"\1 \2 to", question)
