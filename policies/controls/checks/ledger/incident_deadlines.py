"""Incidents are classified, and authorities told, before the time is up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import ledger
from policies.controls.predicates import moment
from policies.controls.samples import INCIDENT

_TO_CLASSIFY = timedelta(hours=24)


@check(
    "incident-deadlines",
    says="Every incident was classified within a day and met every deadline of its regimes",
    serves=("A.8.4", "A.8.5"),
    needs={"incidents": ledger.INCIDENTS},
    reasons={
        "missed": "a deadline passed before what is due was done",
        "not-classified": "nobody classified the incident within a day",
        "undecided": "nobody decided whether the incident has to be notified",
        "no-deadlines": "the incident has to be notified, and no deadline is on record",
    },
    good={"incidents": [Item(name="inc-1", data=INCIDENT)]},
    mutants=[
        Mutant("late", "missed", put("incidents", "deadlines.0.done", "2026-10-11T08:00:01Z")),
        Mutant("never", "missed", put("incidents", "deadlines.0.done", None)),
        Mutant("not classified", "not-classified", put("incidents", "classified", None)),
        Mutant("classified late", "not-classified", put("incidents", "classified", "2026-10-12T09:00:00Z")),
        Mutant("undecided", "undecided", put("incidents", "notify", None)),
        Mutant("no deadlines", "no-deadlines", put("incidents", "deadlines", [])),
    ],
    benign=[
        Mutant(
            "due later",
            None,
            both(
                put("incidents", "deadlines.0.done", None), put("incidents", "deadlines.0.due", "2026-10-16T08:00:00Z")
            ),
        ),
        Mutant("nobody to notify", None, both(put("incidents", "notify", False), put("incidents", "deadlines", []))),
        Mutant(
            "just detected",
            None,
            both(put("incidents", "detected", "2026-10-15T08:00:00Z"), put("incidents", "classified", None)),
        ),
    ],
)
def incident_deadlines(look: Look, incidents: Sequence[Item]) -> None:
    """An incident detected less than a day ago need not be classified yet."""
    for incident in incidents:
        data = look.at(incident).data
        late = moment(data["classified"]) if data["classified"] else look.as_of
        if late - moment(data["detected"]) > _TO_CLASSIFY:
            look.fail("not-classified", incident)
        if data["classified"] and data["notify"] is None:
            look.fail("undecided", incident)
        if data["notify"] and not data["deadlines"]:
            look.fail("no-deadlines", incident)
        for deadline in data["deadlines"]:
            done = moment(deadline["done"]) if deadline["done"] else look.as_of
            if done > moment(deadline["due"]):
                look.fail("missed", incident, f"{deadline['regime']} {deadline['stage']}, due {deadline['due']}")
