"""Whoever approves takes the time to read, and says no at times."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, put
from policies.controls.needs import ledger
from policies.controls.predicates import moment
from policies.controls.samples import APPROVAL

_MANY = [Item(name=f"ap-{n}", data=APPROVAL) for n in range(3, 25)]
_DENIED = Item(name="ap-x", data={**APPROVAL, "decision": "deny", "outcome": "denied"})


@check(
    "approvals-considered",
    says="Approvals were decided no faster than a person can read, and not all of them with yes",
    serves=("A.9.2", "A.3.2"),
    needs={"approvals": ledger.APPROVALS},
    reasons={
        "too-fast": "an approval was decided faster than it can be read",
        "rubber-stamp": "every single approval was given",
    },
    good={"approvals": [Item(name="ap-1", data=APPROVAL), Item(name="ap-2", data=APPROVAL)]},
    mutants=[
        Mutant("in a second", "too-fast", put("approvals", "decided", "2026-10-14T08:00:01Z", item=1)),
        Mutant("a minute declared", "too-fast", put("approvals", "query", "x"), {"approval_seconds_at_least": 600}),
        Mutant("two dozen times yes", "rubber-stamp", add("approvals", *_MANY)),
    ],
    benign=[
        Mutant("two dozen times, once no", None, add("approvals", *_MANY, _DENIED)),
        Mutant("not decided yet", None, put("approvals", "decided", None)),
    ],
)
def approvals_considered(look: Look, approvals: Sequence[Item]) -> None:
    """Dwell time is from the request to the decision."""
    decided = [look.at(approval) for approval in approvals if approval.data["decided"]]
    for approval in decided:
        data = approval.data
        seconds = (moment(data["decided"]) - moment(data["requested"])).total_seconds()
        if data["decision"] == "approve" and seconds < look.declared.approval_seconds_at_least:
            look.fail("too-fast", approval, f"{seconds:g} s, declared {look.declared.approval_seconds_at_least}")
    if len(decided) >= look.declared.approvals_judged_from and all(a.data["decision"] == "approve" for a in decided):
        look.fail("rubber-stamp", f"{len(decided)} approvals")
    look.rest(approvals)
