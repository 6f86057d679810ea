"""What is about a person is looked up only after a second person said yes."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import APPROVAL, STORY, answered, with_records

_CALLED = ("query.called", {"query": "who_did_what", "personal_data": True})


@check(
    "persons-approved",
    says="Every query about persons ran after a second person had approved it",
    serves=("A.9.2", "A.7.2"),
    needs={"questions": ledger.QUESTIONS, "approvals": ledger.APPROVALS},
    reasons={"no-second-person": "a query about persons ran without the approval of a second person"},
    good={
        "questions": [with_records(*STORY[:6], _CALLED, *STORY[7:]), answered("q-2")],
        "approvals": [Item(name="ap-1", data=APPROVAL)],
    },
    mutants=[
        Mutant("none", "no-second-person", without("approvals")),
        Mutant("for another question", "no-second-person", put("approvals", "question", "q-9")),
        Mutant("for another query", "no-second-person", put("approvals", "query", "threats")),
        Mutant("denied", "no-second-person", put("approvals", "outcome", "denied")),
    ],
    benign=[Mutant("about nobody", None, put("questions", "records.6.body.fresh", True, item=1))],
)
def persons_approved(look: Look, questions: Sequence[Item], approvals: Sequence[Item]) -> None:
    """Questions that looked up nothing about persons are passed over."""
    given = {(a.data["question"], a.data["query"]): a for a in approvals if a.data["outcome"] == "approved"}
    for question in questions:
        called = [one["body"] for one in records(question, "query.called") if one["body"].get("personal_data")]
        for body in called:
            approval = given.get((look.at(question).name, body["query"]))
            if approval is None:
                look.fail("no-second-person", question, body["query"])
            else:
                look.at(approval)
    look.rest(questions, approvals)
