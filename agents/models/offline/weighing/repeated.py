"""Repeated: an approval is one look, used once, so a follow-up that comes to the same look asks for no other one."""

from __future__ import annotations

from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.plan import Abstention, PlannedCall
from agents.models.offline.proposing.candidates import comes_to
from agents.models.offline.weighing.deciding import decide

_ONE_LOOK = (
    "This comes to the same look at what people did as the question before, and an approval is for one look, used "
    "once. What was approved, if it was, stands in that answer; to look again, ask the whole question again."
)


def repeated(
    calls: Sequence[PlannedCall], question: str, earlier: Sequence[PlannedCall], context: Context
) -> Abstention | None:
    """An abstention where a look at what people did is asked for that was asked for before; None where it is not.

    A question that says all of it by itself ("who deleted the bucket?" once more) does ask for another look.
    """
    before = {comes_to(one, context) for one in earlier if context.queries[one.query].personal_data}
    same = {key for call in calls if (key := comes_to(call, context)) in before}
    if not same:
        return None
    alone = {comes_to(call, context) for one in decide(question, (), context).readings for call in one.calls}
    return None if same <= alone else Abstention(kind="cannot_know", text=_ONE_LOOK)
