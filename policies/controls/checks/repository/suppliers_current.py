"""Suppliers are looked at again each year, their certificates run, and there is a way to leave them."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository
from policies.controls.predicates import day, older

_ROW = {
    "supplier": "Amazon Web Services",
    "service": "Bedrock",
    "accountable": "Anna",
    "responsible": "Bruno",
    "regions": ["eu-west-1"],
    "certificate_until": "2027-01-01",
    "exit_plan": "an own model server",
    "reviewed": "2026-05-01",
}


@check(
    "suppliers-current",
    says="Every supplier was reviewed within a year, holds a certificate in date, and can be left by a plan",
    serves=("A.10.3",),
    needs={"suppliers": repository.SUPPLIERS},
    reasons={
        "not-reviewed": "the supplier was reviewed more than a year ago, or never",
        "certificate-lapsed": "the supplier's certificate has lapsed, or there is none",
        "no-exit": "there is no plan for leaving the supplier",
        "outside": "the supplier may process in a region that was not declared",
    },
    good={"suppliers": [Item(name="Amazon Web Services/Bedrock", data=_ROW)]},
    mutants=[
        Mutant("long ago", "not-reviewed", put("suppliers", "reviewed", "2025-05-01")),
        Mutant("never", "not-reviewed", put("suppliers", "reviewed", None)),
        Mutant("lapsed", "certificate-lapsed", put("suppliers", "certificate_until", "2026-10-01")),
        Mutant("none", "certificate-lapsed", put("suppliers", "certificate_until", None)),
        Mutant("no exit", "no-exit", put("suppliers", "exit_plan", "")),
        Mutant("elsewhere", "outside", put("suppliers", "regions", ["us-east-1"])),
    ],
    benign=[Mutant("two regions", None, put("suppliers", "regions", ["eu-west-1", "eu-central-1"]))],
)
def suppliers_current(look: Look, suppliers: Sequence[Item]) -> None:
    """`suppliers`: rows of the approved matrix."""
    for row in suppliers:
        data = look.at(row).data
        if not data["reviewed"] or older(data["reviewed"], 365, look.as_of):
            look.fail("not-reviewed", row)
        if not data["certificate_until"] or day(data["certificate_until"]) < look.as_of.date():
            look.fail("certificate-lapsed", row)
        if not data["exit_plan"]:
            look.fail("no-exit", row)
        outside = sorted(set(data["regions"] or []) - set(look.declared.regions))
        if outside:
            look.fail("outside", row, ", ".join(outside))
