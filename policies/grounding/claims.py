"""What the words around a figure claim, held against its fact. Only what can be decided is a fault.

A word counts for a figure if it stands in the figure's clause, on its side of the neighbouring figures (in a table:
in its cell, the column's title or the row's first cell); if the clause says nothing, the clauses before it in the
sentence count, back to the figure before; then the sentences before in the same block. Checks, in order: names
(`naming`), label (`labels`), period, basis and direction (`senses`), superlatives and parts of a whole (`labels`),
currency, minus and rates (`wording`).
"""

from __future__ import annotations

from collections.abc import Callable

from policies.grounding.labels import label_claim, part_claim, superlative_claim
from policies.grounding.model import Claim
from policies.grounding.naming import name_claim, unnamed_claim
from policies.grounding.senses import basis_claim, direction_claim, period_claim, undated_claim
from policies.grounding.view import Item, View
from policies.grounding.wording import wording_claim
from tools import units

_ON_NUMBERS: tuple[Callable[[Item, View], Claim | None], ...] = (
    name_claim,
    label_claim,
    period_claim,
    basis_claim,
    direction_claim,
    superlative_claim,
    part_claim,
    unnamed_claim,
    wording_claim,
)
_ON_LITERALS = (undated_claim,)


def contradictions(item: Item, view: View) -> list[Claim]:
    """Every contradiction between a figure's fact and the words around it, the first of each check."""
    checks: list[Callable[[Item, View], Claim | None]] = [name_claim]
    if units.is_number(item.fact.unit):
        checks = [*_ON_NUMBERS, *(_ON_LITERALS if item.literal else ())]
    elif units.kind(item.fact.unit) in ("date", "time"):
        checks.append(label_claim)
    return [claim for check in checks if (claim := check(item, view))]
