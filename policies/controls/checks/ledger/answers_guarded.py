"""The guard looked at every answer before it went out."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "answers-guarded",
    says="Every answer that was given had been assessed by the guard",
    serves=("A.9.4",),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "not-assessed": "an answer went out without the guard having looked at it",
        "blocked-but-delivered": "the guard blocked the answer or could not look, and it went out all the same",
    },
    good={"questions": [answered(), denied(), answered("q-3")]},
    mutants=[
        Mutant("no assessment", "not-assessed", drop("questions", "records.11")),
        Mutant("the draft was assessed, not the answer", "not-assessed", put("questions", "records.11.index", 9)),
        Mutant("blocked", "blocked-but-delivered", put("questions", "records.11.body.outcome", "blocked")),
        Mutant("could not look", "blocked-but-delivered", put("questions", "records.11.body.outcome", "failed")),
    ],
    benign=[
        Mutant("masked", None, put("questions", "records.11.body.outcome", "masked")),
        Mutant("blocked as it must", None, put("questions", "records.12.body.status", "blocked")),
    ],
)
def answers_guarded(look: Look, questions: Sequence[Item]) -> None:
    """The assessment must come after the grounding, which may still change the text."""
    for question in questions:
        for end in records(question, "answer.delivered"):
            if end["body"]["status"] != "answered":
                continue
            look.at(question)
            written = max((one["index"] for one in records(question, "grounding.checked")), default=-1)
            outcomes = [
                one["body"]["outcome"]
                for one in records(question, "guard.assessed")
                if one["body"]["point"] == "answer" and written < one["index"] < end["index"]
            ]
            if not outcomes:
                look.fail("not-assessed", question)
            elif {"blocked", "failed"} & set(outcomes):
                look.fail("blocked-but-delivered", question)
    look.rest(questions)
