"""Those whom an incident concerns were told."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.samples import INCIDENT


@check(
    "incident-told",
    says="Every incident has an owner, and the users were told of it by the time it was closed",
    serves=("A.8.4",),
    needs={"incidents": ledger.INCIDENTS},
    reasons={
        "nobody-told": "the incident was closed and the users were never told",
        "nobody-owns": "the incident has no owner",
    },
    good={"incidents": [Item(name="inc-1", data=INCIDENT)]},
    mutants=[
        Mutant("nobody", "nobody-told", put("incidents", "communications", [])),
        Mutant("the regulator only", "nobody-told", put("incidents", "communications.0.to", "regulator")),
        Mutant("no owner", "nobody-owns", put("incidents", "owner", None)),
    ],
    benign=[Mutant("still open", None, put("incidents", "closed", None))],
)
def incident_told(look: Look, incidents: Sequence[Item]) -> None:
    """`communications`: to whom, when."""
    for incident in incidents:
        data = look.at(incident).data
        if not data["owner"]:
            look.fail("nobody-owns", incident)
        if data["closed"] and not any(one["to"] == "users" for one in data["communications"]):
            look.fail("nobody-told", incident)
