"""The Statement of Applicability decides on every control, with a reason that can be checked."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.catalogue import catalogue
from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, both, put, without
from policies.controls.needs import repository

_ANNEX = tuple(name for name, control in catalogue().items() if control.annex)
_ROW = {
    "applicable": True,
    "reason": None,
    "risks": ["R-1"],
    "requirements": [],
    "owner": "Anna",
    "approver": "Bruno",
    "approved_on": "2026-03-01",
}


@check(
    "soa-complete",
    says="The Statement of Applicability decides on all 38 controls, for named risks or with a reason",
    serves=("6.1.3",),
    needs={"rows": repository.SOA},
    reasons={
        "missing": "the statement does not decide on a control of Annex A",
        "unknown": "the statement decides on something that is no control of Annex A",
        "included-for-nothing": "a control is included for no risk and no requirement",
        "excluded-for-nothing": "a control is excluded without a reason",
        "self-approved": "whoever owns the decision approved it",
        "not-approved": "nobody approved the decision",
    },
    good={"rows": [Item(name=name, data=_ROW) for name in _ANNEX]},
    mutants=[
        Mutant("one left out", "missing", without("rows", 7)),
        Mutant("a heading", "unknown", add("rows", Item(name="A.6.2.1", data=_ROW))),
        Mutant("no risk", "included-for-nothing", put("rows", "risks", [])),
        Mutant("excluded", "excluded-for-nothing", put("rows", "applicable", False)),
        Mutant(
            "excluded, blank",
            "excluded-for-nothing",
            both(put("rows", "applicable", False), put("rows", "reason", " ")),
        ),
        Mutant("by the owner", "self-approved", put("rows", "approver", "Anna", item=4)),
        Mutant("by nobody", "not-approved", put("rows", "approver", None, item=4)),
    ],
    benign=[
        Mutant("for a requirement", None, both(put("rows", "risks", []), put("rows", "requirements", ["ai-act"]))),
        Mutant(
            "excluded with a reason",
            None,
            both(put("rows", "applicable", False), put("rows", "reason", "no such data")),
        ),
    ],
)
def soa_complete(look: Look, rows: Sequence[Item]) -> None:
    """Without any row nobody has begun, and there is nothing to judge."""
    for row in rows:
        data = look.at(row).data
        if row.name not in _ANNEX:
            look.fail("unknown", row)
        if data["applicable"] and not (data["risks"] or data["requirements"]):
            look.fail("included-for-nothing", row)
        if not data["applicable"] and not (data["reason"] or "").strip():
            look.fail("excluded-for-nothing", row)
        if not data["approver"] or not data["approved_on"]:
            look.fail("not-approved", row)
        elif data["approver"] == data["owner"]:
            look.fail("self-approved", row)
    for name in [name for name in _ANNEX if name not in {row.name for row in rows}] if rows else []:
        look.fail("missing", name)
