"""The judgement of `fit`: whether the words around a figure speak of another fact."""

from __future__ import annotations

import re
from functools import lru_cache
from operator import mul

from policies.grounding.counts import same_statement
from policies.grounding.fit import evidence, pair
from policies.grounding.model import Claim, FaultKind
from policies.grounding.view import Item, View, about
from policies.grounding.weights import FACT, MARGIN, RIVAL, TOGETHER
from tools.facts import Fact

_OTHER = re.compile(r"\b(?:account|service|team|venue|region|resource) other\b|\bother spend\b")
_REST = re.compile(
    r"\b(?:others?|rest|remaining|remainder|elsewhere|the remaining|overige?|anderen?|elders|"
    r"outr[oa]s?|restantes?|resto)\b"
)
"""What sums up the rest is meant only where the rest is spoken of."""
_CODED = re.compile(r"\b(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{6,}\b")
"""A name that stands for one thing alone: `CVE-2026-90127`."""


def worth(item: Item, view: View) -> float:
    """How well the fact of a figure fits the words around it."""
    found = evidence(view.site(item), item.fact, view, view.vocabulary, generous=True)
    return float(sum(map(mul, FACT, found)))


def rival_claim(item: Item, view: View) -> Claim | None:
    """Another fact of the same unit fits the words better by more than the margin.

    A fact that has a figure of its own in the sentence is no rival, nor is one that says the same.
    """
    at, vocabulary, fact = view.site(item), view.vocabulary, item.fact
    if any(names_it(other, fact) for other in at.others):
        return None  # a reference beside it says which it is: `[[f27]]: [[f28]]`, a message and how often it came
    if _repeats(item, view):
        return None
    said = _coded(at.near_text)
    told = bool(said & _coded(fact.label))
    own = worth(item, view)
    beside = {(f.unit, f.value) for f in at.others}
    best, found = own + MARGIN, None
    for rival in view.facts:
        if rival.unit != fact.unit or rival.value == fact.value or (rival.unit, rival.value) in beside:
            continue
        if "other" in rival.label and _OTHER.search(rival.label) and not _REST.search(at.sentence_text + at.wide_text):
            continue
        if told and (coded := _coded(rival.label)) and not coded & said:
            continue  # the words name the very thing whose figure stands there, and not the one that the rival is of
        score: float = sum(map(mul, RIVAL, evidence(at, rival, view, vocabulary)))
        score += sum(map(mul, TOGETHER, pair(at, fact, rival, view, vocabulary)))
        if score > best:
            best, found = score, rival
    if found is None or same_statement([fact, found]):
        return None
    kind: FaultKind = "scope" if found.label == fact.label and found.scope != fact.scope else "label"
    if kind == "scope" and found.period != fact.period:
        kind = "period"
    return kind, f"The words fit {found.id} ({found.label}, {found.scope.text()}) better, but {about(fact)}."


@lru_cache(maxsize=4096)
def _coded(text: str) -> frozenset[str]:
    return frozenset(_CODED.findall(text.casefold()))


def names_it(other: Fact, fact: Fact) -> bool:
    """Whether a text beside a figure is what the figure's own label counts: `error message 2`, `lines like …`."""
    named = other.label.partition(",")[0]
    return isinstance(other.value, str) and other.unit == "text" and fact.label.endswith(f" {named}")


def _repeats(item: Item, view: View) -> bool:
    """Whether the same value stood before under a label that shares most of its words: a total and its only part."""
    fact, label = item.fact, view.vocabulary.label[item.fact.id]
    return any(
        i.start < item.start and i.fact.id != fact.id and (i.fact.unit, i.fact.value) == (fact.unit, fact.value)
        and 2 * len(label & view.vocabulary.label[i.fact.id]) > len(label)
        for i in view.items
    )  # fmt: skip
