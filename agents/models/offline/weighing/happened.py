"""Happened: what happened somewhere at a time is what was changed, which alarms went off, and what the logs hold of errors.

What a question means is weighed without the latter two, as it was learned; they are put beside the changes it was decided
to look for.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.words.light import weighty

_AT = r"(?:in|at|on|during|around|over|for|to|with|within|between|and|the|our|all|of)"
_WHAT_HAPPENED = re.compile(
    rf"\W*(?:(?:and|so|but|ok|please|tell me|show me|can you tell me) )*what (?:all |exactly |really |actually )?(?:(?:has |had )?happened|was happening|went on|was going on|occurred|took place|was up)(?: there)?(?:,? (?:{_AT} )*<(?:account|venue|env|p)>)*\W*"
)
_ALL = ("recent_changes", "alarm_history", "error_logs")
"""Queries of what was done, and of what went wrong beside it."""
_SHARED = frozenset({"accounts", "period"})
_DAYS = 2
"""Days of which the errors in all logs are looked for at most: of more, their lines are too many to be read."""
CHANGES_ALONE = (
    "These are changes alone: which alarms went off, and which errors the logs hold of a day, can be asked too."
)


def all_that_happened(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, context: Context
) -> tuple[tuple[PlannedCall, ...], tuple[str, ...]]:
    """The calls of a plan with the changes, alarms and errors of a day, where what happened is all that is asked.

    With them a sentence that the latter are not looked at, where the time is longer. After such an answer, `earlier`, the
    same holds for what names no more than another place or time.
    """
    again = changes_of(earlier) != tuple(earlier) and not weighty(reading.text)
    if not again and not _WHAT_HAPPENED.fullmatch(reading.text):
        return tuple(calls), ()
    every = [context.queries[name] for name in _ALL if name in context.queries]
    inputs = calls[0].inputs if calls else {}
    of_these = all(call.query in _ALL and call.inputs == inputs for call in calls)
    if len(every) < len(_ALL) or not of_these or not inputs.keys() <= _SHARED or "recent_changes" not in _named(calls):
        return tuple(calls), ()
    period = resolved(str(inputs.get("period", "")), context.now)
    if period is None or period.days > _DAYS:
        return tuple(calls), (CHANGES_ALONE,) if _named(calls) == {"recent_changes"} else ()
    return tuple(PlannedCall(query=query.name, domain=query.domain, inputs=inputs) for query in every), ()


def _named(calls: Sequence[PlannedCall]) -> set[str]:
    return {call.query for call in calls}


def changes_of(calls: Sequence[PlannedCall]) -> tuple[PlannedCall, ...]:
    """Calls without the alarms and errors that were put beside changes: what follows is weighed so, as learned."""
    if [call.query for call in calls] == list(_ALL):
        return tuple(calls[:1])
    return tuple(calls)
