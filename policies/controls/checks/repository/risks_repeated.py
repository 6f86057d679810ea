"""Risks are assessed again in time, and whenever the system changes."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import repository
from policies.controls.predicates import day, older

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
    "risks-repeated",
    says="Every risk was assessed within the declared days and after the last change of its system",
    serves=("8.2",),
    needs={"risks": repository.RISKS, "systems": repository.SYSTEMS},
    reasons={
        "too-old": "the risk was assessed longer ago than declared",
        "before-the-change": "the system has changed since the risk was assessed",
    },
    good={"risks": [Item(name="R-1", data=_RISK)], "systems": _SYSTEMS},
    mutants=[
        Mutant(
            "a year and a day",
            "too-old",
            both(put("risks", "assessed", "2025-10-14"), put("systems", "changed", "2025-01-01")),
        ),
        Mutant("a month declared", "too-old", put("risks", "event", "x"), {"assessment_days_at_most": 30}),
        Mutant("changed since", "before-the-change", put("systems", "changed", "2026-09-11")),
    ],
    benign=[Mutant("changed the same day", None, put("systems", "changed", "2026-09-10"))],
)
def risks_repeated(look: Look, risks: Sequence[Item], systems: Sequence[Item]) -> None:
    """Compares days."""
    changed = {system.name: system.data["changed"] for system in systems}
    for risk in risks:
        data = look.at(risk).data
        if older(data["assessed"], look.declared.assessment_days_at_most, look.as_of):
            look.fail("too-old", risk, data["assessed"])
        change = changed.get(data["system"])
        if change and day(data["assessed"]) < day(change):
            look.fail("before-the-change", risk, f"changed {change}")
    look.rest(systems)
