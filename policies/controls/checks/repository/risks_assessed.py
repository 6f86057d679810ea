"""Each system in scope has its risks, and each risk its owner, likelihood and impact."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, put, without
from policies.controls.needs import repository
from policies.controls.predicates import blank

_RISK = {
    "system": "regent",
    "event": "a wrong figure is believed",
    "owner": "Anna",
    "likelihood": 2,
    "impact": 3,
    "treatment": "reduce",
    "controls": ["A.6.2.6"],
    "residual": 2,
    "accepted_by": "Bruno",
    "assessed": "2026-09-10",
}
_SYSTEMS = [Item(name="regent", data={"changed": "2026-09-01"})]


@check(
    "risks-assessed",
    says="Every system in scope has risks on the register, each with event, owner, likelihood and impact",
    serves=("6.1.2",),
    needs={"risks": repository.RISKS, "systems": repository.SYSTEMS},
    reasons={
        "system-without-risks": "a system in scope has no risk on the register",
        "incomplete": "a risk lacks its event, owner, likelihood, impact or date",
        "unknown-system": "a risk is about a system that is not in scope",
    },
    good={"risks": [Item(name="R-1", data=_RISK)], "systems": _SYSTEMS},
    mutants=[
        Mutant(
            "a system more", "system-without-risks", add("systems", Item(name="other", data={"changed": "2026-09-01"}))
        ),
        Mutant("no owner", "incomplete", put("risks", "owner", "")),
        Mutant("no likelihood", "incomplete", put("risks", "likelihood", None)),
        Mutant("a system fewer", "unknown-system", without("systems")),
    ],
    benign=[Mutant("unlikely", None, put("risks", "likelihood", 0))],
)
def risks_assessed(look: Look, risks: Sequence[Item], systems: Sequence[Item]) -> None:
    """`risks`: rows of the approved register."""
    covered = {look.at(risk).data["system"] for risk in risks}
    for risk in risks:
        missing = blank(risk.data, ("event", "owner", "likelihood", "impact", "assessed"))
        if missing:
            look.fail("incomplete", risk, ", ".join(missing))
        if risk.data["system"] not in {system.name for system in systems}:
            look.fail("unknown-system", risk, risk.data["system"])
    for system in systems:
        if look.at(system).name not in covered:
            look.fail("system-without-risks", system)
