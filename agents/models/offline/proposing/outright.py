"""Outright: a question whose words leave one plan, which no ranking by words finds: an event's cost, a person's rights,
alarms on a kind of resource.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context, one_call
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.inputs.watched import ALARMS, watched, without_alarms
from agents.models.offline.intents.coverage import unused
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.candidates import Candidate
from agents.models.offline.proposing.shown import UNUSUAL
from agents.models.offline.reading import Reading
from agents.models.offline.topics.rights import asks_what_may

_EVENT = r"(?:(?:the|that|this|our|last) )(?:(?!cost\b|costs\b)[a-z-]+ ){0,2}?(?:storms?|incidents?|outages?|attacks?|breach(?:es)?|crash(?:es)?|failures?|disruptions?|floods?|downtime|interruptions?|anomal(?:y|ies)|spikes?|mess|trouble|problems?|disaster|emergency)"
_COST_OF_EVENT = re.compile(
    rf"\b(?:what|how much(?: money| extra)?) (?:did|has|have|will|would) {_EVENT}\b.* costs?\b|\b(?:costs?|price|bill|damage) (?:of|for|from|by) {_EVENT}\b|\bhow (?:expensive|costly|dear) was {_EVENT}\b"
)
"""What something that happened has cost: no line of a bill is of that."""
_ADMINS = (
    "What somebody may do is not listed here: told is who has administrator rights, and whoever is not among them has none "
    "that this check finds."
)


def outright(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Candidate | None:
    """The plan of such a question; None of any other.

    Args:
        reading: the question.
        earlier: what the answer before it was of.
        context: names, clock and queries.
    """
    if "identity_hygiene" in context.queries and reading.user and asks_what_may(reading.text):
        call = one_call("identity_hygiene", reading, context)
        return Candidate("outright", (call.having(check="over_privileged", days=None),), (_ADMINS,))
    if (alarms := _alarms_of_a_kind(reading, earlier, context)) is not None:
        return alarms
    if "cost_anomalies" not in context.queries or not _COST_OF_EVENT.search(reading.text) or reading.found.services:
        return None
    call = one_call("cost_anomalies", reading, context)
    period = resolved(str(call.inputs.get("period", "")), context.now) if "period" in call.inputs else None
    if period is None or period.start >= context.now or not call.inputs.keys() <= {"period", *PLACES}:
        return None  # which event is meant is said by its day
    return Candidate("outright", (call,), (UNUSUAL,))


_WENT_OFF = re.compile(r"\b(?:fired|went off|gone off|go off|rang|rung|triggered|sounded|tripped)\b")


_MORE = re.compile(r"\b(?:why|how come|what caused|who|whom|cause|reason|thresholds?|per|by)\b")
"""What asks more of alarms than which they are."""


def _alarms_of_a_kind(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Candidate | None:
    """The alarms on a kind of resource, where nothing else is asked: what they watch is not what is asked about.

    After alarms alone, few words that name a kind narrow those.
    """
    named = bool(watched(reading.text))
    if earlier and all(call.query in ALARMS for call in earlier) and not named:
        kinds = watched(reading.text, before=True)
        those = tuple(earlier[0].having(of=kind) for kind in kinds)
        return Candidate("outright", those) if those else None
    if not named or not context.queries.keys() >= ALARMS or _MORE.search(reading.text):
        return None
    history = one_call("alarm_history", reading, context)
    went_off = "period" in history.inputs or _WENT_OFF.search(reading.text)
    call = history if went_off else one_call("alarms", reading, context)
    return None if unused(without_alarms(reading.text), call.query) else Candidate("outright", (call,))
