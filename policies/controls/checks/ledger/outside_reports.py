"""People outside can report bad effects, and have: at least a drill of it is on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import ledger
from policies.controls.predicates import moment


@check(
    "outside-reports",
    says="A report from outside came through within a year, be it a drill, and was acknowledged",
    serves=("A.8.3",),
    needs={"concerns": ledger.CONCERNS},
    reasons={
        "never-tried": "no report from outside has come through within a year",
        "unanswered": "a report from outside was not acknowledged within the declared days",
    },
    good={
        "concerns": [
            Item(
                name="c-1",
                data={"from": "outside", "received": "2026-08-01T08:00:00Z", "acknowledged": "2026-08-02T08:00:00Z"},
            ),
            Item(name="c-2", data={"from": "inside", "received": "2026-08-01T08:00:00Z", "acknowledged": None}),
        ]
    },
    mutants=[
        Mutant("from inside only", "never-tried", put("concerns", "from", "inside")),
        Mutant(
            "two years ago",
            "never-tried",
            both(
                put("concerns", "received", "2024-08-01T08:00:00Z"),
                put("concerns", "acknowledged", "2024-08-02T08:00:00Z"),
            ),
        ),
        Mutant("unanswered", "unanswered", put("concerns", "acknowledged", None)),
    ],
    benign=[
        Mutant(
            "yesterday, not yet answered",
            None,
            both(put("concerns", "received", "2026-10-14T08:00:00Z"), put("concerns", "acknowledged", None)),
        )
    ],
)
def outside_reports(look: Look, concerns: Sequence[Item]) -> None:
    """Without any concern there is nothing to judge; with some, one from outside must be among them."""
    days = timedelta(days=look.declared.concern_days_at_most)
    outside = [concern for concern in concerns if concern.data["from"] == "outside"]
    for concern in outside:
        data = look.at(concern).data
        heard = moment(data["acknowledged"]) if data["acknowledged"] else look.as_of
        if heard - moment(data["received"]) > days:
            look.fail("unanswered", concern)
    recent = [c for c in outside if look.as_of - moment(c.data["received"]) <= timedelta(days=365)]
    if concerns and not recent:
        look.fail("never-tried", "reports from outside")
    look.rest(concerns)
