"""Each promise has an owner in the code and a test that would notice if it were broken."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository

_ROW = {
    "promise": "an unbound figure never leaves",
    "owner": "agents/desk.py",
    "owner_exists": True,
    "test": "tests/x.py::test_y",
    "test_exists": True,
}


@check(
    "invariants-tested",
    says="Every promise on record has a module that keeps it and a test that exists",
    serves=("A.6.2.2", "A.6.2.4"),
    needs={"rows": repository.INVARIANTS},
    reasons={
        "no-test": "the promise names no test, or one that does not exist",
        "no-owner": "the promise names no module, or one that does not exist",
    },
    good={"rows": [Item(name="1", data=_ROW), Item(name="2", data=_ROW)]},
    mutants=[
        Mutant("test removed", "no-test", put("rows", "test_exists", False, item=1)),
        Mutant("no test", "no-test", put("rows", "test", "")),
        Mutant("module removed", "no-owner", put("rows", "owner_exists", False)),
    ],
    benign=[Mutant("said otherwise", None, put("rows", "promise", "figures are bound"))],
)
def invariants_tested(look: Look, rows: Sequence[Item]) -> None:
    """`rows`: INVARIANTS.md, resolved against the sources."""
    for row in rows:
        data = look.at(row).data
        if not data["test"] or not data["test_exists"]:
            look.fail("no-test", row, data["test"])
        if not data["owner"] or not data["owner_exists"]:
            look.fail("no-owner", row, data["owner"])
