"""Anchored: a short question that compares with a time ("versus July?") holds what was shown last against that time.

What is compared is what the last answer was of: its things, its place and its time, and not the month that a question
without a time is about.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of
from agents.models.offline.inputs.periods import a_year_ago, for_pair, names_same_days, resolved, same_days, stepped
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.times.dates import word_of
from tools.periods import previous

_IT = r"(?:that|it|this|they|them|those|these)"
_LEAD = r"^\W*(?:(?:and|so|ok|or|but|now|then|en|what about|how about)\b\W*)*"
_FILLING = r"(?:(?:in|on|at|of|for|from|the|that|those|what|it|was|were|is|we|spent|paid|had|cost|our|costs|spend|bill|figure|one|same|days|numbers)\b ?)*"
_COMPARES = re.compile(
    rf"{_LEAD}(?:(?:{_IT} )?(?:versus|vs|against|relative to|than|compar(?:e|ed|ing)(?: {_IT})? (?:to|with|against)|in comparison (?:to|with))"
    rf"|how (?:does|do|did|is) {_IT} (?:compare|look|stack up|hold up)(?: now)? (?:to|with|against)"
    rf"|(?:is|are|was|were) {_IT} (?:much |any |a lot |really )?(?:more|less|higher|lower|worse|better|up|down|bigger|smaller|cheaper|dearer|fewer)(?: expensive)? (?:than|from|on|compared (?:to|with)|versus))"
    rf" {_FILLING}<p>\W*$"
)
"""A comparison with a time, and nothing else."""
_A_TIME = re.compile(rf"{_LEAD}(?:(?:in|to|with|than|for|from|the)\b ?)*<p>\W*$")
"""A time, and nothing else: after a comparison, what the same is held against as well."""
_THE_TWO = re.compile(r"^\W*compare the two\W*$")
"""As it is said of the last two answers: see `reaching.reached`."""
_OF_A_BILL = frozenset({"spend", "spend_change"})


def compares(reading: Reading) -> bool:
    """Whether a question only holds what was shown before it against one time."""
    return bool(_COMPARES.match(reading.text)) and len(reading.when.mentions) + bool(reading.when.relative) == 1


def anchored(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> tuple[PlannedCall, ...]:
    """What was billed as it was shown, held against the time that is named; empty where that is not what is asked."""
    if len(earlier) > 1 and len({call.query for call in earlier}) == 1 and _THE_TWO.match(reading.text):
        return tuple(earlier)
    again = _goes_on(reading, earlier, context)
    if not earlier or not (compares(reading) or again):
        return ()
    held = [_held(call, reading, context, again=again) for call in earlier]
    return tuple(one for one in held if one) if all(held) else ()


def _goes_on(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> bool:
    """Whether a time alone follows a comparison of two times, and lies apart from the later of them."""
    if len(earlier) != 1 or earlier[0].query != "spend_change" or "compared_to" not in earlier[0].inputs:
        return False
    if not _A_TIME.match(reading.text) or len(reading.when.mentions) + bool(reading.when.relative) != 1:
        return False
    if reading.when.relative:
        return True
    one, other = resolved(str(earlier[0].inputs.get("period")), context.now), resolved(_named(reading), context.now)
    return bool(one and other and (other.end <= one.start or one.end <= other.start))


def _named(reading: Reading) -> str:
    return reading.when.mentions[0].word


def _held(call: PlannedCall, reading: Reading, context: Context, *, again: bool) -> PlannedCall | None:
    """One bill against the time that is named; None of what is no bill, or of no time that has been."""
    if call.query not in _OF_A_BILL:
        return None
    period = str(call.inputs.get("period", "last_month"))
    base = _other_side(call, period, context) if again and reading.when.relative != "year_before" else period
    if reading.when.relative:
        against = stepped(base, reading.when.relative, context.now)
    elif names_same_days(reading):
        against = same_days(reading, context.now) if period == "month_to_date" else None
    elif _named(reading) == "last_year" and (ago := a_year_ago(period, context.now)):
        against = ago  # a month is compared with the same month of it
    else:
        period, against = for_pair(period, _named(reading), context.now)
    if not _apart(period, against, context):
        return None
    fields, splits = fields_of(context.queries["spend_change"]), allowed(context.queries["spend_change"], "by") or ()
    kept = {key: value for key, value in call.inputs.items() if key in fields and key != "top"}
    if kept.get("by") not in splits:
        kept.pop("by", None)
    inputs = {**kept, "period": period, "compared_to": against}
    return PlannedCall(query="spend_change", domain=call.domain, inputs=inputs)


def _other_side(call: PlannedCall, period: str, context: Context) -> str:
    """The earlier one of the two times that a comparison was of."""
    said = str(call.inputs.get("compared_to", "previous"))
    span = resolved(period, context.now)
    return word_of(previous(span)) if said == "previous" and span else said


def _apart(period: str, against: str | None, context: Context) -> bool:
    """Whether both are times that have been, and not the same one."""
    one, other = resolved(period, context.now), resolved(str(against), context.now)
    return bool(one and other) and one != other and (one.start, one.end) != (other.start, other.end)  # type: ignore[union-attr]
