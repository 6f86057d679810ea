"""Which plans the reader proposes for a question that follows others, against what it means; no query is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing import reaching
from agents.models.offline.proposing.reaching import Turn
from agents.models.offline.weighing.deciding import considered
from tests.agents.models.phrases_names import context
from tests.agents.models.phrases_parts import fits, full

FILE = Path(__file__).parent / "phrases" / "turns.yaml"
Entry = dict[str, Any]


def entries(part: str) -> list[Entry]:
    """`dev` (every second entry from the first on), `held` (the others)."""
    every: list[Entry] = yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)
    return every[0 if part == "dev" else 1 :: 2]


def _plan(calls: list[Entry], at: Context) -> tuple[PlannedCall, ...]:
    named = [next(iter(call.items())) for call in calls]
    return tuple(PlannedCall(query=name, domain=at.queries[name].domain, inputs=full(inputs)) for name, inputs in named)


def proposed_right(entry: Entry) -> bool:
    """Whether a plan that is meant is among those proposed."""
    at = context()
    turns = [Turn("", "", _plan(entry[key], at)) for key in ("before", "earlier") if key in entry]
    say, older = reaching.reached(entry["say"], turns, at)
    plans = [one.calls for one in considered(say, (older or turns[-1]).calls, at).every if one.candidate]
    meant = [[next(iter(call.items())) for call in plan] for plan in (entry["means"], *entry.get("also", ()))]
    return any(fits(plan, wanted, at) for plan in plans for wanted in meant)
