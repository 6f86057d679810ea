"""Only approved models were asked, and the one that the record names."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "models-approved",
    says="Every model that was called is approved, and is the one that the question was put to",
    serves=("A.4.4", "8.1"),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "not-approved": "a model was called that is not among the approved ones",
        "another": "another model was called than the question was put to",
    },
    good={"questions": [answered(), denied()]},
    mutants=[
        Mutant("unknown model", "not-approved", put("questions", "records.4.body.model", "openai:http://x#y")),
        Mutant("approval withdrawn", "not-approved", put("questions", "records.0.body.channel", "cli"), {"models": []}),
        Mutant(
            "swapped",
            "another",
            put("questions", "records.9.body.model", "bedrock:eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ),
    ],
    benign=[
        Mutant(
            "more approved", None, put("questions", "records.0.body.channel", "cli"), {"models": ["offline", "other"]}
        )
    ],
)
def models_approved(look: Look, questions: Sequence[Item]) -> None:
    """Models as the ledger names them: `offline`, `bedrock:ID`, `openai:URL#MODEL`."""
    for question in questions:
        wanted = {one["body"]["model"] for one in records(question, "question.asked")}
        for model in sorted({one["body"]["model"] for one in records(question, "specialist.started", "model.called")}):
            look.at(question)
            if model not in look.declared.models:
                look.fail("not-approved", question, model)
            if wanted and model not in wanted:
                look.fail("another", question, f"{model}, not {', '.join(sorted(wanted))}")
    look.rest(questions)
