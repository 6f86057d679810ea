"""Good evidence that several checks start from; their mutants change it in one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from policies.controls.evidence import Item

SHA = {name: name * 64 for name in "abcdef"}
"""Digests that are easy to tell apart."""
_START = datetime(2026, 10, 15, 8, tzinfo=UTC)

ASKED = {"channel": "slack", "role": "manager", "assurance": "token", "model": "offline", "estate": "aws"}
PASSED = {"outcome": "passed", "masked": [], "reasons": []}
STORY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("question.asked", ASKED),
    ("guard.assessed", {"point": "question", **PASSED}),
    ("sight.resolved", {"complete": True}),
    ("specialist.started", {"specialist": "cost", "prompt_sha256": SHA["a"], "model": "offline"}),
    ("model.called", {"specialist": "cost", "model": "offline", "input_tokens": 0, "output_tokens": 0}),
    ("gate.decided", {"query": "spend", "decision": "allow", "input_sha256": SHA["b"], "policies_sha256": SHA["c"]}),
    ("query.called", {"query": "spend", "input_sha256": SHA["b"], "personal_data": False}),
    (
        "query.returned",
        {"query": "spend", "intent": 6, "receipts": [{"id": "r-1", "source": "aws"}], "facts": ["f1", "f2"]},
    ),
    ("model.called", {"specialist": "cost", "model": "offline", "input_tokens": 0, "output_tokens": 0}),
    ("grounding.checked", {"outcome": "bound", "faults": [], "text_sha256": SHA["d"]}),
    ("guard.assessed", {"point": "answer", **PASSED}),
    (
        "answer.delivered",
        {"status": "answered", "text_sha256": SHA["e"], "figures": 2, "facts": ["f1", "f2"], "receipts": ["r-1"]},
    ),
)
"""What a question leaves that is answered as it should be; mutants name records by their place in it."""


def question(*story: tuple[str, dict[str, Any]], name: str = "q-1", first: int = 0) -> Item:
    """A question's item: its records a second apart from eight o'clock on, numbered from `first`."""
    records = [
        {
            "index": first + place,
            "time": (_START + timedelta(seconds=place)).isoformat(),
            "type": kind,
            "actor": "system:desk",
            "body": dict(body),
        }
        for place, (kind, body) in enumerate(story)
    ]
    return Item(name=name, data={"records": records})


def answered(name: str = "q-1") -> Item:
    """A question that was answered as it should be."""
    return question(*STORY, name=name)


def denied(name: str = "q-2") -> Item:
    """A question whose only call the gate denied."""
    decided = (
        "gate.decided",
        {"query": "who_did_what", "decision": "deny", "policies": [], "reason": "no policy permits"},
    )
    said = (
        "answer.delivered",
        {"status": "denied", "text_sha256": SHA["f"], "figures": 0, "facts": [], "receipts": []},
    )
    return question(*STORY[:5], decided, said, name=name)
