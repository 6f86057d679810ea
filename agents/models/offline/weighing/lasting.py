"""Lasting: the place and the time that a conversation is of last until a question names others, or wants all of them.

"Anything security related?" after an overview of Rotterdam is asked of Rotterdam, and so is "and the cost trend?" after
that; "how many errors were logged?" after a question of Tuesday that was not answered is asked of Tuesday.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fields_of, fill
from agents.models.offline.inputs.hours import narrowed
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.inputs.taken_back import wants_all
from agents.models.offline.plan import PLACES, Plan, PlannedCall
from agents.models.offline.proposing.anchored import BILLED
from agents.models.offline.proposing.candidates import comes_to
from agents.models.offline.proposing.reaching import Turn
from agents.models.offline.proposing.shown import shown
from agents.models.offline.proposing.timing import AT_NO_TIME, at_that_time
from agents.models.offline.reading import Reading, read
from agents.models.offline.weighing.finishing import spoken
from agents.models.offline.weighing.heeded import POINTED_PART
from agents.models.offline.weighing.staying import FEW, WIDER
from agents.models.offline.weighing.thread import NOT_NARROWED, STAYS
from agents.models.offline.weighing.within import (
    EVERYWHERE,
    HAPPENS,
    OF_US,
    POINTER,
    fitting,
    in_words,
    named_apart,
    time_lost,
)
from agents.models.offline.words.text import number

Place = tuple[tuple[str, str], ...]
"""Inputs that say where, and their values."""


def place_of(calls: Sequence[PlannedCall]) -> Place:
    """The place that all of these calls are narrowed to; empty where they are of several, or of everywhere."""
    where = [tuple((key, str(value)) for key, value in one.place.items()) for one in calls]
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
_THAT_TIME = re.compile(
    r"\b(?:that|those|same|whole|entire|full) (?:very |same )?(?:days?|nights?|weeks?|months?|quarters?|years?|times?|periods?)\b"
)


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
    named = fitting(call, place, context) or {}
    if (
        of is not None
        and "period" in fields_of(context.queries[call.query])
        and ({call.query, of.query} <= BILLED or {call.query, of.query} <= HAPPENS)
    ):
        named["period"] = of.inputs["period"]
    return call.having(**named)


_MANY = re.compile(
    r"^\W*(?:(?:and|so|ok|but|please) )*(?:which|how many|what(?! about\b)|list|show|show me|any|(?:are|were) (?:there )?any|do we have any) (?:of the |the |our )?(?:(?!of\b)[a-z-]+ ){0,2}?(?!(?:is|was|has|does|us|this|times|days|hours|weeks|months|ones)\b)[a-z-]{3,}s\b"
)
"""Many things by their name: "which budgets are over?"."""


def said_to_stay(plan: Plan, question: str, before: Turn, context: Context) -> Plan:
    """A plan that says in which place it stays, where many things are asked for and nothing points back at that place.

    What a team's accounts cost, of which these were listed, is the bill of the accounts.
    """
    plan = _of_their_accounts(plan, question, before)
    reading, place = read(question, context.names, context.now), place_of(plan.calls)
    if not place or place != place_of(before.calls) or not _MANY.match(reading.text) or _says_where(reading):
        return plan
    if POINTER.search(reading.text) or _THERE.search(reading.text):
        return plan
    where = " and ".join(dict.fromkeys(in_words(plan.calls)))
    said = f'{STAYS}{where} of the question before: say "everywhere" to have all of them.'
    return plan.model_copy(update={"limits": (*plan.limits, said), "again": ""})


_THERE = re.compile(
    r"(?<!are )(?<!were )\bthere\b|\bthat\b(?! (?:is|are|was|were|have|has|had|do|does|did|can|will|fail\w*|cost\w*)\b)"
)


def kept_from(plan: Plan, question: str, asked: str, context: Context) -> Plan:
    """A plan after a question that was not answered, in the place and time which that one named and this one does not.

    Args:
        plan: what the question means.
        question: what is asked.
        asked: the question that was not answered.
        context: names, clock and queries.
    """
    new, old = read(question, context.names, context.now), read(asked, context.names, context.now)
    ours = OF_US.search(new.text)
    calls = plan.calls
    placed = old.found.placed() and not _says_where(new)
    dated = len(old.when.mentions) == 1 and not new.when.named and not AT_NO_TIME.search(new.flat)
    if not calls or not (placed or dated):
        return plan
    said = [_said_in(call, old, context) for call in calls]
    one_place = placed and len(old.found.teams) <= 1  # a call is of one team
    where = next((place_of([one]) for one in said if place_of([one])), ()) if one_place else ()
    when = [one for one in said if "period" in one.inputs][:1] if dated else []
    if not ours:
        calls = at_that_time(calls, new, [one.model_copy(update={"query": "error_logs"}) for one in when], context)
        plan = _in(plan.model_copy(update={"calls": calls}), dict(where), when, context)
        plan = plan.model_copy(update={"read_as": "; ".join(map(spoken, plan.calls))})
    elsewhere = placed and not any({"resource", *PLACES} & call.inputs.keys() for call in plan.calls)
    several = "places" if max(map(len, (old.found.accounts, old.found.venues, old.found.envs))) else "teams"
    words = [" and ".join(dict.fromkeys(in_words(said))) if where else several] if elsewhere else []
    words += (
        ["time"]
        if when and not any(call.inputs.get("period") == when[0].inputs["period"] for call in plan.calls)
        else []
    )
    note = f"{NOT_NARROWED}{' and the '.join(words)} of the question before."
    return plan.model_copy(update={"limits": (*plan.limits, note)}) if words else plan


def _said_in(call: PlannedCall, old: Reading, context: Context) -> PlannedCall:
    """A call with the place and the time that a question named, and nothing else."""
    given = fill(context.queries[call.query], old, context.names, context.now).inputs
    bare = call.model_copy(update={"inputs": {key: given[key] for key in ("period", *PLACES) if key in given}})
    return narrowed([bare], old, (), context)[0]


_WHOLE_TIME = "All of the time that was shown before is in this, not a shorter part of it."
_MINUTES = {"minute": 1, "hour": 60}


def said_of_part(plan: Plan, question: str, before: Turn, context: Context) -> Plan:
    """A plan that says where it is of all hours which were shown, though fewer are pointed at ("that half hour")."""
    reading = read(question, context.names, context.now)
    part = POINTED_PART.search(reading.text)
    if part is None or reading.when.mentions or reading.when.hours or not before.calls:
        return plan
    many = number(part["many"] or "") or 1
    length = timedelta(minutes=30 if part["half"] else 15 if part["quarter"] else many * _MINUTES[part["unit"]])
    held = {str(one.inputs["period"]) for one in before.calls if "period" in one.inputs}
    spans = [
        resolved(str(call.inputs.get("period")), context.now)
        for call in plan.calls
        if call.inputs.get("period") in held
    ]
    if not any(span is not None and span.end - span.start > length for span in spans):
        return plan
    return plan.model_copy(update={"limits": (*plan.limits, _WHOLE_TIME), "again": ""})


def _of_their_accounts(plan: Plan, question: str, before: Turn) -> Plan:
    """A plan of the bill of a team's accounts, and not of what has its tag, where these are the accounts that were listed."""
    if not before.calls or any(call.query != "account_list" for call in before.calls):
        return plan
    calls = []
    for call in plan.calls:
        team = str(call.inputs.get("team", ""))
        theirs = bool(team) and f"the {team} accounts" in question
        calls.append(call.having(team=None, accounts=f"team:{team}") if theirs else call)
    return plan.model_copy(update={"calls": tuple(calls), "read_as": "; ".join(map(spoken, calls))}) if calls else plan
