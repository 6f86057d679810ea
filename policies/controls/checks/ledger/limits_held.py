"""Where a question came to its limit of calls, it made no more than that."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import STORY, denied, with_records

_LIMITED = with_records(
    *STORY[:9],
    ("limit.reached", {"limit": "query calls", "value": 1}),
    ("limit.reached", {"limit": "model calls", "value": 2}),
    *STORY[9:],
)
_COUNTED = {"query calls": "query.called", "model calls": "model.called"}


@check(
    "limits-held",
    says="Every question that reached a limit of calls stayed within it",
    serves=("A.6.2.6", "A.9.2"),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "more-query-calls": "more queries ran than the limit that was reached",
        "more-model-calls": "a model was called more often than the limit that was reached",
    },
    good={"questions": [_LIMITED, denied()]},
    mutants=[
        Mutant("one query too many", "more-query-calls", put("questions", "records.9.body.value", 0)),
        Mutant("one model call too many", "more-model-calls", put("questions", "records.10.body.value", 1)),
    ],
    benign=[
        Mutant("not used up", None, put("questions", "records.9.body.value", 5)),
        Mutant("another limit", None, put("questions", "records.9.body.limit", "questions per hour")),
    ],
)
def limits_held(look: Look, questions: Sequence[Item]) -> None:
    """Counts, not order: specialists work at the same time. Questions that reached no limit are passed over."""
    for question in questions:
        reached = [one["body"] for one in records(question, "limit.reached") if one["body"]["limit"] in _COUNTED]
        if not reached:
            look.skip(question)
            continue
        look.at(question)
        for body in reached:
            made = len(records(question, _COUNTED[body["limit"]]))
            if made > body["value"]:
                reason = "more-query-calls" if body["limit"] == "query calls" else "more-model-calls"
                look.fail(reason, question, f"{made}, the limit is {body['value']}")
