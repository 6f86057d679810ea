"""Each AI system in scope has a role of ours, a purpose and an owner."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository
from policies.controls.predicates import blank

_SYSTEM = {
    "role": "deployer",
    "purpose": "answers managers",
    "owner": "Anna",
    "changed": "2026-09-01",
    "runtimes": ["regent_people"],
}


@check(
    "scope-described",
    says="Every AI system in scope states our role for it, its purpose and its owner",
    serves=("4.1", "A.4.2"),
    needs={"systems": repository.SYSTEMS},
    reasons={
        "no-role": "the system does not say whether we are its provider, deployer or user",
        "undescribed": "the system lacks a purpose, an owner or the day it last changed",
    },
    good={"systems": [Item(name="regent", data=_SYSTEM)]},
    mutants=[
        Mutant("no role", "no-role", put("systems", "role", None)),
        Mutant("some role", "no-role", put("systems", "role", "various")),
        Mutant("no purpose", "undescribed", put("systems", "purpose", "")),
        Mutant("no owner", "undescribed", put("systems", "owner", None)),
    ],
    benign=[Mutant("provider too", None, put("systems", "role", "provider"))],
)
def scope_described(look: Look, systems: Sequence[Item]) -> None:
    """`systems`: rows of the approved scope statement."""
    for system in systems:
        data = look.at(system).data
        if data.get("role") not in ("provider", "deployer", "user"):
            look.fail("no-role", system, str(data.get("role")))
        missing = blank(data, ("purpose", "owner", "changed"))
        if missing:
            look.fail("undescribed", system, ", ".join(missing))
