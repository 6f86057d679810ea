"""Nothing about a person lies in the ledger in the clear."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger


@check(
    "persons-sealed",
    says="No field about a person lies in the ledger in the clear",
    serves=("A.7.2", "A.6.2.8"),
    needs={"types": ledger.RECORD_TYPES},
    reasons={"in-clear": "text about a person lies in the ledger in the clear, where nobody can erase it"},
    good={"types": [Item(name=t, data={"count": 12, "in_clear": 0}) for t in ("question.asked", "query.called")]},
    mutants=[
        Mutant("one record", "in-clear", put("types", "in_clear", 1, item=1)),
        Mutant("all", "in-clear", put("types", "in_clear", 12)),
    ],
    benign=[Mutant("more records", None, put("types", "count", 13))],
)
def persons_sealed(look: Look, types: Sequence[Item]) -> None:
    """Fields marked `Personal` in the schema are sealed with a key that can be destroyed."""
    for one in types:
        if look.at(one).data["in_clear"]:
            look.fail("in-clear", one, f"{one.data['in_clear']} of {one.data['count']} records")
