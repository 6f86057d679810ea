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
_WHOM = r"(?:it|they|that|those|(?:the |that |our )?<(?:account|venue|team)>(?: (?:account|venue|casino|team|one))?)"
_NAMED_ONE = r"(?:the |that |our )?<(?:account|venue|team)>(?: (?:account|venue|casino|team|one))?"
_MONEY = r"(?:(?:it|that|this|so much|all|most|the|that|its|their|of|money|budget|cash|bill|spend)\b ?)*"
_SPENT_ON = re.compile(
    rf"{_LEAD}(?:(?:what|which services?) (?:is|was|does|do|did|has|have|are|were) {_WHOM} (?:been )?(?:mostly |mainly )?(?:spend(?:s|ing)?|spent|pay(?:s|ing)?|paid|use|using|used) (?:mostly |mainly )?{_MONEY}(?:on|for)(?: mostly| mainly| there)?"
    rf"|where (?:does|did|do|is|has) (?:(?:all|most|the|that|its|their|of) )*(?:money|budget|spend|spending|cost)(?: of {_WHOM}| in {_WHOM})? (?:go|gone|going|went|spent)(?: to)?(?: there| in {_WHOM})?)\W*"
)
"""What a bill that was shown is made of, of one place of it too."""
_DRIVEN = re.compile(
    rf"{_LEAD}(?:what (?:drove|drives|caused|causes|explains|is behind|was behind|is driving|has driven|pushed|made)(?: (?:the|that) (?:rise|growth|increase|jump|change|drop|fall|costs?|spend))?(?: (?:in|of|at|for|by))? {_NAMED_ONE}(?: (?:up|down|grow|rise|fall|drop|so \w+|more expensive))?"
    rf"|(?:why|how come) (?:did|has|is|was) {_NAMED_ONE} (?:grow|grown|rise|risen|r[io]se|increased?|go up|gone up|going up|up|more expensive|fall|fallen|drop|dropped|go down|gone down|change|changed))(?: (?:so )?(?:much|most|fast))?\W*"
)
"""What moved one of the bills whose change was shown."""
_STATE_OF = ("alarms", "backups", "patches")
"""Queries that tell what a summary of health counts."""
_THERE = (
    r"(?: (?:in|at|of|from|for|on) (?:the |our )?<(?:account|venue|team|env)>(?: (?:account|venue|casino|team|one)s?)?)"
)
_BY_NAME = r"(?:(?:exactly|precisely|specifically|concretely|in particular|in detail|by name|one by one|individually|each)\b ?)"
_THESE = r"(?:(?:<(?:account|venue|team|env)> )?(?:ones?|(?P<{name}>(?!of\b|accounts?\b|venues?\b|teams?\b|casinos?\b|places?\b)[a-z]+(?: (?!of\b|are\b|is\b)[a-z]+)?)))"
_ONE_BY_ONE = re.compile(
    rf"{_LEAD}(?:which|what) (?:(?:ones?|of (?:them|those|these))(?: (?:are|is))?|{_THESE.format(name='which')})(?:{_THERE}(?: {_BY_NAME})?| {_BY_NAME}| (?:are|is) (?:they|those|these|it|that)(?: {_BY_NAME})?)\W*"
    rf"|{_LEAD}(?:which|what|who) (?:are|is|were|was) (?:they|it|(?:(?:the|those|these|all|that) )+(?:{_THESE.format(name='are')})?)(?: that (?:are|is))?{_THERE}?(?: (?:all )?(?:about|called|named|{_BY_NAME}))?{_THERE}?\W*"
    rf"|{_LEAD}(?:can (?:i|we) (?:see|have)|could (?:i|we) see|list|name|show|give)(?: me| us)? (?:them|each(?: one)?|(?:(?:the|those|these|all|each|of) )+{_THESE.format(name='list')}){_THERE}?(?: {_BY_NAME})?(?: ?please)?\W*"
    rf"|{_LEAD}{_BY_NAME}(?: ?please)?\W*"
)
"""Which those are that were counted: each of them, and not how many there are."""
_THINGS = {
    "findings": r"findings?|issues?|problems?|alerts?",
    "patches": r"servers?|machines?|instances?|hosts?|vms?|boxes",
    "vulnerabilities": r"vulnerabilit(?:y|ies)|cves?|holes?|issues?|problems?",
    "inventory": r"instances?|servers?|machines?|databases?|functions?|lambdas?|buckets?|volumes?|disks?|services?|load balancers?",
}
"""What each of those is that such queries count, as it may be called."""
_ANY_THING = r"things?|resources?|items?|names?|details?"
_EACH_ONE: dict[str, str | None] = {
    "findings": None,
    "patches": None,
    "vulnerabilities": "cve",
    "inventory": "resource",
}
"""The split by which such queries name each of those that they count."""
_ONE_LEVEL = "Findings are named one by one of one level at a time: ask for the critical ones, or the high ones."
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
    if each := _untagged_things(reading, earlier, context) or _one_by_one(reading, earlier, context):
        return each
    if len(earlier) == 1 and earlier[0].query == "patches" and (match := _COMPLIANT.fullmatch(reading.text)):
        return _of_patches(earlier[0], reading, context), (_NOT_COMPLIANT if match["non"] else _COMPLIANT_TOO,)
    before = earlier[0].query
    of_health = before == "health_summary" and _WRONG.fullmatch(reading.text)
    moved = before == "spend_change" and _DRIVEN.fullmatch(reading.text)
    spent = before in ("spend", "spend_change") and _SPENT_ON.fullmatch(reading.text)
    if _DETAILS.fullmatch(reading.text) or of_health or moved or spent:
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


