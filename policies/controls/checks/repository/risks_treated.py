"""A risk that is to be reduced names the controls that reduce it, and somebody accepted what is left."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.catalogue import catalogue
from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import repository

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


@check(
    "risks-treated",
    says="Every risk has a treatment, names controls that exist, and its residual risk was accepted by another",
    serves=("6.1.3", "8.3"),
    needs={"risks": repository.RISKS},
    reasons={
        "no-treatment": "the risk has no treatment",
        "no-controls": "the risk is to be reduced, by no control",
        "unknown-control": "the risk names a control that does not exist",
        "not-accepted": "nobody but its owner accepted what is left of the risk",
    },
    good={"risks": [Item(name="R-1", data=_RISK)]},
    mutants=[
        Mutant("none", "no-treatment", put("risks", "treatment", None)),
        Mutant("hope", "no-treatment", put("risks", "treatment", "hope")),
        Mutant("no controls", "no-controls", put("risks", "controls", [])),
        Mutant("invented control", "unknown-control", put("risks", "controls", ["A.8.6"])),
        Mutant("not accepted", "not-accepted", put("risks", "accepted_by", None)),
        Mutant("by the owner", "not-accepted", put("risks", "accepted_by", "Anna")),
    ],
    benign=[Mutant("accepted as it is", None, both(put("risks", "treatment", "accept"), put("risks", "controls", [])))],
)
def risks_treated(look: Look, risks: Sequence[Item]) -> None:
    """Treatments: reduce, avoid, share, accept."""
    for risk in risks:
        data = look.at(risk).data
        if data["treatment"] not in ("reduce", "avoid", "share", "accept"):
            look.fail("no-treatment", risk, str(data["treatment"]))
        if data["treatment"] == "reduce" and not data["controls"]:
            look.fail("no-controls", risk)
        for control in sorted(set(data["controls"] or []) - set(catalogue())):
            look.fail("unknown-control", risk, control)
        if not data["accepted_by"] or data["accepted_by"] == data["owner"]:
            look.fail("not-accepted", risk)
