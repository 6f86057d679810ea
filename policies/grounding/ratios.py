"""Shares and multiples in words: `half`, `a third`, `doubled`, `twice`, held against figures that stand nearby.

They hold if a percentage in play says so, or two figures of one unit in the sentence or the one before are in that
ratio, or a count in the sentence is that share of another. `about` allows a little, `nearly` less, `more than` more.
"""

from __future__ import annotations

import re
from decimal import Decimal

from policies.grounding import words
from policies.grounding.figures import Found
from policies.grounding.view import Item, View
from tools import units
from tools.facts import Fact

_BEFORE = re.compile(r"(?:^|\W)(?P<word>[^\W\d_]+(?: (?:than|dan|de))?)(?: (?:the|a|de|het))?\W*$", re.IGNORECASE)
_UPWARD = frozenset({"over", "more than", "above", "meer dan", "mais de", "ruim", "well over", "at least"})
_DOWNWARD = frozenset({"under", "less than", "below", "minder dan", "menos de", "nearly", "almost", "bijna", "quase"})
_ROUGH = frozenset({"about", "around", "roughly", "some", "ongeveer", "cerca de", "circa", "approximately"})


def holds_ratio(found: Found, view: View) -> bool:
    """Whether figures nearby make the share or multiple true."""
    share = found.values[0]  # percent; a multiple is a change in percent: `doubled` is 100
    sentence = view.layout.sentence(found.start)
    before = next(view.layout.lead_in(sentence[0]), sentence)
    near = [i for i in view.items if before[0] <= i.start < before[1] or sentence[0] <= i.start < sentence[1]]
    near = [i for i in near if units.is_number(i.fact.unit)]
    multiple = re.search(r"doubl|tripl|quadrupl|trebl|twice|thrice|fold|halv|verdubbel|dobr", found.text, re.IGNORECASE)
    low, high = _band(found, view, share, multiple=bool(multiple))
    here = [i for i in near if sentence[0] <= i.start < sentence[1]]
    if any(i.fact.unit == "percent" and low <= _signed(i, multiple=bool(multiple)) <= high for i in here):
        return True
    if any(re.search(rf"(?<!\d){share.normalize():f} ?(?:percent|%)", i.fact.label) for i in here):
        return True
    if not multiple and not here:
        here = near = _spoken(found, view)
    relation = _precedes if multiple else _holds
    wholes = [Item(-1, -1, f) for f in view.facts for i in here if relation(f, i.fact)]
    for one in near:
        for two in [*near, *wholes]:
            if not (sentence[0] <= one.start < sentence[1] or sentence[0] <= two.start < sentence[1]):
                continue
            if multiple and not _later(one, two):
                continue
            ratio = _ratio(one, two)
            if ratio is not None and low <= ((ratio - 1) * 100 if multiple else ratio * 100) <= high:
                return True
    return False


def _spoken(found: Found, view: View) -> list[Item]:
    """`More than half are medium`, under a table: the part of a whole that the clause names without its figure."""
    said = words.stems(view.said(view.layout.clause(found.start)))
    parts = [f for f in view.facts if units.kind(f.unit) == "count" and not isinstance(f.value, str)]
    named = [
        part for part in parts
        if any(_holds(f, part) and (own := words.fact_stems(part) - words.fact_stems(f)) and own <= said for f in parts)
    ]  # fmt: skip
    return [Item(found.start, found.end, part) for part in named] if len(named) == 1 else []


def _holds(whole: Fact, part: Fact) -> bool:
    """Whether one counts what the other counts a part of: `open findings`, `open medium findings`."""
    same = (whole.unit, whole.period, whole.scope.basis) == (part.unit, part.period, part.scope.basis)
    if "other" in words.plain(whole.label):
        return False  # what is left beside the others is no whole
    return same and words.fact_stems(whole) < words.fact_stems(part)


def _precedes(early: Fact, late: Fact) -> bool:
    """Whether one is the same of the period just before the other's."""
    same = (early.label, early.unit, early.scope) == (late.label, late.unit, late.scope)
    return same and early.period is not None and late.period is not None and early.period.end == late.period.start


def _later(one: Item, two: Item) -> bool:
    """Whether one is of a later time than two; if both are of the same, either may have become the other."""
    a, b = one.fact.period, two.fact.period
    return a is None or b is None or a.end >= b.end


def _signed(item: Item, *, multiple: bool) -> Decimal:
    return Decimal(item.fact.value) if multiple else abs(Decimal(item.fact.value))


def _ratio(one: Item, two: Item) -> Decimal | None:
    if one.fact.id == two.fact.id or one.fact.unit != two.fact.unit or not two.fact.value:
        return None
    return abs(Decimal(one.fact.value)) / abs(Decimal(two.fact.value))


def _band(found: Found, view: View, share: Decimal, *, multiple: bool) -> tuple[Decimal, Decimal]:
    match = _BEFORE.search(view.text[max(0, found.start - 24) : found.start].lower())
    word = match["word"] if match else ""
    if word in _UPWARD:
        return share, share + (99 if multiple else 20)  # `more than twice` is said of what is not three times
    if word in _DOWNWARD:
        return share - 20, share
    if word in _ROUGH or found.rough:
        return share - 8, share + 8
    return share - 4, share + 4
