"""Lasting: the place and the time that a conversation is of last until a question names others, or wants all of them.

"Anything security related?" after an overview of Rotterdam is asked of Rotterdam, and so is "and the cost trend?" after
that; "how many errors were logged?" after a question of Tuesday that was not answered is asked of Tuesday.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fields_of, fill
from agents.models.offline.inputs.hours import narrowed
from agents.models.offline.inputs.taken_back import wants_all
from agents.models.offline.plan import PLACES, Plan, PlannedCall
from agents.models.offline.proposing.anchored import BILLED
from agents.models.offline.proposing.candidates import comes_to
from agents.models.offline.proposing.reaching import Turn
from agents.models.offline.proposing.shown import shown
from agents.models.offline.proposing.timing import AT_NO_TIME, at_that_time
from agents.models.offline.reading import Reading, read
from agents.models.offline.weighing.finishing import spoken
from agents.models.offline.weighing.staying import FEW, WIDER
from agents.models.offline.weighing.thread import NOT_NARROWED
from agents.models.offline.weighing.within import (
    EVERYWHERE,
    HAPPENS,
    OF_US,
    POINTER,
    in_words,
    is_one,
    named_apart,
    time_lost,
    timed,
)

Place = tuple[tuple[str, str], ...]
"""Inputs that say where, and their values."""


def place_of(calls: Sequence[PlannedCall]) -> Place:
    """The place that all of these calls are narrowed to; empty where they are of several, or of everywhere."""
    where = [tuple((key, str(one.inputs[key])) for key in PLACES if one.inputs.get(key, "all") != "all") for one in calls]
    return where[0] if where and all(one == where[0] for one in where) else ()


def spoken_of(told: Turn, before: Turn, context: Context) -> Place:
    """The place of a conversation after a turn: of what it shows; or as before, where that has none or was not narrowed.

    Args:
        told: the turn.
        before: the turn that it follows.
        context: names, clock and queries.
    """
    if place := place_of(told.calls):
        return place
    placed = any("accounts" in fields_of(context.queries[call.query]) for call in told.calls)
    text = read(told.question, context.names, context.now).text
    unasked = any(limit.startswith(NOT_NARROWED) for limit in told.limits) and not WIDER.search(text)
    return before.place if unasked or not placed else ()


def kept_there(plan: Plan, question: str, before: Turn, context: Context) -> Plan:
    """A plan of a few words with a subject of their own, in the place and the time that were spoken of before them.

    Args:
        plan: what the question means, after those before.
        question: what is asked, with what it points at named where that is known.
        before: the turn that it follows.
        context: names, clock and queries.
    """
    reading = read(question, context.names, context.now)
    few = len(reading.text.split()) <= FEW and not _LEAVES.search(question) and not WIDER.search(reading.text)
    if not plan.calls or not few or shown(reading, before.calls, context) is not None:
        return plan
    same = {one.query for one in plan.calls} <= {one.query for one in before.calls}
    lost = time_lost(plan.calls, reading, before.calls, context) and not _THAT_TIME.search(reading.flat)
    return _in(plan, {} if same or _says_where(reading) else dict(before.place), before.calls if lost else (), context)


_LEAVES = re.compile(
    r"(?i)^\W*(?:ok\w*|right|thanks|thank you|good|great|fine|clear|alright)\W*[.!](?!\W*(?:and|also|what about|how about)\b)|\baws\b"
)
"""What is done with what was spoken of ("ok. alarms now?"), or is of AWS and of no place."""
_THAT_TIME = re.compile(r"\b(?:that|those|same|whole|entire|full) (?:very |same )?(?:days?|nights?|weeks?|months?|quarters?|years?|times?|periods?)\b")


def _says_where(reading: Reading) -> bool:
    """Whether a question names where it is asked, or wants everywhere."""
    return bool(named_apart(reading) or EVERYWHERE.search(reading.flat) or wants_all(reading.text))


def _in(plan: Plan, place: Mapping[str, str], times: Sequence[PlannedCall], context: Context) -> Plan:
    """A plan whose calls are in a place, where they have none, and in the time of others; each of them once."""
    of = next((call for call in times if "period" in call.inputs), None)
    calls = [_put(call, place, of, context) for call in plan.calls]
    if calls == list(plan.calls):
        return plan
    keys = [comes_to(call, context) for call in calls]
    new = [number for number in range(len(calls)) if keys[number] not in keys[:number]]
    kept = tuple(calls[number] for number in new)
    first = sum(number < (plan.first or len(calls)) for number in new)
    told = {"calls": kept, "first": first if first < len(kept) else 0, "read_as": "; ".join(map(spoken, kept))}
    return plan.model_copy(update=told)


def _put(call: PlannedCall, place: Mapping[str, str], of: PlannedCall | None, context: Context) -> PlannedCall:
    """A call in a place, where it has none, and in the time of another one, where both are of a bill or of what happened."""
    fields, named = fields_of(context.queries[call.query]), dict[str, Any](place)
    if "team" in named and "team" not in fields:
        named["accounts"] = f"team:{named.pop('team')}"
    if {"resource", *PLACES} & call.inputs.keys() or not named.keys() <= fields.keys() or is_one(call, named, context):
        named = {}
    if of is not None and "period" in fields and ({call.query, of.query} <= BILLED or {call.query, of.query} <= HAPPENS):
        named["period"] = of.inputs["period"]
    return call.having(**named)
