"""The guard looked at every question before anything was done with it."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "questions-guarded",
    says="Every question was assessed by the guard before a model or a query saw it",
    serves=("A.9.4",),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "not-assessed": "a question reached a model or a query without the guard having looked at it",
        "blocked-but-went-on": "the guard blocked the question or could not look, and it went on all the same",
    },
    good={"questions": [answered(), denied()]},
    mutants=[
        Mutant("no assessment", "not-assessed", drop("questions", "records.1")),
        Mutant("assessed afterwards", "not-assessed", put("questions", "records.1.index", 99)),
        Mutant("another point", "not-assessed", put("questions", "records.1.body.point", "answer", item=1)),
        Mutant("blocked", "blocked-but-went-on", put("questions", "records.1.body.outcome", "blocked")),
        Mutant("could not look", "blocked-but-went-on", put("questions", "records.1.body.outcome", "failed")),
    ],
    benign=[Mutant("masked", None, put("questions", "records.1.body.outcome", "masked"))],
)
def questions_guarded(look: Look, questions: Sequence[Item]) -> None:
    """What reaches nobody (somebody unknown was refused) needs no assessment."""
    for question in questions:
        used = [one["index"] for one in records(question, "specialist.started", "model.called", "query.called")]
        if not used:
            continue
        look.at(question)
        before = [
            one["body"]
            for one in records(question, "guard.assessed")
            if one["body"]["point"] == "question" and one["index"] < min(used)
        ]
        if not before:
            look.fail("not-assessed", question)
        elif any(body["outcome"] in ("blocked", "failed") for body in before):
            look.fail("blocked-but-went-on", question)
    look.rest(questions)
