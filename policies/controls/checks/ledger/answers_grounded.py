"""An answer that was given had every figure bound to a fact; what could not be bound was withheld."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "answers-grounded",
    says="Every answer that was given had been checked, and every figure in it was bound to a fact",
    serves=("A.6.2.6", "A.9.4"),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "unchecked": "an answer went out that nobody checked for unbound figures",
        "delivered-unbound": "an answer went out though its figures were not bound",
    },
    good={"questions": [answered(), denied(), answered("q-3")]},
    mutants=[
        Mutant("no check", "unchecked", drop("questions", "records.10")),
        Mutant("check afterwards", "unchecked", put("questions", "records.10.index", 99)),
        Mutant("withheld and delivered", "delivered-unbound", put("questions", "records.10.body.outcome", "withheld")),
        Mutant("repair and delivered", "delivered-unbound", put("questions", "records.10.body.outcome", "repair")),
    ],
    benign=[
        Mutant("withheld as it must", None, put("questions", "records.12.body.status", "withheld")),
    ],
)
def answers_grounded(look: Look, questions: Sequence[Item]) -> None:
    """The last check before the delivery counts: a repair comes before it."""
    for question in questions:
        for delivered in records(question, "answer.delivered"):
            if delivered["body"]["status"] != "answered":
                continue
            look.at(question)
            checked = [one for one in records(question, "grounding.checked") if one["index"] < delivered["index"]]
            if not checked:
                look.fail("unchecked", question)
            elif checked[-1]["body"]["outcome"] != "bound":
                look.fail("delivered-unbound", question, checked[-1]["body"]["outcome"])
    look.rest(questions)
