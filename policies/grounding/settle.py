"""Figures that the model wrote itself: harmless, bound to a fact, or a fault.

A figure is settled by the first of these that holds: a name with a digit that facts, the question or AWS's own
vocabulary use; part of a label or a threshold that is quoted; a number of the question where it is restated; a count
of what the answer itself lists; a share or a multiple of figures beside it; a distance between times beside it; a
date or period that facts have; else it must equal a fact with the same unit, and if several, one that fits the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from policies.grounding import bind, dates, words
from policies.grounding.claims import contradictions
from policies.grounding.counts import counts_listed, elliptic, no_claim, same_statement
from policies.grounding.figures import Found
from policies.grounding.judge import worth
from policies.grounding.model import FaultKind
from policies.grounding.nouns import named_elsewhere
from policies.grounding.ratios import holds_ratio
from policies.grounding.values import write_fact
from policies.grounding.view import Item, View
from tools.facts import Fact

_RESTATES = re.compile(
    r"\b(?:you asked|your question|asked (?:about|for|whether|if)|the question|je vroeg|u vroeg|perguntou)\b",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(
    r"\b(?:over|above|more than|at least|older than|longer than|under|below|less than|within|last|past|top|first|than|"
    r"ouder dan|meer dan|boven|afgelopen|laatste|mais de|acima de|\u00faltimos) (?:the )?$",
    re.IGNORECASE,
)


_PORT = re.compile(r"\b(?:ports?|poort(?:en)?|portas?|tcp|udp)(?: \d+(?:,| and| en| e))? ?$", re.IGNORECASE)


_SPREAD = re.compile(r"\b(?:in|across|over|em|nas|verspreid over|the|these|os|as) $", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Context:
    """What literals are settled against."""

    view: View
    facts: Sequence[Fact]
    asked: Sequence[Found]
    names: frozenset[str]
    now: datetime


Verdict = tuple[FaultKind, str] | Fact | None
"""A fault's kind and sentence, the fact that the figure stands for, or None: it is harmless."""


def settle(found: Found, ctx: Context) -> Verdict:
    """Decide on one figure of the model's own."""
    view, facts = ctx.view, ctx.facts
    sentence = view.layout.sentence(found.start)
    near = list({i.fact.id: i.fact for i in view.items if sentence[0] <= i.start < sentence[1]}.values())
    if bind.looks_like_name(found) and bind.is_name(found, ctx.names):
        return None
    if found.text in ctx.names and _PORT.search(view.text[max(0, found.start - 16) : found.start]):
        return None
    if bind.in_label(found, near, ctx.now) or bind.quotes_threshold(found, facts, view.text):
        return None
    if _restated(found, ctx) or no_claim(found, view):
        return None
    said = (bind.candidates(found, facts) if found.kind == "number" else []) or named_elsewhere(found, view)
    if elsewhere := [f for f in said if not contradictions(_item(found, f), view)]:
        return _choose(found, elsewhere, view, fitting=True)
    if counts_listed(found, view):
        return None
    if bind.counts_scope(found, near) and _SPREAD.search(view.text[max(0, found.start - 16) : found.start]):
        return None
    if bind.restates(found, view.text, facts, ctx.now) or dates.is_distance(found, view, near):
        return None
    if found.when is not None or found.kind == "ordinal":
        return dates.settle_time(found, view, near, ctx.asked)
    if found.kind == "fraction" and holds_ratio(found, view):
        return None
    named = bind.candidates(found, facts)
    options = named or elliptic(found, view)
    if not options:
        return "unbound_figure", _why(found, facts)
    return _choose(found, options, view)


def _choose(found: Found, options: Sequence[Fact], view: View, *, fitting: bool = False) -> Verdict:
    if len(options) == 1:
        return options[0]
    left = list(options)
    if not fitting:
        left = [f for f in options if not contradictions(_item(found, f), view)] or left
    ranked = sorted(
        left, key=lambda f: (-worth(_item(found, f), view), len(f.scope.where) + len(f.scope.accounts), f.id)
    )
    best = ranked[0]
    alike = [f for f in ranked[1:] if not _same_thing(best, f)]
    if not alike or _told(found, best, view):
        return best
    listed = ", ".join(f"{f.id} ({f.label}, {f.scope.text()})" for f in ranked[:4])
    return "ambiguous_figure", f"Several facts equal this: {listed}. Refer to the one that is meant as [[id]]."


def _item(found: Found, fact: Fact) -> Item:
    return Item(found.start, found.end, fact, literal=True)


def _same_thing(a: Fact, b: Fact) -> bool:
    """Whether two equal facts are of the same names and near in their labels: then either may be meant."""
    if (a.scope.accounts, a.scope.where) != (b.scope.accounts, b.scope.where):
        return False
    empty = words.stems(a.unit) | {"not"}
    return same_statement([a, b]) or bool((words.stems(a.label) & words.stems(b.label)) - empty)


def _told(found: Found, fact: Fact, view: View) -> bool:
    """Whether the sentence says something of the fact's label beyond its unit; then a true thing was said."""
    sentence = view.layout.sentence(found.start)
    block = view.layout.block(found.start)
    above = (view.layout.heading(block[0]), sentence[1])
    said = words.stems(view.said(sentence, above) + " " + view.question.lower())
    return bool(said & (words.fact_stems(fact) - words.stems(fact.unit)))


def _restated(found: Found, ctx: Context) -> bool:
    if found.when is not None or not found.values:
        return False
    if not any(f.values == found.values and f.unit == found.unit for f in ctx.asked if f.values):
        return False
    view = ctx.view
    before = view.text[max(0, found.start - 24) : found.start]
    return bool(_RESTATES.search(view.said(view.layout.clause(found.start)))) or bool(_THRESHOLD.search(before))


def _why(found: Found, facts: Sequence[Fact]) -> str:
    if found.kind == "vague":
        return "No fact can back a vague magnitude. Refer to a fact as [[id]] or leave it out."
    if found.kind == "name":
        return "No fact carries this name or id. Refer to the fact that holds it as [[id]] or leave it out."
    near = bind.unit_faults(found, facts)
    if near:
        return f"{near[0].id} has this value but as {write_fact(near[0])}. Refer to it as [[{near[0].id}]]."
    if found.unit is None and found.kind == "number":
        return (
            "No fact equals this figure with the unit that the words name. Refer to a fact as [[id]] or leave it out."
        )
    return "No fact equals this figure. Refer to a fact as [[id]], derive one first, or leave it out."
