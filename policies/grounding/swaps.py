"""Two figures of a sentence that stand in each other's place: `[[high]] critical, [[critical]] high`.

Decided only where it is certain: both are of one unit and scope of time, the words beside each are those that tell the
other's label from its own, and neither has a word of its own beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from policies.grounding import words
from policies.grounding.view import Item, View, about
from tools import units

_MOST = 12
"""Figures of one sentence that are paired; a longer row is a table's, and `rows` looks at that."""


def swaps(view: View) -> Iterator[tuple[int, int, str]]:
    """Pairs of figures whose words are exchanged: where the first stands, and what to tell the model."""
    sentences: dict[tuple[int, int], list[Item]] = {}
    for item in view.items:
        if units.is_number(item.fact.unit):
            sentences.setdefault(view.layout.sentence(item.start), []).append(item)
    for row in sentences.values():
        if len(row) > _MOST:
            continue
        for one, two in combinations(row, 2):
            mine, theirs = _telling(one, two, view), _telling(two, one, view)
            if not mine or not theirs:
                continue
            a, b = _beside(one, view), _beside(two, view)
            if a & theirs and b & mine and not a & mine and not b & theirs:
                yield (
                    one.start,
                    one.end,
                    f"The words beside this and {two.fact.id} are exchanged: {about(one.fact)}, and {about(two.fact)}.",
                )


def _telling(one: Item, two: Item, view: View) -> frozenset[str]:
    """The words of a label that the other's has not, if the two are alike in all else."""
    if (one.fact.unit, one.fact.period) != (two.fact.unit, two.fact.period) or one.fact.scope != two.fact.scope:
        return frozenset()
    return view.vocabulary.label[one.fact.id] - view.vocabulary.label[two.fact.id]


def _beside(item: Item, view: View) -> frozenset[str]:
    """The words of the figure's own clause, up to its neighbours."""
    return words.stems(view.said(*view.segment(item, view.clause(item))))
