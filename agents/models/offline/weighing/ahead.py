"""Ahead: plans where it is asked what will be spent, which no bill of what has been answers."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import NOT_FORECAST
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.candidates import Candidate
from agents.models.offline.proposing.guarding import OF_A_BILL
from agents.models.offline.reading import Reading, to_come
from agents.models.offline.times.when import FUTURE
from agents.models.offline.topics.asked import dimensions

_WILL = re.compile(
    r"(?<!\bi )(?<!\byou )\b(?:will|shall|(?:is|are|am) going to|(?:expected|projected|anticipated) (?:\w+ )?(?:spend\w*|costs?|bills?))\b(?! (?:you|i)\b)(?!.*\b(?:did|was|were|had|spent|paid|billed)\b)"
)
"""What is to come is asked about, with no word of what has been."""
_IN_A_ROW = frozenset({"month", "day"})
_NEXT = FUTURE - {"this_year"}


def of_times_to_come(chances: Sequence[float], every: Sequence[Candidate | None], reading: Reading) -> list[float]:
    """The chances where it is asked what will be spent: a month without a year is the one to come, if it is forecast.

    `every` ends with no plan. What a plan of the same month that has been is believed goes to the forecast of the same; where there is none, to no plan.
    """
    named = {mention.word for mention in reading.when.mentions[:1]}
    ahead = {_of(one): place for place, one in reversed(list(enumerate(every))) if one and _is_forecast(one)}
    if not ahead or not named:
        return list(chances)
    found = list(chances)
    for place, one in enumerate(every):
        if one and any(_looks_back(call, named) for call in one.calls):
            found[place] = 0.0
            found[ahead.get(_of(one), len(every) - 1) if len(one.calls) == 1 else -1] += chances[place]
    return found


def _looks_back(call: PlannedCall, named: set[str]) -> bool:
    """Whether a call is of what was billed in the `named` time, or, where that is to come, at any time."""
    if call.query not in OF_A_BILL or call.query == "forecast":
        return False
    times = {call.inputs.get("period"), call.inputs.get("compared_to")}
    return bool(named & times or (named & _NEXT and times == {None}))


def asks_ahead(reading: Reading) -> bool:
    """Whether it is asked what will be, and of no year that is named: a month is then the next of its name."""
    ahead = _WILL.search(reading.flat) or any(mention.word in _NEXT for mention in reading.when.mentions)
    return bool(ahead) and not re.search(r"\b20\d\d\b", reading.flat)


def split_ahead(best: Candidate, reading: Reading, context: Context) -> str:
    """What the costs of a time to come are asked to be told apart by; empty where they are not, or none to come is."""
    if len(reading.when.mentions) > 1 or any(call.query not in OF_A_BILL for call in best.calls):
        return ""
    said = any(mention.word in _NEXT for mention in reading.when.mentions)
    if not any(_is_ahead(call, said, context) for call in best.calls):
        return ""
    return next((name for name in dimensions(reading.text) if name not in _IN_A_ROW), "")


def _is_ahead(call: PlannedCall, said: bool, context: Context) -> bool:
    """Whether a call is about a time to come, or was `said` to be, though its query takes no such time."""
    period = call.inputs.get("period")
    return call.query == "forecast" or to_come(str(period), context.now) or (said and period is None)


def _is_forecast(one: Candidate) -> bool:
    return [call.query for call in one.calls] == ["forecast"] and NOT_FORECAST not in one.limits


def _of(one: Candidate) -> tuple[object, ...]:
    """Of what a cost is: the accounts and the service."""
    return tuple(one.calls[0].inputs.get(name) for name in ("accounts", "service"))
