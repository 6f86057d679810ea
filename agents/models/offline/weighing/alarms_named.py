"""Alarms named: which alarms are meant by what they watch ("database alarms"), a part of names ("the settlement alarms")
or a name.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.watched import ALARMS, watched
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.unheeded import unheeded
from agents.models.offline.reading import Reading
from agents.models.offline.topics.lexicon import concepts_in

_BEFORE = re.compile(r"(?<![\w<-])(?P<word><id>|[a-z][\w.-]+) alarms?(?![\w-])")
_BEHIND = re.compile(r"\balarms?(?: (?:of|for|on|from|named|called|with|like|the|our|name))* <id>")
_ALL = re.compile(
    r"(?<![\w-])(?:all|every|any|other) (?:(?:of )?(?:the |our )?(?:\w+ )?alarms?|of them|others?)(?![\w-])|\b(?:in all|alle alarmen)\b"
)
_ANEW = re.compile(r"(?<![\w-])(?<!those )(?<!these )alarms?(?![\w-])")
"""What asks for alarms anew, of any kind."""
_MANNER = re.compile(
    r"(?:nois|chatt|flak|flapp|craz|sill|tin|angr|nast|happ|bus|empt|loud|heav|eas|risk|guilt|faul?t)y|(?:critical|serious|severe|real|false|true|fake|wild|bad|good|new|old|big|small|major|minor|urgent|important|relevant|same|other|top|loud|frequent|recent|common|usual|normal|high|low|red|open|silent|separate|distinct|unique|single|double|duplicate)"
    r"|\w+(?:ing|ed|ous|ful|less|est|ive|able|ible|ish|ly)"
)
"""What says how alarms are, and is no part of their names."""


def with_alarms_named(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, context: Context
) -> tuple[PlannedCall, ...]:
    """The calls, those for alarms narrowed to what is said of them; what was learned may leave that out.

    What was said of alarms before is kept where they are not named again: by "and last week?" another query is asked.
    """
    shown = [call for call in earlier if call.query in ALARMS]
    kinds = watched(reading.text, before=bool(shown))
    if not kinds and _ALL.search(reading.text):
        return tuple(call.having(of=None) if call.query in ALARMS else call for call in calls)
    if not kinds and not _ANEW.search(reading.text):
        kinds = tuple(str(call.inputs["of"]) for call in shown if "of" in call.inputs)
    return tuple(one for call in calls for one in _narrowed(call, kinds, reading, context))


def _narrowed(call: PlannedCall, kinds: Sequence[str], reading: Reading, context: Context) -> list[PlannedCall]:
    if call.query not in ALARMS:
        return [call]
    if call.query == "alarm_history" and "alarm" not in call.inputs and (said := _named(call, reading, context)):
        call = call.having(alarm=said)
    return [call.having(of=kind) for kind in kinds] or [call]


def _named(call: PlannedCall, reading: Reading, context: Context) -> str:
    """The part of names that is said of the alarms of a call; empty if there is none, or more than one name."""
    before = _BEFORE.search(reading.text)
    word = before["word"] if before else ""
    if watched(f"{word} alarms"):
        return ""  # what they watch, and no part of names
    if word == "<id>" or _BEHIND.search(reading.text):
        return reading.resources[0] if len(reading.resources) == 1 else ""
    if not word or _MANNER.fullmatch(word) or word in context.names.services:
        return ""
    if concepts_in(word):
        return word if concepts_in(word) == {"METRIC"} else ""  # what is watched stands in the names
    return word if word == reading.hint or word in unheeded([call], reading, context) else ""
