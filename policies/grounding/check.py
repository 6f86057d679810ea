"""Grounding: the check that nothing that looks like a figure enters an answer without a fact behind it.

Order of rules:

1. References are rendered (`render`). Unknown, malformed and glued references are faults.
2. Everything else that reads as a figure is found (`figures`) in what the model wrote itself.
3. A name with a digit must be one that a fact carries or the question used; a figure that quotes the label of a fact
   referred to in the same sentence is part of that label; a period must be one that a fact has. A number of the
   question counts only in a clause that restates the question ("you asked ...").
4. Every other figure is bound (`bind`): it equals exactly one fact with the same unit and names its unit, or rounds
   it and says so. If several facts are equal, the words around it must single one out.
5. The words around every figure, rendered or bound, must not contradict its fact (`claims`): account, service, team
   or other name; label; period; basis; direction; superlative.

With any fault the result has no text: nothing of a faulty draft can be shown by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from policies.grounding import bind, words
from policies.grounding.claims import contradictions
from policies.grounding.counts import counts_listed, elliptic, same_statement
from policies.grounding.figures import Found, find_figures
from policies.grounding.model import Fault, FaultKind, Figure, Grounded, Locale, Rendered
from policies.grounding.render import render
from policies.grounding.senses import advice
from policies.grounding.values import write_fact
from policies.grounding.view import Item, View, look
from tools.facts import Fact

MAX_DRAFT = 40_000
"""Characters of the longest draft that is looked at; a longer one is a fault."""
MAX_FAULTS = 60
"""Faults after which the check stops: the draft is refused anyway."""

_OF_TODAY = re.compile(r"(?:this|today|deze|dit|vandaag|est[ea]|hoje)\b", re.IGNORECASE)
_RESTATES = re.compile(
    r"\b(?:you asked|your question|asked (?:about|for|whether|if)|the question|je vroeg|u vroeg|perguntou)\b",
    re.IGNORECASE,
)


def ground(draft: str, facts: Sequence[Fact], *, question: str = "", now: datetime, locale: Locale = "en") -> Grounded:
    """Render a draft and check every figure in it against the facts of this question.

    `question` is what the person asked, `now` the clock that relative words are resolved against (UTC).
    """
    if len(draft) > MAX_DRAFT:
        message = f"The draft has {len(draft)} characters; an answer has at most {MAX_DRAFT}. Write a shorter one."
        return Grounded(
            text="", figures=(), faults=(Fault(kind="too_long", text=draft[:40], position=0, message=message),)
        )
    rendered = render(draft, facts, locale=locale)
    faults = list(rendered.faults)
    view = look(rendered, facts, now, question)
    figures = list(rendered.figures)
    asked = find_figures(question, now) if question else []
    names = bind.known_names(facts, question)
    for found in find_figures(view.words, now, locale):
        fault, fact = _settle(found, view, rendered, facts, asked, names, now)
        if fault:
            faults.append(fault)
        if len(faults) >= MAX_FAULTS:
            break
        if fact is not None:
            positive = not isinstance(fact.value, str) and fact.value < 0 and not any(v < 0 for v in found.values)
            item = Item(found.start, found.end, fact, literal=True, shown_positive=positive)
            view.items.append(item)
            figures.append(
                Figure(
                    text=found.text,
                    start=found.start,
                    end=found.end,
                    value=fact.value,
                    unit=fact.unit,
                    facts=(fact.id,),
                )
            )
    view.items.sort(key=lambda i: i.start)
    for item in view.items:
        if len(faults) >= MAX_FAULTS:
            break
        faults += [
            _fault(kind, item.start, item.end, rendered, message) for kind, message in contradictions(item, view)
        ]
    if faults:
        return Grounded(text="", figures=(), faults=tuple(sorted(faults, key=lambda f: f.position)))
    return Grounded(text=rendered.text, figures=tuple(sorted(figures, key=lambda f: f.start)))


def repair_prompt(draft: str, faults: Sequence[Fault]) -> str:
    """What the model gets in its one repair call: its draft, each fault, and the rules."""
    lines = [f"{n}. At {fault.text!r}: {fault.message}" for n, fault in enumerate(faults[:20], 1)]
    more = [f"... and {len(faults) - 20} more of the same kind."] if len(faults) > 20 else []
    return "\n".join(
        [
            "Your draft was refused because of its figures. The draft, between the lines:",
            "-----",
            draft,
            "-----",
            "What is wrong:",
            *lines,
            *more,
            "Write the whole answer again. Refer to every figure as [[id]] of the fact that holds it and let the words",
            "around it say what that fact says. Write no digits, number words or dates of your own, and no figure that",
            "no fact holds: leave such a statement out.",
        ]
    )


def _settle(
    found: Found,
    view: View,
    rendered: Rendered,
    facts: Sequence[Fact],
    asked: Sequence[Found],
    names: frozenset[str],
    now: datetime,
) -> tuple[Fault | None, Fact | None]:
    """Decide on one figure of the model's own: harmless (None, None), bound (None, fact), or a fault."""
    sentence = view.layout.sentence(found.start)
    near = list({i.fact.id: i.fact for i in view.items if sentence[0] <= i.start < sentence[1]}.values())
    if bind.looks_like_name(found) and bind.is_name(found, names):
        return None, None
    if bind.in_label(found, near, now):
        return None, None
    if _restated(found, asked, view):
        return None, None
    if counts_listed(found, view) or bind.restates(found, view.text, facts, now):
        return None, None
    if found.when is not None and not near and _OF_TODAY.match(found.text):
        return None, None  # `I would plan it this week`: advice, not the date of a figure
    named = bind.candidates(found, facts)
    options = named or elliptic(found, view)
    if found.when is not None and not options and not near and _idle(found, view, sentence):
        return None, None
    if found.when is not None and not options and bind.framed(found.when, near):
        return None, None
    if found.when is not None and not options:
        before = view.text[max(0, found.start - 16) : found.start]
        if found.when.relative or bind.is_known_period(
            found.when, view.text[slice(*sentence)], near, facts, now, before
        ):
            return None, None
        if any(f.when and (set(f.when.periods) & set(found.when.periods)) for f in asked):
            return None, None
        return _unbound(found, rendered, "No fact has this date, time or period."), None
    if not options:
        return _unbound(found, rendered, _why(found, facts)), None
    if len(options) == 1:
        return None, options[0]
    fitting = [fact for fact in options if not _contradicted(found, fact, view)]
    if found.when is not None and fitting:
        return None, None  # several things happened then; the words fit at least one of them
    best = _singled_out(found, fitting, view, by_label=bool(named))
    if best is None and same_statement(options):
        best = options[0]
    if best is None:
        listed = ", ".join(f"{f.id} ({f.label}, {f.scope.text()})" for f in options[:4])
        message = f"Several facts equal this: {listed}. Refer to the one that is meant as [[id]]."
        return _fault("ambiguous_figure", found.start, found.end, rendered, message), None
    return None, best