def _one_by_one(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Opened | None:
    """Each of those that were counted, in the place that is named or was shown; None where each was shown already."""
    before, match = earlier[0], _ONE_BY_ONE.fullmatch(reading.text)
    if len(earlier) == 1 and match and before.query == "untagged_spend":
        return _behind_untagged(reading, before, context)
    if len(earlier) != 1 or match is None or before.query not in _EACH_ONE:
        return None
    of = next((said for said in match.groupdict().values() if said), "")
    if of and not re.fullmatch(rf"{_ANY_THING}|{_THINGS[before.query]}", of):
        return None
    filled = fill(context.queries[before.query], reading, context.names, context.now)
    place = filled.inputs.get("accounts") or ",".join(filled.spread.get("accounts", ()))
    if reading.found.any() and not place:
        return None
    each = before.having(by=_EACH_ONE[before.query], top=None)
    if each.inputs.get("by") == before.inputs.get("by"):
        return None
    wide = before.query == "findings" and before.inputs.get("severity", "all") == "all"
    return ((each.having(accounts=place) if place else each),), (_ONE_LEVEL,) if wide else ()


_NO_SUCH_TAG = re.compile(
    rf"{_LEAD}(?:(?:only|just|which|what|how many|any|the|those|all|of|them|these|ones?|are|is|have|has|lack|show|list|me|that) )*(?:untagged|not tagged|tagless|(?:without|have no|has no|with no|no|missing|lacking|lack)(?: an?| any| the| their)?(?: (?:team|owner|owners?))? tags?)(?: (?:ones?|of them|buckets?|volumes?|disks?|databases?|instances?|servers?|functions?|only|please))*\W*"
)
"""Those of what was shown that carry no tag of a team."""
_ALL_UNTAGGED = "These are all {kind} without a team tag, whether or not they are so as was asked before."
_UNTAGGED_NOW = (
    "A bill does not name single resources: this is what was billed without that tag by service, and the resources without "
    "it that are there now, of the kinds that are looked at."
)


def _untagged_things(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Opened | None:
    """The things of a kind that was shown which carry no tag; None of a bill, and of kinds that are not listed."""
    if "inventory" not in context.queries or not _NO_SUCH_TAG.fullmatch(reading.text):
        return None
    query = context.queries["inventory"]
    kinds = {"instances" if one.query == "patches" else str(one.inputs.get("kind", "")) for one in earlier}
    kind = kinds.pop()
    if kinds or kind not in set(allowed(query, "kind") or ()) - {"all"}:
        return None
    counted = next((one for one in earlier if one.query == "inventory"), None)
    if counted is not None and not counted.inputs.get("only"):
        return (counted.having(tag="team="),), ()
    kept = {key: value for key, value in earlier[0].inputs.items() if key == "accounts"}
    inputs = {"kind": kind, "by": "resource", "tag": "team=", **kept}
    call = PlannedCall(query=query.name, domain=query.domain, inputs=inputs)
    return (call,), (_ALL_UNTAGGED.format(kind=kind),)


def _behind_untagged(reading: Reading, before: PlannedCall, context: Context) -> Opened | None:
    """What was billed without a tag by service, and the resources that carry none, in the place that is named or was shown."""
    place = fill(context.queries[before.query], reading, context.names, context.now).inputs.get("accounts")
    if "inventory" not in context.queries or (reading.found.any() and not place):
        return None
    billed = before.having(by="service", top=None, **({"accounts": place} if place else {}))
    kept = {key: value for key, value in billed.inputs.items() if key == "accounts"}
    inputs = {"kind": "all", "by": "resource", "tag": f"{before.inputs.get('tag', 'team')}=", **kept}
    things = PlannedCall(query="inventory", domain=context.queries["inventory"].domain, inputs=inputs)
    return (billed, things), (_UNTAGGED_NOW,)


_COMPLIANT = re.compile(
    rf"{_LEAD}(?:(?:only|just|which|what|how many|the|those|all|of|them|these|ones?|that|are|is|there|show|list|give|me|us|see|i|instances?|servers?|machines?|hosts?) )*"
    rf"(?:(?:in|at|for) (?:the )?{_NAMED} )?(?P<non>(?:non|not(?: (?:yet|fully))?|un|in)[- ]?)?(?:patch[- ])?complian(?:t|ce)(?: (?:ones?|instances?|servers?|machines?|hosts?|only|there|please|of them))*{_THERE}?\W*"
)
"""Those of the patched machines that are as they should be, or are not; alone it would be about the rules of AWS Config."""
_NOT_COMPLIANT = "Listed are the instances that are not patch-compliant, and no others."
_COMPLIANT_TOO = "Instances that are patch-compliant are counted only; listed are those that are not."


def _of_patches(before: PlannedCall, reading: Reading, context: Context) -> tuple[PlannedCall, ...]:
    """The machines whose patches were shown, one by one, in the place that is named or was shown."""
    said = fill(context.queries[before.query], reading, context.names, context.now).inputs
    placed = {key: value for key, value in said.items() if key in PLACES}
    named = dict.fromkeys(PLACES) | placed if placed else {}
    return (before.having(**named, by=None, top=25),)


_DEEDS = frozenset({"who_did_what", "recent_changes", "account_list", "inventory"})
"""Queries of nothing that is wrong."""
_LISTED = frozenset({"account_list", "commitments", "budgets"})
"""Queries whose rows hold all that they tell of an account."""


def _into(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> tuple[PlannedCall, ...]:
    """The calls before of one place that is named; of its health, what is wrong there one by one."""
    before = earlier[0]
    query = context.queries[before.query]
    said = fill(query, reading, context.names, context.now).inputs
    by, found = str(before.inputs.get("by")), reading.found
    # a row of those that were told apart by their tag is of that tag, and not of an account named after it
    named = {"venue": [*found.venues, *(one.removeprefix("venue-") for one in found.accounts)], "team": found.teams}
    one = named.get(by, [])
    tagged = {by: one[0]} if len(one) == 1 and one[0] in (*context.names.venues, *context.names.teams) else {}
    place = tagged or {key: said[key] for key in ("accounts", "team") if key in said}
    held = before.having(**(dict.fromkeys(PLACES) | place if place else {}), top=None)
    if len(earlier) != 1 or before.query in _LISTED or query.personal_data or (reading.found.any() and not place):
        return ()
    if by in ("account", "team", "venue", "env") and "by" in fields_of(query):
        held = held.having(by="service" if "service" in (allowed(query, "by") or ()) else None)
    if before.query != "health_summary":
        return (held,)
    of_state = [context.queries[name] for name in _STATE_OF if name in context.queries]
    each = [PlannedCall(query=one.name, domain=one.domain, inputs=place) for one in of_state]
    return (held, *(call.having(state="failed") if call.query == "backups" else call for call in each))
