"""Settling: what the calls of a plan that was decided on are set right by, so that they look at what was asked and no more."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import get_args

from agents.models.offline.inputs.acted import acted_on
from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.ending import expiring, measured
from agents.models.offline.inputs.filling import asks_share
from agents.models.offline.inputs.hours import by_days, narrowed
from agents.models.offline.inputs.machines import of_anything, of_machines
from agents.models.offline.inputs.only import all_of_them, of_volumes, those_asked
from agents.models.offline.inputs.periods import a_year_ago, for_forecast
from agents.models.offline.inputs.special import one_kind
from agents.models.offline.naming.billed_parts import HOMES, parts_named
from agents.models.offline.naming.left_out import left_out, words_left_out
from agents.models.offline.plan import PlannedCall
from agents.models.offline.proposing.guarding import OF_A_BILL
from agents.models.offline.proposing.things import PRICE_OF, kind_of, of_the_started, saved_on
from agents.models.offline.reading import Reading, to_come
from agents.models.offline.times import dates
from agents.models.offline.topics.asked import asks_mean, dimensions
from agents.models.offline.weighing.happened import changes_of
from agents.models.offline.weighing.thread import of_those
from tools.cost.parts import Part
from tools.ops.backups import Kind


def settled(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, now: datetime
) -> tuple[PlannedCall, ...]:
    """The calls of a plan, after a question that was answered with `earlier`, set right."""
    found: list[PlannedCall] = []
    for call in calls:
        call = _of_their_size(_of_no_env(_held_today(call, now), reading), earlier, reading)
        call = _ahead(those_asked(_still_open(call, earlier, reading), earlier, reading), reading, now)
        call = _backed_up(saved_on(call, earlier, reading), earlier, reading)
        call = _not_all_ok(_a_year_before(call, earlier, reading, now), reading)
        call = of_the_started(acted_on(call, earlier, reading, now), earlier, reading, now)
        call = _of_one_place(call, reading)
        call = _of_several_months(of_machines(call, earlier, reading), earlier, reading)
        if call.query == "commitments" and (only := one_kind(reading.text)):
            call = call.having(kind=only)
        each = _in_parts(_by_type(call, reading), earlier, reading)
        each = [part for one in each for part in _from_this_month(one, now)]
        found += [one for one in each if one not in found]
    return _since_the_cause(_of_one_width(of_volumes(found, reading), earlier), reading, now)


_WITHIN = {"account": "accounts", "team": "team", "venue": "accounts", "service": "service"}
"""By what a change is told apart, and the input that leaves one of these."""


def _of_one_place(call: PlannedCall, reading: Reading) -> PlannedCall:
    """What moved a cost in one place, by service; what moved that of one service, by account: not by what all of it is."""
    by = str(call.inputs.get("by", ""))
    of = str(call.inputs.get(_WITHIN.get(by, ""), ""))
    if call.query != "spend_change" or not of or "," in of or of == "all" or of.startswith(("env:", "team:")):
        return call
    if by in dimensions(reading.text):
        return call
    within = "account" if by == "service" else "usage_type" if "service" in call.inputs else "service"
    return call if within == "account" and "accounts" in call.inputs else call.having(by=within)


def _of_several_months(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> PlannedCall:
    """An average month of no time that was named: of the last whole months, as one month has no average."""
    timed = reading.when.mentions or reading.when.relative or any("period" in one.inputs for one in earlier)
    if call.query != "spend" or call.inputs.get("by") != "month" or timed or not asks_mean(reading.text):
        return call
    return call.having(period="last_6_months")


_SIZE = re.compile(
    r"^\W*(?:(?:and|so|ok) )*(?:which|what)(?: one| ones)?(?: of (?:them|those|these))? (?:is|are|was) (?:by far )?(?:the )?(?:biggest|largest|fullest|heaviest|smallest)(?: one| ones)?\W*$"
)


def _of_their_size(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> PlannedCall:
    """The size of the buckets that were listed, where it is asked which is the biggest: a list does not tell it."""
    of_buckets = call.query == "inventory" and call.inputs.get("kind") == "buckets" and _SIZE.match(reading.text)
    if not of_buckets or not any(one.query == "inventory" for one in earlier):
        return call
    place = {key: value for key, value in call.inputs.items() if key == "accounts"}
    return call.model_copy(update={"query": "metric", "inputs": {"name": "bucket_size", **place}})


_BY_A_CAUSE = re.compile(
    r"\b(?:because(?: of)?|due to|owing to|caused by|as a (?:result|consequence) of|in (?:consequence|the wake) of|on account of|through|following|after|since|thanks to|explained by|triggered by|down to)\b(?:(?!<p>)[^?;])*<p>"
)
"""A cause and when that was: what came of it came then or later."""


def _since_the_cause(calls: Sequence[PlannedCall], reading: Reading, now: datetime) -> tuple[PlannedCall, ...]:
    """The calls, with backups that failed "because of a change on the 4th" from then on, and the change on that day."""
    days = {str(call.inputs.get("period")) for call in calls}
    one_day = len(reading.when.mentions) == 1 and re.fullmatch(r"\d{4}-\d\d-\d\d", reading.when.mentions[0].word)
    if (
        not one_day
        or days != {reading.when.mentions[0].word} | (days & {"None"})
        or not _BY_A_CAUSE.search(reading.text)
    ):
        return tuple(calls)
    if not {call.query for call in calls} & {"recent_changes", "who_did_what"}:
        return tuple(calls)
    since = f"{reading.when.mentions[0].word}..{now:%Y-%m-%d}"
    return tuple(call.having(period=since) if call.query == "backups" else call for call in calls)


_TYPES = frozenset({"type"})


def _by_type(call: PlannedCall, reading: Reading) -> PlannedCall:
    """Things by their type, where types are asked for and they would be listed one by one."""
    listed = call.query == "inventory" and call.inputs.get("by") == "resource"
    return (
        call.having(by="type", top=None)
        if listed and _TYPES <= set(dimensions(reading.text)) <= _TYPES | {"resource"}
        else call
    )


_FOR_EXAMPLE = re.compile(
    r"\b(?:each|every|per|by|all) (?:of (?:the|our) )?env\w*(?: ?[,;:(])? (?:so|such as|like|e ?g|for (?:example|instance)|meaning|i mean|that is)\b|\b(?:and (?:so on|that stuff|the like|such|the rest)|etc\w*)\b"
)


def _of_no_env(call: PlannedCall, reading: Reading) -> PlannedCall:
    """A bill of all environments, where some are named only as examples of them: what carries no such tag is of none."""
    if not str(call.inputs.get("accounts", "")).startswith("env:"):
        return call
    untagged = call.query == "untagged_spend" and call.inputs.get("tag") == "env"
    by_env = call.query in OF_A_BILL and call.inputs.get("by") == "env" and _FOR_EXAMPLE.search(reading.text)
    return call.having(accounts=None) if untagged or by_env else call


def _held_today(call: PlannedCall, now: datetime) -> PlannedCall:
    """Commitments as they are, where they are asked about with "today": no day is measured, as AWS has not closed it."""
    today = call.query == "commitments" and call.inputs.get("period") in ("today", f"{now:%Y-%m-%d}")
    return call.having(period=None) if today else call


_ALL_OK = re.compile(
    r"^\W*(?:(?:and|so|but|ok|then|well|please|tell me|whether|if|can you tell me) )*(?:is|are|was|were|do|does) (?:(?:literally|really|now|currently|absolutely) )*(?:every|each|all|everything|(?:they|those|these|the alarms|our alarms|alarms) (?:now |currently )?all)\b"
)
"""Whether all are as they should be: it asks for those that are not."""


def _not_all_ok(call: PlannedCall, reading: Reading) -> PlannedCall:
    """The alarms that fire, where it is asked whether all of them are as they should be."""
    asked = call.query == "alarms" and call.inputs.get("state") == "ok" and _ALL_OK.match(reading.text)
    return call.having(state="alarm") if asked else call


_SIDES = re.compile(r"\b(?:versus|vs|against|compar\w+|next to|beside|side by side|as opposed to|or)\b")
_ADDED_UP = re.compile(r"\b(?:together|in total|combined|sum(?:med)?|added|altogether|all of them)\b")
_OVER_TIME = frozenset({"month", "day"})
_MOST_SIDES = 4


def side_by_side(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading
) -> tuple[PlannedCall, ...]:
    """What places that are compared cost in each month, or on each day, one by one; none where that is not asked.

    So of places of which each was told before: their sum by month is no comparison of them.
    """
    if len(calls) != 1 or calls[0].query != "spend" or calls[0].inputs.get("by") not in _OVER_TIME:
        return ()
    places = str(calls[0].inputs.get("accounts", "")).split(",")
    before = earlier[0].inputs if len(earlier) == 1 and earlier[0].query == "spend" else {}
    apart = before.get("by") == "account" and before.get("accounts") == calls[0].inputs.get("accounts")
    if not 1 < len(places) <= _MOST_SIDES or _ADDED_UP.search(reading.text):
        return ()
    return tuple(calls[0].having(accounts=one) for one in places) if apart or _SIDES.search(reading.text) else ()


_BACKED_UP = frozenset(get_args(Kind)) - {"all"}


def _backed_up(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> PlannedCall:
    """The backups of the kind of things that were shown, where it is asked of those ("and backed up?")."""
    if call.query != "backups" or "kind" in call.inputs or not of_those(reading.text):
        return call
    kind = next((kind for one in earlier if (kind := str(kind_of(one))) in _BACKED_UP), None)
    return call.having(kind=kind)


def _of_one_width(calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall]) -> tuple[PlannedCall, ...]:
    """The calls without the backups that others hold; or without those of everything, where those of a kind were shown."""
    held = any(one.query == "backups" and "kind" in one.inputs for one in earlier)
    wide = [one for one in calls if one.query == "backups" and "kind" not in one.inputs]
    narrow = [one for one in calls if one.query == "backups" and "kind" in one.inputs]
    left = [w for w in wide if any(one.having(kind=None) == w for one in narrow)] if held else []
    left += [] if held else [one for one in narrow if one.having(kind=None) in wide]
    return tuple(one for one in calls if one not in left)


def as_asked(
    calls: Sequence[PlannedCall], earlier: Sequence[PlannedCall], reading: Reading, context: Context
) -> tuple[PlannedCall, ...]:
    """The calls of a plan as they are asked at last: with the hours that were said, and set right."""
    timed = narrowed(expiring(calls, reading, context.now, earlier), reading, earlier, context)
    return settled(timed, earlier, reading, context.now)


_COMPARES = re.compile(r"\b(?:compar\w+|against|versus|vs|than)\b")


def _a_year_before(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading, now: datetime) -> PlannedCall:
    """A month that is compared with last year: with the same month of it, and not with a year."""
    if call.query != "spend_change" or not _COMPARES.search(reading.text):
        return call
    if "last_year" not in (call.inputs.get("period"), call.inputs.get("compared_to")):
        return call
    before = next((str(one.inputs["period"]) for one in earlier if "period" in one.inputs), "last_month")
    ago = a_year_ago(before, now)
    return call.having(period=before, compared_to=ago) if ago else call


def _from_this_month(call: PlannedCall, now: datetime) -> list[PlannedCall]:
    """A forecast of months that have begun: of the whole months after this one, and of this one."""
    months = str(call.inputs.get("months", ""))
    this, last = f"{now:%Y-%m}", months[-7:]
    if call.query != "forecast" or not months or months[:7] > this:
        return [call]
    running, after = call.having(months=None, period="this_month"), dates.shifted(this, 1)
    if last == this:
        return [running]
    if last == after:
        return [call.having(months=None, period="next_month"), running]
    return [call.having(months=f"{after}..{last}"), running]


def in_one(calls: Sequence[PlannedCall]) -> bool:
    """Whether these are the forecast of months that have begun, in its two parts."""
    if [call.query for call in calls] != ["forecast", "forecast"]:
        return False
    ahead, running = calls
    later = "months" in ahead.inputs or ahead.inputs.get("period") == "next_month"
    return later and ahead.having(months=None, period="this_month") == running


_FORECAST_FOR = frozenset({"period", "accounts", "service", "by"})


def _ahead(call: PlannedCall, reading: Reading, now: datetime) -> PlannedCall:
    """What will be spent in months to come is a forecast, where nothing is asked for that forecasts are not split by."""
    split = call.inputs.get("by") not in (None, "account", "usage_type") or dimensions(reading.text)
    if call.query != "spend" or split or not call.inputs.keys() <= _FORECAST_FOR:
        return call
    if not to_come(str(call.inputs.get("period", "")), now):
        return call
    word, known = for_forecast(reading, now)
    if word is None or not known:
        return call
    inputs = {key: value for key, value in call.inputs.items() if key in ("accounts", "service")}
    inputs["months" if word[0].isdigit() else "period"] = word
    return call.model_copy(update={"query": "forecast", "inputs": inputs})


def unsettled(calls: Sequence[PlannedCall], now: datetime) -> tuple[PlannedCall, ...]:
    """Calls by whole days, and as they were before they were set right: what follows them is weighed so, as learned."""
    found = []
    if in_one(calls):
        this = f"{now:%Y-%m}"
        last = str(calls[0].inputs.get("months", dates.shifted(this, 1)))[-7:]
        calls = (calls[0].having(period=None, months=f"{this}..{last}"),)
    for call in measured(by_days(changes_of(calls))):
        if "part" in call.inputs:
            by = {"by": "account"} if call.inputs.get("by") == "usage_type" else {}
            whole = {"service": HOMES[str(call.inputs["part"])], **by}
            call = call.having(part=None, **whole)
        found.append(all_of_them(of_anything(call)))
    return tuple(found)


_METERED: dict[str, Part] = {"nat_bytes": "nat_gateways"}
"""Metrics of a part of a billed service: what that cost is what the part cost."""


def _in_parts(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> list[PlannedCall]:
    """A cost of what is no service on the bill: of its usage types, not of all that the service bills beside it."""
    if call.query == "spend" and call.inputs.get("by") == "service" and asks_share(reading):
        call = call.having(service=None)  # of itself it is all
    service = str(call.inputs.get("service", ""))
    if call.query == "spend" and not service and asks_share(reading) and len(reading.found.services) == 1:
        shared = parts_named(reading.text, reading.found.services[0])
        return _part_and_whole(call, shared[0]) if len(shared) == 1 else [call]
    if call.query not in OF_A_BILL:
        return [call]
    named = _parts(_of_the_bill(_without_left_out(reading)), service)
    if not named and not reading.found.services:
        # nothing else was named: still the part that was talked about
        held = [str(one.inputs["part"]) for one in earlier if "part" in one.inputs]
        held += [kind for one in earlier if (kind := str(one.inputs.get("kind"))) in HOMES]  # "what do they cost?"
        held += [_METERED[name] for one in earlier if (name := str(one.inputs.get("name"))) in _METERED]
        named = [part for part in dict.fromkeys(held) if HOMES[part] == service]
        if named and WHOLE_BILL.search(reading.text) and not PRICE_OF.search(reading.text):
            return [call.having(service=None, by=None)]
    if not named:
        return [call]
    by = {} if call.query == "forecast" else _split(call, earlier, reading)
    return [call.having(service=None, part=part, **by) for part in named]


def _without_left_out(reading: Reading) -> Reading:
    """A reading without the words that are left out: "leave data out of it" asks for no data that goes out."""
    words = words_left_out(reading.flat)
    if not words and "service" not in left_out(reading.found.bare):
        return reading
    return replace(reading, text=re.sub(rf"(?<![\w-]){re.escape(words)}(?: out)?(?![\w-])", " ", reading.text))


_IS_IT = re.compile(
    r"[,;.?]? ?\b(?:and|or|so) (?:is|was|are|were) (?:it|that|this|they) (?:(?:the|our|mostly|mainly|just|only|all|really|because of|due to) )*[\w -]{2,30}\W*$"
)
_BY_USAGE = re.compile(r"\b(?:usage[- ]types?|line items?|within)\b")
_ITS_BILL = re.compile(
    r"\b(?:did|does|do|has|have|is|was) (?:the |our )?<(?:account|venue|team)>(?: account| venue| team)? (?:\w+ )?(?:cost|spen[dt]|pa(?:y|id)|burn)\w*"
)


def _of_the_bill(reading: Reading) -> Reading:
    """A reading without what is no part of the bill that is asked about.

    So a guess at what moved it ("which usage types went up, and is it the NAT?"), and what else is asked beside the bill of
    a whole account ("are the GPU boxes up, and what did data-lab cost?").
    """
    text = _IS_IT.sub("", reading.text) if _BY_USAGE.search(reading.text) else reading.text
    if match := _ITS_BILL.search(text):
        start = max(text.rfind(mark, 0, match.start()) for mark in ("?", ",", ";", " and "))
        end = min(
            (place for mark in ("?", ",", ";", " and ") if (place := text.find(mark, match.end())) > 0),
            default=len(text),
        )
        text = text[max(start, 0) : end]
    return reading if text == reading.text else replace(reading, text=text)


def _split(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> dict[str, str]:
    """By what a part is split: as was said, or as it was before, or else by its usage types. A service is one of those."""
    if not dimensions(reading.text) and call.inputs.get("by") not in ("month", "day"):
        before = (str(one.inputs["by"]) for one in earlier if {"part", "by"} <= one.inputs.keys())
        return {"by": next(before, "usage_type")}
    return {"by": "usage_type"} if call.inputs.get("by") == "service" else {}


WHOLE_BILL = re.compile(
    r"\b(?:total|overall|altogether|everything|(?:whole|entire|full) (?:bill|invoice|company|organi[sz]ation)|all (?:services|of it|together))\b"
)
"""Words that want the whole bill after a part of it."""


def _parts(reading: Reading, service: str) -> list[str]:
    """The parts that a text names: of `service`, or of another one where it is carried over and not named."""
    if named := parts_named(reading.text, service):
        return named
    every = {home: parts for home in set(HOMES.values()) if (parts := parts_named(reading.text, home))}
    carried = len(every) == 1 and set(reading.found.services) <= every.keys()
    return next(iter(every.values())) if carried else []


def _part_and_whole(call: PlannedCall, part: str) -> list[PlannedCall]:
    """What a part costs and what all costs, in the same time and place: its share is worked out of the two."""
    return [call.having(by="usage_type", part=part, top=None), call.having(by="none", top=None)]


_THAT_TIME = re.compile(
    r"\b(?:then|(?:that|this|the same|those|same) (?:days?|weeks?|months?|quarters?|time|periods?)|at the time|around then|new|created|found|raised|reported|came)\b"
)


_BACKED_UP_NOW = re.compile(
    r"\b(?:do|does|are|is) (?:all |any |its |the |our |their |those |these )*(?:[\w<>-]+ ){0,2}backups?\b(?:(?!<p>)[^,;?])*(?:[,;?]|$)"
)
"""A clause in the present tense, about backups, with no time in it."""


def _still_open(call: PlannedCall, earlier: Sequence[PlannedCall], reading: Reading) -> PlannedCall:
    """What is so now is not narrowed to the month of a bill that was asked about before, or to another clause's day."""
    if "period" not in call.inputs:
        return call
    before = earlier[0] if earlier else None
    of_the_bill = before and before.domain == "cost" and before.inputs.get("period") == call.inputs["period"]
    said = bool(reading.when.mentions or reading.when.relative)
    if call.query == "findings" and call.inputs.get("status", "open") == "open":
        dated = said or not of_the_bill or bool(_THAT_TIME.search(reading.text))
    elif call.query == "backups" and _BACKED_UP_NOW.search(reading.text):
        dated = not (said or of_the_bill)
    else:
        return call
    return call if dated else call.having(period=None)
