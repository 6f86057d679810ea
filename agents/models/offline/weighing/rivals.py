"""Rivals: whether the second of two readings of a question is told beside the first, or says nothing that was asked.

That two plans are about as likely does not make both worth telling: one of all findings beside that of the critical
ones, or one that was on the screen before, takes the place of the answer and adds none.
"""
# ruff: noqa: SIM905 - lists of names read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import fill
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.candidates import Candidate, come_to_the_same, narrows
from agents.models.offline.reading import Reading

_PICKS = frozenset("kind severity state only check status resource contains log_group rule".split())
"""Inputs that pick some of what a query shows: a reading without one is of more than what was asked."""
_SPLITS = frozenset({"by", "top"})


def told(
    best: Candidate, second: Candidate, reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> tuple[Candidate, ...]:
    """Both readings; but one where it holds the other, or where the second is beside what was asked.

    Of what people did it is the narrower one: no more than was asked.

    Args:
        best: the likeliest plan.
        second: its fittest rival.
        reading: the question.
        earlier: the calls of the answer before it.
        context: names, clock and queries.
    """
    for one, other in ((best, second), (second, best)):
        if all(call in one.calls for call in other.calls):
            return (one,)
    if any(context.queries[call.query].personal_data for call in best.calls):
        for one, other in ((best, second), (second, best)):
            if narrows(one, other):
                return (one,)
    people = any(context.queries[call.query].personal_data for call in second.calls)
    again = {call.query for call in best.calls} <= {call.query for call in earlier}
    if again and not people and come_to_the_same(second.calls, earlier, context):
        return (best,)  # it was told already
    new = [call for call in second.calls if call not in best.calls]
    beside = all(_is_beside(call, best.calls, reading, earlier, context) for call in new)
    return (best,) if beside else (best, second)


def _is_beside(
    call: PlannedCall,
    calls: Sequence[PlannedCall],
    reading: Reading,
    earlier: Sequence[PlannedCall],
    context: Context,
) -> bool:
    """Whether a call of the second reading is of more than one of the first, or of what nobody said."""
    same = [one for one in calls if one.query == call.query]
    if not same:
        listed = call.query == "inventory" and call.inputs.keys() <= {"kind", *_SPLITS, *PLACES}
        return listed and any("kind" in one.inputs for one in calls)  # what there is, beside how it is with it
    return any(
        _is_wider(call, one, reading, context) or _is_unsaid(call, one, reading, earlier, context) for one in same
    )


def _is_wider(call: PlannedCall, than: PlannedCall, reading: Reading, context: Context) -> bool:
    """Whether a call is another one without what picks some of it, or without the split that was asked for."""
    mine, its = ({k: v for k, v in one.inputs.items() if k not in _SPLITS} for one in (call, than))
    mine = {k: v for k, v in mine.items() if (k, v) != ("kind", "all")}
    if not mine.items() <= its.items():
        return False
    left = its.keys() - mine.keys()
    if left:
        return left <= _PICKS
    by = _said(call, reading, context).get("by")
    return "by" not in call.inputs and by is not None and than.inputs.get("by") == by


def _is_unsaid(
    call: PlannedCall, than: PlannedCall, reading: Reading, earlier: Sequence[PlannedCall], context: Context
) -> bool:
    """Whether a call differs from one that keeps to what was shown by a split or a time that nobody named."""
    others = {k for k in {*call.inputs, *than.inputs} if call.inputs.get(k) != than.inputs.get(k)} - {"top"}
    if len(others) != 1:
        return False
    key = others.pop()
    kept = [one for one in earlier if key in one.inputs and one.inputs[key] == than.inputs.get(key)]
    if key == "by":
        return any(one.query == call.query for one in kept) and _said(call, reading, context).get("by") is None
    timed = reading.when.named or _OF_A_TIME.search(reading.text)
    return key == "period" and call.query == "spend" and bool(kept) and not timed


_OF_A_TIME = re.compile(r"\b(?:last|this|past|previous|next|since|now|then|currently|today)\b")
"""Words of a time, though none was understood."""


def _said(call: PlannedCall, reading: Reading, context: Context) -> dict[str, object]:
    """The inputs of a query that the words of a question fill."""
    return fill(context.queries[call.query], reading, context.names, context.now).inputs
