"""Every refusal stands in the ledger with what refused it."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import answered, denied


@check(
    "refusals-explained",
    says="Every refused question has the decision, limit or stop that refused it on record, with a reason",
    serves=("A.6.2.8", "A.9.2"),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "unexplained": "a question was refused and nothing on record says why",
        "reasonless": "the gate denied a call without a policy or a reason on record",
    },
    good={"questions": [denied(), answered()]},
    mutants=[
        Mutant("decision gone", "unexplained", drop("questions", "records.5")),
        Mutant("allowed and refused", "unexplained", put("questions", "records.5.body.decision", "allow")),
        Mutant("blocked by nobody", "unexplained", put("questions", "records.12.body.status", "blocked", item=1)),
        Mutant("no reason", "reasonless", put("questions", "records.5.body.reason", "")),
    ],
    benign=[
        Mutant("by a policy", None, put("questions", "records.5.body.policies", ["nothing-out-of-sight"])),
        Mutant("somebody unknown", None, put("questions", "records.0.body.role", "unknown")),
    ],
)
def refusals_explained(look: Look, questions: Sequence[Item]) -> None:
    """Refused are questions with the status denied or blocked."""
    for question in questions:
        refusals = [one for one in records(question, "gate.decided") if one["body"]["decision"] == "deny"]
        for one in refusals:
            body = one["body"]
            if not body.get("policies") and body.get("reason", "sealed") == "":
                look.fail("reasonless", question, body["query"])
        statuses: set[str] = {one["body"]["status"] for one in records(question, "answer.delivered")}
        if refusals or statuses & {"denied", "blocked"}:
            look.at(question)
        unknown = any(one["body"]["role"] == "unknown" for one in records(question, "question.asked"))
        stopped = unknown or refusals or records(question, *_STOPS)
        blocked = any(one["body"]["outcome"] == "blocked" for one in records(question, "guard.assessed"))
        if ("denied" in statuses and not stopped) or ("blocked" in statuses and not (blocked or stopped)):
            look.fail("unexplained", question)
    look.rest(questions)


_STOPS = ("limit.reached", "switch.refused", "approval.consumed", "approval.expired", "approval.decided")
"""Records other than the gate's that explain a refusal."""
