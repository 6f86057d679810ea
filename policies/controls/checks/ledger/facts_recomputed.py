"""Facts come out the same when computed again from what AWS had answered."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger

_CALL = {"query": "spend", "facts": 12, "receipts": 4, "faults": [], "erased": False}


@check(
    "facts-recomputed",
    says="Every fact of the answers came out the same when computed again from the stored responses",
    serves=("A.7.5", "A.7.4"),
    needs={"calls": ledger.RECOMPUTED},
    reasons={"different": "a fact, receipt or response is missing or differs when computed again"},
    good={"calls": [Item(name="q-1/7", data=_CALL), Item(name="q-2/19", data=_CALL)]},
    mutants=[
        Mutant("a response changed", "different", put("calls", "faults", ["r-1: the response was changed"], item=1)),
        Mutant("a response gone", "different", put("calls", "faults", ["r-1 is not in the store"])),
    ],
    benign=[Mutant("erased with a person", None, put("calls", "erased", True))],
)
def facts_recomputed(look: Look, calls: Sequence[Item]) -> None:
    """What was erased with a person can no longer be computed, and is passed over."""
    for call in calls:
        if call.data["erased"]:
            look.skip(call)
        elif look.at(call).data["faults"]:
            look.fail("different", call, call.data["faults"][0])
