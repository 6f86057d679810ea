"""The ledger was verified lately, to its end, and is anchored to a head that somebody else remembers."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.predicates import moment

_STATE = {"origin": "regent", "size": 120, "code": 0, "verified_at": "2026-10-15T08:00:00Z", "verified_through": 119}


@check(
    "ledger-verified",
    says="The ledger was verified within the declared hours, whole, unchanged and anchored",
    serves=("A.6.2.8", "7.5.3", "9.1"),
    needs={"state": ledger.LEDGER_STATE},
    reasons={
        "changed": "the ledger does not verify: it was changed, cut off or replaced",
        "not-anchored": "the ledger verifies, but its end is known to nobody but itself",
        "part-only": "the verification did not reach the last record",
        "too-long-ago": "the last verification is older than declared",
    },
    good={"state": [Item(name="regent", data=_STATE)]},
    mutants=[
        Mutant("tampered", "changed", put("state", "code", 1)),
        Mutant("unanchored", "not-anchored", put("state", "code", 2)),
        Mutant("half", "part-only", put("state", "verified_through", 60)),
        Mutant("nothing", "part-only", put("state", "verified_through", None)),
        Mutant("two days ago", "too-long-ago", put("state", "verified_at", "2026-10-13T08:00:00Z")),
        Mutant(
            "every hour declared",
            "too-long-ago",
            put("state", "verified_at", "2026-10-15T07:00:00Z"),
            {"verified_every_hours": 1},
        ),
    ],
    benign=[Mutant("yesterday noon", None, put("state", "verified_at", "2026-10-14T12:00:00Z"))],
)
def ledger_verified(look: Look, state: Sequence[Item]) -> None:
    """`code` is the exit code of `regent audit verify`."""
    for one in state:
        data = look.at(one).data
        if data["code"] not in (0, 2):
            look.fail("changed", one, data.get("reason") or f"code {data['code']}")
        elif data["code"] == 2:
            look.fail("not-anchored", one, data.get("reason") or "")
        if (-1 if data["verified_through"] is None else data["verified_through"]) < data["size"] - 1:
            look.fail("part-only", one, f"{data['verified_through']} of {data['size']} records")
        hours = (look.as_of - moment(data["verified_at"])).total_seconds() / 3600
        if hours > look.declared.verified_every_hours:
            look.fail("too-long-ago", one, f"{hours:.0f} hours, declared {look.declared.verified_every_hours}")
