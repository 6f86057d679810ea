"""Whoever approves has been shown to be able to."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import ledger, repository
from policies.controls.predicates import day, moment
from policies.controls.samples import APPROVAL

_ROW = {"person": "p-2", "role": "approver", "required": "oversight course", "valid_until": "2027-01-01"}


@check(
    "approvers-competent",
    says="Everybody who decided an approval stood in the competence matrix, in date on that day",
    serves=("7.2", "A.4.6"),
    needs={"approvals": ledger.APPROVALS, "people": repository.COMPETENCE},
    reasons={
        "not-in-matrix": "somebody decided approvals who is not in the competence matrix as approver",
        "lapsed": "somebody decided approvals whose competence had lapsed",
    },
    good={
        "approvals": [Item(name="ap-1", data=APPROVAL)],
        "people": [
            Item(name="p-2/approver", data=_ROW),
            Item(name="p-1/operator", data={**_ROW, "person": "p-1", "role": "operator"}),
        ],
    },
    mutants=[
        Mutant("taken out", "not-in-matrix", without("people")),
        Mutant("another role", "not-in-matrix", put("people", "role", "operator")),
        Mutant("lapsed the day before", "lapsed", put("people", "valid_until", "2026-10-13")),
        Mutant("never shown", "lapsed", put("people", "valid_until", None)),
    ],
    benign=[Mutant("until that day", None, put("people", "valid_until", "2026-10-14"))],
)
def approvers_competent(look: Look, approvals: Sequence[Item], people: Sequence[Item]) -> None:
    """Persons are pseudonyms on both sides. Without an approved matrix there is nothing to judge yet."""
    able = {row.data["person"]: row.data["valid_until"] for row in people if row.data["role"] == "approver"}
    for approval in approvals:
        data = approval.data
        if not data["decided"] or not people:
            look.skip(approval)
            continue
        look.at(approval)
        if data["approver"] not in able:
            look.fail("not-in-matrix", approval, str(data["approver"]))
        elif not able[data["approver"]] or day(able[data["approver"]]) < moment(data["decided"]).date():
            look.fail("lapsed", approval, str(data["approver"]))
    look.rest(people)
