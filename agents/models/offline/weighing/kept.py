"""Kept: what a follow-up totals or compares is what was shown before it, and never all that is spent instead."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from agents.models.offline.inputs.periods import a_year_ago
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.anchored import (
    compares,
    holds_the_two,
    only_a_time,
    strays_in_time,
    without_anchor,
)
from agents.models.offline.proposing.deeds import DEEDS
from agents.models.offline.proposing.guarding import DID_THAT, MONEY, OF_A_BILL, of_everybody
from agents.models.offline.reading import Reading
from agents.models.offline.times.when import FUTURE
from agents.models.offline.topics.of_shown import of_shown

_TOTAL = re.compile(
    r"\W*(?:(?:and|so|ok) )?(?:(?:how much|how many|what) (?:is (?:it|that) )?)?(?:the |in )?(?:total|altogether|all in all|in all)\W*"
)
_THE_TWO = re.compile(
    r"\bcompare (?:them|both|the two|those|these)\b|\bwhich (?:one|of (?:the two|them|those|these))\b.*\b(?:rose|grew|fell|dropped|increased|decreased|changed)\b"
    r"|\W*(?:and )?(?:what is )?the difference\W*$|\bwhat (?:percentage|percent|share|part|proportion|fraction)(?: of (?:the|our) (?:total|bill|whole|spend))? (?:is|are|was|were) (?:that|it|this|they|those)\b"
)
_AGAINST_A_TIME = re.compile(r"\b(?:compar\w+|versus|vs)\b")
_MOVES = re.compile(
    r"^\W*(?:and |so )?(?:is|are|was|were) (?:it|that|this|they|those|these) (?:growing|rising|increasing|going up|shrinking|falling|decreasing|going down)\b"
)
_LEVELLED = frozenset({"findings", "threats", "vulnerabilities"})
_LEVEL = re.compile(r"^\W*(?:and |only |just |the )*(?:critical|high|medium|low|severe)(?: (?:ones|only))?\W*$")
_THE_ONE = re.compile(
    r"^\W*(?:(?:and|so|but|ok) )*(?:how (?:old|long|big|large|many days)|since when|for how long|when|where|which|what) (?:\w+ ){0,2}?the (?:very )?"
    r"(?:oldest|newest|latest|most recent|first|second|last|biggest|largest|smallest|worst|longest|top)(?: ones?)?(?: (?:of|among) (?:them|these|those))?\W*$"
)
"""One of those that were shown, and no word of what it is: "how old is the oldest?"."""
_SAYS_MORE = re.compile(
    r"^\W*(?:(?:and|but|only|just|so) )*(?:with|without|from|via|using)\b(?!.*\b(?:is|are|was|were|did|do|does|has|have)\b)"
)
"""What says more of what was shown, with no verb: "with MFA?", "from where?"."""
_USED_MFA = re.compile(
    r"\b(?:did|had|was|were|have|has) (?:they|he|she|it|that|this) (?:use|used|using|have|had|do|done|go|sign\w* ?in|log\w* ?in)\b.*\b(?:mfa|second factor|two[- ]factor|2fa)\b"
)
"""What is asked of a sign-in that was looked for: not who of all users has no MFA."""
_COUNTS_APART = re.compile(
    r"^\W*(?:(?:and|so|ok|but) )*how many(?: (?:of )?(?:them|those|these|ones|are there|there are|do we have|are they))*(?: (?:are|is) there)? (?:per|by|in each|in every|for each|for every)\b"
)
"""How many of what was shown each place has: a list of the places does not count it."""
_OF_ONE = frozenset({"accounts", "team", "venue", "service", "part", "usage_type"})
"""Inputs that say what a bill is of: without them it is of all that is spent, and not of what was shown."""
_NARROWED = (*PLACES, "service", "part", "usage_type", "region")


def strayed(calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall], now: datetime) -> bool:
    """Whether a plan leaves what was shown before, though the follow-up totals or compares that and names no other."""
    if not earlier:
        return False
    before, bills = earlier[0], [call for call in calls if call.query in OF_A_BILL]
    if before.query == "who_did_what" and _SAYS_MORE.search(reading.text):
        return any(call.query != before.query for call in calls)
    if _USED_MFA.search(reading.text) and (before.query == "who_did_what" or before.inputs.get("check") == "root"):
        return any((call.query, call.inputs.get("check")) not in _checks(earlier) for call in calls)
    if _COUNTS_APART.match(reading.text) and before.query != "account_list":
        return any(call.query == "account_list" for call in calls)
    if before.query not in OF_A_BILL and of_shown(reading.text) == "cost":
        return any(call.query in OF_A_BILL and not _OF_ONE & call.inputs.keys() for call in calls)
    if asks_who_did_that(reading, earlier) and any(of_everybody(call) for call in calls):
        return True
    if compares(reading):
        return before.query in OF_A_BILL or not all(_at_another_time(call, before) for call in calls)
    if holds_the_two(reading) and before.query not in OF_A_BILL:
        return True
    if [mention.word for mention in reading.when.mentions] == ["year_before"] and "period" in before.inputs:
        ago = a_year_ago(str(before.inputs["period"]), now)
        if ago and any("compared_to" not in call.inputs and call.inputs.get("period") != ago for call in bills):
            return True
    if without_anchor(calls, reading, earlier, now):
        return True
    if only_a_time(reading) and before.query in OF_A_BILL:
        bills = [call for call in bills if call.query != "forecast"]
        ahead = any(mention.word in FUTURE for mention in reading.when.mentions)
        return any(ahead or _drops(call, before) or strays_in_time(call, before, now) for call in bills)
    if _TOTAL.fullmatch(reading.text):
        return not any(_holds(call, before) for call in calls) or len(calls) > len(earlier)
    if _THE_TWO.search(reading.text):
        return before.query in OF_A_BILL and not _tells_apart(calls, before, reading)
    if _MOVES.search(reading.text) and before.query == "spend":
        return all(call.query == "spend" and call.inputs.get("by") != "month" for call in calls)
    if _THE_ONE.search(reading.text):
        return not {call.query for call in calls} <= {one.query for one in earlier}
    if before.query in _LEVELLED and _LEVEL.search(reading.text):
        return any(call.query != before.query or "severity" not in call.inputs for call in calls)
    if _AGAINST_A_TIME.search(reading.text) and before.domain != "cost" and not reading.found.services:
        return bool(bills) and not MONEY.search(reading.text)
    return False


def _checks(calls: Sequence[PlannedCall]) -> set[tuple[str, object]]:
    """The queries of these calls, and which of their checks."""
    return {(call.query, call.inputs.get("check")) for call in calls}


def asks_who_did_that(reading: Reading, earlier: Sequence[PlannedCall]) -> bool:
    """Whether it is asked who did "that", after an answer that shows nothing that anybody did."""
    asked = "WHODID" in reading.concepts and DID_THAT.search(reading.text)
    return bool(asked and earlier and earlier[0].query not in DEEDS)


def followed_up(calls: Sequence[PlannedCall], reading: Reading, earlier: Sequence[PlannedCall]) -> bool:
    """Whether a plan is how what was spent has changed, of all that was shown, where that is asked ("is it growing?")."""
    if not earlier or earlier[0].query != "spend" or not _MOVES.search(reading.text):
        return False
    kept = {k: v for k, v in earlier[0].inputs.items() if k in (*_NARROWED, "period")}
    return [call.query for call in calls] == ["spend_change"] and kept.items() <= calls[0].inputs.items()


def _at_another_time(call: PlannedCall, before: PlannedCall) -> bool:
    """Whether a call is the one before at another time, and not of what is so now or of what was found by then."""
    asked, known = dict(call.inputs), dict(before.inputs)
    timed = asked.pop("period", None) and known.pop("period", None)
    return bool(timed) and call.query == before.query and known.items() <= asked.items()


def _drops(call: PlannedCall, before: PlannedCall) -> bool:
    """Whether a bill leaves out a place, a thing or a split of the one before."""
    return any(key in before.inputs and key not in call.inputs for key in (*_NARROWED, "by"))


def _holds(call: PlannedCall, before: PlannedCall) -> bool:
    """Whether a call is of the same query, things, place and time as the one before."""
    same = call.query == before.query or {call.query, before.query} <= OF_A_BILL
    return same and all(call.inputs.get(key) == value for key, value in before.inputs.items() if key != "top")


def _tells_apart(calls: Sequence[PlannedCall], before: PlannedCall, reading: Reading) -> bool:
    """Whether a plan holds two things against each other that were shown, and not one against a time nobody named."""
    split = "by" in before.inputs and "compare" not in reading.text
    return (len(calls) > 1 and all(call.query == "spend" for call in calls)) or all(
        call.query == "spend_change" and ("compared_to" in call.inputs or split) for call in calls
    )
