"""Bare numbers whose unit stands elsewhere for any reader: in a column's title, behind `of the`, just before.

Read are a table's column (its title names the unit, or all its other figures are of one), `four of them` behind a
count, `two of the 32 security groups`, a zero of what the sentence counted last, and `on six machines, ... on five`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies.grounding import lexicon
from policies.grounding.figures import Found
from policies.grounding.layout import is_table_row, table_cells
from policies.grounding.view import Item, View
from tools import units
from tools.facts import Fact

_OF_THEM = re.compile(
    r" (?:of|van|d[eao]s?) (?:them|those|these|which|hen|deze|die|eles|elas)\b|(?: hiervan| daarvan|del[ea]s)\b"
)
_OF_WHOLE = re.compile(
    r" (?:out )?(?:of|van|d[aeo]s?) (?:(?:the|our|all|these|those|onze|de|as|os|nossas|nossos) )*"
    r"(?P<number>[\w.,]+) (?P<noun>[^\d\W][\w -]{0,40})"
)
_PLACED = re.compile(r"\b(on|in|at|across|op|bij|em) $", re.IGNORECASE)
_MOST = 10**9  # no count of things is larger
_ENDS = re.compile(r"\s*(?:[,.;:)|\n]|$)")


def named_elsewhere(found: Found, view: View) -> list[Fact]:
    """Facts that equal a bare number and are of the unit that stands elsewhere."""
    if found.kind != "number" or found.unit or found.rough or not found.values or found.values[0] > _MOST:
        return []
    for said in _units(found, view):
        facts = [f for f in view.facts if f.unit == said and not isinstance(f.value, str) and f.value in found.values]
        if facts:
            return facts
    return []


def _units(found: Found, view: View) -> Iterator[str]:
    sentence = view.layout.sentence(found.start)
    row = view.text[slice(*sentence)]
    after = view.text[found.end : found.end + 90].lower()
    if is_table_row(row):
        yield from _of_column(found, view)
        return
    counts = [i for i in view.items if i.end <= found.start and units.kind(i.fact.unit) == "count"]
    here = [i for i in counts if i.start >= sentence[0]]
    if _OF_THEM.match(after):
        last = here or [i for i in counts if i.start >= next(view.layout.lead_in(sentence[0]), sentence)[0]]
        yield from (i.fact.unit for i in last[-1:])
    elif whole := _OF_WHOLE.match(after):
        if any(c.isdigit() for c in whole["number"]) or whole["number"] in lexicon.SMALL:
            yield from _said(whole["noun"], view, start=True)
    elif _ENDS.match(after):
        if found.values[0] == 0:
            yield from _last_counted(found, view, sentence[0], here)
        placed = _PLACED.search(view.text[max(0, found.start - 8) : found.start])
        if placed and here:
            same = [i for i in here if re.search(rf"\b{placed[1]} $", view.text[max(0, i.start - 8) : i.start], re.I)]
            yield from (i.fact.unit for i in same[-1:])


def _of_column(found: Found, view: View) -> Iterator[str]:
    block = view.layout.block(found.start)
    rows = [s for s in view.layout.sentences if block[0] <= s[0] < block[1] and is_table_row(view.text[slice(*s)])]
    own = table_cells(view.text, view.layout.sentence(found.start))
    column = next((n for n, (a, b) in enumerate(own) if a <= found.start < b), 0)
    if not column or view.text[own[column][0] : own[column][1]].strip(" *_`") != found.text:
        return
    spans = [cells[column] for cells in (table_cells(view.text, row) for row in rows) if column < len(cells)]
    yield from _said(view.text[slice(*spans[0])], view)
    shown = [i.fact.unit for i in view.items if any(a <= i.start < b for a, b in spans[1:])]
    if len(shown) > 1 and len(set(shown)) == 1 and units.kind(shown[0]) == "count":
        yield shown[0]


def _last_counted(found: Found, view: View, start: int, here: list[Item]) -> Iterator[str]:
    """The unit that was named last before a zero, by a noun or by a figure."""
    text = view.text[start : found.start].lower()
    places = {i.fact.unit: i.end - start for i in here}
    for unit in {f.unit for f in view.facts if units.kind(f.unit) == "count" and f.value == 0}:
        for noun in {unit.lower(), units.singular(unit.lower())}:
            places[unit] = max(
                places.get(unit, -1), *(m.start() for m in re.finditer(rf"\b{re.escape(noun)}\b", text)), -1
            )
    if places and max(places.values()) >= 0:
        yield max(places, key=lambda unit: places[unit])


def _said(text: str, view: View, *, start: bool = False) -> Iterator[str]:
    """The units of facts whose noun a text holds (`start`: begins with, a word or two aside)."""
    said = re.findall(r"[^\W\d_][\w'-]*", text.lower())[: 4 if start else 12]
    for unit in dict.fromkeys(f.unit for f in view.facts if units.kind(f.unit) == "count"):
        head = unit.lower().split()
        last = {head[-1], units.singular(head[-1])}
        if all(w in said for w in head[:-1]) and any(w in last or lexicon.NOUNS.get(w) == head[-1] for w in said):
            yield unit
