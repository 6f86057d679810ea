"""Opened: what was shown, looked into: what a bill is made of, which account makes up most of it, since when it is billed.

A few words ask for it and name nothing themselves: it is the same thing, in the same place and time, seen another way.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.filling import allowed, fields_of, fill
from agents.models.offline.inputs.periods import a_year_ago
from agents.models.offline.plan import BILLED_FOR, PlannedCall
from agents.models.offline.reading import Reading
from agents.models.offline.topics.asked import dimensions
from agents.models.offline.topics.of_shown import of_shown

Opened = tuple[tuple[PlannedCall, ...], tuple[str, ...]]
"""Calls, and sentences about what they do not tell."""
_LEAD = r"\W*(?:(?:and|so|but|ok|okay|then|well|please)\b\W*)*"
_IT = r"(?:it|that|this|they|these|those|them)"
_MADE_OF = re.compile(
    rf"{_LEAD}(?:what (?:is|was|are|were) (?:{_IT} (?:made (?:up )?(?:of|from)|composed of|all (?:about|for)|for|spent on)|in {_IT})"
    rf"|what (?:does|do|did) {_IT} (?:consist of|comprise|include|go to|go on)|what (?:makes|made) (?:up {_IT}|{_IT} up)|what (?:is|was) behind {_IT})\W*"
)
_MOSTLY = re.compile(
    rf"{_LEAD}(?:which|what) (?:accounts?|teams?|services?|venues?|casinos?|regions?|environments?) (?:(?:has|have|is|are|was|were|did) )?"
    r"(?:caus(?:ed|es|ing)|behind|dr(?:ove|ives?|iving)|ma(?:de|kes?|king) up|account(?:s|ed|ing)? for|r(?:an|uns?|unning) up|responsible for|spen[dt]s?|pa(?:id|ys?)|contribut\w+ to|generat\w+|used|uses)"
    rf" (?:the )?(?:most|bulk|majority|(?:biggest|largest|greatest|lion 's) (?:part|share|chunk)|lot)(?: (?:of )?{_IT})?\W*"
)
_SINCE = re.compile(
    rf"{_LEAD}(?:since|from) when(?: (?:is|are|do|did|has|have|was|were) (?:we|{_IT})(?: \w+){{0,3}})?\W*"
)
_EACH = re.compile(
    rf"{_LEAD}(?:(?:what|how much) (?:does|do|did|has|have|is|was) (?:each|every one)(?: (?:of {_IT}|one|account))?(?: (?:cost|costs|costing|spend|spent|spending))(?: us)?"
    r"|each (?:one )?costs?|(?:the )?costs? (?:of|for|per) each(?: (?:one|account))?)\W*"
)
_NO_CREDITS = re.compile(
    rf"{_LEAD}(?:without|before|excluding|minus|less|net of|not counting) (?:the |our |any )?(?:aws )?(?:credits?|refunds?)(?: and (?:the )?(?:credits?|refunds?))?\W*"
)
_ON_THE_YEAR = re.compile(
    rf"{_LEAD}(?:(?:is|was|are|were) {_IT} )?(?:up|down|more|less|higher|lower)(?: or (?:up|down|more|less|higher|lower))? (?:on|over|from|versus|vs|against|than|compared (?:to|with)) (?:the|a|one|last) year(?: (?:ago|before|earlier))?\W*"
)
_NOISIEST = re.compile(
    rf"{_LEAD}(?:which|what)(?: (?:one|alarm|of {_IT}))? (?:(?:is|was|has been|were|are) (?:the )?(?:noisiest|loudest|busiest|most frequent)(?: one)?|(?:rang|rings|went off|goes off|fired|fires|flapped|flaps) (?:the )?most(?: often)?)(?: (?:of|in|over|during) <p>)?\W*"
)
_SERIOUS = re.compile(
    rf"{_LEAD}(?:(?:is|are|was|were) there )?any(?:thing)?(?: of {_IT})?(?: (?:really|very|at all|that is))? (?:serious|severe|grave|dangerous)(?: (?:ones?|among {_IT}|in {_IT}))?\W*"
)
_SUPPORT = re.compile(
    rf"{_LEAD}(?:when|how soon|until when|how long) (?:(?:does|do|will|is|are) )?(?:(?:the|aws|aws 's|their|its) )*(?:support(?: (?:for|of) {_IT})? (?:end|ends|ending|stop|stops|expire|expires|run out|over)|{_IT} (?:still )?supported)\W*"
)
_GROWS = re.compile(
    rf"{_LEAD}how (?:fast|quickly|rapidly) (?:(?:does|do|did|is|are|was|were|has|have|will) )?{_IT} (?:been )?(?:grow|fill|chang|shrink|ris|increas|decreas|fall)\w*(?: up)?\W*"
)
_UNUSED = re.compile(
    rf"{_LEAD}(?:(?:which|how many|what)(?: ones?| of {_IT})? |those |the ones )?(?:that )?(?:(?:are|were|is|was|have|has) )?(?:been )?(?:(?:not|never) (?:been )?(?:used|touched|in use)|unused)(?: (?:<p>|at all|ever))?\W*"
)
_WITH_MFA = re.compile(
    rf"{_LEAD}(?:(?:was|were|is|are|has|have|had|did|does|do|with|without|any|no|there|{_IT}|he|she|root|the root (?:user|account)|(?:the|those|these) (?:sign-?ins?|log-?ins?)|used?|have|got|protected|done|made|by|an?) )*"
    rf"(?:mfa|multi[- ]factor(?: authentication)?|(?:second|two)[- ]factors?(?: authentication)?|2fa)(?: (?:on|enabled|used|active|activated|in (?:use|place)|set(?: up)?|configured|switched on|required|for|then|there|{_IT}))*\W*"
)
_MARKED = "This is of the root users as they are now; a sign-in without MFA is marked so where sign-ins were shown."
_SERIES = (
    "A bill does not say since when a thing is there: this is what was billed for it in each month and on each of the last "
    "days; what began before the first of these can not be told."
)
_ALREADY_GROSS = "What AWS forecasts is without credits and refunds already."
_BOUNDS = "How sure AWS is of it is told by the lower and the upper bound of each whole month."
_NO_BOUNDS = "AWS gives no bounds for the rest of a month: how sure this is can not be told."
NOT_COMBINED = "This is all that this check finds, not only those shown before: checks can not be combined."
_NO_PACE = "How fast that changes is not told of many at once: name one of them to see it over time."
_ANNOUNCED = "When support ends is told where AWS has announced it, of what it says is affected."
_NEEDED = {
    "cost": frozenset({"spend", "spend_change"}),
    "ops": frozenset({"spend", "alarm_history", "aws_health_events"}),
    "security": frozenset[str](),
}
"""Queries that look into what a query of a domain shows."""
_GAP = rf"(?:{_IT}|(?:the|that|this) (?:gap|difference|rest|money|amount|reduction|discount))"
OF_THE_GAP = re.compile(
    rf"{_LEAD}(?:where (?:does|do|did|is|are) {_GAP} (?:all )?(?:com(?:e|ing)|stem(?:ming)?|aris(?:e|ing)) from|where (?:is {_GAP} )?from|(?:why|how come)(?: (?:(?:is|are|was|were|do|does|did) )?(?:there )?(?:a |any )?(?:{_GAP}|gap|difference)(?: (?:there|so \w+|differ|different|lower|higher|less|more))?)?"
    rf"|what (?:explains|causes|caused|accounts for|makes|made|is behind|was behind|is in|makes up|is) {_GAP}(?: (?:made (?:up )?(?:of|from)|up|due to|from|for|about))?|explain {_GAP}|what (?:is|was) the (?:reason|cause)(?: (?:for|of) {_GAP})?|how is {_GAP} (?:made up|composed|explained))\W*"
)
"""What makes a bill before credits and refunds differ from the one after them."""


def opened(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Opened | None:
    """What looks into that which was shown, where a few words ask for it; None of any other question."""
    if gap := _of_the_gap(reading, earlier):
        return (gap,), ()
    if len(earlier) != 1 or reading.found.any():
        return None
    call, text = earlier[0], reading.text
    if not _NEEDED[call.domain] <= context.queries.keys():
        return None  # who asks may see a part only
    if call.query == "spend" and _ON_THE_YEAR.fullmatch(reading.flat):
        return _a_year_before(call, context)
    if "root" in (call.inputs.get("who"), call.inputs.get("check")) and _WITH_MFA.fullmatch(text):
        return _of_root(call, context)
    if call.query in ("alarms", "alarm_history") and _NOISIEST.fullmatch(text):
        return (_went_off(call, reading, context),), ()
    if call.inputs.get("check") == "old_keys" and _UNUSED.fullmatch(text):
        said = fill(context.queries[call.query], reading, context.names, context.now).inputs
        return (call.having(check="unused_keys", days=said.get("days")),), (NOT_COMBINED,)
    if reading.when.mentions:
        return None
    if call.query == "metric" and "resource" not in call.inputs and _GROWS.fullmatch(text):
        return (call,), (_NO_PACE,)
    if call.query == "threats" and _SERIOUS.fullmatch(text):
        return (call.having(severity="high"),), ()
    if call.inputs.get("kind") == "functions" and _SUPPORT.fullmatch(text):
        return (_announced(call, context),), (_ANNOUNCED,)
    if call.query == "aws_health_events" and _SUPPORT.fullmatch(text):
        return (call,), ()
    if call.query == "account_list" and _EACH.fullmatch(text):
        return (_spend(call, context).having(by="account", top=25),), ()
    if call.query == "forecast" and _NO_CREDITS.fullmatch(text):
        return (call,), (_ALREADY_GROSS,)
    if call.query == "forecast" and of_shown(text) == "range":
        return (call,), (_NO_BOUNDS if call.inputs.get("period", "this_month") == "this_month" else _BOUNDS,)
    if call.query not in ("spend", "spend_change"):
        return None
    if _MADE_OF.fullmatch(text):
        by = "usage_type" if BILLED_FOR & call.inputs.keys() else "service"
        return (_spend(call, context).having(by=by, top=None),), ()
    if _MOSTLY.fullmatch(text):
        return _ranked(call, reading, context)
    if call.query == "spend" and _SINCE.fullmatch(text) and BILLED_FOR & call.inputs.keys():
        held = call.having(top=None)
        return (
            held.having(by="month", period="last_6_months"),
            held.having(by="day", period="last_30_days"),
        ), (_SERIES,)
    return None


def _of_the_gap(reading: Reading, earlier: Sequence[PlannedCall]) -> PlannedCall | None:
    """The bill by kind of charge, where the same was shown gross and net and it is asked what lies between."""
    if [call.query for call in earlier] != ["spend", "spend"] or not OF_THE_GAP.fullmatch(reading.text):
        return None
    one, other = (call.having(net=None) for call in earlier)
    nets = {call.inputs.get("net", True) for call in earlier}
    return one.having(by="charge_type", top=None) if one == other and len(nets) > 1 else None


def _of_root(call: PlannedCall, context: Context) -> Opened | None:
    """Whether the root users have MFA, in the place of what was shown of them or of what they did."""
    if "identity_hygiene" not in context.queries:
        return None
    placed = {key: value for key, value in call.inputs.items() if key == "accounts"}
    users = PlannedCall(query="identity_hygiene", domain=call.domain, inputs={"check": "root", **placed})
    return (users,), (_MARKED,)


def _spend(call: PlannedCall, context: Context) -> PlannedCall:
    """The spend of what a call is of, in its time."""
    query = context.queries["spend"]
    kept = {key: value for key, value in call.inputs.items() if key in fields_of(query)}
    return PlannedCall(query=query.name, domain=query.domain, inputs=kept)


def _went_off(call: PlannedCall, reading: Reading, context: Context) -> PlannedCall:
    """The alarms that went off, those of all that were shown first that did so most often."""
    query = context.queries["alarm_history"]
    kept = {key: value for key, value in call.inputs.items() if key in ("accounts", "period")}
    if reading.when.mentions:
        kept["period"] = reading.when.mentions[0].word
    return PlannedCall(query=query.name, domain=query.domain, inputs=kept)


def _announced(call: PlannedCall, context: Context) -> PlannedCall:
    """What AWS has announced for the accounts of a call."""
    query = context.queries["aws_health_events"]
    kept = {key: value for key, value in call.inputs.items() if key == "accounts"}
    return PlannedCall(query=query.name, domain=query.domain, inputs={**kept, "status": "upcoming"})


def _ranked(call: PlannedCall, reading: Reading, context: Context) -> Opened | None:
    """The same bill by what is asked for, the largest first."""
    by = next(iter(dimensions(reading.text)), "")
    return ((call.having(by=by, top=None),), ()) if by in (allowed(context.queries[call.query], "by") or ()) else None


def _a_year_before(call: PlannedCall, context: Context) -> Opened | None:
    """The same bill, against that of the same time a year before."""
    query = context.queries["spend_change"]
    period = str(call.inputs.get("period", fields_of(context.queries["spend"])["period"].get("default")))
    ago = a_year_ago(period, context.now)
    if ago is None:
        return None
    kept = {key: value for key, value in call.inputs.items() if key in fields_of(query) and key not in ("by", "top")}
    if (by := call.inputs.get("by")) in (allowed(query, "by") or ()):
        kept["by"] = by
    change = PlannedCall(query=query.name, domain=query.domain, inputs=kept)
    return (change.having(period=period, compared_to=ago),), ()
