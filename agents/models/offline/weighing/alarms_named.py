"""Alarms named: which alarms are meant by a word that stands before them ("the settlement alarms"), or by a name."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.unheeded import unheeded
from agents.models.offline.reading import Reading
from agents.models.offline.topics.lexicon import concepts_in

_BEFORE = re.compile(r"(?<![\w<-])(?P<word><id>|[a-z][\w.-]+) alarms?(?![\w-])")
_BEHIND = re.compile(r"\balarms?(?: (?:of|for|on|from|named|called|with|like|the|our|name))* <id>")
_MANNER = re.compile(
    r"(?:nois|chatt|flak|flapp|craz|sill|tin|angr|nast|happ|bus|empt|loud|heav|eas|risk|guilt|faul?t)y|(?:critical|serious|severe|real|false|true|fake|wild|bad|good|new|old|big|small|major|minor|urgent|important|relevant|same|other|top|loud|frequent|recent|common|usual|normal|high|low|red|open|silent|separate|distinct|unique|single|double|duplicate)"
    r"|\w+(?:ing|ed|ous|ful|less|est|ive|able|ible|ish|ly)"
)
"""What says how alarms are, and is no part of their names."""


def with_alarms_named(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> tuple[PlannedCall, ...]:
    """The calls, those for alarms that went off narrowed to the names that are said; what was learned may leave them out."""
    return tuple(
        call.having(alarm=said)
        if call.query == "alarm_history" and "alarm" not in call.inputs and (said := _named(call, reading, context))
        else call
        for call in calls
    )


def _named(call: PlannedCall, reading: Reading, context: Context) -> str:
    """The part of names that is said of the alarms of a call; empty if there is none, or more than one name."""
    before = _BEFORE.search(reading.text)
    word = before["word"] if before else ""
    if word == "<id>" or _BEHIND.search(reading.text):
        return reading.resources[0] if len(reading.resources) == 1 else ""
    if not word or _MANNER.fullmatch(word) or word in context.names.services:
        return ""
    if concepts_in(word):
        return word if concepts_in(word) == {"METRIC"} else ""  # what is watched stands in the names
    return word if word == reading.hint or word in unheeded([call], reading, context) else ""
