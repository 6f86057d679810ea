"""Periods around a figure: a phrase of time in its own clause that is not the time of its fact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from policies.grounding import words
from policies.grounding.bind import same_moment
from policies.grounding.layout import Span
from policies.grounding.model import Claim
from policies.grounding.site import is_compared
from policies.grounding.spans import agrees, apart, frame
from policies.grounding.view import Item, View
from policies.grounding.when import When, find_times
from tools.facts import Fact

_RIGHT_NOW = re.compile(
    r"\b(?:right now|at the moment|at present|currently|at this moment|op dit moment|neste momento|atualmente)\b"
)
_ADVICE = re.compile(
    r"\b(?:please|recommend|should|would|could|let us|let's|plan|i'd|i\u2019d|i'll|i can|advise|propose|suggest|want|"
    r"cannot|can't|can\u2019t|unknown|not know|zou|kunnen|kan|raad|deveria|sugiro|recomendo)\b",
    re.IGNORECASE,
)


def period_claim(item: Item, view: View) -> Claim | None:
    """A period said in the figure's clause, or before it in its sentence, that is apart from the fact's."""
    period, fact = item.fact.period, item.fact
    if period is None:
        return None
    sentence = view.layout.sentence(item.start)
    around = view.around(item)
    if _RIGHT_NOW.search(view.said(*around)) and period.end < view.now - timedelta(days=1):
        return "period", f"The words speak of now, but the figure {fact.id} ({fact.label}) is of {period.label}."
    if period.start == period.end:
        return None
    near, before = view.timed(*around), view.timed((sentence[0], item.start))
    if (pair := _other_hours(near, fact, view)) is not None:
        return _claim(pair, item, view)
    left, _ = view.neighbours(item, sentence)
    leading = before if left is None or not near else [w for w in before if w.start < _first(view, sentence)]
    if words.is_change(fact):
        for when in view.timed(*view.segment(item, sentence)):
            if is_compared(when, item, view) and when.periods and not _earlier(when, fact, view):
                return _claim(when, item, view)
    if (behind := _right_behind(item, view)) is not None and not words.is_change(fact):
        return _claim(behind, item, view)
    if any(_fits(w, fact, view) for w in [*near, *leading]) or frame([*near, *before], fact):
        return None
    others = [i.fact for i in view.items if sentence[0] <= i.start < sentence[1] and i.start != item.start]
    for whens in (near, before):
        for when in reversed(whens):
            if is_compared(when, item, view) or any(_fits(when, other, view) for other in others):
                continue
            if (whens is before and advice(view, when.start)) or (
                when.days and period.days > 1 and any(same_moment(when, f) for f in view.facts)
            ):
                continue
            if _wrong(when, fact, view) or (whens is near and _narrow(when, fact)):
                return _claim(when, item, view)
        if whens:
            return None
    return None


def _right_behind(item: Item, view: View) -> When | None:
    """`X in August` of September's figure, where the sentence has one of each month: no other can be meant."""
    start, end = view.layout.sentence(item.start)
    whens = [w for w in view.timed((item.end, end)) if _IN.fullmatch(view.text[item.end : w.start])]
    if not whens or whens[0].relative or not whens[0].periods or _fits(whens[0], item.fact, view):
        return None
    others = [i.fact for i in view.items if start <= i.start < end and i.start != item.start]
    same = [f for f in others if (f.label, f.unit, f.scope) == (item.fact.label, item.fact.unit, item.fact.scope)]
    return whens[0] if any(_fits(whens[0], other, view) for other in same) else None


_IN = re.compile(r"\s*(?:in|for|during) (?:the month of )?", re.IGNORECASE)
_BETWEEN = re.compile(r"(?: UTC)?(?: ?[-\u2013] ?| (?:to|and|until|till|en|tot|e|a) )")


def _other_hours(near: Sequence[When], fact: Fact, view: View) -> When | None:
    """`between 14:00 and 16:00` beside a figure of 18:00 to 20:00, where another fact is of those hours."""
    for first, last in pairwise(near):
        if first.clock and last.clock and _BETWEEN.fullmatch(view.text[first.end : last.start]):
            others = [f for f in view.facts if _hours(f) == (first.clock, last.clock)]
            if others and _hours(fact) not in (None, (first.clock, last.clock)):
                return replace(first, end=last.end)
    return None


