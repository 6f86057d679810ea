"""Shown: a few words that ask something of what the last answer shows are answered from that, or what lies by it.

The answer of a query holds more than was asked for first: since when an alarm is on, who deployed, why a backup failed,
by how much a budget is over. No look at what people did is needed for it, and no figure of the whole bill.
"""
# ruff: noqa: E501, SIM905 - lists of names read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from agents.models.offline.inputs.acted import in_full
from agents.models.offline.inputs.choosing import Context, one_call
from agents.models.offline.inputs.filling import allowed, fields_of, fill
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.inputs.rows import COUNTED_BY_ACCOUNT
from agents.models.offline.plan import BILLED_FOR, PLACES, Derivation, PlannedCall
from agents.models.offline.proposing.anchored import BILLED
from agents.models.offline.proposing.besides import besides
from agents.models.offline.proposing.deeds import deed
from agents.models.offline.proposing.differing import differing
from agents.models.offline.proposing.enlarged import enlarged
from agents.models.offline.proposing.followups import placed_as
from agents.models.offline.proposing.measured import measured
from agents.models.offline.proposing.opened import opened
from agents.models.offline.proposing.reduced import reduced
from agents.models.offline.proposing.things import PRICE_OF
from agents.models.offline.proposing.untold import untold
from agents.models.offline.reading import Reading
from agents.models.offline.times.dates import span
from agents.models.offline.topics.of_shown import (
    Ask,
    asks_extra,
    asks_normal,
    asks_of_them_all,
    before_that,
    nth,
    of_shown,
    of_shown_in,
    rose_in_a_time,
)

_PLACED = frozenset(
    "alarms alarm_history aws_health_events backups cost_anomalies error_logs identity_hygiene metric patches "
    "public_exposure quotas recent_changes threats".split()
)
"""Queries whose rows each say in which account they are."""
_TELLS: dict[Ask, frozenset[str]] = {
    "when": frozenset(
        "alarms alarm_history aws_health_events backups commitments cost_anomalies error_logs recent_changes threats vulnerabilities".split()
    ),
    "why": frozenset({"backups"}),
    "who": frozenset({"recent_changes"}),
    "by": frozenset({"recent_changes"}),
    "by how much": frozenset({"budgets", "forecast", "spend_change"}),
    "cost": frozenset({"cost_anomalies"}),
    "left": frozenset({"quotas", "budgets"}),
    "still": frozenset(
        "alarms alarm_history aws_health_events backups cost_anomalies encryption patches public_exposure quotas".split()
    ),
    "most": frozenset(
        "alarms alarm_history aws_health_events backups budgets cost_anomalies error_logs health_summary patches quotas "
        "savings threats vulnerabilities".split()
    ),
    "severity": frozenset({"threats", "vulnerabilities"}),
    "where": _PLACED,
}
"""Queries whose answers tell it, whatever their inputs."""
_DATED: dict[str, tuple[str, frozenset[str]]] = {
    "identity_hygiene": ("check", frozenset({"old_keys", "unused_keys"})),
    "public_exposure": ("kind", frozenset({"buckets"})),
}
"""Queries that tell since when with one of these values of an input only."""
HAPPENED = frozenset({"alarm_history", "error_logs", "recent_changes", "aws_health_events", "alarms"})
"""Queries of what happened: what it cost is no line of a bill."""
UNUSUAL = "A bill has no line for one event: this is the unusual spend that AWS found there, and what began on another day may be of something else."
_ROSE = "This is what AWS holds for unusual spend there; what it did not find unusual is not in it."
_SAVED = "This is what AWS estimates would be saved on them a month: a bill does not tell single resources apart."
_OF_ITS_ACCOUNT = "Known is the team of each account, and not who owns a single thing in it."
_OF_ACCOUNTS = frozenset({"account_list", "health_summary", "untagged_spend"})
_TO_GO = re.compile(
    r"\W*(?:(?:and|or|is|are|any|some|which|how many|what|of|them|these|those|they|one|ones|there|also|about|currently|already|now|not) )*(?:(?:scheduled|pending|due|marked|waiting|planned|set|about) )?(?:for )?(?:deletion|removal|to be (?:deleted|removed)|to go)(?: (?:soon|now))?\W*"
)
"""Whether keys are about to be deleted: their list says so of each."""
_GOING = "Those that are about to be deleted stand in the list as pending deletion."
_AGELESS = frozenset({"inventory", "spend"})
_OF_AN_AGE = re.compile(
    r"\W*(?:(?:and|or|is|are|any|only|just|which|how many|what|of|them|these|those|they|one|ones|that|the) )*(?:older|newer|younger) than (?:[\w-]+ ?){1,3}\W*"
)
"""Whether those that were shown are to be picked by their age."""
_NO_AGE = "How old each of them is is not told here: this is what was shown before, and not only those of that age."
_TOO_MUCH = re.compile(
    r"\W*(?:(?:and|so|ok|but) )*(?:(?:which|what|how many)(?: of (?:them|those|these))?(?: (?:ones?|budgets?))?)?(?: ?(?:will|would|do|are|did|have|has|is|going|to|we|us|be|it|likely))* (?:blow\w*|blown|bust\w*|break\w*|exceed\w*|overrun\w*|overshoot\w*|overspen\w*|(?:go(?:ing)?|gone|run) over|(?:get|become|grow|be)(?:ing)? (?:any )?(?:worse|better|more|higher))(?: (?:it|them|over|through|<p>|the (?:budget|limit)|their (?:budgets?|limits?)|(?:before|by|until|till|at) (?:the )?(?:end of )?<p>))*\W*"
)
"""Which budgets are or will be over their limit: each says so, and what is forecast of it."""
_FORECAST_OF_EACH = "What each is forecast to come to by the end of its month stands beside it."
_WORST_PLACE = re.compile(
    r"\W*(?:(?:and|so|ok|then) )*(?:(?:in|at|on|for) )?(?:which|what) (?:venue|account)s? (?:is|are|has it|does|was) (?:it |that |this )?(?:the )?worst(?: off| of all)?\W*"
)
"""Whether it is asked where what was shown is worst: its counts by account tell that."""
_COMPARED = re.compile(r"\W*and compare for\b")
"""The places of the last two answers, as they are named together: see `reaching.reached`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The calls that tell what is asked of what was shown, sentences about what they do not tell, and what is worked out."""

    calls: tuple[PlannedCall, ...]
    limits: tuple[str, ...] = ()
    then: tuple[Derivation, ...] = ()
    """What has to be computed of them."""


