"""Settling: what the calls of a plan that was decided on are set right by, so that they look at what was asked and no more."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.only import those_asked
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading


def settled(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading) -> tuple[PlannedCall, ...]:
    """The calls of a plan, after a question that was answered with `earlier`, set right."""
    return tuple(those_asked(_still_open(call, earlier, reading), reading) for call in calls)


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
