"""The ledger holds only what its schema describes."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, put
from policies.controls.needs import ledger


@check(
    "records-known",
    says="Every record type in the ledger is in the schema, in one version of it",
    serves=("A.6.2.8", "7.5.3"),
    needs={"types": ledger.RECORD_TYPES},
    reasons={
        "unknown-type": "the ledger holds records of a type that the schema does not describe",
        "mixed-schemas": "records of one type follow more than one version of the schema",
    },
    good={"types": [Item(name=t, data={"known": True, "schemas": [1]}) for t in ("question.asked", "gate.decided")]},
    mutants=[
        Mutant("unknown", "unknown-type", add("types", Item(name="sale.made", data={"known": False, "schemas": [1]}))),
        Mutant("two versions", "mixed-schemas", put("types", "schemas", [1, 2])),
    ],
    benign=[Mutant("a type more", None, add("types", Item(name="note", data={"known": True, "schemas": [1]})))],
)
def records_known(look: Look, types: Sequence[Item]) -> None:
    """`types`: one item per type that occurs."""
    for one in types:
        data = look.at(one).data
        if not data["known"]:
            look.fail("unknown-type", one)
        if len(data["schemas"]) > 1:
            look.fail("mixed-schemas", one)
