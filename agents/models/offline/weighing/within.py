"""Within: a follow-up that reads like a whole question is asked in the place and time of which something was shown.

"How many alarms went off?" after what happened in online-prod on Tuesday evening is of there and then. Where it speaks of
us, or it is not sure, it is answered of everything, and a sentence says which place and time it is not narrowed to; so
does one of words that point at what was shown ("it", "those machines", "since then") where no call looks at that.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fields_of
from agents.models.offline.inputs.hours import time_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.inputs.special import is_guessed
from agents.models.offline.inputs.taken_back import taken_back, wants_all
from agents.models.offline.plan import BILLED_FOR, PLACES, Plan, PlannedCall
from agents.models.offline.proposing.anchored import BILLED
from agents.models.offline.proposing.shown import HAPPENED, shown
from agents.models.offline.proposing.timing import AT_NO_TIME, IN_THE_PAST
from agents.models.offline.proposing.variants import members
from agents.models.offline.reading import Reading, read
from agents.models.offline.weighing.thread import NOT_NARROWED

OF_US = re.compile(
    r"\b(?:we|our|ours|us|all|every|everyone|everybody|total|overall|whole|entire|altogether|company|group|organi[sz]ation|estate|business"
    r"|anywhere|everywhere|elsewhere|somewhere|others?|across|aws)\b"
)
"""Words by which a question may be of everything."""
EVERYWHERE = re.compile(
    r"\b(?:overall|altogether|whole|entire|company|organi[sz]ation|estate|business|anywhere|everywhere|elsewhere|across|(?:all|every|each|other|any|which|what|per|by|each of) (?:of )?(?:the |our |other )*(?:accounts?|venues?|casinos?|teams?|environments?|places?))\b"
)
"""Words that say so themselves: what was shown before is not meant."""
HAPPENS = HAPPENED | {"backups", "metric", "who_did_what"}
"""Queries of what happened and of what people did: one is asked of where the other one looked."""
_TOLD_APART = {"account": "accounts", "venue": "accounts", "env": "accounts", "team": "team"}
"""By what a bill is split, with the input that would leave one row of it."""
_IN_TIME = frozenset({"day", "month"})


def within(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> tuple[PlannedCall, ...]:
    """The calls of a whole question, asked in the place and time that were shown where it is sure to be of these.

    Args:
        calls: what it means alone.
        reading: the question.
        earlier: the calls of the answer that it follows.
        context: names, clock and queries.
    """
    if len(earlier) != 1 or OF_US.search(reading.text) or named_apart(reading):
        return tuple(calls)
    return tuple(_put(call, reading, earlier[0], context) for call in calls)


def fitting(call: PlannedCall, place: Mapping[str, Any], context: Context) -> dict[str, Any] | None:
    """A place as a call takes it; None where it takes no such, has one of its own, or tells such places apart."""
    fields, named = fields_of(context.queries[call.query]), dict(place)
    if "team" in named and "team" not in fields:
        named["accounts"] = f"team:{named.pop('team')}"
    apart = {"resource", *PLACES} & call.inputs.keys() or _is_one(call, named, context)
    return None if apart or not named.keys() <= fields.keys() else named


def _put(call: PlannedCall, reading: Reading, before: PlannedCall, context: Context) -> PlannedCall:
    """A call of a whole question in the place, and of a bill in the time, of one that was shown."""
    if not _akin(call, before) or {"resource", *PLACES} & call.inputs.keys():
        return call
    place = fitting(call, before.place, context)
    if place is None:
        return call
    if _WHICH_PLACE.search(reading.flat) and len(members(place.get("accounts", ""), context)) <= 1:
        return call  # which account it is needs more than one to look at
    if {call.query, before.query} <= BILLED:
        timed = _its_time(call, reading, before, context)
        of = {key: before.inputs[key] for key in BILLED_FOR if key in before.inputs}
        if not of or BILLED_FOR & call.inputs.keys() or call.inputs.get("by") not in _IN_TIME:
            of = {}
        return call.having(**place, **timed, **of)
    return call.having(**place)


_WHICH_PLACE = re.compile(
    r"\b(?:which|what|how many) (?:of )?(?:the |our )?(?:accounts?|venues?|casinos?|environments?|places?)\b"
)


def _its_time(call: PlannedCall, reading: Reading, before: PlannedCall, context: Context) -> dict[str, str]:
    """The period of a bill that was shown, for one whose question names none."""
    period = str(before.inputs.get("period", ""))
    if not _is_told(before, context) or reading.when.named or {"period", "months"} & call.inputs.keys():
        return {}
    return {} if AT_NO_TIME.search(reading.flat) or _is_too_long(call, period, context) else {"period": period}


_DAYS = 35
"""Days that a bill tells one by one at most."""


def _is_too_long(call: PlannedCall, word: str, context: Context) -> bool:
    """Whether a bill is not told by day over all of a period."""
    period = resolved(word, context.now)
    return call.inputs.get("by") == "day" and period is not None and period.days > _DAYS


def _is_one(call: PlannedCall, place: dict[str, str], context: Context) -> bool:
    """Whether accounts (or teams) are to be told apart, and the place is one of them: it may be asked of all of them."""
    by = _TOLD_APART.get(str(call.inputs.get("by")), "")
    return (
        bool(by and place)
        and (by in place or "team" in place)
        and len(members(place.get("accounts", ""), context)) <= 1
    )


def _akin(call: PlannedCall, before: PlannedCall) -> bool:
    """Whether one is asked where the other one looked: both of a bill, of what is and happens, or of safety."""
    return call.domain == before.domain or {call.query, before.query} <= HAPPENS


def named_apart(reading: Reading) -> bool:
    """Whether a question names where it is asked, or one thing or person of its own."""
    named = reading.found.placed() or reading.found.regions or reading.found.excluded or reading.found.unknown
    return bool(named or reading.user or reading.resources or reading.ids or reading.event)


def _is_told(call: PlannedCall, context: Context) -> bool:
    """Whether a call is of a time that has been and that somebody named."""
    word = time_of(call)
    period = resolved(word, context.now) if word else None
    return period is not None and period.start < context.now and not is_guessed(word, context.now)


def said_wider(plan: Plan, question: str, earlier: Sequence[PlannedCall], context: Context) -> Plan:
    """A plan that says which place and time, or which things that words point at, it is not narrowed to.

    Args:
        plan: what the question means, after those before.
        question: what is asked, with what it points at named where that is known.
        earlier: the calls of the answer that it follows.
        context: names, clock and queries.
    """
    if not plan.calls or not earlier or any(limit.startswith(NOT_NARROWED) for limit in plan.limits):
        return plan
    reading = read(question, context.names, context.now)
    if shown(reading, earlier, context) is not None:
        return plan
    calls = plan.calls  # where one of two readings looks there, both are told, and the other one says what it is
    lost = [*_places_lost(calls, reading, earlier, context), *time_lost(calls, reading, earlier, context)]
    said = [f"{NOT_NARROWED}{' and the '.join(lost)} of the question before."] if lost else []
    said += _since_unknown(calls, reading, earlier, plan.limits) or [] if not said else []
    said += _not_pointed(calls, reading, earlier, plan.limits) if not said else []
    return plan.model_copy(update={"limits": (*plan.limits, *said)}) if said else plan


def _places_lost(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> list[str]:
    """The places that were shown, in words, where these calls look everywhere and nothing says that this is meant."""
    if named_apart(reading) or EVERYWHERE.search(reading.flat) or wants_all(reading.text):
        return []
    taken = any(set(PLACES) & taken_back(reading.text, one.inputs) for one in earlier)
    wide = [call for call in calls if "accounts" in fields_of(context.queries[call.query])]
    if taken or not wide or any({"resource", *PLACES} & call.inputs.keys() for call in wide):
        return []
    return [" and ".join(dict.fromkeys(in_words(earlier)))] if any(in_words(earlier)) else []


def in_words(calls: Iterable[PlannedCall]) -> list[str]:
    """The places that calls are narrowed to: "account data-lab", "venue utrecht"."""
    found = []
    for call in calls:
        said = [part for part in str(call.inputs.get("accounts", "all")).split(",") if part != "all"]
        found += [part.replace(":", " ") if ":" in part else f"account {part}" for part in said]
        found += [f"{key} {call.inputs[key]}" for key in ("team", "venue") if key in call.inputs]
    return [re.sub(r"^env ", "environment ", one) for one in found]


def time_lost(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> list[str]:
    """That the time which was shown is left, where these calls have one of their own that nobody named."""
    if reading.when.named or AT_NO_TIME.search(reading.flat) or not any(_is_told(one, context) for one in earlier):
        return []
    spans = [resolved(word, context.now) for one in earlier if (word := time_of(one))]
    apart = []
    for call in calls:
        if call.inputs.get("state") == "all" and all(one.query == "alarm_history" for one in earlier):
            apart.append(True)  # all alarms as they are now, after those that went off then
            continue
        default = fields_of(context.queries[call.query]).get("period", {}).get("default")
        if default is None or call.query in _OF_OTHER_TIMES:
            continue
        if {"around", "starting", "ending", "months"} & call.inputs.keys():
            return []
        alike = any({call.query, one.query} <= BILLED or {call.query, one.query} <= HAPPENS for one in earlier)
        of_then = alike or IN_THE_PAST.search(reading.flat)
        own = resolved(str(call.inputs.get("period", default)), context.now)
        # what is looked for from then on keeps that time, too
        known = any(own == span or (own and span and own.start == span.start and own.end > span.end) for span in spans)
        apart.append(bool(of_then) and not known)
    return ["time"] if apart and all(apart) else []


_OF_OTHER_TIMES = frozenset({"forecast", "commitments", "aws_health_events", "findings"})
"""Queries whose period is no time that is asked about."""
_SINCE = re.compile(
    r"\b(?:since|after|before|until|from|by) (?:then|that|it|this)\b(?! (?:day|week|month|quarter|year)s?\b)|\b(?:at|around|during) that (?:time|moment)\b|\b(?:on )?that (?:very )?(?:day|night|evening|morning|afternoon)\b|\bback then\b|\bthen\W*$"
)
"""A time that is named by what was shown before."""
_OWN_TIME = frozenset({"period", "around", "starting", "ending"})


def _since_unknown(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], limits: Sequence[str]
) -> list[str]:
    """A sentence that the time which is pointed at is left aside, where no call has one."""
    said, when = _SINCE.search(reading.flat), reading.when
    if said is None or when.mentions or when.hours or when.clock or any(said[0] in limit for limit in limits):
        return []
    own = [dict(call.inputs) | {"compared_to": call.inputs.get("compared_to", "previous")} for call in calls]
    if any(_OWN_TIME & one.keys() or one["compared_to"] != "previous" for one in own) or list(calls) == list(earlier):
        return []
    return [f'{NOT_NARROWED}time that "{said[0]}" points at: name the day or the month to have that.']


POINTER = re.compile(
    r"\b(?:these|those|that|this) (?:same )?(?P<noun>machines?|servers?|instances?|boxes|hosts?|databases?|buckets?|volumes?|keys?|users?|roles?|people|persons?|functions?|alarms?|findings?|backups?|jobs?|resources?|things?)\b"
    r"|\b(?:it|its|they|them|their|those|these|he|she|his|him)\b(?! (?:week|month|quarter|year|day|night|morning|afternoon|evening)s?\b)"
)
_OF_MANY = frozenset(
    {
        "identity_hygiene",
        "patches",
        "vulnerabilities",
        "findings",
        "who_did_what",
        "inventory",
        "encryption",
        "public_exposure",
        "threats",
        "backups",
        "commitments",
    }
)
"""Queries of single things and people: a place does not say which of them are meant."""
_PICKS = frozenset({"resource", "who", "kind", "check", "only", "name", "action", *BILLED_FOR})
_SAID = re.compile(
    r"can not be combined|does not tell single|would be saved|does not say|not only|as before|is not told|no line for"
)
"""What sentences about things that are pointed at say already."""


def _not_pointed(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], limits: Sequence[str]
) -> list[str]:
    """A sentence that what a word points at is not picked out, where other things are looked at, and all of them."""
    said = POINTER.search(reading.text)
    of_things = [one for one in earlier if one.query in _OF_MANY]
    if said is None or not of_things or wants_all(reading.text) or any(_SAID.search(limit) for limit in limits):
        return []
    subjects = {_subject(one) for one in earlier}
    ended = any("ending" in one.inputs for one in earlier)  # more commitments run than end in that time
    widened = ended and all(call.query == "commitments" and call.inputs.keys() <= {"kind", "period"} for call in calls)
    if not widened and any(
        _subject(call) in subjects or _PICKED & call.inputs.keys() or _shares(call, earlier) for call in calls
    ):
        return []
    return [f'{NOT_NARROWED}things that "{said[0]}" points at: what is shown is not of those alone.']


_PICKED = frozenset({"resource", "who"})
_CHECKS = frozenset({"encryption", "public_exposure"})
"""Queries that show those of a kind which fail a check: another one of that kind is of more than those."""


def _shares(call: PlannedCall, earlier: Sequence[PlannedCall]) -> bool:
    """Whether a call is of the kind of things that were shown: of their kind, their service, or what was done to them."""
    of = [one for one in earlier if one.query not in _CHECKS]
    held = {(key, str(value)) for one in of for key, value in one.inputs.items() if key in _PICKS - {"check"}}
    given = {(key, str(value)) for key, value in call.inputs.items()}
    given |= {("kind", "buckets")} if ("name", "bucket_size") in given else set()
    return bool(held & given) or bool({"action", "service", "part"} & call.inputs.keys())


def _subject(call: PlannedCall) -> tuple[str, object]:
    """What a call looks at: its query, and which of its checks."""
    return call.query, call.inputs.get("check")
