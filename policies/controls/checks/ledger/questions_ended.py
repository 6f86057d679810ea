"""Every question that was asked has an end, and nothing happened in its name after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, drop, put
from policies.controls.needs import ledger
from policies.controls.predicates import moment, records
from policies.controls.samples import answered, denied

_RUNNING = timedelta(hours=1)
"""A question may take this long before its end is missed."""


@check(
    "questions-ended",
    says="Every question on record ends with a delivery, and no call follows it",
    serves=("A.6.2.8",),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "never-ended": "the question has no end on record",
        "went-on": "calls were made in the question's name after its end",
    },
    good={"questions": [answered(), denied()]},
    mutants=[
        Mutant(
            "the end is gone",
            "never-ended",
            both(drop("questions", "records.12"), put("questions", "records.0.time", "2026-10-15T07:00:00Z")),
        ),
        Mutant("a call afterwards", "went-on", put("questions", "records.6.index", 13)),
    ],
    benign=[
        Mutant(
            "still running",
            None,
            both(drop("questions", "records.12"), put("questions", "records.0.time", "2026-10-15T08:59:00Z")),
        ),
        Mutant("later again, after an approval", None, put("questions", "records.4.type", "approval.requested")),
    ],
)
def questions_ended(look: Look, questions: Sequence[Item]) -> None:
    """A question that waits for an approval ends with that status, and again when it went on."""
    for question in questions:
        look.at(question)
        asked, ends = records(question, "question.asked"), records(question, "answer.delivered")
        if not ends:
            if asked and look.as_of - moment(asked[0]["time"]) > _RUNNING:
                look.fail("never-ended", question)
            continue
        last = max((end["index"] for end in ends), default=-1)
        if any(one["index"] > last for one in records(question, "query.called", "model.called")):
            look.fail("went-on", question)
