"""No query ran that the gate had not just permitted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import ledger
from policies.controls.predicates import records
from policies.controls.samples import STORY, answered, denied, with_records

_TWICE = with_records(*STORY[:7], STORY[6], *STORY[7:], name="q-3")


@check(
    "calls-gated",
    says="Every query call was permitted by the gate before it ran, once for each call",
    serves=("A.9.2", "A.9.4"),
    needs={"questions": ledger.QUESTIONS},
    reasons={
        "ungated": "a query ran without a permission of its own",
        "denied-but-ran": "a query ran that the gate had not allowed",
    },
    good={"questions": [answered(), denied()]},
    mutants=[
        Mutant("no decision", "ungated", drop("questions", "records.5")),
        Mutant("decision afterwards", "ungated", put("questions", "records.5.index", 99)),
        Mutant("decision on other inputs", "ungated", put("questions", "records.5.body.input_sha256", "0" * 64)),
        Mutant("decision on another query", "ungated", put("questions", "records.5.body.query", "budgets")),
        Mutant("run twice on one decision", "ungated", put("questions", "records", _TWICE.data["records"])),
        Mutant("denied", "denied-but-ran", put("questions", "records.5.body.decision", "deny")),
        Mutant("waiting for approval", "denied-but-ran", put("questions", "records.5.body.decision", "needs_approval")),
    ],
    benign=[
        Mutant("allowed and not run", None, drop("questions", "records.6")),
        Mutant("inputs about persons, sealed in both", None, put("questions", "records.6.body.input_sha256", None)),
    ],
)
def calls_gated(look: Look, questions: Sequence[Item]) -> None:
    """Decisions and calls are matched by query and hash of the inputs, in the order of the ledger."""
    for question in questions:
        allowed: Counter[str] = Counter()
        refused: set[str] = set()
        for record in sorted(records(question, "gate.decided", "query.called"), key=lambda one: one["index"]):
            body = record["body"]
            key, sealed = f"{body['query']} {body.get('input_sha256')}", body.get("input_sha256") is None
            keys = [one for one in allowed if one.startswith(f"{body['query']} ")] if sealed else [key]
            look.at(question)
            if record["type"] == "gate.decided":
                allowed[key] += body["decision"] == "allow"
                refused |= {key} if body["decision"] != "allow" else set()
                continue
            usable = next((one for one in keys if allowed[one]), None)
            if usable is None:
                look.fail("denied-but-ran" if refused & set(keys or [key]) else "ungated", question, body["query"])
            else:
                allowed[usable] -= 1
    look.rest(questions)
