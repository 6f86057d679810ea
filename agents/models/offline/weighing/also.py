"""Also: what was shown, of another place, and something else beside it, asked in one breath."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from dataclasses import replace

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.plan import Plan, PlannedCall
from agents.models.offline.proposing.followups import placed_as
from agents.models.offline.weighing.deciding import MOST_CALLS, decide
from agents.models.offline.weighing.finishing import finished, spoken

_SAME_AND_MORE = re.compile(
    r"^\W*(?P<same>(?:(?:and|so|ok|now|then|please) )*(?:the )?same(?: again| thing| question)? (?:for|in|of|at) [^,;]{2,40}?)(?:[,;] (?:and )?(?:plus|also|as well as|with|and)|[,;]? (?:plus|and also)) (?P<more>.{8,})$",
    re.IGNORECASE | re.DOTALL,
)
"""What was shown, of another place, and something else beside it: "same for online-prod, plus what is forecast"."""


_OF_US_ALL = re.compile(r"\b(?:our|we|us|total|overall|everywhere|all|altogether|company)\b")


def same_and_more(question: str, earlier: tuple[PlannedCall, ...], context: Context) -> Plan | None:
    """The plan of both, the second asked of the place of the first; None of any other question, or of one half alone."""
    match = _SAME_AND_MORE.match(question) if earlier else None
    if match is None:
        return None
    same = finished(decide(match["same"], earlier, context), context, earlier)
    more = decide(match["more"], (), context)
    shown = {call.query for call in same.calls}
    if not shown or len(more.readings) != 1 or any(call.query in shown for call in more.readings[0].calls):
        return None
    asked = more.readings[0].calls
    if not more.reading.found.placed() and not _OF_US_ALL.search(more.reading.text):
        asked = tuple(placed_as(call, same.calls[0], more.reading, context.queries) for call in asked)
    told = finished(replace(more, readings=(replace(more.readings[0], calls=asked),)), context)
    calls = (*same.calls, *told.calls)[:MOST_CALLS]
    limits = tuple(dict.fromkeys((*same.limits, *told.limits)))
    return Plan(calls=calls, limits=limits, read_as="; ".join(map(spoken, calls))) if told.calls else None
