"""Repeated: an approval is one look, used once, so a follow-up that comes to the same look asks for no other one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.conversations import WAITS
from agents.models.offline.inputs.choosing import Context
from agents.models.offline.intents.coverage import knows_word
from agents.models.offline.plan import Abstention, Plan, PlannedCall
from agents.models.offline.proposing.candidates import comes_to
from agents.models.offline.reading import read
from agents.models.offline.weighing.deciding import decide
from agents.models.offline.words.light import weighty

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
_NOT_IN_IT = "What is looked up of what people did does not tell that: it tells who made which change, when and where."
_ELSE = re.compile(r"\b(?:else|others?|another)\b")


def _why(question: str, calls: Sequence[PlannedCall], context: Context) -> str:
    """Why there is no other look, or that what is asked is nothing that such a look tells."""
    text = read(question, context.names, context.now).text
    if _ELSE.search(text):  # all that one person did is in the look at it
        of_one = any("who" in call.inputs and not {"action", "resource"} & call.inputs.keys() for call in calls)
        return _ONE_LOOK if of_one else _OTHER_LOOK
    told = all(knows_word("who_did_what", one, text) for one in weighty(text))
    return _ONE_LOOK if told else _NOT_IN_IT


_MEANWHILE = (
    "The question before this one is not answered yet: it waits for a second person. Any other question can be asked "
    "meanwhile, in a whole sentence."
)

_LOOKED = re.compile(r"(?m)^The events:$")
_NOTHING = re.compile(r"\bNone is recorded\. (?:Changes|Events|Console sign-ins):")
_BECAME = "What came of that look stands in the answer to the question before."
_NONE = "That look found none of it, as the answer to the question before says."
_EVENT = re.compile(r"(?m)^- (?P<what>.* in account (?P<account>[\w-]+)): .*$")
_STANDS = (
    "What was seen stands in the answer to the question before: the changes first and sign-ins behind them, the newest "
    "on top, each with who made it, where and when (UTC)."
)
_ONE_EACH = "{stands} What it lists was done in {accounts}."
_LAST_ONE = "The last change that it lists: {event}."
_NO_SECOND = (
    "What people did is not looked up a second time to sort or shorten it, because each such look is recorded and may "
    "need a second person to agree. To look again, ask the whole question again."
)
_LAST = re.compile(r"\b(?:last|latest|newest|most recent)(?: (?:one|change|event|thing))?\b")


def in_the_answer(plan: Plan, answer: str, question: str) -> Plan:
    """A plan after a look at what people did, as its `answer` tells: what stands there waits for nobody any more.

    The accounts are named again, and the last change where the question asks for it; a time is a figure, which nothing
    that is looked at now would prove.
    """
    if plan.abstention is None or plan.abstention.text != _ONE_LOOK or answer in ("", WAITS):
        return plan
    accounts = tuple(dict.fromkeys(match["account"] for match in _EVENT.finditer(answer)))
    if _LOOKED.search(answer):
        stands = _ONE_EACH.format(stands=_STANDS, accounts=_listed(accounts)) if accounts else _STANDS
    else:
        stands = _NONE if _NOTHING.search(answer) else _BECAME
    if _LAST.search(question.casefold()) and (event := _EVENT.search(answer)) and not re.search(r"\d", event["what"]):
        stands = f"{_LAST_ONE.format(event=event['what'])} {stands}"
    told = plan.abstention.model_copy(update={"text": f"{stands} {_NO_SECOND}"})
    return plan.model_copy(update={"abstention": told})


def _listed(names: Sequence[str]) -> str:
    return f"account {names[0]}" if len(names) == 1 else f"accounts {', '.join(names[:-1])} and {names[-1]}"


def while_waiting(plan: Plan, answer: str) -> Plan:
    """A plan after a question that waits, as its `answer` says: one of nothing understood says what waits, too."""
    if answer != WAITS or plan.abstention is None or plan.abstention.kind != "unclear":
        return plan
    told = plan.abstention.model_copy(update={"text": f"{plan.abstention.text} {_MEANWHILE}"})
    return plan.model_copy(update={"abstention": told})
