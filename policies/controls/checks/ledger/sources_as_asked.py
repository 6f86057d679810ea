"""Answers about real accounts come from AWS, and the sample estate is never mixed in."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "sources-as-asked",
    says="Every receipt comes from the estate that was asked about, never from the sample in place of AWS",
    serves=("A.7.3", "A.7.5"),
    needs={"questions": ledger.QUESTIONS},
    reasons={"other-source": "a question about one estate was answered with data of another"},
    good={"questions": [answered(), denied(), answered("q-3")]},
    mutants=[
        Mutant("sample data for AWS", "other-source", put("questions", "records.7.body.receipts.0.source", "sample")),
        Mutant("AWS data for the sample", "other-source", put("questions", "records.0.body.estate", "sample")),
    ],
    benign=[Mutant("no receipts", None, put("questions", "records.7.body.receipts", []))],
)
def sources_as_asked(look: Look, questions: Sequence[Item]) -> None:
    """Compares the estate of `question.asked` with the source of every receipt."""
    for question in questions:
        estates = {one["body"]["estate"] for one in records(question, "question.asked")}
        sources = {
            receipt["source"]
            for one in records(question, "query.returned", "query.more")
            for receipt in one["body"].get("receipts") or []
        }
        if sources:
            look.at(question)
        if sources - estates:
            look.fail("other-source", question, f"{', '.join(sorted(sources))} for {', '.join(sorted(estates))}")
    look.rest(questions)
