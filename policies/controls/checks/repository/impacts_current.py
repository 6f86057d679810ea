"""Impact assessments are made again when the system changes."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository
from policies.controls.predicates import day, older

_IMPACT = {
    "system": "regent",
    "group": "managers",
    "benefit": "they know sooner",
    "harm": "they trust a wrong figure",
    "severity": 2,
    "measures": "figures are bound to facts",
    "assessed": "2026-09-10",
    "approver": "Bruno",
}
_SYSTEMS = [Item(name="regent", data={"changed": "2026-09-01"})]


@check(
    "impacts-current",
    says="Every impact assessment is younger than declared and than the last change of its system",
    serves=("8.4", "A.5.3"),
    needs={"impacts": repository.IMPACTS, "systems": repository.SYSTEMS},
    reasons={
        "too-old": "the impact was assessed longer ago than declared",
        "before-the-change": "the system has changed since its impact was assessed",
    },
    good={"impacts": [Item(name="I-1", data=_IMPACT)], "systems": _SYSTEMS},
    mutants=[
        Mutant("two years ago", "too-old", put("impacts", "assessed", "2024-09-10")),
        Mutant("changed since", "before-the-change", put("systems", "changed", "2026-10-01")),
    ],
    benign=[Mutant("yesterday", None, put("impacts", "assessed", "2026-10-14"))],
)
def impacts_current(look: Look, impacts: Sequence[Item], systems: Sequence[Item]) -> None:
    """Compares days."""
    changed = {system.name: system.data["changed"] for system in systems}
    for impact in impacts:
        data = look.at(impact).data
        if older(data["assessed"], look.declared.assessment_days_at_most, look.as_of):
            look.fail("too-old", impact, data["assessed"])
        change = changed.get(data["system"])
        if change and day(data["assessed"]) < day(change):
            look.fail("before-the-change", impact, f"changed {change}")
    look.rest(systems)
