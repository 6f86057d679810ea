"""Staying: a few words with no subject of their own ("just the critical ones", "when") ask of what was shown before them.

A plan that looks for something else is likelier by its words alone, and answers what nobody asked.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fill
from agents.models.offline.inputs.special import is_guessed
from agents.models.offline.intents.coverage import knows_word
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.candidates import Candidate, come_to_the_same
from agents.models.offline.proposing.timing import AT_NO_TIME
from agents.models.offline.reading import Reading
from agents.models.offline.topics.of_shown import of_shown
from agents.models.offline.weighing.kept import strayed
from agents.models.offline.words.light import weighty

_Plans = Sequence[tuple[float, Candidate]]
_LEAD = r"\W*(?:(?:and|but|so|ok|okay|now|then|please|show|give|list|me|us|what about|how about)\b\W*)*"
_ONLY = re.compile(
    rf"{_LEAD}(?:(?:only|just|merely|nothing but) (?:the |those |these |that |which |are |is |with |about )*(?P<only>[a-z][\w'-]*(?: [a-z][\w'-]*){{0,2}}?)(?: ones?)?(?: only)?(?:(?: of)? (?:them|those|these))?"
    r"|(?:the |those |which (?:are )?(?:the )?|any )?(?P<ones>[a-z][\w'-]*(?: [a-z][\w'-]*)?) ones?(?: only)?|(?P<behind>[a-z][\w'-]*(?: [a-z][\w'-]*)?) (?:ones? )?only)(?: please)?\W*"
)
"""Which of what was shown are wanted, by a word or three, and no word of what they are."""
_PICKED = ("contains", "kind", "severity", "state", "check", "status", "statistic")
"""Inputs that pick some of what a query shows."""
_PLACED = dict.fromkeys(PLACES, "place")
"""Inputs that say where: one of them stands for another."""
_ASKED_OF_IT = frozenset({"when", "where"})
"""What is asked of what was shown, whatever that was."""


def staying(
    plans: _Plans, reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> list[tuple[float, Candidate]]:
    """The plans that keep to what was shown where a follow-up asks of that; all of them of any other question.

    Args:
        plans: what the question may mean, with their chances, the likeliest first.
        reading: the question.
        earlier: the calls of the answer before it.
        context: names, clock and queries.
    """
    kept = [pair for pair in plans if not strayed(pair[1].calls, reading, earlier, context.now)]
    if not earlier:
        return kept
    kept = _of_each(_in_time(_in_place(kept, reading, earlier), reading, earlier, context.now), reading, earlier)
    looked = any(context.queries[one.query].personal_data for one in earlier)  # once more would be a second look
    if of_shown(reading.text) in _ASKED_OF_IT and not looked:
        return [pair for pair in kept if _is_of(pair[1].calls, earlier)] or kept
    if of_shown(reading.text) == "most":
        return _of_the_picked(kept, earlier, context)
    if (said := _only(reading)) is None or not any(_knows(one, reading, said) for one in earlier):
        return kept
    same = [pair for pair in kept if _is_of(pair[1].calls, earlier)]
    whole = [pair for pair in same if not _forgets(pair[1].calls, earlier)] or same
    return [pair for pair in whole if not _drops(pair[1].calls, reading, context)] or whole or kept


def _of_the_picked(plans: _Plans, earlier: Sequence[PlannedCall], context: Context) -> list[tuple[float, Candidate]]:
    """The plans without those of all severities or kinds, or of what was shown once more, where the likeliest is neither."""

    def strays(calls: Sequence[PlannedCall]) -> bool:
        before = [one for one in earlier if [one.query] == [call.query for call in calls]]
        lost = any(key in one.inputs and key not in calls[0].inputs for one in before for key in _PICKED)
        return lost or come_to_the_same(calls, earlier, context)

    if not plans or strays(plans[0][1].calls):
        return list(plans)
    return [pair for pair in plans if not strays(pair[1].calls)]


WIDER = re.compile(
    r"\b(?:we|our|ours|us|all|every\w*|total|overall|whole|entire|altogether|company|group|organi[sz]ation|estate|any(?:where|one|body)|elsewhere|somewhere|others?|else|across|rest|remaining"
    r"|accounts?|venues?|casinos?|teams?|environments?|places?|regions?)\b"
)
"""Words by which a few words may be of more than the place that was shown."""
FEW = 8
"""Words, at most, of a question that says nothing of where it is asked as it is of where the one before was."""


def _in_place(plans: _Plans, reading: Reading, earlier: Sequence[PlannedCall]) -> list[tuple[float, Candidate]]:
    """The plans without those that ask of everywhere what another one asks in the place that was shown."""
    where = [one.place for one in earlier]
    named = reading.found.any() or WIDER.search(reading.text) or len(reading.text.split()) > FEW
    if not where[0] or named or any(one != where[0] for one in where):
        return list(plans)
    every = [one.calls for _, one in plans]
    return [
        (chance, one)
        for chance, one in plans
        if _there(one.calls, where[0]) not in every or _is_there(one) or _of_a_bill(one.calls) != _of_a_bill(earlier)
    ]


def _in_time(
    plans: _Plans, reading: Reading, earlier: Sequence[PlannedCall], now: datetime
) -> list[tuple[float, Candidate]]:
    """The plans without those that ask of a time which nobody named what another one asks of the time that was shown."""
    if reading.when.mentions or AT_NO_TIME.search(reading.flat):
        return list(plans)
    known = {str(one.inputs["period"]) for one in earlier if "period" in one.inputs}
    every = [one.calls for _, one in plans]
    return [
        (chance, one)
        for chance, one in plans
        if not any(
            is_guessed(str(call.inputs.get("period")), now) and period not in call.inputs.values()
            and tuple(other.having(period=period) for other in one.calls) in every
            for call in one.calls
            for period in known
        )
    ]  # fmt: skip


_NAMES_ALONE = re.compile(
    r"(?:[\s?.,;!&]|<\w+>|\b(?:and|or|so|but|ok|okay|now|then|please|what|how|about|show|give|me|the|same|for|in|on|at|of|only|just|instead|too|also|as|well|alone|both|all|it|that|this|them|those)\b)+"
)
"""A place or a time, and nothing that is asked of it."""


def _of_each(plans: _Plans, reading: Reading, earlier: Sequence[PlannedCall]) -> list[tuple[float, Candidate]]:
    """The plans that ask all which was asked of another place or time, where such a one is all that is named."""
    named = reading.found.placed() or reading.found.regions or reading.when.mentions
    if len(earlier) < 2 or not named or reading.found.services or not _NAMES_ALONE.fullmatch(reading.text):
        return list(plans)
    asked = [one.query for one in earlier]
    return [pair for pair in plans if [call.query for call in pair[1].calls] == asked] or list(plans)


def _of_a_bill(calls: Sequence[PlannedCall]) -> bool:
    """Whether calls are of costs: what is and happens is another subject, with a place of its own."""
    return any(call.domain == "cost" for call in calls)


def _there(calls: Sequence[PlannedCall], place: Mapping[str, Any]) -> tuple[PlannedCall, ...]:
    return tuple(call.having(**place) for call in calls)


def _is_there(one: Candidate) -> bool:
    """Whether a plan looks in some place already."""
    return any(call.place for call in one.calls)


def not_picked(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, context: Context
) -> list[str]:
    """A sentence where some of what was shown are wanted, by a word that no input takes, and all of it is shown again."""
    said = _only(reading) if earlier else None
    if said is None or not come_to_the_same(calls, earlier, context):
        return []
    return [
        f'This is what was shown before, and not only "{reading.text[slice(*said)]}": what each of them is stands in it.'
    ]


def _only(reading: Reading) -> tuple[int, int] | None:
    """Where a question says which of those that were shown it wants; None where it says anything else."""
    match = _ONLY.fullmatch(reading.text)
    if match is None or reading.found.any() or reading.when.mentions:
        return None
    return match.span(next(group for group in ("only", "ones", "behind") if match[group]))


def _is_of(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall]) -> bool:
    """Whether calls are of no query but those that were shown."""
    return {call.query for call in calls} <= {one.query for one in earlier}


def _knows(call: PlannedCall, reading: Reading, said: tuple[int, int]) -> bool:
    """Whether the query that was shown tells such words: by what it looks at, by an input, or by its rows."""
    words = [one for one in weighty(reading.text) if said[0] <= one.start() < said[1]]
    return bool(words) and all(knows_word(call.query, one, reading.text) for one in words)


def _forgets(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall]) -> bool:
    """Whether a call is of more than what was shown: of other places, things or times than the one before of its query."""
    for call in calls:
        before = next(one for one in earlier if one.query == call.query)
        held = {_PLACED.get(key, key) for key in before.inputs} - {*_PICKED, "by", "top"}
        if held - {_PLACED.get(key, key) for key in call.inputs}:
            return True
    return False


def _drops(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> bool:
    """Whether a call does not pick what the words pick of its query: "only timeouts" is not all lines."""
    for call in calls:
        said = fill(context.queries[call.query], reading, context.names, context.now).inputs
        if any(key in said and call.inputs.get(key) != said[key] for key in _PICKED):
            return True
    return False
