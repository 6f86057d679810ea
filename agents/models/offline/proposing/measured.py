"""Measured: a few words that ask what was shown for its share of the whole, in percent, its age, or another level with it.

They name nothing but the measure: of what, where and when is as it was shown.
"""
# ruff: noqa: E501, SIM905 - patterns of words and lists of names read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fill
from agents.models.offline.inputs.periods import resolved, stepped
from agents.models.offline.plan import PLACES, Derivation, PlannedCall
from agents.models.offline.proposing.opened import NOT_COMBINED
from agents.models.offline.reading import Reading
from agents.models.offline.topics import levels

Measured = tuple[tuple[PlannedCall, ...], tuple[str, ...], tuple[Derivation, ...]]
"""Calls, sentences about what they do not tell, and what has to be computed of them."""
_LEAD = r"\W*(?:(?:and|so|but|ok|okay|then|now|well|please|just|only|merely|simply|give me|show me|tell me|show|give|i (?:want|need)|i would like|can (?:i|we|you) (?:have|get|see|show|give))\b\W*)*"
_IT = r"(?:it|that|this|they|these|those|them)"
_BE = r"(?:is|are|was|were)"
_PERCENT = r"(?:percent|percentages?|pct|shares?|proportions?|fractions?)"
_BILL = r"(?:total|bill|spend|spending|costs?|everything|whole|invoice|expenses|all|overall|amount|sum)"
_WHOLE = rf"of (?:(?:the|our|my|all|its|their|aws|whole|entire|full|total|overall|complete|company|cloud|<p>) )*(?:{_BILL}|<(?:account|venue|team)>(?: 's)?)(?: (?:{_BILL}|<p>))*"
_SHARE = re.compile(
    rf"{_LEAD}(?:(?:(?:what|how much|which) )?(?:{_BE} )?(?:{_IT} )?(?:(?:expressed |shown )?(?:as|in) )?(?:(?:an?|the|its|their) )*{_PERCENT}"
    rf"|(?:how much|what (?:part|fraction|percent))(?= {_WHOLE}))"
    rf"(?: {_WHOLE})?(?: (?:{_BE}|does|do|did))?(?: {_IT})?(?: (?:make up|represent|come to|amount to|account for))?(?: {_WHOLE})?(?: (?:please|then|instead))?\W*"
)
_OF_ALL = re.compile(rf"\b{_WHOLE}")
_EACH = re.compile(r"\b(?:percentages|shares|proportions|fractions)\b")
"""Of each of those that were shown, and not of all of them together."""
_AS_A_SHARE = re.compile(rf"\b(?:as|in) (?:an? |the )?{_PERCENT}|\bshare\b")
_NARROWER = frozenset({*PLACES, "service", "part", "usage_type", "region"})
"""Inputs that make a bill a part of the whole one."""
_SIDES = frozenset({"env", "account", "venue", "team"})
"""Splits of a bill by which places stand side by side."""
UNSHARED = frozenset({"none", "month", "day", "charge_type"})
"""Splits of a bill that show no shares: parts of time are no parts of a whole, and credits are less than nothing."""
TELLS_PERCENT = frozenset("spend_change untagged_spend patches quotas commitments backups forecast metric".split())
"""Queries that tell a share or a percentage, whatever their inputs; of a bill its split does."""
SEEN_IN_PART = "You see only some of the accounts, so that a share of the whole can not be told."
_HOW_OLD = re.compile(
    rf"{_LEAD}(?:how old|(?:what|which) age)(?: {_BE})? (?:{_IT}|(?:{_IT} |the )(?:access )?keys?)(?: (?:now|exactly|by now))?\W*"
)
_LEVEL = r"(?:critical|high|medium|low)"
_WITH_LEVELS = re.compile(
    rf"{_LEAD}(?:(?:how many|what|which)\b ?)?(?:(?:{_BE}|do|we|have|there|of|{_IT}|the|in|a|total|altogether|all|overall|count|number|findings|vulnerabilities|ones|would|be|it) )*"
    rf"(?:incl(?:uding|uded|udes?)?|counting|plus|with|together with|along with|as well as|add(?:ing)?|and) (?:also )?(?:the |those (?:of|with|that are) )?{_LEVEL}(?:(?:,| and| or)+ (?:the )?{_LEVEL})*"
    r"(?: (?:ones?|severity|findings|vulnerabilities|too|also|as well|included|together|in total|altogether|please|added))*\W*"
)
_SAYS_BOTH = re.compile(
    r"\b(?:incl\w*|counting|plus|with|along with|as well as|add(?:ing)?|total|altogether|together|too|also|as well|overall)\b"
)
"""Words by which a level is asked for beside the one before; "and the high ones?" asks for it in place of that."""
_LEVELLED = frozenset({"vulnerabilities", "findings", "threats"})
"""Queries of what has a level."""
_EVERY_LEVEL = "This is of every level, not only of those that were named."
_ONE_BY_ONE = "Each level stands by itself in the list; one that is not listed has none."


