"""Settling: what the calls of a plan that was decided on are set right by, so that they look at what was asked and no more."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.filling import asks_share
from agents.models.offline.inputs.only import those_asked
from agents.models.offline.naming.billed_parts import parts_named
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading


def settled(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading) -> tuple[PlannedCall, ...]:
    """The calls of a plan, after a question that was answered with `earlier`, set right."""
    found: list[PlannedCall] = []
    for call in calls:
        each = _in_parts(those_asked(_still_open(call, earlier, reading), reading), reading)
        found += [one for one in each if one not in found]
    return tuple(found)


_OF_A_BILL = frozenset({"spend", "spend_change", "forecast"})


def _in_parts(call: PlannedCall, reading: Reading) -> list[PlannedCall]:
    """A cost of what is no service on the bill: of its usage types, not of all that the service bills beside it."""
    service = str(call.inputs.get("service", ""))
    if call.query == "spend" and not service and asks_share(reading) and len(reading.found.services) == 1:
        shared = parts_named(reading.text, reading.found.services[0])
        return _part_and_whole(call, shared[0]) if len(shared) == 1 else [call]
    named = parts_named(reading.text, service) if call.query in _OF_A_BILL else []
    if not named:
        return [call]
    inputs = {key: value for key, value in call.inputs.items() if key != "service"}
    if inputs.get("by") == "service" or (call.query == "spend" and "by" not in inputs):
        inputs["by"] = "usage_type"
    return [call.model_copy(update={"inputs": {**inputs, "part": part}}) for part in named]


def _part_and_whole(call: PlannedCall, part: str) -> list[PlannedCall]:
    """What a part costs and what all costs, in the same time and place: its share is worked out of the two."""
    inputs = {key: value for key, value in call.inputs.items() if key not in ("by", "top")}
    each = ({**inputs, "by": "usage_type", "part": part}, {**inputs, "by": "none"})
    return [call.model_copy(update={"inputs": one}) for one in each]


def holds_share(calls: Sequence[PlannedCall]) -> bool:
    """Whether two calls are a part of a bill and the whole of it."""
    return [call.query for call in calls] == ["spend", "spend"] and [call.inputs.get("by") for call in calls] == [
        "usage_type",
        "none",
    ]


_THAT_TIME = re.compile(
    r"\b(?:then|(?:that|this|the same|those|same) (?:days?|weeks?|months?|quarters?|time|periods?)|at the time|around then|new|created|found|raised|reported|came)\b"
)


def _still_open(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> PlannedCall:
    """Open findings after a question of cost: the month of the bill does not narrow what is open to what began in it."""
    if call.query != "findings" or call.inputs.get("status", "open") != "open" or "period" not in call.inputs:
        return call
    said = reading.when.mentions or reading.when.relative or _THAT_TIME.search(reading.text)
    if said or not earlier or earlier[0].domain != "cost" or earlier[0].inputs.get("period") != call.inputs["period"]:
        return call
    return call.model_copy(update={"inputs": {k: v for k, v in call.inputs.items() if k != "period"}})
