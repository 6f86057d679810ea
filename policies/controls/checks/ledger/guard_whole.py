"""About real accounts, the guard leaves nothing out: what only Bedrock can assess is assessed by Bedrock."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "guard-whole",
    says="In questions about real accounts the guard assessed everything that it is defined to, by a published version",
    serves=("A.9.4",),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "left-out": "the guard left out something that it is defined to assess",
        "draft": "the guard assessed by a draft, which anybody may edit while it is in use",
    },
    good={"questions": [answered(), denied()]},
    mutants=[
        Mutant("topics left out", "left-out", put("questions", "records.1.body.not_assessed", ["topics"])),
        Mutant("by the draft", "draft", put("questions", "records.11.body.version", "3f0a/DRAFT")),
    ],
    benign=[Mutant("by another version", None, put("questions", "records.1.body.version", "3f0a/4"))],
)
def guard_whole(look: Look, questions: Sequence[Item]) -> None:
    """The sample estate is passed over: there the process assesses alone, and says what it cannot."""
    for question in questions:
        if not any(one["body"]["estate"] == "aws" for one in records(question, "question.asked")):
            look.skip(question)
            continue
        look.at(question)
        for one in records(question, "guard.assessed"):
            if one["body"].get("not_assessed"):
                look.fail("left-out", question, f"{one['body']['point']}: {', '.join(one['body']['not_assessed'])}")
            if str(one["body"].get("version", "")).endswith("DRAFT"):
                look.fail("draft", question, one["body"]["point"])
