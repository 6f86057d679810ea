"""Whoever asked about real accounts had been verified by more than their own word."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "askers-verified",
    says="Everybody who was answered about real accounts had been verified",
    serves=("A.9.2", "A.3.2"),
    needs={"questions": ledger.QUESTIONS},
    reasons={"unverified": "somebody was answered about real accounts whom nobody had verified"},
    good={"questions": [answered(), denied()]},
    mutants=[
        Mutant("nobody", "unverified", put("questions", "records.0.body.assurance", "none")),
        Mutant("a local file", "unverified", put("questions", "records.0.body.assurance", "local")),
    ],
    benign=[
        Mutant("by IAM", None, put("questions", "records.0.body.assurance", "iam")),
        Mutant("unknown, and refused", None, put("questions", "records.0.body.assurance", "none", item=1)),
    ],
)
def askers_verified(look: Look, questions: Sequence[Item]) -> None:
    """The sample estate holds nobody's data and is passed over; so is who was refused before any query ran."""
    for question in questions:
        asked = records(question, "question.asked")
        if not any(one["body"]["estate"] == "aws" for one in asked) or not records(question, "query.called"):
            look.skip(question)
            continue
        look.at(question)
        if any(one["body"]["assurance"] in ("none", "local") for one in asked):
            look.fail("unverified", question)
