"""What queries brought back was looked at by the guard: text in AWS may try to give orders."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "results-guarded",
    says="The guard assessed as many results as queries brought back, in every question",
    serves=("A.9.4", "A.7.4"),
    needs={"questions": ledger.QUESTIONS},
    reasons={"not-assessed": "a result of a query was not assessed by the guard before a model could see it"},
    good={"questions": [answered(), denied(), answered("q-3")]},
    mutants=[
        Mutant("no assessment", "not-assessed", drop("questions", "records.8")),
        Mutant("only the question", "not-assessed", put("questions", "records.8.body.point", "question")),
        Mutant("assessment failed", "not-assessed", put("questions", "records.8.body.outcome", "failed")),
    ],
    benign=[
        Mutant("withheld from the model", None, put("questions", "records.8.body.outcome", "blocked")),
        Mutant("a result fewer", None, drop("questions", "records.7")),
    ],
)
def results_guarded(look: Look, questions: Sequence[Item]) -> None:
    """Counts, not order: specialists work at the same time. A failed assessment is none."""
    for question in questions:
        assessed = [
            one
            for one in records(question, "guard.assessed")
            if one["body"]["point"] == "tool_result" and one["body"]["outcome"] != "failed"
        ]
        returned = records(question, "query.returned")
        if returned:
            look.at(question)
        if len(assessed) < len(returned):
            look.fail("not-assessed", question, f"{len(assessed)} of {len(returned)}")
    look.rest(questions)
