"""Whoever supplies a part of the system stands in the responsibility matrix, with somebody who answers for it."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import repository
from policies.controls.predicates import blank

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
    "suppliers-cover",
    says="Every supplier of a model or service in the bill of materials stands in the matrix, with who answers for it",
    serves=("A.10.2", "A.10.3"),
    needs={"components": repository.COMPONENTS, "suppliers": repository.SUPPLIERS},
    reasons={
        "not-in-matrix": "a supplier of a component is not in the responsibility matrix",
        "nobody-answers": "the matrix names nobody accountable or responsible for a supplier",
        "not-assessed": "a supplier in the matrix is not among those that were assessed",
    },
    good={
        "components": [Item(name="ce", data={"kind": "service", "supplier": "Amazon Web Services"})],
        "suppliers": [
            Item(name="Amazon Web Services/Bedrock", data=_ROW),
            Item(name="Anthropic/Claude", data={**_ROW, "supplier": "Anthropic"}),
        ],
    },
    mutants=[
        Mutant("another supplier", "not-in-matrix", put("components", "supplier", "Unheard Of")),
        Mutant("one row fewer", "not-in-matrix", without("suppliers")),
        Mutant("nobody", "nobody-answers", put("suppliers", "accountable", None)),
        Mutant(
            "assessment withdrawn", "not-assessed", put("components", "kind", "model"), {"suppliers": ["Anthropic"]}
        ),
    ],
    benign=[Mutant("a model of theirs", None, put("components", "kind", "model"))],
)
def suppliers_cover(look: Look, components: Sequence[Item], suppliers: Sequence[Item]) -> None:
    """Without an approved matrix there is nothing to judge yet."""
    there = {row.data["supplier"] for row in suppliers}
    for row in suppliers:
        if blank(look.at(row).data, ("accountable", "responsible")):
            look.fail("nobody-answers", row)
        if row.data["supplier"] not in look.declared.suppliers:
            look.fail("not-assessed", row)
    for component in components if suppliers else []:
        if look.at(component).data["supplier"] not in there:
            look.fail("not-in-matrix", component, str(component.data["supplier"]))
    look.rest(components)
