"""What is deployed is in scope, and what is in scope is deployed."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, put, without
from policies.controls.needs import aws, repository


@check(
    "scope-deployed",
    says="Every deployed runtime belongs to a system in scope, and every runtime named there is deployed",
    serves=("4.3", "A.4.2", "A.4.5"),
    needs={"systems": repository.SYSTEMS, "runtimes": aws.RUNTIMES},
    reasons={
        "outside-scope": "a runtime is deployed that no system in scope names",
        "not-deployed": "the scope names a runtime that is not deployed",
    },
    good={
        "systems": [
            Item(name="regent", data={"runtimes": ["regent_people", "regent_channels"]}),
            Item(name="on a desk", data={"runtimes": []}),
        ],
        "runtimes": [Item(name=n, data={"agentRuntimeName": n}) for n in ("regent_people", "regent_channels")],
    },
    mutants=[
        Mutant("one more", "outside-scope", add("runtimes", Item(name="x", data={"agentRuntimeName": "trial"}))),
        Mutant("a system taken out", "outside-scope", without("systems")),
        Mutant("one fewer", "not-deployed", without("runtimes", 1)),
    ],
    benign=[Mutant("another order", None, put("systems", "runtimes", ["regent_channels", "regent_people"]))],
)
def scope_deployed(look: Look, systems: Sequence[Item], runtimes: Sequence[Item]) -> None:
    """Without an approved scope statement there is nothing to judge yet."""
    if not systems:
        look.rest(runtimes)
        return
    named = {runtime for system in systems for runtime in system.data.get("runtimes") or []}
    there = {look.at(runtime).data["agentRuntimeName"] for runtime in runtimes}
    for runtime in sorted(there - named):
        look.fail("outside-scope", runtime)
    for runtime in sorted(named - there):
        look.fail("not-deployed", runtime)
    for system in systems:
        look.at(system)