def shown(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Shown | None:
    """What tells that which a few words ask of what was shown; None where they ask something else, or nothing tells it.

    Args:
        reading: the question.
        earlier: the calls of the answer before it.
        context: names, clock and queries.
    """
    if not earlier:
        return None
    if earlier[0].query == "savings" and PRICE_OF.search(reading.text) and not reading.when.mentions:
        return Shown(tuple(earlier), (_SAVED,))
    asked = measured(reading, earlier, context) or reduced(reading, earlier, context)
    if asked := asked or differing(reading, earlier, context):
        return Shown(*asked)
    if beside := besides(reading, earlier, context):
        return Shown(*beside)
    if moved := _moved(reading, earlier, context):
        return Shown((moved,))
    if past := _before(reading, earlier, context):
        return past
    if all(call.inputs.get("kind") == "keys" for call in earlier) and _TO_GO.fullmatch(reading.text):
        return Shown(tuple(earlier), (_GOING,))
    if other := _of_another_kind(reading, earlier, context):
        return Shown((other,))
    if done := _deed(reading, earlier, context):
        return done
    if into := opened(reading, earlier, context) or enlarged(reading, earlier, context):
        return Shown(*into)
    by_account = earlier[0].query in COUNTED_BY_ACCOUNT or _is_by_account(earlier[0])
    if len(earlier) == 1 and by_account and _WORST_PLACE.fullmatch(reading.flat):
        return Shown(tuple(earlier))
    if all(call.query == "budgets" for call in earlier) and _TOO_MUCH.fullmatch(reading.text):
        return Shown(tuple(earlier), (_FORECAST_OF_EACH,))
    if all(call.query in _AGELESS for call in earlier) and _OF_AN_AGE.fullmatch(reading.flat):
        return Shown(tuple(earlier), (_NO_AGE,))
    ask = of_shown(reading.text)
    if ask is None:
        return None
    if ask == "when" and asks_of_them_all(reading.text):
        went_on = tuple(call for call in earlier if call.query in _WENT_ON)
        return Shown(went_on, (_EACH_ALONE,)) if went_on else None
    if ask == "when" and len(earlier) == 1 and _shows_all_public(earlier[0]):
        return Shown(tuple(earlier), (_SINCE_OF_BUCKETS,))
    if ask == "owner":
        return _owner(reading, earlier, context)
    if ask == "still" and asks_normal(reading.text):
        if not {mention.word for mention in reading.when.mentions} <= {"now", "today"}:
            return None
        if now := _as_usual(earlier[0], context):
            return now
    if ask == "left" and all(call.query == "budgets" and "accounts" not in call.inputs for call in earlier):
        return Shown(tuple(earlier), (_ONE_BUDGET,))
    seen_only = ask == "when" and untold(earlier, reading) is not None  # when a threat was seen last is not since when
    told = [call for call in earlier if _tells(call, ask) and ask != "by"]  # "who" alone is of one thing
    if told and all(call.query in HAPPENED for call in earlier) and not seen_only:
        return Shown(tuple(told))  # of all that happened, what tells it
    if (all(_tells(call, ask) for call in earlier) and not seen_only) or (
        ask == "by how much" and compares_two(earlier)
    ):
        return Shown(tuple(earlier))
    before = earlier[0]
    if "cost_anomalies" in context.queries and before.query == "spend_change" and ask in ("when", "cost"):
        rose = (before,) if ask == "cost" and asks_extra(reading.text) else ()
        return Shown((*rose, _unusual(before, context, ("accounts", "period"))), (_ROSE,))
    if ask == "why" and before.query == "spend_change" and "cost_anomalies" in context.queries:
        return Shown((*earlier, _unusual(before, context, ("accounts", "period"))))
    if ask == "still" and before.query == "spend_change" and "still" in reading.text:
        return Shown((before.having(period="month_to_date", compared_to=None),))
    if "cost_anomalies" in context.queries and before.query in HAPPENED and ask == "cost":
        there = before.having(accounts=reading.found.accounts[0]) if reading.found.accounts else before
        return Shown((_unusual(there, context, ("accounts",)),), (UNUSUAL,))
    deployed = ask == "who" and re.search(r"\b(?:(?:re)?deploy|releas|roll-?out)", reading.text)
    if deployed and "recent_changes" in context.queries and before.query in HAPPENED:
        kept = {key: value for key, value in before.inputs.items() if key in ("accounts", "period")}
        return Shown((PlannedCall(query="recent_changes", domain="ops", inputs={"kind": "deployments", **kept}),))
    return None


_WENT_ON = frozenset({"alarms", "alarm_history", "aws_health_events"})
_EACH_ALONE = "Each of these tells its own time; from the first to the end of the last is not worked out."


def _is_by_account(call: PlannedCall) -> bool:
    """Whether the rows of a call are accounts, the one with most first."""
    return str(call.inputs.get("by", "account" if call.query == "untagged_spend" else "")) == "account"


_AND_THE = re.compile(
    r"\W*(?:(?:and|or|but|so|ok|what about|how about) )+(?:the |our |all |any )*[a-z]+(?: [a-z]+)?\W*"
)
_OF_KINDS = frozenset({"encryption", "public_exposure"})
"""Queries that ask the same of several kinds of things."""


def _of_another_kind(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> PlannedCall | None:
    """The same asked of another kind of thing, which is all that is named ("and the disks?"); None of anything else."""
    before = earlier[0]
    if len(earlier) != 1 or before.query not in _OF_KINDS or not _AND_THE.fullmatch(reading.text):
        return None
    named = fill(context.queries[before.query], reading, context.names, context.now).inputs
    return before.having(kind=named["kind"]) if named.keys() == {"kind"} else None


_WHO_DID = re.compile(
    r"\W*(?:(?:and|so|but|ok|then) )*who (?:\w+ )?\w+ (?:it|them|those|these)(?: (?:up|down|on|off|out|public|open|loose|there|so|this way|that way|like this|like that|<p>))*(?: ?,? and (?:since )?(?:when|where)(?: exactly)?)?\W*"
)


_SINCE_OF_BUCKETS = (
    "Since when is told of what Access Analyzer reports as public, such as buckets, and not of the rest."
)


def _shows_all_public(call: PlannedCall) -> bool:
    """Whether a call shows everything that is public, of whatever kind."""
    return call.query == "public_exposure" and call.inputs.get("kind", "all") == "all"


_OF_BUCKETS = (
    "This is about buckets, the one kind of things that is data by itself: who made a database public, or opened a security "
    "group, can be asked by that word."
)


def _deed(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Shown | None:
    """Who did to "them" what makes them as they are shown: the events of that, in their place; None of what has none.

    Of all kinds of things that are public, "it" is a bucket: nothing else is made public by an event of its own.
    """
    every = _shows_all_public(earlier[0])
    named = in_full(reading.text, [earlier[0].having(kind="buckets")] if every else earlier)
    if "who_did_what" not in context.queries or named == reading.text or not _WHO_DID.fullmatch(reading.text):
        return None
    if earlier[0].query in HAPPENED:
        return None  # who started an alarm did not make it
    asked = replace(reading, text=named)
    call = one_call("who_did_what", asked, context) if deed(asked) else None
    limits = (_OF_BUCKETS,) if every else ()
    return Shown((placed_as(call, earlier[0], reading, context.queries),), limits) if call else None


def _moved(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> PlannedCall | None:
    """What was billed as it was shown, in the time in which it is said to have moved, against the time before that."""
    mentions = reading.when.mentions
    if "spend_change" not in context.queries or len(earlier) != 1 or earlier[0].query not in BILLED:
        return None
    if len(mentions) != 1 or mentions[0].open_start or mentions[0].ends or not rose_in_a_time(reading.text):
        return None
    query, before = context.queries["spend_change"], earlier[0]
    kept = {key: value for key, value in before.inputs.items() if key in fields_of(query) and key != "top"}
    if kept.get("by") not in (allowed(query, "by") or ()):
        kept.pop("by", None)
    kept.pop("compared_to", None)
    placed = fill(query, reading, context.names, context.now).inputs
    if not placed.keys() <= {"period", "compared_to"} or not resolved(mentions[0].word, context.now):
        return None  # something else is named, too
    return PlannedCall(query=query.name, domain=query.domain, inputs={**kept, "period": mentions[0].word})


_EVER = "These are all alarms that went off as long as CloudWatch keeps it, also those that fire now."
_BACK, _LONGER = timedelta(days=29), timedelta(days=89)
"""Whole days for which what happened is kept, and what AWS found in a bill."""
_FOUND = frozenset({"cost_anomalies"})
_ANY = "This is all that there was before that, as long as AWS keeps it, whatever it was of."


def _at_one_time(calls: Sequence[PlannedCall]) -> bool:
    """Whether calls are one, or look for all that happened somewhere at one time."""
    return all(call.query in HAPPENED and call.inputs == calls[0].inputs for call in calls[1:])


def _before(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Shown | None:
    """What happened before the time that was shown, as far back as it is kept; None of what has no time."""
    call = earlier[0]
    fields = fields_of(context.queries[call.query])
    if not _at_one_time(earlier) or call.query not in HAPPENED | _FOUND or not before_that(reading.text):
        return None
    if call.query == "alarms":
        return _ever(call, context)
    shown = resolved(str(call.inputs.get("period", fields["period"].get("default"))), context.now)
    if shown is None:
        return None
    back = _LONGER if call.query in _FOUND else _BACK
    first = (context.now - back).replace(hour=0, minute=0, second=0, microsecond=0)
    if shown.start <= first:
        return None
    end = shown.start.replace(second=0, microsecond=0)
    if (end.hour, end.minute) == (0, 0):
        word = span(first.date(), (end - timedelta(days=1)).date())
    else:
        word = f"{first:%Y-%m-%dT%H:%M}..{end:%Y-%m-%dT%H:%M}"
    return Shown((call.having(period=word),), (_ANY,))


def _ever(call: PlannedCall, context: Context) -> Shown | None:
    """How often alarms went off as long as that is kept, of those that fire now."""
    if "alarm_history" not in context.queries:
        return None
    kept = {key: value for key, value in call.inputs.items() if key == "accounts"}
    inputs = {**kept, "period": "last_30_days"}
    return Shown((PlannedCall(query="alarm_history", domain=call.domain, inputs=inputs),), (_EVER,))


def _owner(reading: Reading, earlier: Sequence[PlannedCall], context: Context) -> Shown | None:
    """Whose an account is, that was named in the place of what was pointed at or that was asked about; None of no place."""
    placed = any({*PLACES} & call.inputs.keys() for call in earlier)
    if "account_list" not in context.queries:
        return None
    if not (placed or reading.found.accounts or "our accounts" in reading.text):
        return None
    call = PlannedCall(query="account_list", domain=context.queries["account_list"].domain)
    of_accounts = earlier[0].query in _OF_ACCOUNTS or earlier[0].inputs.get("by") == "account"
    return Shown((call,), () if of_accounts else (_OF_ITS_ACCOUNT,))


_ONE_BUDGET = "What is left is worked out of one budget at a time: ask for one by its name."
_NORMAL = "Of what AWS found unusual the last day is told, and beside it what was billed on each of the last days."
_LAST_DAYS = timedelta(days=13)


def _as_usual(before: PlannedCall, context: Context) -> Shown | None:
    """What tells whether what was shown is back to normal: of a bill, until when it was unusual and its last days."""
    if before.query == "metric":
        return Shown((before.having(period="last_24_hours"),))
    if before.query not in BILLED | {"cost_anomalies"} or not {"spend", "cost_anomalies"} <= context.queries.keys():
        return None
    then = before if before.query == "cost_anomalies" else _unusual(before, context, ("accounts",))
    kept = {key: value for key, value in before.inputs.items() if key in (*PLACES, *BILLED_FOR)}
    days = span((context.now - _LAST_DAYS).date(), context.now.date())
    bill = PlannedCall(query="spend", domain="cost", inputs={**kept, "by": "day", "period": days})
    return Shown((then, bill), (_NORMAL,))


def _tells(call: PlannedCall, ask: Ask) -> bool:
    if ask == "who" and call.inputs.get("kind") != "deployments" and "accounts" in call.inputs:
        return False  # all that people did in one place can be looked at
    key, values = _DATED.get(call.query, ("", frozenset()))
    return call.query in _TELLS.get(ask, ()) or (ask == "when" and call.inputs.get(key) in values)


def _unusual(before: PlannedCall, context: Context, keys: tuple[str, ...]) -> PlannedCall:
    """What was spent above what is usual, in the place (and the time) of an earlier answer."""
    query = context.queries["cost_anomalies"]
    inputs: dict[str, Any] = {key: before.inputs[key] for key in keys if key in before.inputs}
    for key in ("team", "venue"):
        if key in before.inputs and "accounts" not in inputs:
            inputs["accounts"] = f"{key}:{before.inputs[key]}"
    return PlannedCall(
        query=query.name, domain=query.domain, inputs={k: v for k, v in inputs.items() if k in fields_of(query)}
    )


def is_beside(question: str) -> bool:
    """Whether a question asks whose that is which was shown: what follows is of that again, and not of its owner."""
    return of_shown_in(question) == "owner"


def compares_two(calls: Sequence[PlannedCall]) -> bool:
    """Whether what was shown is the spend of two, each with a figure of its own."""
    if [call.query for call in calls] == ["spend", "spend"]:
        return True
    if [call.query for call in calls] != ["spend"]:
        return False
    both = str(calls[0].inputs.get("accounts", ""))
    return calls[0].inputs.get("by") == "account" and both.count(",") == 1 and ":" not in both


def derived(calls: Sequence[PlannedCall], reading: Reading) -> tuple[Derivation, ...]:
    """What has to be computed of what was shown to tell what is asked of it."""
    ask = "by how much" if _COMPARED.match(reading.text) else of_shown(reading.text)
    if ask == "by how much" and compares_two(calls):
        picks = ("total spend", "total spend") if len(calls) > 1 else ("row 1", "row 2")
        relative = "percent" in reading.text
        return (Derivation(operation="percentage_change" if relative else "difference", picks=picks),)
    if ask == "left" and [call.query for call in calls] == ["budgets"]:
        return (Derivation(operation="difference", picks=("only limit", "only actual so far")),)
    if ask == "left" and [call.query for call in calls] == ["quotas"]:
        row = f"row {place[1]} " if (place := nth(reading.text)) else ""
        return (Derivation(operation="difference", picks=(f"{row}limit", f"{row}used")),)
    return ()
