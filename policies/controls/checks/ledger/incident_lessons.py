"""An incident is closed only when its cause is known and something was learned."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.samples import INCIDENT


@check(
    "incident-lessons",
    says="Every closed incident has its cause, its lessons and the controls it concerns on record",
    serves=("10.2", "10.1"),
    needs={"incidents": ledger.INCIDENTS},
    reasons={
        "no-cause": "the incident was closed without its cause",
        "no-lessons": "the incident was closed without lessons",
        "no-controls": "the incident was closed without saying which controls it concerns",
    },
    good={"incidents": [Item(name="inc-1", data=INCIDENT)]},
    mutants=[
        Mutant("no cause", "no-cause", put("incidents", "cause", None)),
        Mutant("blank lessons", "no-lessons", put("incidents", "lessons", " ")),
        Mutant("no controls", "no-controls", put("incidents", "controls", [])),
    ],
    benign=[Mutant("more controls", None, put("incidents", "controls", ["A.6.2.6", "A.9.2"]))],
)
def incident_lessons(look: Look, incidents: Sequence[Item]) -> None:
    """Open incidents are passed over."""
    for incident in incidents:
        if not incident.data["closed"]:
            look.skip(incident)
            continue
        data = look.at(incident).data
        if not (data["cause"] or "").strip():
            look.fail("no-cause", incident)
        if not (data["lessons"] or "").strip():
            look.fail("no-lessons", incident)
        if not data["controls"]:
            look.fail("no-controls", incident)
