"""Figures in an answer rest on facts, and the facts on receipts of this very question."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "figures-proven",
    says="Every answer with figures names its facts and the receipts of the AWS calls behind them",
    serves=("A.7.5", "A.6.2.8"),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "no-facts": "an answer has figures that rest on no fact",
        "no-receipts": "an answer has figures that rest on no receipt",
        "strange-receipt": "an answer names a receipt that none of its queries brought back",
    },
    good={"questions": [answered(), denied(), answered("q-3")]},
    mutants=[
        Mutant("no facts", "no-facts", put("questions", "records.12.body.facts", [])),
        Mutant("no receipts", "no-receipts", put("questions", "records.12.body.receipts", [])),
        Mutant(
            "a receipt of another question", "strange-receipt", put("questions", "records.12.body.receipts", ["r-9"])
        ),
        Mutant("the query brought none", "strange-receipt", put("questions", "records.7.body.receipts", [])),
    ],
    benign=[
        Mutant("no figures", None, put("questions", "records.12.body.figures", 0)),
        Mutant("a second page of receipts", None, put("questions", "records.7.type", "query.more")),
    ],
)
def figures_proven(look: Look, questions: Sequence[Item]) -> None:
    """Receipts come back with `query.returned` and, where they are many, `query.more`."""
    for question in questions:
        brought = {
            receipt["id"]
            for one in records(question, "query.returned", "query.more")
            for receipt in one["body"].get("receipts") or []
        }
        for end in records(question, "answer.delivered"):
            body = end["body"]
            if body["status"] != "answered" or not body["figures"]:
                continue
            look.at(question)
            if not body["facts"]:
                look.fail("no-facts", question)
            if not body["receipts"]:
                look.fail("no-receipts", question)
            for receipt in sorted(set(body["receipts"]) - brought):
                look.fail("strange-receipt", question, receipt)
    look.rest(questions)
