"""Labels around a figure: whether its words fit another fact better, and whether what they compare is so."""

from __future__ import annotations

import re
from decimal import Decimal

from policies.grounding import words
from policies.grounding.counts import same_statement
from policies.grounding.layout import is_table_row
from policies.grounding.model import Claim
from policies.grounding.names import values_of
from policies.grounding.naming import listed
from policies.grounding.view import Item, View, about
from tools import units
from tools.facts import Fact

_SUPER = re.compile(
    r"\b(?:(?:largest|biggest|highest|most expensive|top|costliest|grootste|hoogste|duurste|maior)|"
    r"(smallest|lowest|cheapest|kleinste|laagste|menor))\b"
)
_ASIDE = re.compile(
    r"\b(?:nothing|no|not|anything) (?:else )?change[ds]?\b|\b(?:net of|before|after|including|"
    r"excluding|with|without) (?:credits|refunds)\b|\b(?:explained by|driven by|due to|caused by|because of|thanks to|"
    r"comes? from|came from)\b[^.,;\ue000]{0,60}"
)
_MOVEMENT = re.compile(
    r"\b(?:change|difference|delta|increase|decrease|growth|rise|drop|decline|reduction|stijging|"
    r"daling|verschil|aumento|"
    r"queda|variação)\b[^.;\ue000]{0,30}\b(?:of|was|is|by|to|van|met|de|at)\s*$|"
    r"\b(?:change|difference|increase|decrease)\b[^.;\ue000]{0,24}[:(|]?\s*$"
)
_DIRECT = re.compile(
    r"\b(?:up|down|rose|fell|grew|dropped|increased|decreased|climbed|declined|jumped|steeg|stegen|daalden?|aumentou|"
    r"caiu|subiu)(?: by| met| em)? $",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"[^.;:\ue000]{0,12}\b(?:of|van|de|dos|das)(?: (?:our|the|all|these|those|onze|de|os|as|nossos)){0,3} $"
)
_ONE_OF = re.compile(
    r"\b(?:one|none|some|most|many|few|any) (?:out )?of (?:(?:our|the|all|these|those) ){0,2}$", re.IGNORECASE
)
_ALL_OF = re.compile(
    r"\b(?:all|every|each of|alle|todos|todas)(?: (?:of )?(?:our|the|these|those|onze|de|os|as))* $", re.IGNORECASE
)
_PART = re.compile(r",?\s*(?:of which|of them|of those|waarvan|d[oae]s? quais)\s*$", re.IGNORECASE)
_NOT_SUPER = re.compile(
    r"\b(?:one of|among|second|third|fourth|next|\d+(?:st|nd|rd|th)|top (?:two|three|four|five|\d+)|two|three|four|"
    r"five|tweede|derde|segund[oa]|not)\b"
)


def label_claim(item: Item, view: View) -> Claim | None:
    """Another fact of the same unit fits the clause by its words, and this one by none."""
    if listed(item, view, view.layout.sentence(item.start)) == ():
        return None
    before, _ = view.segment(item, view.clause(item))
    sentence = view.layout.sentence(item.start)
    left, _ = view.neighbours(item, sentence)
    if left is not None and left.fact.unit == item.fact.unit and _WHOLE.fullmatch(view.text[left.end : item.start]):
        return None  # `one of our 58 buckets is public`: what follows is said of the part
    if _ALL_OF.search(view.text[max(0, item.start - 24) : item.start]) and _total(item.fact):
        return None  # `all [[f1]] have default encryption`: what follows is said of every one
    if _ONE_OF.search(view.text[max(0, item.start - 32) : item.start]):
        return None
    spoken = _spoken(item, view)
    said = words.stems(spoken)
    todo = "not yet " if re.match(r"\s*to [a-z]", view.text[item.end : item.end + 200]) else ""  # `6 keys to rotate`
    close = view.text[max(0, item.start - 24) : item.start]
    moved = words.is_change(item.fact) and _DIRECT.search(close)
    if not moved and not _MOVEMENT.search(view.text[before[0] : before[1]].lower()):
        said -= {"change"}  # "rose from X to Y" names levels; `senses` looks at what moved.
    mine = words.fact_stems(item.fact).union(
        *(words.fact_stems(f) for f in view.facts if f.value == item.fact.value and same_statement([item.fact, f]))
    )
    neighbours = [n for n in view.neighbours(item, view.layout.sentence(item.start)) if n is not None]
    explained = frozenset().union(*(words.fact_stems(n.fact) for n in neighbours)) if neighbours else frozenset()
    named = words.name_stems(item.fact) & words.stems(view.said((sentence[0], item.end)))
    for rival in view.facts:
        if (
            rival.unit == item.fact.unit
            and rival.value != item.fact.value
            and _denied(item.fact, rival, said, todo + spoken)
        ):
            return "label", f"The words do not say 'not': {about(item.fact)}, and {rival.id} is {rival.label!r}."
        if rival.unit != item.fact.unit or rival.id == item.fact.id or rival.value == item.fact.value:
            continue
        theirs = words.fact_stems(rival)
        if named - theirs:
            continue
        for_rival = (said & theirs) - mine
        if not for_rival or (said & mine) - theirs or for_rival <= explained:
            continue
        label = words.stems(rival.label)
        if not units.is_number(rival.unit) and not label <= said:
            continue
        telling = not said & mine and any(_bearers(stem, view) <= 3 for stem in for_rival - explained)
        if telling or len(said & theirs) * 2 >= len(theirs) or (label and label <= said):
            return "label", f"The words fit {rival.label!r} ({rival.id}) better, but {about(item.fact)}."
    return None