def measured(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Measured | None:
    """What tells the measure that is asked for of what was shown; None where something else is asked.

    Args:
        reading: the question.
        earlier: the calls of the answer before it.
        context: names, clock and queries.
    """
    if holds_share(earlier):
        return _of_another(earlier[0], earlier[1], reading, context)
    if len(earlier) != 1:
        return None
    call = earlier[0]
    if call.inputs.get("check") == "unused_keys" and _HOW_OLD.fullmatch(reading.text):
        return (call.having(check="old_keys"),), (NOT_COMBINED,), ()
    if call.query in _LEVELLED and _WITH_LEVELS.fullmatch(reading.text) and _SAYS_BOTH.search(reading.text):
        return _of_levels(call, reading)
    if call.query in _LEVELLED and (some := _some_levels(call, reading, context)):
        return some, (), ()
    return _share(call, reading, context) if _SHARE.fullmatch(reading.text) else None


_LIGHT = re.compile(
    r"<(?!p>)\w+>|\b(?:only|just|and|or|the|those|these|please|ones?|in|for|of|at|show|give|list|me|us|but|with|that|are|is|severity|level|them|findings?|vulnerabilit\w+|threats?|then|now|ok|so|what about|how about)\b|[\W]"
)
"""What may stand beside levels and a place where these are all that is asked."""
_RANGE = re.compile(
    r"\b(?:and|or) (?:above|higher|worse|up(?:wards?)?|over|more severe|greater|below|lower|under|down(?:wards?)?)\b|\b(?:at least|from|up to|above|over|below|under|upwards? of|up)\b|\+"
)


def _some_levels(call: PlannedCall, reading: Reading, context: Context) -> tuple[PlannedCall, ...]:
    """What was shown, of some levels and maybe in one place, where a few words name these and nothing else; else none.

    One level alone is read as any other word is.
    """
    query = context.queries[call.query]
    wanted = levels.severities(reading.text, allowed(query, "severity") or ())
    rest = _LIGHT.sub("", _RANGE.sub("", levels.PATTERN.sub("", reading.text)))
    if len(wanted) < _SEVERAL or rest or reading.when.mentions or reading.found.services:
        return ()
    said = fill(query, reading, context.names, context.now).inputs
    placed = {key: value for key, value in said.items() if key in PLACES}
    named = dict.fromkeys(PLACES) | placed if placed else {}
    return tuple(call.having(**named, severity=level) for level in wanted)


_SEVERAL = 2


def _share(call: PlannedCall, reading: Reading, context: Context) -> Measured | None:
    """What was shown in percent: as it stands there, or of the whole bill of its time."""
    if call.query != "spend":
        return ((call,), (), ()) if call.query in TELLS_PERCENT else None
    each = bool(_EACH.search(reading.text)) and not _OF_ALL.search(reading.text)
    narrowed = _NARROWER & {key for key, value in call.inputs.items() if value != "all"}
    # of places that were held against each other: the share of each, which stands beside it
    sides = narrowed == {"accounts"} and "," in str(call.inputs["accounts"]) and not _OF_ALL.search(reading.text)
    if not narrowed or each or (sides and call.inputs.get("by") in _SIDES):
        return ((call,), (), ()) if call.inputs.get("by", "service") not in UNSHARED else None
    if not _OF_ALL.search(reading.text) and not _AS_A_SHARE.search(reading.text):
        return None  # "what percentage is that?" may as well be of what was shown before it
    if not context.names.complete:
        return (call,), (SEEN_IN_PART,), ()
    named: dict[str, Any] = {}
    if reading.found.placed():
        said = fill(context.queries["spend"], reading, context.names, context.now).inputs
        named = {key: value for key, value in call.inputs.items() if key in PLACES}
        if not named or named != {key: said.get(key, value) for key, value in named.items()}:
            named = {key: value for key, value in said.items() if key in PLACES}
    part = call.having(by="none", top=None)
    whole = part.having(**(dict.fromkeys(_NARROWER) | named))
    if whole == part:
        return None
    return (part, whole), (), SHARE_OF


SHARE_OF = (Derivation(operation="share", picks=("total spend", "total spend")),)
"""What is worked out of a part of a bill and the whole of it."""


def holds_share(calls: Sequence[PlannedCall]) -> bool:
    """Whether two calls are a part of a bill and the whole of it."""
    if [call.query for call in calls] != ["spend", "spend"] or calls[1].inputs.get("by") != "none":
        return False
    part, whole = ({key: value for key, value in call.inputs.items() if key != "by"} for call in calls)
    return calls[0].inputs.get("by") in ("usage_type", "none") and part != whole and whole.items() <= part.items()


_ANOTHER = re.compile(
    rf"{_LEAD}(?:(?:what about|how about|same|for|in|of|the|at)\b ?)*(?:<(?:p|account|venue|team)>|[a-z0-9][\w.-]*(?: [a-z0-9][\w.-]*)?)\W*"
)
"""A time, a place or a service, and nothing else."""


def _of_another(part: PlannedCall, whole: PlannedCall, reading: Reading, context: Context) -> Measured | None:
    """The share of what is named in the place of what was, or in another time; None of anything else."""
    found, times = reading.found, len(reading.when.mentions) + bool(reading.when.relative)
    if not _ANOTHER.fullmatch(reading.text) or found.unknown or times + len(found.services) + bool(found.placed()) != 1:
        return None
    before = str(part.inputs.get("period", "last_month"))
    if times:
        said = (
            stepped(before, reading.when.relative, context.now)
            if reading.when.relative
            else reading.when.mentions[0].word
        )
        span = resolved(str(said), context.now)
        if span is None or span.start > context.now:
            return None
        return (part.having(period=said), whole.having(period=said)), (), SHARE_OF
    if found.services:
        other = part.having(part=None, usage_type=None, service=found.services[0])
    else:
        named = fill(context.queries["spend"], reading, context.names, context.now).inputs
        places = {key: value for key, value in named.items() if key in PLACES}
        if not places or any(key in whole.inputs for key in PLACES):
            return None
        other = part.having(**(dict.fromkeys(PLACES) | places))
    return (other, whole), (), SHARE_OF


def _of_levels(call: PlannedCall, reading: Reading) -> Measured | None:
    """All levels one by one, and those that are asked for together added up."""
    before = str(call.inputs.get("severity", "all"))
    said = {before, *re.findall(rf"\b{_LEVEL}\b", reading.text)}
    if call.query == "threats":
        return (call.having(severity=None),), (_EVERY_LEVEL,), ()
    if before == "all":
        return ((call,), (_ONE_BY_ONE,), ()) if call.inputs.get("by", "severity") == "severity" else None
    if said == {before}:
        return None
    picks = tuple(f"row {level}" for level in levels.ORDER if level in said)
    return (call.having(severity="all", by="severity"),), (_ONE_BY_ONE,), (Derivation(operation="sum", picks=picks),)
