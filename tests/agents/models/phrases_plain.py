"""Plain questions, read to the end: whether the plan that is answered with is what each means; no query is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from agents.models.offline import Plan, understand
from tests.agents.models.phrases_names import context, members
from tools.catalogue import queries
from tools.estate.world import NOW

FILE = Path(__file__).parent / "phrases" / "plain.yaml"
_QUERIES = {
    "health": ({"health_summary"}, {"alarms"}, {"health_summary", "alarms"}),
    "root": ({"who_did_what"}, {"identity_hygiene"}, {"who_did_what", "identity_hygiene"}),
    "identity": ({"identity_hygiene"},),
}
_BOTH = frozenset({"venue-utrecht", "venue-rotterdam"})


def entries(part: str) -> list[dict[str, Any]]:
    """`dev` (every second entry from the first on), `held` (the others)."""
    every: list[dict[str, Any]] = yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)
    return every[0 if part == "dev" else 1 :: 2]


def planned(entry: dict[str, Any]) -> Plan:
    """The plan that is answered with."""
    at = context()
    return understand(entry["say"], entry.get("after", []), names=at.names, now=NOW, queries=queries())


def right(entry: dict[str, Any], plan: Plan) -> bool:
    """Whether a plan is what the entry means."""
    query, *slots = entry["means"].split()
    if query == "refuse":
        return plan.abstention is not None and plan.abstention.kind == "cannot_know"
    if plan.abstention is not None or {call.query for call in plan.calls} not in _QUERIES.get(query, ({query},)):
        return False
    names = context().names
    if slots == ["both"]:
        shown = [members(call, names) for call in plan.calls]
        return frozenset().union(*shown) == _BOTH and (len(shown) == 2 or plan.calls[0].inputs.get("by") == "account")
    if query in ("health", "root"):
        return all(not slots or _at(call, slots[0], names) for call in plan.calls)
    if query == "identity":
        checks = [call.inputs.get("check", "all") for call in plan.calls]
        return (checks == ["all"] or len(checks) > 2) and all(not slots or _at(c, slots[0], names) for c in plan.calls)
    (call, *others) = plan.calls
    by, where, when = (*slots, "-", "-", "-")[:3]
    return (
        not others
        and by in ("-", call.inputs.get("by", "service" if query == "spend" else ""))
        and (where == "-" or _at(call, where, names))
        and when in ("-", call.inputs.get("period"))
    )


def _at(call: Any, where: str, names: Any) -> bool:
    if where == "all":
        return members(call, names) in (frozenset(names.accounts), frozenset(names.venue_accounts))
    other = call.model_copy(update={"inputs": {"accounts": where}})
    return members(call, names) == members(other, names)
