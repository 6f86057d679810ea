"""The switch that stops everything has been tried lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, both, put, without
from policies.controls.needs import ledger
from policies.controls.predicates import moment


def _event(kind: str, time: str, scope: str = "all") -> Item:
    return Item(name=time, data={"type": f"switch.{kind}", "time": time, "scope": scope, "name": "", "by": "p-1"})


@check(
    "switch-drilled",
    says="The whole house was stopped and resumed within the declared days",
    serves=("A.9.2", "A.6.2.6"),
    needs={"events": ledger.SWITCH_EVENTS},
    reasons={
        "too-long-ago": "the last stop of the whole house that was lifted again is longer ago than declared",
        "never-whole": "only parts of the house have ever been stopped",
    },
    good={"events": [_event("stopped", "2026-09-01T08:00:00Z"), _event("resumed", "2026-09-01T08:05:00Z")]},
    mutants=[
        Mutant(
            "last year",
            "too-long-ago",
            both(put("events", "time", "2025-09-01T08:00:00Z"), put("events", "time", "2025-09-01T08:05:00Z", item=1)),
        ),
        Mutant("every month declared", "too-long-ago", put("events", "by", "p-2"), {"drill_days": 30}),
        Mutant(
            "only a domain",
            "never-whole",
            both(put("events", "scope", "domain"), put("events", "scope", "domain", item=1)),
        ),
        Mutant("never resumed", "never-whole", without("events", 1)),
    ],
    benign=[Mutant("stopped again since", None, add("events", _event("stopped", "2026-10-14T08:00:00Z")))],
)
def switch_drilled(look: Look, events: Sequence[Item]) -> None:
    """A drill is a stop of scope `all` with a later resumption of it."""
    seen = [look.at(event).data for event in events]
    stops = [moment(one["time"]) for one in seen if one["type"] == "switch.stopped" and one["scope"] == "all"]
    resumed = [moment(one["time"]) for one in seen if one["type"] == "switch.resumed" and one["scope"] == "all"]
    drills = [at for at in resumed if any(stop <= at for stop in stops)]
    if events and not drills:
        look.fail("never-whole", "kill switch")
    elif drills and look.as_of - max(drills) > timedelta(days=look.declared.drill_days):
        look.fail("too-long-ago", "kill switch", f"{max(drills):%Y-%m-%d}, declared {look.declared.drill_days} days")
