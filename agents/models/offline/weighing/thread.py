"""Thread: what an answer had to leave aside ("windows") narrows what follows it too, and is named there again.

"How many of them are in the venues?" after "do we have Windows servers?" is asked of those servers, though all are counted.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import STATE_NOW
from agents.models.offline.inputs.taken_back import wants_all
from agents.models.offline.plan import BILLED_FOR, Plan, PlannedCall
from agents.models.offline.proposing.candidates import come_to_the_same
from agents.models.offline.proposing.guarding import OF_A_BILL
from agents.models.offline.proposing.reaching import Turn
from agents.models.offline.proposing.things import AND_SO, PRICED_WHOLE
from agents.models.offline.reading import read
from agents.models.offline.weighing.aside import ALL_RESOURCES, RUNTIMES_IN_USE
from tools.cost.parts import words

_THOSE = re.compile(
    r"\b(?:they|them|their|theirs|those|these|it|its|ones?|both)\b(?! (?:week|month|quarter|year|day|night|morning|afternoon|evening)s?\b)"
    r"|^\W*(?:(?:and|so|but|ok) )*(?:which|how many)(?: (?:also|still|ever|never|even|really|actually))* (?:is|are|was|were|have|has|had|do|does|did|can|could|will|need|needs|miss|misses|lack|lacks|run|runs|cost|costs|use|uses|are there)\b"
)
"""Words that point at things spoken of before, or ask of things without naming any ("which miss patches?")."""
NOT_NARROWED = "This is not narrowed to the "
"""How a sentence begins that says of what an answer is not, though it was asked of that."""
STAYS = "This stays in the "
"""How a sentence begins that says where an answer is of, though its question may be of everywhere."""
_OTHERS = re.compile(r"\b(?:others?|rest|remaining|else|instead|other than)\b")


def going_on(
    plan: Plan, aside: Sequence[str], question: str, earlier: Sequence[PlannedCall], context: Context, *, leans: bool
) -> Plan:
    """A plan that names again what the answer it follows had to leave aside, where it is still asked of the same things.

    Args:
        plan: what the question means.
        aside: the words that were left aside, by the answer that it follows and those before that.
        question: what is asked, with what it points at named.
        earlier: the calls of that answer.
        context: what exists.
        leans: whether the question says nothing of what it is about, or leans on what was said before.
    """
    lost = (*_lost(plan.calls, earlier), *_lost_bill(plan.calls, earlier), *_lost_sort(plan.calls, earlier, question))
    priced = _priced_whole(plan, earlier)
    if not (aside or lost or priced) or not plan.calls:
        return plan
    text = read(question, context.names, context.now).text
    if wants_all(text) or _OTHERS.search(text):
        return plan
    again = leans and not plan.aside and {call.query for call in plan.calls} <= {call.query for call in earlier}
    if not again and not _THOSE.search(text) and not (lost and (AND_SO.match(text) or _OF_IT.search(text))):
        return plan
    given = " ".join(str(value).casefold() for call in plan.calls for value in call.inputs.values())
    still = tuple(word for word in aside if word not in plan.aside and word not in given and word not in text)
    said = [f"Left aside, as before: {', '.join(still)}. What is shown is not of those alone."] if still else []
    said += [f"{NOT_NARROWED}{' and '.join(lost)} of the question before."] if lost else []
    return plan.model_copy(update={"limits": (*plan.limits, *said), "aside": (*plan.aside, *still, *lost, *priced)})


def still_said(plan: Plan, before: Turn, question: str, context: Context, *, leans: bool) -> Plan:
    """A plan that says again what the answer it follows does not know of what was asked, where it shows the same.

    "By how much?" after "which budgets did we break in September?" is of the budgets as they stand now, as those were.
    """
    reading = read(question, context.names, context.now)
    same = {call.query for call in plan.calls} & {call.query for call in before.calls}
    if not same or not (leans or _THOSE.search(reading.text)) or wants_all(reading.text):
        return plan
    told = {STATE_NOW} if reading.when.mentions else set()  # "and now?" is answered with the state now
    told |= {RUNTIMES_IN_USE} if not any(map(_of_runtimes, plan.calls)) or _IN_ALL.search(reading.text) else set()
    said = [one for one in before.limits if one in _LASTING - told and one not in plan.limits]
    functions = any(call.inputs.get("kind") == "functions" for call in plan.calls)
    if RUNTIMES_IN_USE in told & {*before.limits} and functions and not _IN_ALL.search(reading.text):
        said.append(f"{NOT_NARROWED}outdated runtimes of the question before.")
    return plan.model_copy(update={"limits": (*plan.limits, *said)})


_IN_ALL = re.compile(r"\b(?:total|altogether|in all|all together|how many (?:functions?|lambdas?))\b")


def _of_runtimes(call: PlannedCall) -> bool:
    """Whether a call shows functions by their runtime, and all of them."""
    return call.inputs.get("by", "type") in ("type", "resource") and not {"only", "tag"} & call.inputs.keys()


def is_shown_again(plan: Plan, before: Turn, context: Context) -> bool:
    """Whether a plan looks at the same as the answer it follows, works out the same of it and says no more of it."""
    same = come_to_the_same(plan.calls, before.calls, context)
    if set(plan.limits) - set(before.limits):
        return False  # a sentence says already what of it is not told
    return same and (plan.then, plan.focus, plan.whether) == (before.then, before.focus, None)


_LASTING = frozenset({STATE_NOW, RUNTIMES_IN_USE, ALL_RESOURCES})


def of_those(text: str) -> bool:
    """Whether it is asked of the things that were shown, and not of all or of others: "are they backed up?"."""
    asked = _THOSE.search(text) or AND_SO.match(text)
    return bool(asked) and not wants_all(text) and not _OTHERS.search(text)


def _lost(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall]) -> tuple[str, ...]:
    """The things that were shown, where these calls look for something else and at more than them: "gpu instances"."""
    found = []
    for one in earlier:
        kind, only = str(one.inputs.get("kind", _KINDS.get(one.query, ""))), _sort(one)
        if one.inputs.get("part") == "gpu_instances" and any(call.query == "who_did_what" for call in calls):
            found.append("gpu instances")  # no event of an instance says what it is for
        if one.query not in _KINDS or any(call.query == one.query for call in calls):
            continue
        if one.query in _CHECKED and not any(call.query == "backups" for call in calls):
            continue
        of_instances = only and kind == "instances" and any(call.query in _OF_INSTANCES for call in calls)
        if of_instances or any(_is_wider(call, kind, only) for call in calls):
            found.append(_called(kind, only))
    return tuple(dict.fromkeys(found))


_OF_US = re.compile(r"\b(?:we|our|us|all|every|any|total|overall)\b", re.IGNORECASE)


_OF_IT = re.compile(
    r"\b(?:that|this)\b(?! (?:week|month|quarter|year|day|night|morning|afternoon|evening)s?\b)|\b(?:alternatives?|cheaper|replacements?|substitutes?)\b"
)
"""What is asked of the one thing that was priced: "could we do that cheaper?"."""
_OF_ANY_SERVICE = frozenset({"savings", "budgets", "cost_anomalies", "commitments", "untagged_spend"})
"""Queries about money that are not narrowed to a service or a part of one."""


def _lost_bill(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall]) -> tuple[str, ...]:
    """The services and parts that were priced, where something else about money is looked at, which is not told by them."""
    if not any(call.query in _OF_ANY_SERVICE and "kind" not in call.inputs for call in calls):
        return ()
    priced = [
        str(one.inputs[key]) for one in earlier if one.query in OF_A_BILL for key in BILLED_FOR & one.inputs.keys()
    ]
    return tuple(dict.fromkeys(words(name) for name in priced))


def _lost_sort(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], question: str) -> tuple[str, ...]:
    """The state that things were shown in, where few words name another kind of things, of which all are counted."""
    if _OF_US.search(question):
        return ()
    of = [one for one in earlier if one.query == "inventory" and "only" in one.inputs]
    sorts = [str(one.inputs["only"]) for one in of if any(_of_another_kind(call, one) for call in calls)]
    return tuple(f"{sort} ones" if sort.isalpha() else "type" for sort in sorts)


def _of_another_kind(call: PlannedCall, before: PlannedCall) -> bool:
    """Whether things of another kind are counted, in any state, after those of one kind in one state."""
    return (
        call.query == before.query
        and "only" not in call.inputs
        and call.inputs.get("kind") != before.inputs.get("kind")
    )


_OF_SORT = {"type": "{kind} of that type", "region": "{kind} of that region", "tag": "{kind} with that tag"}
"""How things are called that are of one type or region or have one tag, whose names may read as figures."""


def _called(kind: str, sort: str) -> str:
    """Things of a kind in one state, of one type or region: "unattached volumes"."""
    return _OF_SORT.get(sort, "{sort} {kind}").format(sort=sort, kind=kind).strip().replace("_", " ")


def _priced_whole(plan: Plan, earlier: Sequence[PlannedCall]) -> tuple[str, ...]:
    """The things that were shown in one state, where a sentence says already that all of their kind are priced."""
    if not any(limit.startswith(PRICED_WHOLE) for limit in plan.limits):
        return ()
    return tuple(_called(str(one.inputs.get("kind", "resources")), _sort(one)) for one in earlier if _sort(one))


def _sort(call: PlannedCall) -> str:
    """The state or type that things were shown in, or that they were of one region or had one tag; empty for all of a kind."""
    if call.query != "inventory":
        return ""
    only = str(call.inputs.get("only", ""))
    return ("type" if re.search(r"\d", only) else only) or next((key for key in _OF_SORT if key in call.inputs), "")


def _is_wider(call: PlannedCall, kind: str, only: str) -> bool:
    """Whether a call looks at more than these things."""
    if only and call.query in _CHECKED:
        return str(call.inputs.get("kind", "all")) in (kind, "all")  # a check is of all of a kind
    of_kind = call.query == "backups" and call.inputs.get("kind") == kind and not only
    narrowed = _NARROWED if only else _NARROWED | {"action"}  # what was done is done to things of one kind
    return call.query in _OF_ANYTHING and not narrowed & call.inputs.keys() and not of_kind


_KINDS = {"patches": "instances", "inventory": "resources", "encryption": "things", "public_exposure": "things"}
"""What is looked at where no kind is said."""
_CHECKED = frozenset({"encryption", "public_exposure"})
"""Of these, whether the same are backed up is asked next; a bill and the deeds of people are asked of one by its name."""
_OF_ANYTHING = OF_A_BILL | {"who_did_what", "recent_changes", "backups"}
"""Queries of all there is, unless they are narrowed to a service or a thing."""
_NARROWED = frozenset({"service", "part", "usage_type", "resource", "who"})
_OF_INSTANCES = frozenset({"patches", "metric", "vulnerabilities"})
