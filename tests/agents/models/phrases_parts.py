"""Which plans the reader proposes for questions with several parts, against what each means; no query is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.naming.services import SERVICES
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.candidates import candidates
from agents.models.offline.proposing.evidence import evidence
from agents.models.offline.reading import read
from tests.agents.models.phrases_names import context, members
from tools.errors import InputError

FILE = Path(__file__).parent / "phrases" / "parts.yaml"
Entry = dict[str, Any]
_PLACES = frozenset({"accounts", "team", "venue"})
_FREE = frozenset({"by", "top", "net", "statistic", "status", "writes_only", "minutes"})
"""Inputs that are not compared unless a phrase names them: how rows are shown, not what is asked about."""


def entries(part: str) -> list[Entry]:
    """`dev` (every second entry from the first on), `held` (the others)."""
    every: list[Entry] = yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)
    return every[0 if part == "dev" else 1 :: 2]


def proposed(say: str) -> list[tuple[PlannedCall, ...]]:
    """The plans proposed for a question that nothing went before."""
    at = context()
    reading = read(say, at.names, at.now)
    return [one.calls for one in candidates(reading, (), evidence(reading, say, at), at)]


def reached(entry: Entry) -> bool:
    """Whether a plan that is meant is among those proposed."""
    at = context()
    meant = [[next(iter(call.items())) for call in plan] for plan in (entry["means"], *entry.get("also", ()))]
    plans = proposed(entry["say"])
    return any(fits(plan, wanted, at) for plan in plans for wanted in meant)


def fits(plan: tuple[PlannedCall, ...], wanted: list[tuple[str, Entry]], at: Context) -> bool:
    """Whether a plan has just the calls that are wanted, in any order."""
    if len(plan) != len(wanted):
        return False
    left = list(plan)
    for name, means in wanted:
        found = next((call for call in left if call.query == name and _same(call, means, at)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _same(call: PlannedCall, means: Entry, at: Context) -> bool:
    query = at.queries[call.query]
    other = PlannedCall(query=call.query, domain=query.domain, inputs=full(means))
    try:
        own, meant = query.parse(call.inputs), query.parse(other.inputs)
    except InputError:
        return False
    return members(call, at.names) == members(other, at.names) and all(
        _plain(key, own[key], at) == _plain(key, meant[key], at)
        or (key == "action" and asked_for(own[key], meant[key]))
        for key in own
        if key not in _PLACES and (key not in _FREE or key in means)
    )


def asked_for(own: str | None, meant: str | None) -> bool:
    """Whether the calls looked for hold the one that is meant: a change can be made by several."""
    return bool(own and meant) and set(str(meant).split(",")) <= set(str(own).split(","))


def full(means: Entry) -> Entry:
    return {**means, "service": SERVICES[means["service"]]} if means.get("service") in SERVICES else means


def _plain(key: str, value: Any, at: Context) -> Any:
    """An input so that two that come to the same are equal: periods by when they start and end."""
    period = resolved(value, at.now) if key in ("period", "compared_to") and isinstance(value, str) else None
    return (period.start, min(period.end, at.now)) if period and period.start < at.now else value
