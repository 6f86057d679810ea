"""Whoever raises a concern is heard in time, and unnamed if they wish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.predicates import moment

_CONCERN = {
    "system": "regent",
    "channel": "cli",
    "from": "inside",
    "anonymous": True,
    "reporter": None,
    "received": "2026-10-01T08:00:00Z",
    "acknowledged": "2026-10-02T08:00:00Z",
    "outcome": "the limit was lowered",
    "closed": "2026-10-09T08:00:00Z",
}


@check(
    "concerns-handled",
    says="Every concern was acknowledged in time and closed with an outcome, and no anonymous reporter is on record",
    serves=("A.3.3",),
    needs={"concerns": ledger.CONCERNS},
    reasons={
        "not-acknowledged": "nobody acknowledged the concern within the declared days",
        "no-outcome": "the concern was closed without an outcome",
        "named": "the record names somebody who wished to stay unnamed",
    },
    good={"concerns": [Item(name="c-1", data=_CONCERN)]},
    mutants=[
        Mutant("never", "not-acknowledged", put("concerns", "acknowledged", None)),
        Mutant("late", "not-acknowledged", put("concerns", "acknowledged", "2026-10-12T08:00:00Z")),
        Mutant(
            "a day declared",
            "not-acknowledged",
            put("concerns", "acknowledged", "2026-10-03T08:00:00Z"),
            {"concern_days_at_most": 1},
        ),
        Mutant("no outcome", "no-outcome", put("concerns", "outcome", None)),
        Mutant("named", "named", put("concerns", "reporter", "p-4")),
    ],
    benign=[Mutant("still open", None, put("concerns", "closed", None))],
)
def concerns_handled(look: Look, concerns: Sequence[Item]) -> None:
    """Concerns from inside and reports from outside alike."""
    for concern in concerns:
        data = look.at(concern).data
        heard = moment(data["acknowledged"]) if data["acknowledged"] else look.as_of
        if heard - moment(data["received"]) > timedelta(days=look.declared.concern_days_at_most):
            look.fail("not-acknowledged", concern)
        if data["closed"] and not (data["outcome"] or "").strip():
            look.fail("no-outcome", concern)
        if data["anonymous"] and data["reporter"]:
            look.fail("named", concern)
