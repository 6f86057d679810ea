"""Grounding: the check that nothing that looks like a figure enters an answer without a fact behind it.

Order of rules:

1. References are rendered (`render`). Unknown, malformed and glued references are faults.
2. Everything else that reads as a figure is found (`figures`) in what the model wrote itself, and settled (`settle`):
   harmless, bound to a fact, or a fault. A number of the question counts only where the question is restated.
3. `There are no ...` of something that facts count needs a fact that counts none (`absence`).
4. What is said to rise, fall or stay (`trends`), to be more (`comparing`), the largest (`ranking`), all or none
   (`extents`) must be so; two figures must not stand in each other's place (`swaps`) or order (`order`),
   and things must be in the account they are said to be in (`places`).
5. The words around every figure, rendered or bound, must not contradict its fact (`claims`).

With any fault the result has no text: nothing of a faulty draft can be shown by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from policies.grounding import bind
from policies.grounding.absence import absences
from policies.grounding.claims import contradictions
from policies.grounding.comparing import comparisons
from policies.grounding.extents import extents
from policies.grounding.figures import Found, find_figures
from policies.grounding.model import Fault, FaultKind, Figure, Grounded, Locale, Rendered
from policies.grounding.order import order
from policies.grounding.places import places
from policies.grounding.ranking import rankings, records
from policies.grounding.render import render
from policies.grounding.settle import Context, settle
from policies.grounding.swaps import swaps
from policies.grounding.trends import trends
from policies.grounding.unasked import unasked
from policies.grounding.values import write_fact
from policies.grounding.view import Item, View, look
from tools.accounts import Account
from tools.facts import Fact

MAX_DRAFT = 40_000
"""Characters of the longest draft that is looked at; a longer one is a fault."""
MAX_FAULTS = 60
"""Faults after which the check stops: the draft is refused anyway."""


def ground(
    draft: str,
    facts: Sequence[Fact],
    *,
    question: str = "",
    now: datetime,
    locale: Locale = "en",
    accounts: Sequence[Account] = (),
) -> Grounded:
    """Render a draft and check every figure in it against the facts of this question.

    `question` is what the person asked, `now` the clock that relative words are resolved against (UTC), `accounts` what
    the asker may see: their names are known although no fact is about them.
    """
    if len(draft) > MAX_DRAFT:
        message = f"The draft has {len(draft)} characters; an answer has at most {MAX_DRAFT}. Write a shorter one."
        return Grounded(
            text="", figures=(), faults=(Fault(kind="too_long", text=draft[:40], position=0, message=message),)
        )
    rendered = render(draft, facts, locale=locale)
    faults = list(rendered.faults)
    view = look(rendered, facts, now, question, seen=len(accounts))
    figures, short = list(rendered.figures), dict[int, str]()
    asked = find_figures(question, now) if question else []
    ctx = Context(view, facts, asked, bind.known_names(facts, question), now)
    for found in find_figures(view.words, now, locale, view.times):
        verdict = settle(found, ctx)
        if isinstance(verdict, tuple):
            faults.append(_fault(verdict[0], found.start, found.end, rendered, verdict[1]))
        elif verdict is not None:
            view.add(_item(found, verdict))
            figures.append(
                Figure(
                    text=found.text,
                    start=found.start,
                    end=found.end,
                    value=verdict.value,
                    unit=verdict.unit,
                    facts=(verdict.id,),
                )
            )
            if bind.abbreviates(found):
                short[found.start] = write_fact(verdict, locale)
        if len(faults) >= MAX_FAULTS:
            break
    faults += _said_of_several(view, rendered, accounts)
    for item in view.items:
        if len(faults) >= MAX_FAULTS:
            break
        faults += [
            _fault(kind, item.start, item.end, rendered, message) for kind, message in contradictions(item, view)
        ]
    faults += [_fault("scope", item.start, item.end, rendered, said) for item, said in unasked(view, accounts)]
    if faults:
        return Grounded(text="", figures=(), faults=tuple(sorted(faults, key=lambda f: f.position)))
    return _written_out(rendered.text, sorted(figures, key=lambda f: f.start), short)


def _said_of_several(view: View, rendered: Rendered, accounts: Sequence[Account]) -> Iterator[Fault]:
    """What the words claim of several figures, or of none: each must be so by the facts."""
    for start, end, message in absences(view):
        yield _fault("unbound_figure", start, end, rendered, message)
    for start, end, (kind, message) in islice(trends(view), MAX_FAULTS):
        yield _fault(kind, start, end, rendered, message)
    for orders in (comparisons, rankings, records, extents, swaps, order):
        for start, end, message in islice(orders(view), MAX_FAULTS):
            yield _fault("label", start, end, rendered, message)
    for start, end, message in islice(places(view, accounts), MAX_FAULTS):
        yield _fault("scope", start, end, rendered, message)


def _written_out(text: str, figures: Sequence[Figure], short: Mapping[int, str]) -> Grounded:
    """The answer with each figure in shorthand replaced by its fact's own value, so that none is delivered rounded."""
    out, at, shift, told = [], 0, 0, []
    for figure in figures:
        written = short.get(figure.start, figure.text)
        if figure.start in short:
            out += [text[at : figure.start], written]
            at = figure.end
        moved = {"start": figure.start + shift, "text": written, "end": figure.start + shift + len(written)}
        told.append(figure.model_copy(update=moved))
        shift += len(written) - (figure.end - figure.start)
    return Grounded(text="".join([*out, text[at:]]), figures=tuple(told))


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


def _item(found: Found, fact: Fact) -> Item:
    positive = not isinstance(fact.value, str) and fact.value < 0 and not any(v < 0 for v in found.values)
    return Item(found.start, found.end, fact, literal=True, shown_positive=positive)


def _fault(kind: FaultKind, start: int, end: int, rendered: Rendered, message: str) -> Fault:
    return Fault(kind=kind, text=rendered.text[start:end], position=rendered.draft_offset(start), message=message)
