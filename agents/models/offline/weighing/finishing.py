"""Finishing: from what was decided to the plan that is carried out, or to the sentence why there is none."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from agents.models.offline.inputs.choosing import Context, calls_for
from agents.models.offline.inputs.hours import is_narrowed
from agents.models.offline.inputs.periods import for_forecast, resolved
from agents.models.offline.inputs.placing import accounts_of
from agents.models.offline.inputs.special import BILLED_BY, of_owners, tag_named
from agents.models.offline.intents.coverage import own_concepts
from agents.models.offline.plan import Abstention, Derivation, Plan, PlannedCall
from agents.models.offline.proposing.candidates import Candidate, comes_to
from agents.models.offline.proposing.compared import whether
from agents.models.offline.proposing.guarding import DID_THAT, NOT_EVERYBODY, OF_A_BILL, objections
from agents.models.offline.proposing.measured import SHARE_OF, holds_share
from agents.models.offline.proposing.opened import NOT_COMBINED
from agents.models.offline.proposing.reduced import left_out_alone, still_held
from agents.models.offline.proposing.shown import derived, shown
from agents.models.offline.proposing.things import priced_whole
from agents.models.offline.proposing.unheeded import asked_for
from agents.models.offline.proposing.variants import members
from agents.models.offline.reading import Reading, read, to_come
from agents.models.offline.topics.asked import asks_mean
from agents.models.offline.topics.rights import asks_what_may
from agents.models.offline.weighing.alarms_named import with_alarms_named
from agents.models.offline.weighing.aside import ALL_RESOURCES, NO_WORDS, idle_words, left_aside, wanted
from agents.models.offline.weighing.deciding import MOST_CALLS, Decision
from agents.models.offline.weighing.focused import focused, of_place
from agents.models.offline.weighing.happened import all_that_happened, changes_of
from agents.models.offline.weighing.kept import asks_who_did_that
from agents.models.offline.weighing.measuring import (
    asks_difference,
    at_the_same_point,
    in_weeks,
    levels_alike,
    unmeasured,
)
from agents.models.offline.weighing.offering import offered
from agents.models.offline.weighing.settling import in_one, settled, side_by_side
from tools.errors import nearest

_NOT_YET = (
    "Regent cannot know what will happen then: apart from cost forecasts and what AWS has announced, it sees what was "
    "and what is."
)


_NOT_BEGUN = (
    "That part of the day is still to come, by the clock in UTC that this goes by: Regent sees what was and what is. You "
    "could ask about last night, or about today so far."
)


_ONE_SUM = (
    "A forecast can not be split by {split}: AWS forecasts one sum, of all that is spent, of some accounts, or of one "
    "service. You could ask what one of them will cost then."
)


_SO_FAR = "The month that runs is in it as a whole: what is spent of it so far, and what AWS forecasts of the rest."
_NOT_BEFORE = f"{_SO_FAR} What was spent before this month is not in it: ask for that by itself."


_NO_OTHER = "This is forecast for one time; ask for the other one by itself."


_TOO_FAR = (
    "Regent cannot know what will be spent then: AWS forecasts the rest of this month, whole months from the next one on "
    "for up to a year ahead, and the rest of this year."
)


def finished(decision: Decision, context: Context, earlier: Sequence[PlannedCall] = ()) -> Plan:
    """The plan, with what has to be computed over its facts; or the abstention."""
    reading = decision.reading
    if decision.refused is not None:
        return Plan(abstention=decision.refused)
    if decision.unknown:
        return Plan(abstention=_unknown(decision.unknown, context))
    if decision.ahead:
        return Plan(abstention=Abstention(kind="cannot_know", text=_NOT_YET))
    if decision.unsplit:
        text = _ONE_SUM.format(split=decision.unsplit.replace("_", " "))
        return Plan(abstention=Abstention(kind="cannot_know", text=text))
    if decision.not_begun:
        return Plan(abstention=Abstention(kind="cannot_know", text=_NOT_BEGUN))
    if decision.beyond:
        return Plan(abstention=Abstention(kind="cannot_know", text=_TOO_FAR))
    decision = replace(decision, readings=_of_the_person(decision.readings, reading, context))
    if not decision.readings:
        return unclear(reading.text, decision.offered, context, _why(decision, context, earlier))
    for one in decision.readings:
        if sides := side_by_side(one.calls, earlier, reading):
            decision = replace(decision, readings=(replace(one, calls=sides),))
            break
    if no_tag := _of_no_tag([call for one in decision.readings for call in one.calls], reading):
        return Plan(abstention=Abstention(kind="cannot_know", text=no_tag))
    calls = settled([call for one in decision.readings for call in one.calls], earlier, reading, context.now)
    if earlier and any(_is_to_come(call, context) for call in calls):
        return Plan(abstention=Abstention(kind="cannot_know", text=_NOT_YET))
    calls = levels_alike(in_weeks(calls, reading, context.now), reading)
    calls = at_the_same_point(calls, reading, context.now)
    calls, beside = all_that_happened(calls, earlier, reading, context)
    calls = with_alarms_named(calls, earlier, reading, context)
    alike = [comes_to(call, context) for call in calls]
    kept = [call for place, call in enumerate(calls) if alike[place] not in alike[:place]][:MOST_CALLS]
    first = len(settled(decision.readings[0].calls, earlier, reading, context.now))
    first = first if changes_of(calls) == calls else len(calls)
    limits = dict.fromkeys(limit for one in decision.readings for limit in one.limits)
    of_shown = shown(reading, earlier, context) if earlier else None
    outright = decision.readings[0].source == "outright"  # all of its words are what is asked
    idle = NO_WORDS if of_shown or outright else idle_words(kept, reading, context)
    if word := wanted(idle, reading):
        return unclear(reading.text, decision.offered, context, f"I do not know what to do with: {word}.")
    then = of_shown.then if of_shown else ()
    then = then or (derived(kept[:first], reading) if earlier else ()) or _derivations(kept[:first], reading, context)
    if opposite := left_out_alone(kept, reading, context):
        return unclear(reading.text, decision.offered, context, opposite)
    aside = [
        *left_aside(kept, earlier, reading, context, idle),
        *_of_all(kept, earlier, reading),
        *([] if of_shown else still_held(kept, reading)),
        *_counted(kept, earlier, reading),
        *of_owners(kept, reading.text),
        *_of_some_accounts(kept, reading, context),
        *_behind_a_bill(kept, earlier, reading),
        *unmeasured(kept, then, reading, context.now),
    ]
    limits.update(dict.fromkeys((*aside, *beside)))
    if priced := priced_whole(kept, earlier, reading):
        limits[priced] = None
    if [call.query for call in kept] == ["forecast"] and len(_times_to_come(reading, context)) > 1:
        limits[_NO_OTHER] = None
    limits.update(dict.fromkeys(_of_the_running_month(decision.readings, context)))
    if whole := _whole_days(kept, reading):
        limits.update(dict.fromkeys(whole))
        limits.pop(_NO_CLOCK, None)
    elif all(is_narrowed(call) for call in kept):
        limits.pop(_NO_CLOCK, None)
    return Plan(
        calls=tuple(kept),
        then=then,
        limits=tuple(limits),
        aside=(*idle.narrowing(reading), *idle.narrower),
        focus=focused(kept, reading, context) or of_place(kept, earlier, context),
        whether=whether(kept, reading, context.names),
        read_as="; ".join(spoken(call) for call in kept),
        first=first if len(decision.readings) > 1 and first < len(kept) else 0,
    )


def told_in_full(plan: Plan, asked: str, context: Context) -> Plan:
    """A plan that is told as the whole question `asked` wants it told, of which a few words put in another place or time."""
    reading, leading = read(asked, context.names, context.now), plan.calls[: plan.first or None]
    return plan.model_copy(
        update={
            "asked": asked,
            "then": plan.then or _derivations(leading, reading, context),
            "focus": plan.focus or focused(plan.calls, reading, context),
            "whether": plan.whether or whether(plan.calls, reading, context.names),
        }
    )


def _of_the_person(readings: tuple[Candidate, ...], reading: Reading, context: Context) -> tuple[Candidate, ...]:
    """The readings without calls that say nothing of the person who is named and that no word asks for.

    Where nothing is left of them, it is what that person did.
    """
    if not reading.user or not readings or "WHODID" not in reading.concepts or asks_what_may(reading.text):
        return readings
    his = [tuple(c for c in one.calls if _PERSONS & c.inputs.keys() or _asked_too(c, reading)) for one in readings]
    kept = tuple(replace(one, calls=calls) for one, calls in zip(readings, his, strict=True) if calls)
    if kept or "who_did_what" not in context.queries:
        return kept or readings
    calls, limits = calls_for("who_did_what", reading, context)
    return (replace(readings[0], calls=tuple(calls), limits=tuple(limits)),)


_PERSONS = frozenset({"who", "resource"})
"""Inputs that a person may stand in: who acted, and who was acted on."""


def _asked_too(call: PlannedCall, reading: Reading) -> bool:
    return bool(own_concepts(call.query) & reading.concepts)


_AHEAD = frozenset({"forecast", "aws_health_events", "commitments", "budgets"})
"""Queries that know of times to come."""


def _is_to_come(call: PlannedCall, context: Context) -> bool:
    """Whether a call looks at days to come, and at nothing that is known of them."""
    word = str(call.inputs.get("period", ""))
    day = re.match(r"20\d\d-\d\d-\d\d", word)
    later = to_come(word, context.now) or (day is not None and day[0] > f"{context.now:%Y-%m-%d}")
    return later and call.query not in _AHEAD


_OF_THEM = re.compile(
    r"\b(?:only|just|(?:did|do|does|have|has|had|are|were|of) (?:they|them|those|these)|(?:the|which|what) ones?|those (?:who|that|with|without))\b"
)


def _of_all(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence that a check of users and keys is of all of them, where only some of those shown were asked for."""
    before = {str(one.inputs.get("check")) for one in earlier if one.query in ("identity_hygiene", "who_did_what")}
    other = [call for call in calls if call.query == "identity_hygiene" and call.inputs.get("check") not in before]
    if not before or not other or not _OF_THEM.search(reading.text):
        return []
    return [NOT_COMBINED]


