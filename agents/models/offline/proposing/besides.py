"""Besides: what stands beside what was shown: the months before a forecast, a usual day, what was unusual, who is a person.

A few words ask for it and name none of the things: these are as they were shown.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.periods import names_same_days, resolved
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.anchored import BILLED, compares, only_a_time
from agents.models.offline.proposing.guarding import OF_A_BILL
from agents.models.offline.reading import Reading
from agents.models.offline.times.dates import span

Besides = tuple[tuple[PlannedCall, ...], tuple[str, ...]]
"""Calls, and sentences about what they do not tell."""
_LEAD = r"\W*(?:(?:and|so|but|ok|okay|then|now|well|please)\b\W*)*"
_USUAL_WORD = r"(?:normal(?:ly)?|usual(?:ly)?|typical(?:ly)?|ordinar(?:y|ily)|baseline)"
_USUAL = re.compile(
    rf"{_LEAD}(?:what|how (?:much|high))\b(?=.*\b{_USUAL_WORD}\b)(?: (?:is|was|are|were|do|does|did|would|it|that|this|they|we|be|the|an?|our|on|per|in|at|for|of|each|every|then|there|here|so"
    rf"|costs?|spend|spent|pay|paid|value|level|amount|bill|figure|days?|daily|{_USUAL_WORD}))*\W*"
)
"""What was billed on a day that is like any other, of what was shown."""
_EXTRA = re.compile(
    rf"{_LEAD}(?:how much|what)(?: (?:is|was|are|were))?(?: (?:it|that|this|the))? (?:extra|above (?:what is )?{_USUAL_WORD}|more than (?:what is )?{_USUAL_WORD}|too much|over {_USUAL_WORD})"
    r"(?: (?:is|was|did|has|have|had|it|that|this|they|we|costs?|cost us|pay|paid|spend|spent|then|in total|in all|altogether|us))*\W*"
)
"""What was billed above what is usual, where one bill was shown."""
_BY_THE_HOUR = re.compile(
    rf"{_LEAD}(?:what|how much)(?=.*\bhour)(?: (?:is|are|was|do|does|did|it|they|that|these|those|the|their|its|each|all|of|one|ones|costs?|price|rate|commitments?|worth|us|we|pay|for|them|per|an|every|by|hour|hourly))+\W*"
)
"""What commitments that were shown cost an hour."""
_ACTORS = r"(?:people|persons?|humans?|somebody|someone|hands?|pipelines?|automation|automated|automatic(?:ally)?|robots?|bots?|scripts?|manual(?:ly)?)"
_BY_PEOPLE = re.compile(
    rf"{_LEAD}(?=.*\b{_ACTORS}\b)(?:(?:only|just|merely|which|what|how many|show|list|give|me|those|these|them|they|the|ones?|changes?|of|that|were|was|are|is|made|done|did|who|it|by|an?|any|actual|real|from"
    rf"|not|and|but|or|no|without|excluding|except|leave out|ignore|ci|cd|deployments?|rather than|instead of|{_ACTORS})\b\W*)+"
)
"""Which of the changes that were shown people made, or no pipeline."""
_CREDITS = r"(?:aws )?(?:credits?|refunds?)(?: and (?:credits?|refunds?))?"
_GROSS_OR_NET = re.compile(
    rf"{_LEAD}(?:(?:is|are|was|were) )?(?:(?:it|that|this|they|these|those|the (?:figures?|numbers?|amounts?|costs?|total)) )?(?:(?:is|are|was|were) )?(?:gross or net|net or gross|(?:before or after|after or before|with or without) (?:the )?{_CREDITS})"
    r"(?:[\s,]+(?:what|which)(?: of (?:them|the two|both))?)?(?: (?:is|are|was|were|it|that|this|they|these|those|here|then|figures?|numbers?))*\W*"
)
NET = "This is net: after credits and refunds."
GROSS = "This is gross: before credits and refunds."
_SINCE_MADE = re.compile(
    rf"{_LEAD}(?=.*\b(?:accounts?|logins?|users?|created|made|added|set up|exist\w*|around|here|with us|own\w*)\b)(?:since when|from when|when|(?:for )?how long(?: ago)?|how old)(?: (?:did|do|does|have|has|had|are|is|were|was|been|there|they|he|she|these|those|it|that|the|their|each of (?:them|those)|users?|people|persons?|logins?|accounts?))*"
    r"(?: (?:an?|any|such|the|their|our|get|got|given|hold|own|own(?:ed)?|receive[d]?|accounts?|logins?|users?|created|made|added|set up|exist(?:ed)?|existing|around|here|been|there|with us|already|now|each))*\W*"
)
"""How long users have existed, which the list of those with administrator rights tells."""
_CREATED = "Told is how many days ago each user was created; since when they have those rights is not known here."
_MONTH, _BACK = 31, timedelta(days=30)
"""Days of one month at most, and how far is looked back for what is usual."""
_SOME = timedelta(days=14)
"""How far is looked back for what is usual of a metric."""
_WHOLE, _HALF_A_YEAR = 28, timedelta(days=155)
"""Days of a month at least, and how far before the last of some months their first one begins: six with it."""
_A_DAY = re.compile(r"\b(?:days?|daily)\b")
_PART = ("service", "part")
_BOTH_GROSS = (
    "The bill stands beside the forecast, and is gross like it: mind that they may be of different lengths of time."
)
_BEFORE_THEN = (
    "What is usual is taken from the days before those that were shown; some of them may be unusual themselves."
)
_MONTHS_BEFORE = "What is usual is taken from the months before the one that was shown."
_FOUND = "This is what AWS holds for unusual spend there; what it did not find unusual is not in it."
_ALL_FOUND = "It is of all services there, and not only of the one that was shown."
_NO_PEOPLE = (
    "This is not narrowed to the changes that people made: by whom each was made stands in its row, a role by its name and "
    "a person without one. Ask who changed something then to have the names."
)


def besides(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Besides | None:
    """What is asked beside what was shown; None where something else is asked.

    Args:
        reading: the question.
        earlier: the calls of the answer before it.
        context: names, clock and queries.
    """
    if not earlier or reading.found.any():
        return None
    call, again = earlier[0], [one.query for one in earlier] == ["forecast", "spend"]
    if (call.query == "forecast" and compares(reading)) or (again and only_a_time(reading)):
        return _billed(call, reading, context)
    if len(earlier) != 1:
        return None
    if call.query == "recent_changes" and not reading.when.mentions and _BY_PEOPLE.fullmatch(reading.text):
        return (call,), (_NO_PEOPLE,)
    if call.query in OF_A_BILL and _GROSS_OR_NET.fullmatch(reading.text):
        return (call,), (NET if call.query in BILLED and call.inputs.get("net", True) else GROSS,)
    if call.inputs.get("check") == "over_privileged" and _SINCE_MADE.fullmatch(reading.text):
        return (call,), (_CREATED,)
    if call.query == "commitments" and _BY_THE_HOUR.fullmatch(reading.text):
        return (call,), ()
    if call.query == "metric" and not reading.when.mentions and _USUAL.fullmatch(reading.text):
        return _measured(call, context)
    if call.query != "spend" or reading.when.mentions:
        return None
    if _USUAL.fullmatch(reading.text):
        return _usual(call, reading, context)
    return _unusual(call, context) if _EXTRA.fullmatch(reading.text) else None


def _billed(call: PlannedCall, reading: Reading, context: Context) -> Besides | None:
    """A forecast with what was billed in the time that is named, of the same things and places."""
    if "spend" not in context.queries or not reading.when.mentions or names_same_days(reading):
        return None
    word = reading.when.mentions[0].word
    period = resolved(word, context.now)
    if period is None or period.start >= context.now:
        return None
    kept = {key: value for key, value in call.inputs.items() if key in (*PLACES, *_PART)}
    split = {"by": "month" if period.days > _MONTH else "none"}
    bill = PlannedCall(query="spend", domain="cost", inputs={**kept, **split, "period": word, "net": False})
    return (call, bill), (_BOTH_GROSS,)


def _usual(call: PlannedCall, reading: Reading, context: Context) -> Besides | None:
    """The same bill by day, of the days before those that were shown; of a month, by the months before it."""
    period = resolved(str(call.inputs.get("period", "last_month")), context.now)
    if period is None or period.days > _MONTH:
        return None
    last = period.start - timedelta(days=1)
    if period.days >= _WHOLE and not _A_DAY.search(reading.text):
        first = last - _HALF_A_YEAR
        return (call.having(by="month", period=f"{first:%Y-%m}..{last:%Y-%m}", top=None),), (_MONTHS_BEFORE,)
    return (call.having(by="day", period=span((period.start - _BACK).date(), last.date()), top=None),), (_BEFORE_THEN,)


def _measured(call: PlannedCall, context: Context) -> Besides | None:
    """The same metric over the days before that of which it was shown."""
    period = resolved(str(call.inputs.get("period", "last_24_hours")), context.now)
    if period is None or period.days > _MONTH:
        return None
    before = span((period.start - _SOME).date(), (period.start - timedelta(days=1)).date())
    return (call.having(period=before),), (_BEFORE_THEN,)


def _unusual(call: PlannedCall, context: Context) -> Besides | None:
    """What AWS found unusual in the place of a bill: what was spent above what is usual is told of each."""
    if "cost_anomalies" not in context.queries:
        return None
    where = {key: call.inputs[key] for key in ("accounts",) if key in call.inputs}
    for key in ("team", "venue"):
        if key in call.inputs:
            where.setdefault("accounts", f"{key}:{call.inputs[key]}")
    return (PlannedCall(query="cost_anomalies", domain="cost", inputs=where),), (
        (_FOUND, _ALL_FOUND) if {*_PART, "usage_type"} & call.inputs.keys() else (_FOUND,)
    )
