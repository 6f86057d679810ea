"""What the words around a figure claim, held against its fact. Only what can be decided is a fault.

A word counts for a figure if it stands in the figure's clause, on its side of the neighbouring figures (in a table:
in its cell, the column's title or the row's first cell); then what stands before in the sentence, then what stands
above. Checks: another name of the same kind (`naming`, `rows`), another period (`timing`), basis and direction
(`moves`), parts, spans and superlatives (`structure`), currency, minus and rates (`wording`); and last whether the
words fit another fact of the same unit clearly better (`judge`), by evidence that is weighed rather than ruled on.
"""

from __future__ import annotations

from collections.abc import Callable

from policies.grounding.judge import rival_claim
from policies.grounding.model import Claim
from policies.grounding.moves import basis_claim, direction_claim
from policies.grounding.naming import name_claim
from policies.grounding.rows import both_claim, row_claim
from policies.grounding.structure import by_claim, course_claim, level_claim, part_claim, span_claim, superlative_claim
from policies.grounding.timing import period_claim, undated_claim
from policies.grounding.view import Item, View
from policies.grounding.wording import wording_claim
from tools import units

_ON_NUMBERS: tuple[Callable[[Item, View], Claim | None], ...] = (
    name_claim,
    row_claim,
    both_claim,
    period_claim,
    basis_claim,
    direction_claim,
    part_claim,
    span_claim,
    level_claim,
    by_claim,
    course_claim,
    superlative_claim,
    wording_claim,
    rival_claim,
    undated_claim,
)


def contradictions(item: Item, view: View) -> list[Claim]:
    """Every contradiction between a figure's fact and the words around it, the first of each check."""
    checks: list[Callable[[Item, View], Claim | None]] = [name_claim]
    if units.is_number(item.fact.unit):
        checks = list(_ON_NUMBERS)
    return [claim for check in checks if (claim := check(item, view))]
