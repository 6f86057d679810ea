"""Anchored: a short question that compares with a time ("versus July?") holds what was shown last against that time.

What is compared is what the last answer was of: its things, its place and its time, and not the month that a question
without a time is about.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of
from agents.models.offline.inputs.periods import (
    a_year_ago,
    for_forecast,
    for_pair,
    names_same_days,
    resolved,
    same_days,
    since,
    stepped,
)
from agents.models.offline.plan import BILLED_FOR, PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.times.dates import word_of
from agents.models.offline.times.stretches import kind
from agents.models.offline.times.when import FUTURE
from tools.periods import previous

_IT = r"(?:that|it|this|they|them|those|these)"
_LEAD = r"^\W*(?:(?:and|so|ok|or|but|now|then|en|what about|how about)\b\W*)*"
_FILLING = r"(?:(?:in|on|at|of|for|from|the|that|those|what|it|was|were|is|we|spent|paid|had|cost|our|costs|spend|bill|figure|one|same|days|numbers|point|stage|period|time)\b ?)*"
_MORE = r"(?:more|less|higher|lower|worse|better|up|down|bigger|smaller|cheaper|dearer|fewer)"
_ROSE = r"(?:go(?:ne)? up|go(?:ne)? down|went up|went down|r[io]se|risen|gr[eo]w|grown|increased?|fall|fell|fallen|dropp?(?:ed)?|decreased?|changed?)"
_SIDE = (
    r"(?:versus|vs|against|relative to|(?:as )?opposed to|set against|next to|beside|compar(?:e|ed|ing)(?: \w+)? (?:to|with|against)|in comparison (?:to|with)"
    r"|(?:the )?(?:difference|delta|change|increase|decrease|growth|rise|drop) (?:with|to|from|since|on|over|versus|against|compared (?:to|with)))"
)
"""Words behind which stands what is compared with."""
_COMPARES = re.compile(
    rf"{_LEAD}(?:(?:(?:what|how much) (?:is|was) )?(?:{_IT} )?(?:{_SIDE}|than|(?:the )?same as)"
    rf"|how (?:does|do|did|is) {_IT} (?:compare|look|stack up|hold up)(?: now)? (?:to|with|against)"
    rf"|(?:(?:is|are|was|were) {_IT} |how )?(?:much |any |a lot |really )?{_MORE}(?: or {_MORE})?(?: expensive)? (?:than|from|on|compared (?:to|with)|versus)"
    rf"|(?:is|are|was|were) {_IT} {_MORE}(?: expensive)?(?= (?:in|at|during)\b)"
    rf"|how (?:much|many) {_MORE} (?:is|are|was|were) {_IT} (?:than|compared (?:to|with)|versus)"
    rf"|(?:how (?:much )?)?(?:did|has|have|had) {_IT} {_ROSE} (?:from|since|on|over|compared (?:to|with)|versus)"
    rf"|(?:which|what)(?: ones?| of {_IT})?(?: (?:has|have|did))? {_ROSE} (?:by )?(?:the )?(?:most|least|fastest)(?: (?:{_SIDE}|than|from|since|on|over))?)"
    rf" {_FILLING}<p>(?: 's)?\W*$"
)
"""A comparison with a time, and nothing else."""
_A_TIME = re.compile(rf"{_LEAD}(?:(?:in|to|with|than|dan|for|from|since|on|the)\b ?)*<p>\W*$")
"""A time, and nothing else: after a comparison, what the same is held against as well."""
_HELD_AGAINST = re.compile(rf"\b(?:than|{_SIDE}|{_ROSE} (?:from|since|on|over))\b")
"""A comparison, in whatever words stand around it."""
_THE_TWO = re.compile(r"^\W*compare the two\W*$")
"""As it is said of the last two answers: see `reaching.reached`."""
BILLED = frozenset({"spend", "spend_change"})
"""Queries of what was billed already."""


def compares(reading: Reading) -> bool:
    """Whether a question only holds what was shown before it against one time."""
    return bool(_COMPARES.match(reading.text)) and _times(reading) == 1


def anchored(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> tuple[PlannedCall, ...]:
    """What was billed as it was shown, held against the time that is named; empty where that is not what is asked."""
    if len(earlier) > 1 and len({call.query for call in earlier}) == 1 and _THE_TWO.match(reading.text):
        return tuple(earlier)
    if ahead := _ahead(reading, earlier, context):
        return ahead
    again = _goes_on(reading, earlier, context)
    if not earlier or not (compares(reading) or again):
        return ()
    held = [_held(call, reading, context, again=again) for call in earlier]
    return tuple(one for one in held if one) if all(held) else ()


def _ahead(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> tuple[PlannedCall, ...]:
    """The forecast of what was billed, where a time to come is all that is said ("and next month?")."""
    if len(earlier) != 1 or earlier[0].query != "spend" or not only_a_time(reading):
        return ()
    asked, of = for_forecast(reading, context.now), {k: v for k, v in earlier[0].inputs.items() if k not in _SHOWN}
    if (
        not all(asked)
        or not {mention.word for mention in reading.when.mentions} & FUTURE
        or not of.keys() <= _FORECAST_OF
    ):
        return ()
    word = str(asked[0])
    inputs = {**of, "months" if word[0].isdigit() else "period": word}
    return (PlannedCall(query="forecast", domain="cost", inputs=inputs),)


_SHOWN, _FORECAST_OF = frozenset({"period", "by", "top"}), frozenset({"accounts", "service"})


def _goes_on(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> bool:
    """Whether a time alone follows a comparison of two times, and lies apart from the later of them."""
    if len(earlier) != 1 or earlier[0].query != "spend_change" or "compared_to" not in earlier[0].inputs:
        return False
    if not _A_TIME.match(reading.text) or _times(reading) != 1:
        return False
    if reading.when.relative:
        return True
    one, other = (
        resolved(str(earlier[0].inputs.get("period")), context.now),
        resolved(_named(reading, context.now), context.now),
    )
    return bool(one and other and (other.end <= one.start or one.end <= other.start))


def holds_the_two(reading: Reading) -> bool:
    """Whether the last two answers are to be held against each other."""
    return bool(_THE_TWO.match(reading.text))


def only_a_time(reading: Reading) -> bool:
    """Whether a question says one time and nothing else."""
    return bool(_A_TIME.match(reading.text)) and _times(reading) == 1


def without_anchor(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], now: datetime
) -> bool:
    """Whether a comparison of a bill leaves out the time, the place or the thing that was shown, though it names one time."""
    before = earlier[0]
    if before.query not in BILLED or not _HELD_AGAINST.search(reading.text) or _times(reading) > 1:
        return False
    bills = [call for call in calls if call.query in BILLED]
    if not bills:
        return False
    if _times(reading) == 1 and not any(_is_at(call, before, now) for call in bills):
        return True
    return any(
        before.inputs[key] not in [call.inputs.get(key) for call in bills] for key in BILLED_FOR & before.inputs.keys()
    )


def compares_as_shown(calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall]) -> bool:
    """Whether a whole question holds something that was shown, as it was split or narrowed, against the one time it names."""
    if [call.query for call in calls] != ["spend_change"] or not earlier or earlier[0].query not in BILLED:
        return False
    if _times(reading) != 1 or "compared_to" not in calls[0].inputs:
        return False
    of = {key: value for key, value in calls[0].inputs.items() if key not in ("period", "compared_to")}
    return bool(of) and of.items() <= earlier[0].inputs.items()


def _is_at(call: PlannedCall, before: PlannedCall, now: datetime) -> bool:
    """Whether a bill is of a time that another one is of, on either side of a comparison."""
    return bool({resolved(word, now) for word in _words_of(call)} & {resolved(word, now) for word in _words_of(before)})


def strays_in_time(call: PlannedCall, before: PlannedCall, now: datetime) -> bool:
    """Whether a comparison is of no time that was shown."""
    return "compared_to" in call.inputs and not _is_at(call, before, now)


def _words_of(call: PlannedCall) -> tuple[str, ...]:
    """The times that a bill is of, as they are said."""
    return str(call.inputs.get("period", "last_month")), *(
        [str(said)] if (said := call.inputs.get("compared_to")) else []
    )


def _times(reading: Reading) -> int:
    return len(reading.when.mentions) + bool(reading.when.relative)


def _named(reading: Reading, now: datetime) -> str:
    """The time that is named; of "since July" that month, and of "since Q2" that quarter."""
    said = reading.when.mentions[0]
    begun = resolved(said.word, now) if said.open_start else None
    return since(said, now) if begun and begun.start.day == 1 else said.word


def _held(call: PlannedCall, reading: Reading, context: Context, *, again: bool) -> PlannedCall | None:
    """One bill against the time that is named; None of what is no bill, or of no time that has been."""
    if call.query not in BILLED:
        return None
    period = str(call.inputs.get("period", "last_month"))
    period, against = _sides(call, period, reading, context, again=again)
    if not _apart(period, against, context):
        return None
    fields, splits = fields_of(context.queries["spend_change"]), allowed(context.queries["spend_change"], "by") or ()
    kept = {key: value for key, value in call.inputs.items() if key in fields and key != "top"}
    if kept.get("by") not in splits:
        kept.pop("by", None)
    inputs = {**kept, "period": period, "compared_to": against}
    return PlannedCall(query="spend_change", domain=call.domain, inputs=inputs)


def _sides(
    call: PlannedCall, period: str, reading: Reading, context: Context, *, again: bool
) -> tuple[str, str | None]:
    """The time that is compared, and the one that it is held against: none where that is not known."""
    base = _other_side(call, period, context) if again and reading.when.relative != "year_before" else period
    if again and (moved := _both_back(reading, period, base, context)):
        return moved
    if reading.when.relative:
        against = stepped(base, reading.when.relative, context.now)
        if call.query == "spend_change" and _alike(against, _other_side(call, period, context), context):
            return period, stepped(str(against), reading.when.relative, context.now)  # that one is shown already
        return period, against
    if names_same_days(reading) and (period == "month_to_date" or kind(period) != "month"):
        return period, same_days(reading, context.now) if period == "month_to_date" else None
    if _named(reading, context.now) == "last_year" and (ago := a_year_ago(period, context.now)):
        return period, ago  # a month is compared with the same month of it
    return for_pair(period, _named(reading, context.now), context.now)


_BACK = frozenset({"before", "day_before", "week_before", "month_before", "quarter_before"})
_A_STEP = re.compile(rf"{_LEAD}(?:(?:in|for|the)\b ?)*<p>\W*$")
"""A step in time with no word by which it is what the same is held against ("and to the month before?")."""


def _both_back(reading: Reading, period: str, other: str, context: Context) -> tuple[str, str] | None:
    """Both times of a comparison, each a step back, where that is all that is said; None where a step is not as long as they."""
    if reading.when.relative not in _BACK or not _A_STEP.match(reading.text):
        return None
    steps = [(word, stepped(word, reading.when.relative, context.now)) for word in (period, other)]
    spans = [(resolved(word, context.now), resolved(str(moved), context.now)) for word, moved in steps]
    if not all(now and moved and moved.end == now.start for now, moved in spans):
        return None
    return str(steps[0][1]), str(steps[1][1])


def _other_side(call: PlannedCall, period: str, context: Context) -> str:
    """The earlier one of the two times that a comparison was of."""
    said = str(call.inputs.get("compared_to", "previous"))
    span = resolved(period, context.now)
    return word_of(previous(span)) if said == "previous" and span else said


def _alike(one: str | None, other: str, context: Context) -> bool:
    """Whether two words say the same time."""
    held = [resolved(str(word), context.now) for word in (one, other)]
    return None not in held and len({(span.start, span.end) for span in held if span}) == 1


def _apart(period: str, against: str | None, context: Context) -> bool:
    """Whether both are times that have been, and not the same one."""
    one, other = resolved(period, context.now), resolved(str(against), context.now)
    return one is not None and other is not None and (one.start, one.end) != (other.start, other.end)
