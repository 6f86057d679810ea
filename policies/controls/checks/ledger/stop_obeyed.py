"""While the house was stopped, nothing ran."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put, replace
from policies.controls.needs import ledger
from policies.controls.predicates import moment, records
from policies.controls.samples import answered


def _event(kind: str, time: str, query: str = "") -> Item:
    scope = "query" if query else "all"
    return Item(name=time, data={"type": f"switch.{kind}", "time": time, "scope": scope, "name": query, "by": "p-1"})


@check(
    "stop-obeyed",
    says="No query ran while the house, or that query, was stopped",
    serves=("A.9.2",),
    needs={"events": ledger.SWITCH_EVENTS, "questions": ledger.QUESTIONS},
    reasons={"ran-while-stopped": "a query ran while it was stopped"},
    good={
        "events": [_event("stopped", "2026-10-15T08:30:00+00:00"), _event("resumed", "2026-10-15T08:40:00+00:00")],
        "questions": [answered()],
    },
    mutants=[
        Mutant("ten minutes into the stop", "ran-while-stopped", put("events", "time", "2026-10-15T07:50:00+00:00")),
        Mutant(
            "that query was stopped",
            "ran-while-stopped",
            replace("events", _event("stopped", "2026-10-15T07:50:00+00:00", "spend")),
        ),
        Mutant(
            "no grace declared",
            "ran-while-stopped",
            put("events", "time", "2026-10-15T08:00:01+00:00"),
            {"stop_seconds_at_most": 0},
        ),
    ],
    benign=[
        Mutant("within the grace", None, put("events", "time", "2026-10-15T07:59:58+00:00")),
        Mutant(
            "another query was stopped",
            None,
            replace("events", _event("stopped", "2026-10-15T07:50:00+00:00", "alarms")),
        ),
        Mutant(
            "resumed before",
            None,
            both(
                put("events", "time", "2026-10-15T07:00:00+00:00"),
                put("events", "time", "2026-10-15T07:10:00+00:00", item=1),
            ),
        ),
    ],
)
def stop_obeyed(look: Look, events: Sequence[Item], questions: Sequence[Item]) -> None:
    """Stops of domains and persons are not judged here: their names are not in the records of calls."""
    grace = timedelta(seconds=look.declared.stop_seconds_at_most)
    stopped: list[tuple[str, str, datetime, datetime]] = []
    for event in events:
        data = look.at(event).data
        if data["type"] != "switch.stopped" or data["scope"] not in ("all", "query"):
            continue
        start = moment(data["time"])
        ends = [moment(e.data["time"]) for e in events if _lifts(e.data, data) and moment(e.data["time"]) >= start]
        stopped.append((data["scope"], data["name"], start + grace, min(ends, default=look.as_of)))
    for question in questions:
        for call in records(question, "query.called"):
            at, query = moment(call["time"]), call["body"]["query"]
            if any(start < at < end for scope, name, start, end in stopped if scope == "all" or name == query):
                look.fail("ran-while-stopped", look.at(question), query)
    look.rest(questions)


def _lifts(resumed: dict[str, Any], stop: dict[str, Any]) -> bool:
    return resumed["type"] == "switch.resumed" and (resumed["scope"], resumed["name"]) == (stop["scope"], stop["name"])
