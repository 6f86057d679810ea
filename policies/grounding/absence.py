"""`There are no public buckets`: a claim of zero, which needs a fact as other figures do.

Heard are `no`, `none of the`, `not a single`, `zero`, `geen`, `nenhum` before the noun of something that a fact in play
counts, unless the clause says what is unknown, wanted or supposed. It holds if a fact counts none of them, or the
sentence shows a figure that is zero. It is false if facts count some of just what the words name; and without any fact
that counts none it is unbound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.grounding import words
from policies.grounding.view import View
from tools import units
from tools.facts import Fact

_NONE = (
    r"(?<![\w-])(?:(?:no|zero|not a single|none of (?:the|our|these|those|my)|geen(?: enkele)?|nenhum[a]?|"
    r"nenhum[a]? d[ao]s)) (?P<between>(?:(?!other|longer|more|further|such|single|need|reason|idea|way|doubt|of|in|for|"
    r"to|and|or|is|are)[^\W\d_][\w-]* ){0,3})(?P<noun>"
)
_EXISTS = re.compile(
    r"\b(?:there (?:is|are|was|were)|(?:we|you) have|er (?:is|zijn|was|waren)|h\u00e1|existem?)(?: \w+)? $", re.I
)
_NARROWED = re.compile(
    r"\b(?:in|for|of|at|on|from|by|during|since|bij|voor|van|op|em|na|no|do|da|de|por)\b", re.IGNORECASE
)
_OPEN = re.compile(
    r"\b(?:if|whether|would|should|could|may|might|can|cannot|can't|can\u2019t|know|see|looked|checked|information|data|"
    r"until|so that|make sure|ensure|unless|als|zou|kan|kunnen|weet|se|talvez|pode)\b"
)


def absences(view: View) -> Iterator[tuple[int, int, str]]:
    """Claims of zero that no fact bears out: where, and what to tell the model."""
    counted: dict[str, list[Fact]] = {}
    for fact in view.facts:
        if units.kind(fact.unit) == "count" and not isinstance(fact.value, str):
            last = fact.unit.lower().split()[-1]
            for noun in {fact.unit.lower(), units.singular(fact.unit.lower()), last, units.singular(last)}:
                counted.setdefault(noun, []).append(fact)
    if not counted:
        return
    nouns = "|".join(sorted(map(re.escape, counted), key=len, reverse=True))
    for match in re.finditer(_NONE + nouns + r")(?![\w-])", view.words, re.IGNORECASE):
        sentence = view.layout.sentence(match.start())
        clause = view.said(view.layout.clause(match.start()))
        facts = counted[match["noun"].lower()]
        if _OPEN.search(clause) or view.said(sentence).rstrip().endswith("?"):
            continue
        shown = [i.fact for i in view.items if sentence[0] <= i.start < sentence[1]]
        if any(f.value == 0 for f in (*facts, *shown)):
            continue
        unit = words.stems(facts[0].unit)
        said = words.stems(match["between"] + " " + view.words[match.end() : sentence[1]].split(",")[0]) - unit
        rest = view.words[match.end() : sentence[1]].split(",")[0]
        some = [] if _NARROWED.search(rest) else [f for f in facts if _just_that(f, said, unit, view)]
        if some:
            yield match.start(), match.end(), f"{some[0].id} counts {some[0].value} of these ({some[0].label})."
        elif (
            not _NARROWED.search(rest)
            and _EXISTS.search(view.text[max(0, match.start() - 16) : match.start()])
            and said & frozenset().union(*(words.fact_stems(f) for f in facts))
        ):
            yield match.start(), match.end(), f"No fact counts no {match['noun']}. Leave it out, or ask a query for it."


def _just_that(fact: Fact, said: frozenset[str], unit: frozenset[str], view: View) -> bool:
    """Whether a fact counts exactly what the words name."""
    label = view.vocabulary.label[fact.id] - unit - {"total", "in", "all", "open"}
    return fact.value != 0 and not view.vocabulary.held[fact.id] and label == said - {"not", "open"}