def _behind_a_bill(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence that all changes are shown, where it is asked who did what made a bill move."""
    of_a_bill = bool(earlier) and earlier[0].domain == "cost" and DID_THAT.search(reading.text)
    if not of_a_bill or not any(c.query == "who_did_what" and not _NARROWS & c.inputs.keys() for c in calls):
        return []
    return [
        "A bill does not say who moved it: these are all changes of that time there. Ask who created, deleted or started "
        "a kind of thing to see those alone."
    ]


_NARROWS = frozenset({"who", "action", "resource"})
_HOW_MANY = re.compile(
    r"^\W*(?:(?:and|so|ok) )*how many(?: (?:of )?(?:them|those|these|ones))?(?: (?:are|is) (?:there|that|they|those|these|it)| do we have)?\W*$"
)


_MACHINES = re.compile(r"\b(?:machines?|servers?|instances?|hosts?|boxes|vms?|computers?)\b")
_HAVE_HOLES = frozenset({"vulnerabilities", "findings"})


def _counted(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence what is counted, where it is asked how many could be saved on, or what machines are vulnerable to."""
    of_savings = bool(earlier) and earlier[0].query == "savings" and all(call.query == "savings" for call in calls)
    if of_savings and _HOW_MANY.match(reading.text):
        return ["This counts all opportunities of that kind to save; ask for the things by name to have those counted."]
    asked = {call.query for call in calls}
    vulnerable = "vulnerabilities" in asked and asked <= _HAVE_HOLES and not reading.resources
    return [ALL_RESOURCES] if vulnerable and _MACHINES.search(reading.text) else []


def _of_no_tag(calls: Sequence[PlannedCall], reading: Reading) -> str:
    """Why a bill is not told by the tag that is named; empty where it is, or none is named."""
    named = tag_named(reading.text)
    of_a_bill = calls and all(call.query in OF_A_BILL | {"untagged_spend"} for call in calls)
    if named is None or named[1] in BILLED_BY or not of_a_bill:
        return ""
    return (
        f'A bill is told by the tags {", ".join(BILLED_BY[:-1])} and {BILLED_BY[-1]} here, and by no tag "{named[0]}": '
        "another tag would answer something else. Ask for one of these."
    )


def _of_the_running_month(readings: Sequence[Candidate], context: Context) -> list[str]:
    """A sentence what is told of the month that runs, where a forecast is asked for of months that have begun."""
    this = f"{context.now:%Y-%m}"
    asked = [str(call.inputs.get("months") or "9999")[:7] for one in readings for call in one.calls]
    first = min(asked, default=this)
    return [_NOT_BEFORE if first < this else _SO_FAR] if first <= this else []


def _of_some_accounts(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> list[str]:
    """A sentence of what the number of accounts is, where some of them are asked for."""
    if not calls or calls[0].query != "account_list" or not accounts_of(reading.found, context.names):
        return []
    return ["The number is that of all accounts in sight; those that were asked for are listed apart."]


def _times_to_come(reading: Reading, context: Context) -> set[object]:
    """The times that are named, each once, however often and in whatever words it is said."""
    alone = [replace(reading, when=replace(reading.when, mentions=(one,))) for one in reading.when.mentions]
    return {for_forecast(one, context.now)[0] or one.when.mentions[0].word for one in alone}


_NO_CLOCK = "The time of day could not be used; this covers whole days."


def _whole_days(calls: Sequence[PlannedCall], reading: Reading) -> list[str]:
    """A sentence that whole days are shown where hours were asked about: they are not widened in silence."""
    wide = [call for call in calls if "period" in call.inputs and not is_narrowed(call)]
    wide = [call for call in wide if not str(call.inputs["period"]).endswith("_hours")]
    if reading.when.hours is None or not wide:
        return []
    billed = all(call.domain == "cost" for call in wide)
    return [
        "AWS bills by the day: a part of a day is not available, this covers whole days."
        if billed
        else "A part of the day could not be used; this covers whole days."
    ]


def spoken(call: PlannedCall) -> str:
    """A call in words."""
    inputs = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in call.inputs.items())
    return f"{call.query.replace('_', ' ')}{': ' + inputs if inputs else ''}"


def unclear(
    text: str, ranked: Mapping[str, float], context: Context, why: str = "I am not sure what is being asked,"
) -> Plan:
    """Not understood: the questions nearest to what was asked, in the masked `text`, are offered."""
    shown = offered(text, ranked, context.queries)
    text = _no_guess(why) + ("You could ask: " + " ".join(f'"{example}"' for example in shown) if shown else "")
    return Plan(abstention=Abstention(kind="unclear", text=text.strip(), candidates=shown))


def _no_guess(why: str) -> str:
    """Why nothing is answered, and that no guess is made: in one sentence where that is said of the same "I"."""
    why = why.removesuffix(".").removesuffix(",")
    one = why.startswith("I ") and not re.search(r"[:;]|\bname\b|\. ", why)
    return f"{why}, and would rather not guess. " if one else f"{why}. I would rather not guess. "


def _why(decision: Decision, context: Context, earlier: Sequence[PlannedCall]) -> str:
    """What stands in the way of the likeliest plan, if anything can be said of it."""
    if decision.unheard:
        return f'I can not tell what is meant by "{decision.unheard}" here,'
    best = decision.nearest
    if best is not None and (no_tag := _of_no_tag(best.calls, decision.reading)):
        return no_tag
    of_a_deed = asks_who_did_that(decision.reading, earlier) and "who_did_what" in context.queries
    if best is not None:
        for kind, said in objections(best.calls, best.limits, decision.reading, context).items():
            return NOT_EVERYBODY if of_a_deed and kind == "untold" else said
        if word := asked_for(best.calls, decision.reading, context, earlier):
            return f'I can not narrow this to "{word}".'
    if of_a_deed:
        return NOT_EVERYBODY
    return "I am not sure what is being asked,"


def _unknown(named: tuple[str, str], context: Context) -> Abstention:
    """An abstention that names the nearest candidates of what does not exist."""
    kind, said = named
    known = context.names.known(kind)
    candidates = tuple(nearest(said, known, 3)) or (tuple(known[:5]) if kind in ("venue", "env", "team") else ())
    what = {"name": "account, venue, team or service", "env": "environment"}.get(kind, kind)
    text = f"There is no {what} called {said} in sight."
    if candidates:
        text += f" Did you mean {_either(candidates)}?"
    return Abstention(kind="unknown_name", text=text, candidates=candidates)


def _either(candidates: Sequence[str]) -> str:
    return candidates[0] if len(candidates) == 1 else f"{', '.join(candidates[:-1])} or {candidates[-1]}"


def _of_two_accounts(calls: Sequence[PlannedCall], context: Context) -> bool:
    """Whether the spend of two accounts is told, each with a figure of its own."""
    one = calls[0].inputs if len(calls) == 1 and calls[0].query == "spend" else {}
    return one.get("by") == "account" and len(members(str(one.get("accounts", "")), context)) == 2


def _derivations(calls: Sequence[PlannedCall], reading: Reading, context: Context) -> tuple[Derivation, ...]:
    """What has to be computed over the facts once they are there."""
    if in_one(calls):
        return (Derivation(operation="sum", picks=("forecast spend", "forecast spend for the whole month")),)
    if not calls or calls[0].query != "spend":
        return ()
    if holds_share(calls):
        return SHARE_OF
    if _of_two_accounts(calls, context) and asks_difference(reading.text):
        return (Derivation(operation="difference", picks=("row 1", "row 2")),)
    asked = re.search(r"\bdifference\b", reading.text)
    if asked or (len(calls) == 2 and reading.concepts & {"CHANGE"}):
        apart = len(calls) == 2 and (asked or _are_as_long(calls, context.now))
        return (Derivation(operation="difference", picks=("total spend", "total spend")),) if apart else ()
    if asks_mean(reading.text) and calls[0].inputs.get("by") in ("month", "day"):
        return (Derivation(operation="average", picks=("*",)),)
    return ()


_AS_LONG = 0.8
"""Of the days of the longer one of two times, what the other one has at least: months are alike, and a year is no month."""


def _are_as_long(calls: Sequence[PlannedCall], now: datetime) -> bool:
    """Whether bills are of times of about one length: else what lies between them says nothing."""
    spans = [resolved(str(call.inputs.get("period", "last_month")), now) for call in calls]
    days = [span.days for span in spans if span]
    return len(days) == len(spans) and min(days) >= _AS_LONG * max(days)
