"""An approval is for one call, counts once, and only until its time is up."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import ledger
from policies.controls.predicates import moment
from policies.controls.samples import APPROVAL


@check(
    "approvals-bound",
    says="Every approval was used for the call it was given for, at most once and in time",
    serves=("A.9.2",),
    needs={"approvals": ledger.APPROVALS},
    reasons={
        "another-call": "an approval was used for another call than it was given for",
        "used-twice": "a run went on more than once on one approval",
        "after-expiry": "an approval was used after its time was up",
        "not-consumed": "a run went on before its approval was used up on record",
    },
    good={"approvals": [Item(name="ap-1", data=APPROVAL)]},
    mutants=[
        Mutant("another call", "another-call", put("approvals", "calls", ["0" * 64, "1" * 64])),
        Mutant("twice", "used-twice", put("approvals", "resumed", ["2026-10-14T08:05:02Z", "2026-10-14T08:06:02Z"])),
        Mutant("an hour late", "after-expiry", put("approvals", "decided", "2026-10-14T10:00:00Z")),
        Mutant("not consumed", "not-consumed", put("approvals", "consumed", None)),
        Mutant("consumed afterwards", "not-consumed", put("approvals", "consumed", "2026-10-14T08:07:00Z")),
    ],
    benign=[
        Mutant("never went on", None, put("approvals", "resumed", [])),
        Mutant("expired", None, both(put("approvals", "outcome", "expired"), put("approvals", "decided", None))),
    ],
)
def approvals_bound(look: Look, approvals: Sequence[Item]) -> None:
    """A run that goes on as denied or expired is bound in the same way."""
    for approval in approvals:
        data = look.at(approval).data
        if len(data["calls"]) > 1:
            look.fail("another-call", approval)
        if len(data["resumed"]) > 1:
            look.fail("used-twice", approval)
        if data["outcome"] == "approved" and data["decided"] and moment(data["decided"]) > moment(data["expires"]):
            look.fail("after-expiry", approval)
        if data["resumed"]:
            first = min(moment(at) for at in data["resumed"])
            if data["consumed"] is None or moment(data["consumed"]) > first:
                look.fail("not-consumed", approval)
