"""Unheard: what a short follow-up names ("and snapshots?") has to be in a plan; one without it answers what nobody asked.

Which of the plans is meant is weighed by what most questions mean; here is what no weight makes good. A plan that comes to
the same as the one before answers "again please", and says nothing of a thing that it does not know.
"""
# ruff: noqa: E501 - words and patterns read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.inputs.taken_back import taken_back, wants_all
from agents.models.offline.intents.coverage import own_concepts
from agents.models.offline.naming.billed_parts import HOMES, parts_named
from agents.models.offline.naming.services import SERVICES
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.candidates import comes_to
from agents.models.offline.proposing.guarding import OF_A_BILL
from agents.models.offline.proposing.things import OF_THINGS, PRICE_OF
from agents.models.offline.proposing.variants import members
from agents.models.offline.reading import Reading
from agents.models.offline.topics import levels
from agents.models.offline.topics.choices import spans_of
from agents.models.offline.topics.lexicon import CONCEPTS
from agents.models.offline.weighing.settling import WHOLE_BILL
from agents.models.offline.words.light import SAYS_NOTHING
from agents.models.offline.words.text import NUMBERS, stem

_TAKES_UP = re.compile(
    r"^(?:(?:ok\w*|right|thanks|thank you|great|good|hmm+|so|now|then|yes|no|fine|well|please) ?,? )*"
    r"(?:(?:and|also|plus|or|but|what about|how about|what of|how much (?:for|on))\b,? ?)+(?P<what>.*?)\W*$"
)
_SAID = re.compile(
    r"\b(?:which|what|who|whom|whose|when|where|why|how|is|are|was|were|am|be|been|being|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must"
    r"|show|give|tell|list|name|split|break|compare|group|sort|order|rank|make|put|let|add|drop|take|use|see|look|want|need|keep|exclude|include|explain|check|find)\b"
)
"""Words of a sentence: it says more of what it asks for than a name does."""
_OTHERS = re.compile(r"\b(?:the )?(?:others?|rest|remaining|remainder|else)\b(?! of\b)")
"""What was not shown before: what was is no answer."""
_WORD = re.compile(r"(?<![<\w./-])[a-z][a-z-]+(?![>\w])")
_NICKS = frozenset(part for nick in SERVICES for part in nick.replace("-", " ").split())


def _named(reading: Reading) -> str:
    """What stands behind "and" or "what about"; empty where a sentence does, or nothing."""
    match = _TAKES_UP.match(reading.text)
    return match["what"] if match and not _SAID.search(match["what"]) else ""


_THERE = re.compile(
    r"\bthere\b(?! (?:is|are|was|were|has|have|any)\b)(?<!are there)(?<!is there)(?<!was there)(?<!were there)"
)
_SAME_ONES = re.compile(
    r"\b(?:they|them|those|these|it)\b(?! (?:week|month|quarter|year|day|night|morning|afternoon|evening)s?\b)"
)
_THAT_TIME = re.compile(
    r"\b(?:just (?:before|after)|right (?:before|after)|around (?:then|that time)|at (?:the|that) (?:same )?time|(?:before|after) that)\b"
)
_AGAINST = re.compile(r"\b(?:than|versus|vs|against|compar(?:e[sd]?|ed|ison|ing))\b")


def may_be_unheard(reading: Reading, earlier: Sequence[PlannedCall]) -> bool:
    """Whether a question is a follow-up of a kind that plans are held against."""
    points = (PRICE_OF, _THERE, _SAME_ONES, _THAT_TIME, _AGAINST)
    return bool(earlier) and bool(
        _named(reading) or wants_all(reading.text) or any(pattern.search(reading.text) for pattern in points)
    )


def unheard(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> str | None:
    """What a follow-up says that a plan makes nothing of, though it had to; None if there is no such thing.

    Args:
        calls: the plan.
        reading: the follow-up.
        earlier: the calls before.
        context: what exists.
    """
    if word := _unpriced(calls, reading, earlier, context) or _not_pointed_at(calls, reading, earlier, context):
        return word
    what = _named(reading)
    others = _OTHERS.search(what)
    wider = any(taken_back(reading.text, one.inputs) & one.inputs.keys() for one in earlier)
    if (others or wider) and _repeats(calls, earlier, context):
        return others[0] if others else "all of them"
    if not what:
        return None
    start = reading.text.rfind(what)
    named = [word for word in _WORD.finditer(reading.text, start, start + len(what)) if _names(word[0])]
    if not named:
        return None if wider or WHOLE_BILL.search(reading.text) or _of_the_same(calls, earlier) else "that"
    if not all(any(_adds_nothing(call, one) for one in earlier) for call in calls):
        return None
    known = [any(is_about(call, word, reading, context) for call in calls) for word in named]
    return next((word[0] for word, held in zip(named, known, strict=True) if not held), None)


def _repeats(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], context: Context) -> bool:
    """Whether one of these calls was made before."""
    before = {comes_to(one, context) for one in earlier}
    return any(comes_to(one, context) in before for one in calls)


