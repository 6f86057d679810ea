"""Enlarged: what was shown, of one more place or service ("add Eindhoven"), of all others, or of one of them in detail.

A few words ask for it and say nothing of what it is: that was said before.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of, fill
from agents.models.offline.plan import PLACES, PlannedCall
from agents.models.offline.proposing.opened import Opened
from agents.models.offline.proposing.reduced import held_by
from agents.models.offline.proposing.variants import members
from agents.models.offline.reading import Reading

_LEAD = r"\W*(?:(?:and|so|but|also|ok|okay|then|now|well|please|can you|could you|can we|let us)\b\W*)*"
_NAMED = r"<(?:account|venue|team|env|service)>"
_ADDED = re.compile(
    rf"{_LEAD}(?:add|include|plus|(?:put|throw|bring|take|count) in)(?: (?:in|also))? (?:the )?{_NAMED}(?:(?: ?,? and | ?, )(?:the )?{_NAMED})*"
    r"(?: (?:venue|account|casino|team)s?)?(?: (?:too|as well|also|please|in|here|to (?:it|that|this|them|those|the (?:comparison|list|table|overview|chart|picture|mix|total|sum))))*\W*"
)
"""What is to be shown beside that which was: it stands where a change in AWS would name what it is made to."""
_PLACE = r"(?:accounts?|venues?|casinos?|locations?|sites?|places?|teams?|houses?|environments?)"
_SAME = r"(?:(?:the|this|that|a|an|such|these|those) )*(?:same |similar |like )?(?:sort of |kind of )?(?:problem|issue|trouble|failure|fault|error|thing|symptom)s?"
_HAS = rf"(?:(?:that |which |who )?(?:with|having|has|have|had|got|gets|sees?|seeing|shows?|showing|suffer\w*(?: from)?|r[au]n(?:ning)? into|hit by|affected by|report(?:s|ing)?) {_SAME}|like (?:this|that)|(?:(?:is|are|was|were) )?(?:also )?affected|so)"
_HAPPENS = r"(?:the same|happen\w*|occur\w*|the case|a problem|an issue|fail\w*|so|there|seen|true)"
_ELSEWHERE = re.compile(
    rf"{_LEAD}(?:(?:(?:is|are|was|were|has|have|had|do|does|did) (?:there )?)?(?:any|some|which|what|how many)(?: of (?:the|our))? other (?P<kind>{_PLACE})(?: {_HAS})?"
    rf"|(?:(?:is|are|was|were|do|does|did|has|have|had) )?(?:it|this|that|they|{_SAME}|the same)(?: also)?(?: {_HAPPENS})?(?: also)? (?:elsewhere|anywhere else|somewhere else|(?:in|at|for) (?:any |any of the |some |the |our )?other (?P<where>{_PLACE}))"
    rf"|(?:(?:is|are|was|were|do|does|did|has|have|had) )?(?:there )?(?:any|some)(?:one|body|where|place) else(?: {_HAS})?|(?:who|where|which {_PLACE}) else(?: {_HAS})?)\W*"
)
_OF_ALL = "This is all there is of it, wherever it is: what was shown before is in it."
_OF_VENUES = "This is all there is of it in the venues: what was shown before is in it where it is of one of these."
_DETAILS = re.compile(
    rf"{_LEAD}(?:(?:(?:tell|show|give) (?:me |us )?)?(?:a (?:bit|little) )?more (?:details? |info\w* )?(?:about|on|of|for)|(?:(?:tell|show|give) (?:me |us )?)?(?:the |some )?details? (?:about|on|of|for)"
    rf"|elaborate on|(?:zoom|drill|dig) (?:deeper )?(?:in|into|in on|in to|down on|down into)|(?:look|go) (?:deeper )?into|explain)(?: what is (?:wrong|going on|happening) (?:in|at|with))? (?:the |that )?<(?:account|venue)>(?: (?:one|part|row|account|venue|casino|problem|issue))?(?: please)?\W*"
)
_WRONG = re.compile(
    rf"{_LEAD}what (?:is|was) (?:wrong|the (?:matter|problem|issue|trouble)|going on|happening|broken|up) (?:in|at|with) (?:the |that )?<(?:account|venue)>(?: (?:one|account|venue|casino))?\W*"
)
"""What is asked of one of the accounts whose health was shown."""
_STATE_OF = ("alarms", "backups", "patches")
"""Queries that tell what a summary of health counts."""
_MOST = 4
"""Calls of a plan."""


def enlarged(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Opened | None:
    """What was shown in more places, or one place of it in detail; None of any other question.

    Args:
        reading: the question.
        earlier: the calls of the answer before it.
        context: names, clock and queries.
    """
    if reading.when.mentions or reading.found.unknown or reading.found.excluded:
        return None
    if _ADDED.fullmatch(reading.found.bare):
        more = _with_more(reading, earlier, context)
        return (more, ()) if more else None
    if match := _ELSEWHERE.fullmatch(reading.flat):
        return _elsewhere(match["kind"] or match["where"] or "", earlier, context)
    of_health = earlier[0].query == "health_summary" and _WRONG.fullmatch(reading.text)
    if _DETAILS.fullmatch(reading.text) or of_health:
        into = _into(reading, earlier, context)
        return (into, ()) if into else None
    return None


_KINDS = frozenset({"service", "usage_type", "charge_type", "rule", "type"})
"""Splits of a bill that say nothing of where it is from: of two places they are shown side by side."""
_SUBJECTS = ("service", "team", "venue")
"""Inputs that take one name: a second one is looked at by a call of its own."""


def _with_more(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> tuple[PlannedCall, ...]:
    """The calls before, with what is named added to where or what they were of; none where that was everything."""
    before = earlier[-1]
    query = context.queries[before.query]
    if any(call.query != before.query for call in earlier):
        return ()
    filled = fill(query, reading, context.names, context.now)
    named = {key: value for key, value in filled.inputs.items() if key in ("accounts", *_SUBJECTS)}
    named |= {key: ",".join(values) for key, values in filled.spread.items() if key == "accounts"}
    if len(named) != 1:
        return ()
    [(key, value)] = named.items()
    if any(key not in call.inputs for call in earlier):
        return ()
    joins = key == "accounts" and (before.domain != "cost" or before.inputs.get("by", "service") not in _KINDS)
    if joins and len(earlier) == 1:
        held = members(str(before.inputs[key]), context)
        both = dict.fromkeys([*held, *members(str(value), context)])
        return (before.having(**{key: ",".join(both)}),) if len(both) > len(held) else ()
    values = [value, *filled.spread.get(key, ())] if key != "accounts" else str(value).split(",")
    each = [*earlier, *(before.having(**{key: one}) for one in dict.fromkeys(values))]
    return tuple(each) if len(earlier) < len(each) <= _MOST and value not in (c.inputs[key] for c in earlier) else ()


_ONE_THING = ("resource", "log_group")
"""Inputs that name a thing which is in one place."""


def _elsewhere(kind: str, earlier: Sequence[PlannedCall], context: Context) -> Opened | None:
    """What was shown to be wrong somewhere, wherever else it is so; None of a bill, which has nothing wrong."""
    before = earlier[0]
    if len(earlier) != 1 or before.domain == "cost" or "accounts" not in fields_of(context.queries[before.query]):
        return None
    if before.query in _DEEDS:
        return None
    wide = before.having(**dict.fromkeys((*PLACES, *_ONE_THING)))
    venues = context.names.venue_accounts
    of_venues = bool(venues) and re.match(r"venue|casino|house|location|site", kind) is not None
    if of_venues:
        wide = wide.having(accounts=",".join(venues))
    held = held_by(before, context)
    rest = [name for name in members(str(wide.inputs["accounts"]), context) if name not in held] if of_venues else []
    if not of_venues and 0 < len(held) < len(context.names.accounts):
        rest = [name for name in context.names.accounts if name not in held]
    if rest and len(held) < len(context.names.accounts):
        wide = wide.having(accounts=",".join(rest))
    if wide.query == "backups" and wide.inputs.get("state", "all") == "all":
        wide = wide.having(state="failed")
    limits = () if wide.inputs.get("accounts") == ",".join(rest) else (_OF_VENUES if of_venues else _OF_ALL,)
    return (wide,), limits


_DEEDS = frozenset({"who_did_what", "recent_changes", "account_list", "inventory"})
"""Queries of nothing that is wrong."""
_LISTED = frozenset({"account_list", "commitments", "budgets"})
"""Queries whose rows hold all that they tell of an account."""


def _into(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> tuple[PlannedCall, ...]:
    """The calls before of one place that is named; of its health, what is wrong there one by one."""
    before = earlier[0]
    query = context.queries[before.query]
    place = fill(query, reading, context.names, context.now).inputs.get("accounts")
    if len(earlier) != 1 or before.query in _LISTED or not place or query.personal_data:
        return ()
    held = before.having(**{**dict.fromkeys(PLACES), "accounts": place, "top": None})
    if held.inputs.get("by") in ("account", "team", "venue", "env") and "by" in fields_of(query):
        held = held.having(by="service" if "service" in (allowed(query, "by") or ()) else None)
    if before.query != "health_summary":
        return (held,)
    of_state = [context.queries[name] for name in _STATE_OF if name in context.queries]
    each = [PlannedCall(query=one.name, domain=one.domain, inputs={"accounts": place}) for one in of_state]
    return (held, *(call.having(state="failed") if call.query == "backups" else call for call in each))
