"""Parts: the stretches of a question that may be questions of their own, each read by itself, once."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.intents.scoring import scores
from agents.models.offline.proposing.guarding import money_first
from agents.models.offline.reading import Reading, read
from agents.models.offline.words.framing import unframed

_JOINT = re.compile(
    r"\?|;|,|!|\+|:(?=\s)|\.(?=\s|$)|\s[-\u2013\u2014]\s|\b(?:and|plus|as well as|along with|together with|vs|versus|en|&|e|n(?= (?:what|who|how|which|wat|wot|is|are|r|did|any|the|was)\b)|also|because(?: of)?|due to)\b|\bor (?=(?:is|are|was|were|did|has|have)\b)"
)
_MOST = 6
"""Parts that a question is taken apart into at most."""
_CLAUSE = re.compile(
    r"^(?:that |which )?(?:costs?|costing|spends?|burn\w*) (?:us |you |me )?(?:money|a lot|much|the most|something|cash)\b"
)
"""The end of a clause about what was asked for before it, and no question of its own ("... and cost money")."""

_WEAK = 2.5
"""Points below which a part speaks for no query by its own words."""
_HEAD = re.compile(r"\b(queue|q|lambda|function|bucket|db|database|nat|disk|memory|cpu)s? [a-z-]+$")
_THINGS = re.compile(
    r"\b(?:access keys|keys|buckets|databases|dbs|volumes|snapshots|instances|machines|servers|functions|lambdas|queues|"
    r"load balancers|security groups|alarms|backups|users|savings plans|reservations|vulnerabilities|findings)\b"
)
POINTS = re.compile(
    r"\b(?:(?:any|all|each|some|none|one|most|how many) (?:one )?of (?:them|these|those)|them|they|these|those|ones|em)\b",
    re.IGNORECASE,
)
"""Words that stand for what was named before."""


ELSEWHERE = re.compile(
    r"\b(?:elsewhere|(?:any|some)where else|(?:in|at|for) (?:any |any of the |the |our |all )*other (?:accounts?|venues?|casinos?|places?|locations?))\b"
)
"""Words by which a stretch is of other places than the one that another names."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a question."""

    reading: Reading
    ranked: Mapping[str, float]
    """Points per query, best first, by this stretch's words alone."""
    head: str = ""
    """What the stretch before it began with, which may hold for this one, too ("queue" of "queue depth and age")."""

    @property
    def best(self) -> str:
        """The query that its words speak for most; empty if for none."""
        return next(iter(self.ranked), "")

    @property
    def points(self) -> float:
        """How strongly they do."""
        return self.ranked.get(self.best, 0.0)


def parts_of(question: str, context: Context, *, causes: bool = False) -> Sequence[Part]:
    """The stretches of a question, in their order; none where it is one, or too many to be told apart.

    With `causes`, what is asked to have come of something is a stretch of its own, too.
    """
    texts = [part.strip(" ,.?:") for part in _JOINT.split(_plain(unframed(question, context.names), causes))]
    texts = [text for text in texts if text and not _CLAUSE.match(text.casefold())]
    if not 2 <= len(texts) <= _MOST:
        return ()
    found: list[Part] = []
    for place, text in enumerate(texts):
        part = _part(text, context)
        if place and part.points < _WEAK and (named := _named_for(text, texts[:place])):
            other = _part(named, context)
            part = other if other.points > part.points else part
        head = _HEAD.search(texts[place - 1].casefold()) if place else None
        found.append(replace(part, head=head[1] if head else ""))
    return tuple(found)


def _part(text: str, context: Context) -> Part:
    one = read(text, context.names, context.now)
    return Part(one, money_first(scores(one, context.queries), one, context.queries))


def _named_for(text: str, before: Sequence[str]) -> str:
    """A stretch with what it points at by a pronoun named; empty if it points at nothing known."""
    things = [match[0] for one in before for match in _THINGS.finditer(one.casefold())]
    named = POINTS.sub(f"the {things[-1]}", text, count=1) if things else text
    return named if named != text else ""


_CAUSED = re.compile(
    r"(\b(?:is|are|was|were|do|does|did|has|have|had|can|could|may|might|would)\b[^.?!;]*?\w) (?:linked (?:to|with)|related to|connected (?:to|with)|tied to|"
    r"(?:caused|explained|triggered|accompanied|followed|preceded) by|(?:have |had |got )?(?:anything |something |much )?to do with|coincid\w+ with|"
    r"(?:as )?(?:a|the) (?:result|consequence) of|in consequence of|owing to|attributable to|explains?|cause[ds]?|trigger(?:ed|s)?)\b",
    re.IGNORECASE,
)
"""Between two things of which it is asked whether the one comes of the other."""


def _plain(question: str, causes: bool) -> str:
    question = _CAUSED.sub(r"\1; ", question, count=1) if causes else question
    question = _TWO_DAYS.sub(_as_one, question)
    return re.sub(r"\b(between|from) ([\w :]{1,24}?) and\b", r"\1 \2 to", question)


_TWO_DAYS = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th)? (?:and|&) (?:the )?(\d{1,2})(?:st|nd|rd|th)?(?= (?:of )?[a-z]{3})", re.IGNORECASE
)


def _as_one(match: re.Match[str]) -> str:
    """Two days that follow each other are one time, and no two parts of a question."""
    return f"{match[1]} to {match[2]}" if int(match[2]) == int(match[1]) + 1 else match[0]
