"""Settling: what the calls of a plan that was decided on are set right by, so that they look at what was asked and no more."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from agents.models.offline.inputs.filling import asks_share
from agents.models.offline.inputs.only import those_asked
from agents.models.offline.inputs.periods import for_forecast
from agents.models.offline.naming.billed_parts import parts_named
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading, to_come
from agents.models.offline.topics.asked import dimensions


def settled(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, now: datetime
) -> tuple[PlannedCall, ...]:
    """The calls of a plan, after a question that was answered with `earlier`, set right."""
    found: list[PlannedCall] = []
    for call in calls:
        each = _in_parts(_ahead(those_asked(_still_open(call, earlier, reading), reading), reading, now), reading)
        found += [one for one in each if one not in found]
    return tuple(found)


_FORECAST_FOR = frozenset({"period", "accounts", "service", "by"})


def _ahead(call: PlannedCall, reading: Reading, now: datetime) -> PlannedCall:
    """What will be spent in months to come is a forecast, where nothing is asked for that forecasts are not split by."""
    split = call.inputs.get("by") not in (None, "account", "usage_type") or dimensions(reading.text)
    if call.query != "spend" or split or not call.inputs.keys() <= _FORECAST_FOR:
        return call
    if not to_come(str(call.inputs.get("period", "")), now):
        return call
    word, known = for_forecast(reading, now)
    if word is None or not known:
        return call
    inputs = {key: value for key, value in call.inputs.items() if key in ("accounts", "service")}
    inputs["months" if word[0].isdigit() else "period"] = word
    return call.model_copy(update={"query": "forecast", "inputs": inputs})


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


_BACKED_UP_NOW = re.compile(
    r"\b(?:do|does|are|is) (?:all |any |its |the |our |their |those |these )*(?:[\w<>-]+ ){0,2}backups?\b(?:(?!<p>)[^,;?])*(?:[,;?]|$)"
)
"""A clause in the present tense, about backups, with no time in it."""


def _still_open(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> PlannedCall:
    """What is so now is not narrowed to the month of a bill that was asked about before, or to another clause's day."""
    if "period" not in call.inputs:
        return call
    before = earlier[0] if earlier else None
    of_the_bill = before and before.domain == "cost" and before.inputs.get("period") == call.inputs["period"]
    said = bool(reading.when.mentions or reading.when.relative)
    if call.query == "findings" and call.inputs.get("status", "open") == "open":
        dated = said or not of_the_bill or bool(_THAT_TIME.search(reading.text))
    elif call.query == "backups" and _BACKED_UP_NOW.search(reading.text):
        dated = not (said or of_the_bill)
    else:
        return call
    return (
        call if dated else call.model_copy(update={"inputs": {k: v for k, v in call.inputs.items() if k != "period"}})
    )