def _hours(fact: Fact) -> tuple[str, str] | None:
    """The times of day at which the period of a fact starts and ends, if it is a part of a day."""
    period = fact.period
    if period is None or not 0 < period.days < 1:
        return None
    end = f"{period.end:%H:%M}"
    return f"{period.start:%H:%M}", "24:00" if end == "00:00" else end


def _elsewhere(when: When, fact: Fact) -> bool:
    """Whether a part of a day shares no hour with a fact that is itself of hours: `Tuesday morning` of its evening."""
    period = fact.period
    return (
        period is not None
        and 0 < period.days < 1
        and bool(when.parts)
        and all(b <= period.start or period.end <= a for a, b in when.parts)
    )


def _first(view: View, sentence: Span) -> int:
    """Where the first figure of a sentence stands."""
    return min((i.start for i in view.items if sentence[0] <= i.start < sentence[1]), default=sentence[1])


def _claim(when: When, item: Item, view: View) -> Claim:
    said, fact = view.text[when.start : when.end], item.fact
    period = fact.period.label if fact.period else ""
    return "period", f"The words say {said!r}, but the figure {fact.id} ({fact.label}) is of {period}."


def _earlier(when: When, fact: Fact, view: View) -> bool:
    """Whether a phrase is of the side that a change is measured against."""
    period = fact.period
    if period is None or when.relative or when.kind == "time":
        return True
    if any(a <= period.start < b or b == period.start for a, b in when.periods):
        return True
    return _labelled(when, fact, view)


def _wrong(when: When, fact: Fact, view: View) -> bool:
    """Apart from the fact's period, or exactly that of a fact that differs in nothing else."""
    period = fact.period
    if period is None or when.relative or when.kind == "time":
        return False
    if _elsewhere(when, fact):
        return True
    if when.kind == "date" and period.days > 1:
        return False
    if apart(when, fact) or _one_edge(when, fact) or (when.span and words.is_change(fact)):
        return True
    return any(
        (f.label, f.unit, f.scope) == (fact.label, fact.unit, fact.scope)
        and f.period is not None
        and f.period != period
        and any((f.period.start, f.period.end) == span for span in when.periods)
        for f in view.facts
    )


def _narrow(when: When, fact: Fact) -> bool:
    """`last week` of a month's figure, `last month` of a week's."""
    period = fact.period
    if not when.named or not when.periods or period is None or _EXTREME.search(fact.label):
        return False
    return all(abs((b - a).days - period.days) > 3 for a, b in when.periods)


_EXTREME = re.compile(r"\b(?:average|mean|highest|lowest|largest|smallest|maximum|minimum|peak)\b")


def _one_edge(when: When, fact: Fact) -> bool:
    """`from January to September` of a fact that is from April to September: one end is right."""
    period = fact.period
    if period is None or period.days < 45 or _EXTREME.search(fact.label):
        return False
    long = [(a, b) for a, b in when.periods if (b - a).days > 45]
    return (
        bool(long) and len(long) == len(when.periods) and all((a == period.start) != (b == period.end) for a, b in long)
    )


def _fits(when: When, fact: Fact, view: View) -> bool:
    if _elsewhere(when, fact):
        return False
    if when.relative or agrees(when, fact, view.now, view.text[max(0, when.start - 16) : when.start]):
        return True
    return _labelled(when, fact, view)


def _labelled(when: When, fact: Fact, view: View) -> bool:
    said = find_times(" ".join([fact.label, *fact.scope.where.values()]), view.now)
    return any(set(w.periods) & set(when.periods) for w in said)


def advice(view: View, at: int) -> bool:
    """Whether the clause at an offset says what to do or what is unknown: its time is no period of a fact."""
    start, end = view.layout.clause(at)
    return bool(_ADVICE.search(view.text[start:end])) and not any(start <= i.start < end for i in view.items)


def undated_claim(item: Item, view: View) -> Claim | None:
    """A literal carries no written period: if the same is known of other periods, the words must say which."""
    fact = item.fact
    if fact.period is None or fact.period.start == fact.period.end or not item.literal:
        return None
    siblings = [
        f for f in view.facts if (f.label, f.unit, f.scope) == (fact.label, fact.unit, fact.scope) and f != fact
    ]
    if not any(f.period is not None and f.period.start != f.period.end for f in siblings):
        return None
    said = [*view.times, *find_times(view.question, view.now)]
    if not said or any(_fits(w, fact, view) or (w.periods and not apart(w, fact)) for w in said):
        return None
    return "period", f"Say when: {fact.id} ({fact.label}) is of {fact.period.label}, and the words do not say so."
