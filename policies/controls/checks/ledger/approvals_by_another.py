"""Nobody approves what they asked for themselves, and nothing runs that nobody approved."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import ledger
from policies.controls.samples import APPROVAL


@check(
    "approvals-by-another",
    says="Every approved call was approved by somebody other than who asked",
    serves=("A.9.2", "A.3.2"),
    needs={"approvals": ledger.APPROVALS},
    reasons={
        "own-approval": "somebody approved their own call",
        "nobody-approved": "a call went on as approved that nobody approved",
    },
    good={"approvals": [Item(name="ap-1", data=APPROVAL), Item(name="ap-2", data=APPROVAL)]},
    mutants=[
        Mutant("the asker", "own-approval", put("approvals", "approver", "p-1", item=1)),
        Mutant("no approver", "nobody-approved", put("approvals", "approver", None)),
        Mutant("denied", "nobody-approved", put("approvals", "decision", "deny")),
        Mutant("undecided", "nobody-approved", put("approvals", "decision", None)),
    ],
    benign=[
        Mutant(
            "denied and stopped",
            None,
            both(put("approvals", "decision", "deny"), put("approvals", "outcome", "denied")),
        ),
    ],
)
def approvals_by_another(look: Look, approvals: Sequence[Item]) -> None:
    """Persons are compared by their pseudonyms."""
    for approval in approvals:
        data = approval.data
        if not data["decided"] and not data["consumed"]:
            look.skip(approval)
            continue
        look.at(approval)
        if data["decided"] and data["approver"] == data["asker"]:
            look.fail("own-approval", approval)
        if data["outcome"] == "approved" and not (data["decision"] == "approve" and data["approver"]):
            look.fail("nobody-approved", approval)
