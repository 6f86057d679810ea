"""Impact assessments look at people group by group, and leave no harm without a measure."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, put
from policies.controls.needs import repository
from policies.controls.predicates import blank

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
    "impacts-complete",
    says="Every system in scope has an impact assessment with benefit, harm, severity and measures per group of people",
    serves=("A.5.4", "A.5.3"),
    needs={"impacts": repository.IMPACTS, "systems": repository.SYSTEMS},
    reasons={
        "not-assessed": "the impact of a system in scope was not assessed",
        "incomplete": "a group of people is without benefit, harm, severity, measures or approver",
    },
    good={"impacts": [Item(name="I-1", data=_IMPACT)], "systems": _SYSTEMS},
    mutants=[
        Mutant("a system more", "not-assessed", add("systems", Item(name="other", data={"changed": "2026-09-01"}))),
        Mutant("no harm thought of", "incomplete", put("impacts", "harm", "")),
        Mutant("no measures", "incomplete", put("impacts", "measures", None)),
    ],
    benign=[Mutant("no severity to speak of", None, put("impacts", "severity", 0))],
)
def impacts_complete(look: Look, impacts: Sequence[Item], systems: Sequence[Item]) -> None:
    """`impacts`: rows of approved impact assessments."""
    for impact in impacts:
        missing = blank(look.at(impact).data, ("group", "benefit", "harm", "severity", "measures", "approver"))
        if missing:
            look.fail("incomplete", impact, ", ".join(missing))
    for system in systems:
        if look.at(system).name not in {impact.data["system"] for impact in impacts}:
            look.fail("not-assessed", system)