def superlative_claim(item: Item, view: View) -> Claim | None:
    said = view.said(*view.around(item))
    match = _SUPER.search(said)
    if not match or _NOT_SUPER.search(said) or not values_of(item.fact) or isinstance(item.fact.value, str):
        return None
    family = [f.value for f in view.facts if _alike(f, item.fact) and isinstance(f.value, (int, Decimal))]
    best = (min if match[1] else max)(family)
    if len(family) >= 3 and item.fact.value != best:
        return (
            "label",
            f"The words say {match[0]!r}, but {item.fact.id} ({item.fact.label}) is not that among "
            f"{len(family)} alike.",
        )
    return None


def _total(fact: Fact) -> bool:
    """Whether a fact counts everything of its unit: `buckets in all`."""
    return words.stems(fact.label) <= words.stems(fact.unit) | {"total"} or fact.label.endswith("in all")


def _bearers(stem: str, view: View) -> int:
    """How many facts carry a stem in their label."""
    return sum(stem in words.stems(fact.label) for fact in view.facts)


def _spoken(item: Item, view: View) -> str:
    """The words that say what a figure is: its clause, or if that is mute, what stands before it in the sentence."""
    spoken = _ASIDE.sub(" ", view.said(*view.around(item)))
    said = words.stems(spoken)
    if any(said & words.stems(f.label) for f in view.facts if f.unit == item.fact.unit):
        return spoken
    sentence = view.layout.sentence(item.start)
    left, _ = view.neighbours(item, sentence)
    return _ASIDE.sub(" ", view.text[left.end if left else sentence[0] : item.start].lower()) + " " + spoken


def _denied(fact: Fact, rival: Fact, said: frozenset[str], spoken: str) -> bool:
    """Whether only a `not` in the label tells the fact from its rival, and the words have none."""
    mine, theirs = words.stems(fact.label), words.stems(rival.label)
    if (special := mine & {"average", "forecast"}) and not special & said:
        kept = [word for word in words.plain(fact.label) if not words.stems(word) & special]
        return kept == words.plain(rival.label) and bool(said & theirs)
    if "not" not in mine or mine - {"not"} != theirs or not said & theirs:
        return False
    return fact.scope == rival.scope and not words.DENIAL.search(spoken)


def _alike(a: Fact, b: Fact) -> bool:
    def shape(fact: Fact) -> tuple[object, ...]:
        label = fact.label.lower()
        for values in values_of(fact).values():
            for value in values:
                label = label.replace(value.lower(), "")
        return (
            label,
            fact.unit,
            fact.period,
            fact.scope.basis,
            tuple(sorted(fact.scope.where)),
            len(fact.scope.accounts) == 1,
        )

    return shape(a) == shape(b)


def _siblings(a: Fact, b: Fact) -> bool:
    """Whether two labels differ in one word each: `open high findings`, `open critical findings`."""
    one, two = words.stems(a.label), words.stems(b.label)
    return len(one - two) == 1 and len(two - one) == 1 and len(one & two) >= 2 and a.scope == b.scope


def part_claim(item: Item, view: View) -> Claim | None:
    """`X of Y`: the part must be less than the whole."""
    sentence = view.layout.sentence(item.start)
    left, _ = view.neighbours(item, sentence)
    if left is None or left.fact.unit != item.fact.unit:
        return None
    row = [i for i in view.items if sentence[0] <= i.start < item.start]
    if any(i.fact.id == item.fact.id for i in row) and not is_table_row(view.text[slice(*sentence)]):
        return "label", f"{item.fact.id} ({item.fact.label}) stands twice in this sentence, as two different things."
    if isinstance(item.fact.value, str) or isinstance(left.fact.value, str):
        return None
    between = view.text[left.end : item.start]
    joined = re.fullmatch(
        r"\s*(?:\w+ )?(?:out )?(?:of|van|de)(?: the| a| all| total of| a total of| quota of)*\s*", between
    )
    if _PART.search(between) and _siblings(left.fact, item.fact):
        return "label", f"{item.fact.id} ({item.fact.label}) is no part of {left.fact.id} ({left.fact.label})."
    whole, part = item.fact.value, left.fact.value
    if whole < 0 and part < 0:
        whole, part = -whole, -part
    if joined and (part > whole or left.fact.id == item.fact.id):
        return "label", f"{left.fact.id} cannot be a part of {item.fact.id}: {about(item.fact)}."
    return None