def _idle(found: Found, view: View, sentence: tuple[int, int]) -> bool:
    """A time in a sentence without any figure that says what to do or what is not known."""
    rest = view.words[sentence[0] : found.start] + view.words[found.end : sentence[1]]
    said = view.said(sentence)
    if found.when is None or found.when.kind != "period" or re.search(r"\d", rest):
        return False
    return bool(words.DENIAL.search(said) or advice(view, found.start))


def _contradicted(found: Found, fact: Fact, view: View) -> bool:
    item = Item(found.start, found.end, fact, literal=True)
    return bool(contradictions(item, view))


def _singled_out(found: Found, fitting: Sequence[Fact], view: View, *, by_label: bool) -> Fact | None:
    """The one option that the words around the figure support more than any other."""
    sentence = view.layout.sentence(found.start)
    said = words.stems(view.said(sentence))
    scores = sorted(((len(said & words.fact_stems(f)), f.id, f) for f in fitting), reverse=True)
    best = [fact for score, _, fact in scores if score == scores[0][0]]
    if len(best) > 1:
        near = {s for i in view.items if sentence[0] <= i.start < sentence[1] for s in words.stems(i.fact.label)}
        told = said | near
        plain = {f.id: words.fact_stems(f) - words.stems(f.unit) for f in best}
        if any(told & plain[f.id] for f in best) and (by_label or near):
            # equal and in words alike: either is true, and the one that claims the least else is meant
            best.sort(key=lambda f: (-len(told & plain[f.id]), len(plain[f.id] - told), f.id))
            return best[0]
    if len(best) == 1 or (best and same_statement(best, by_label=by_label)):
        return best[0]
    if not by_label and best and len({(f.unit, f.period) for f in best}) == 1:
        return min(best, key=lambda f: (len(f.scope.accounts) + len(f.scope.where), f.id))  # true of the widest too
    return None


def _restated(found: Found, asked: Sequence[Found], view: View) -> bool:
    if found.when is not None or not any(f.values == found.values and f.unit == found.unit for f in asked if f.values):
        return False
    return bool(_RESTATES.search(view.said(view.layout.clause(found.start))))


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


def _unbound(found: Found, rendered: Rendered, message: str) -> Fault:
    return _fault("unbound_figure", found.start, found.end, rendered, message)


def _fault(kind: FaultKind, start: int, end: int, rendered: Rendered, message: str) -> Fault:
    return Fault(kind=kind, text=rendered.text[start:end], position=rendered.draft_offset(start), message=message)
