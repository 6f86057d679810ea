"""Repeated: an approval is one look, used once, so a follow-up that comes to the same look asks for no other one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.conversations import WAITS
from agents.models.offline.inputs.choosing import Context
from agents.models.offline.intents.coverage import explained, told_by
from agents.models.offline.plan import Abstention, Plan, PlannedCall
from agents.models.offline.proposing.candidates import comes_to
from agents.models.offline.reading import read
from agents.models.offline.weighing.deciding import decide
from agents.models.offline.words.light import weighty
from agents.models.offline.words.text import stem

_ONE_LOOK = (
    "This comes to the same look at what people did as the question before, and an approval is for one look, used "
    "once. Until it is approved, that question waits; after that, what was seen stands in its answer. To look again, "
    "ask the whole question again. Any other question can be asked meanwhile, such as one that names another day, "
    "person or change."
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
    return None if same <= alone else Abstention(kind="cannot_know", text=_why(question, calls, context))


_OTHER_LOOK = (
    "What else was done is another look at what people did: ask for it in a whole sentence, with the name of the "
    "person and the day."
)
_NOT_IN_IT = (
    "The look at what people did, which was asked for before, does not tell that: it tells who made which change, when "
    "and where."
)
_ELSE = re.compile(r"\b(?:else|others?|another)\b")


def _why(question: str, calls: Sequence[PlannedCall], context: Context) -> str:
    """Why there is no other look, or that what is asked is nothing that such a look tells."""
    text = read(question, context.names, context.now).text
    if _ELSE.search(text):  # all that one person did is in the look at it
        of_one = any("who" in call.inputs and not {"action", "resource"} & call.inputs.keys() for call in calls)
        return _ONE_LOOK if of_one else _OTHER_LOOK
    known = explained(text, "who_did_what")
    told = all(known[one.start()] or stem(one[0]) in told_by("who_did_what") for one in weighty(text))
    return _ONE_LOOK if told else _NOT_IN_IT


_MEANWHILE = (
    "The question before this one is not answered yet: it waits for a second person. Any other question can be asked "
    "meanwhile, in a whole sentence."
)


def while_waiting(plan: Plan, answer: str) -> Plan:
    """A plan after a question that waits, as its `answer` says: one of nothing understood says what waits, too."""
    if answer != WAITS or plan.abstention is None or plan.abstention.kind != "unclear":
        return plan
    told = plan.abstention.model_copy(update={"text": f"{plan.abstention.text} {_MEANWHILE}"})
    return plan.model_copy(update={"abstention": told})