def _of_the_same(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall]) -> bool:
    """Whether the same is asked of another place or time, and nothing of what it was asked of is left out."""
    domains = {one.domain for one in earlier}
    return any(call.domain in domains for call in calls) and not any(_forgets(one, calls) for one in earlier)


def _places(call: PlannedCall, context: Context) -> frozenset[str]:
    """The accounts that a call is narrowed to; a team by its name."""
    teams = {f"team {call.inputs['team']}"} if "team" in call.inputs else set()
    return frozenset({*members(str(call.inputs.get("accounts", "")), context), *teams})


def _not_pointed_at(
    calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> str:
    """The word that points at a place, a time or things of before which a plan has not; empty where there is none."""
    text = reading.text
    places = [_places(call, context) for call in calls]
    if _THERE.search(text) and not reading.found.placed() and not any(places):
        return "there"
    if reading.found.placed() and _AGAINST.search(text):
        before = frozenset().union(*(_places(one, context) for one in earlier))
        if before and all(call.domain == "cost" for call in calls) and not before <= frozenset().union(*places):
            return "that"
    pointed = _SAME_ONES.search(text) or PRICE_OF.search(text)
    if pointed and not wants_all(text) and any(_forgets(one, calls) for one in earlier):
        return pointed[0]
    timed = any("period" in one.inputs for one in earlier) and not reading.when.mentions
    if timed and (match := _THAT_TIME.search(text)):
        fields = [fields_of(context.queries[call.query]) for call in calls]
        if any("period" in of and "period" not in call.inputs for call, of in zip(calls, fields, strict=True)):
            return match[0]
    return ""


_NARROWER = frozenset({"accounts", "team", "venue", "service", "part", "usage_type", "region"})


def _brief(call: PlannedCall, context: Context) -> bool:
    period = resolved(str(call.inputs.get("period")), context.now)
    return period is not None and period.days <= 1


def _unpriced(calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> str:
    """The word for what a price is asked of, where a plan gives the whole bill, or no price; empty where there is none.

    A list of accounts has its price in the bill that is split, and what happened on a day in the bill of that day.
    """
    match = PRICE_OF.search(reading.text)
    if match is None or any(one.query in OF_A_BILL for one in earlier):
        return ""
    told_apart = _NARROWER | ({"by"} if any(one.query == "account_list" for one in earlier) else set())
    bills = [call for call in calls if call.domain == "cost"]
    days = {str(one.inputs.get("period"))[:10] for one in earlier if _brief(one, context)}
    whole = any(
        call.query in OF_A_BILL and not told_apart & call.inputs.keys() and call.inputs.get("period") not in days
        for call in bills
    )
    missed = not bills and any(one.query in OF_THINGS for one in earlier)
    return next(word for word in match.groups() if word) if whole or missed else ""


def _adds_nothing(call: PlannedCall, before: PlannedCall) -> bool:
    """Whether a call is the one before, or that one without some of what it was narrowed to."""
    given = {key: value for key, value in call.inputs.items() if key not in ("by", "top")}
    return call.query == before.query and given.items() <= before.inputs.items()


_SUBJECT = frozenset({"service", "part", "kind", "check", "severity", "only", "name", "action", "resource", "rule"})


def _forgets(before: PlannedCall, calls: Sequence[PlannedCall]) -> bool:
    """Whether the same is asked again, and what it was asked of is left out."""
    again = [call for call in calls if call.query == before.query or {call.query, before.query} <= OF_A_BILL]
    return bool(again) and any(_SUBJECT & before.inputs.keys() and not _SUBJECT & call.inputs.keys() for call in again)


def _names(word: str) -> bool:
    return word not in SAYS_NOTHING and word not in NUMBERS


def is_about(call: PlannedCall, word: re.Match[str], reading: Reading, context: Context) -> bool:
    """Whether a call is about what a word names: by the query itself, or by an input."""
    values = [str(value).casefold() for value in call.inputs.values()]
    roots = {stem(part)[:6] for value in values for part in re.split(r"[^a-z0-9]+", value) if part}
    if roots & {stem(part)[:6] for part in word[0].split("-")} or word[0] in (reading.hint, reading.user):
        return True
    if word[0] in _NICKS and any(name.casefold() in values for name in reading.found.services):
        return True
    part = str(call.inputs.get("part", ""))
    if part and part in parts_named(reading.text, HOMES[part]):
        return True
    query = context.queries[call.query]
    spans = [match.span() for name in own_concepts(call.query) for match in CONCEPTS[name].finditer(reading.text)]
    for key in fields_of(query):
        given = str(call.inputs.get(key, fields_of(query)[key].get("default"))).split(",")
        spans += [
            (a, b)
            for a, b, value in spans_of(call.query, key, reading.text, allowed(query, key))
            if str(value) in given
        ]
    if "severity" in call.inputs:
        spans += [match.span() for match in levels.PATTERN.finditer(reading.text)]
    return any(a <= word.start() < b for a, b in spans)
