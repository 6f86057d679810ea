"""Listed: what "it" and "since then" are, where one account was asked for by its name or one thing that ended was shown.

A list shows all accounts and all commitments; what was asked about is one of them, and what follows is about that one.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agents.models.offline.inputs.backward import between
from agents.models.offline.inputs.choosing import Context
from agents.models.offline.inputs.hours import time_of
from agents.models.offline.inputs.periods import resolved
from agents.models.offline.inputs.placing import accounts_of
from agents.models.offline.naming.names import Found
from agents.models.offline.plan import Plan, PlannedCall
from agents.models.offline.proposing.shown import HAPPENED
from agents.models.offline.reading import read
from tools.periods import Period

_IT = re.compile(
    r"(?i)\b(?:(?P<its>its)|it|that one|(?:that|this|the same) (?:account|venue|casino|team)|(?P<there>(?<!are )(?<!is )(?<!was )(?<!were )(?:in )?there(?=\W*$)))\b(?! (?:is|was) (?:that|true|clear|possible)\b)"
)
_SINCE_THEN = re.compile(
    r"(?i)\bsince (?:then|that(?! \w)|(?:it|they|(?:the|our|those|these|that) (?:reservations?|reserved instances?|savings plans?|commitments?|plans?)) (?:have |had |has )?(?:ended|expired|ran out|run out|lapsed)|that day)\b"
)
_ENDED = re.compile(r"\b(?:ends or ended|ended|expired) (?P<day>\d{1,2} [A-Z][a-z]+ \d{4})\b")


def listed(question: str, before: str, answer: str, calls: Sequence[PlannedCall], context: Context) -> str:
    """The question with what it points at named, where that is one of a list; as it is where it is not one.

    Args:
        question: what is asked.
        before: the question that it follows.
        answer: what was answered to that.
        calls: the calls of that answer.
        context: names and clock.
    """
    if calls and all(call.query == "account_list" for call in calls):
        return _of_the_account(question, before, context)
    if calls and all(call.query == "commitments" for call in calls):
        dated = _since_it_ended(question, answer, context.now)
        return dated if dated != question else _of_the_only_one(question, answer, context)
    if any(call.query == "alarm_history" for call in calls) and all(call.query in HAPPENED for call in calls):
        return _just_before(question, answer)
    if calls and all(call.query in BEGINS for call in calls):
        return _before_it_began(question, answer, resolved(time_of(calls[0]), context.now))
    if calls and all(call.query == "who_did_what" for call in calls):
        return _of_the_machines(question, answer, context)
    if calls and all(call.query == "spend" for call in calls) and _GOES_UP.search(before):
        return _WHERE.sub(r"in which \g<of> did it go up?", question)
    if calls and all(call.query == "inventory" for call in calls):
        return _UNTIL_NOW.sub(r"\1 this month so far", question)
    return question


_GOES_UP = re.compile(
    r"(?i)\b(?:go(?:es|ing)?|went|gone) up\b|\b(?:r[io]s(?:e|en|ing)|gr[eo]w(?:n|ing)?|increas\w+|climb\w*|jump\w*|more expensive)\b"
)
_WHERE = re.compile(
    r"(?i)^\W*(?:(?:and|so|ok|en)\W+)*(?:in |of |for |by )?(?:which|what|welke?) (?P<of>account|team|service|venue|region)s?(?: (?:is|was|are) (?:it|that|this|they)(?: (?:in|mostly|mainly))?)?\W*$"
)
"""In which of these, said of what is asked to have gone up."""
_ROW = re.compile(r"(?m)^- (?:.* in account (?P<account>[\w-]+))?")
_THE_ONE = re.compile(
    r"(?i)\b(?:it|its|(?:that|this) (?:one|plan|savings plan|reservation|commitment))\b(?! (?:is|was) (?:that|true|clear|possible)\b)"
)


_NOT_OF_IT = re.compile(r"(?i)^\W*(?:and |so )?who\b|\b(?:bills?|invoices?|spend(?:ing)?|pay(?:ing)?)\b")
"""Who did it, and what a bill is beside it: no account of one commitment says that."""


def _of_the_only_one(question: str, answer: str, context: Context) -> str:
    """A question of "it", where one commitment was shown, with the account named that it is in."""
    rows = list(_ROW.finditer(answer))
    only = rows[0]["account"] if len(rows) == 1 else None
    named = read(question, context.names, context.now).found.placed()
    if only is None or named or not _THE_ONE.search(question) or _NOT_OF_IT.search(question):
        return question
    return f"{question.rstrip(' ?.!')} in account {only}?"


def not_of_one(
    calls: tuple[PlannedCall, ...], said: str, asked: str, before: Sequence[PlannedCall]
) -> tuple[PlannedCall, ...]:
    """The calls that a turn is followed by: those of "it" were of its account, and what is asked next is not only of that.

    Args:
        calls: the calls of the turn.
        said: its question, word for word.
        asked: the same, with what it points at named.
        before: the calls of the turn that it follows.
    """
    of_one = " in account " in asked and " in account " not in said and any("ending" in one.inputs for one in before)
    return (
        tuple(call.having(accounts=None) if call.query == "commitments" else call for call in calls)
        if of_one
        else calls
    )


_UNTIL_NOW = re.compile(
    r"(?i)^(.*\b(?:they|these|those|it) (?:costs?|all cost)) (?:so far|until now|till now|up to now|by now)\b"
)
_BEGUN = r"(?: (?:first |had |have |has )?(?:start(?:ed)?|beg[au]n|fail(?:ed)?|fir(?:ed|ing)|broke(?:n)?|happen(?:ed)?|stopp(?:ed)|went (?:off|wrong|down)|occurred)(?: (?:failing|to fail|firing|working|happening))?)"
_BEFORE_IT = re.compile(
    rf"(?i)\b(?:(?:just|right|shortly|directly|immediately|in the hour) before(?: (?:(?:that|it|this|then|they|those|these|(?:the|that|this) (?:first )?(?:alarms?|failures?|backups?|jobs?|errors?)){_BEGUN}?))?"
    rf"|before (?:that|it|this|they|those|these|the (?:first )?(?:alarms?|failures?|backups?|jobs?|errors?)){_BEGUN}|(?:vlak|net|kort) (?:daar|er|hier)voor)(?=\W*$)"
)
_MOMENT = r"(?P<day>\d{1,2} [A-Z][a-z]+ \d{4}) (?P<hour>\d\d):(?P<minute>\d\d) UTC"
_FIRED = re.compile(rf"(?:started firing: |, first ){_MOMENT}")
_SINCE = re.compile(rf"(?:\bsince |[Ff]irst error log line: ){_MOMENT}")
_GOOD = re.compile(rf"\blast good {_MOMENT}")
_AFTER_GOOD = timedelta(days=7)
"""How long before a first failure the last good one may lie, for all between them to be just before it."""
BEGINS = frozenset({"alarms", "backups", "error_logs"})
"""Queries of what goes on since a time, which is shown where it is asked for."""


def just_before(question: str) -> str:
    """The words of a question that ask what was just before that which was shown; empty if there are none."""
    match = _BEFORE_IT.search(question)
    return match[0] if match else ""


def _moments(pattern: re.Pattern[str], answer: str) -> set[datetime]:
    return {
        datetime.strptime(f"{one['day']} {one['hour']}:{one['minute']}", "%d %B %Y %H:%M").replace(tzinfo=UTC)
        for one in pattern.finditer(answer)
    }


def _just_before(question: str, answer: str) -> str:
    """A question of what was so just before alarms fired: of the hour before the first one that was shown."""
    fired = _moments(_FIRED, answer)
    if not fired or not _BEFORE_IT.search(question):
        return question
    end = min(fired)
    start = end - timedelta(hours=1) if end.hour else end.replace(minute=0)
    return _BEFORE_IT.sub(f"on {end:%Y-%m-%d} between {start:%H:%M} and {end:%H:%M}", question, count=1)


def _before_it_began(question: str, answer: str, shown: Period | None) -> str:
    """A question of what was so just before that began which was shown: of the day before, or since all was well.

    Of what was `shown` of some hours it is as many before it began, and one at least.
    """
    began, good = _moments(_SINCE, answer), _moments(_GOOD, answer)
    if len(began) != 1 or not _BEFORE_IT.search(question):
        return question
    end = began.pop()
    if shown is not None and (length := shown.end - shown.start) < timedelta(days=1):
        return _BEFORE_IT.sub(between(end - max(length, timedelta(hours=1)), end), question, count=1)
    start = good.pop() if len(good) == 1 else end - timedelta(days=1)
    start = start if timedelta() < end - start <= _AFTER_GOOD else end - timedelta(days=1)
    return _BEFORE_IT.sub(f"from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}", question, count=1)


_STARTED = re.compile(
    r"(?m)^- .*, (?:Run|Start)Instances\b.* on i-[0-9a-f]+ in account (?P<account>[\w-]+): (?P<day>\d{1,2} [A-Z][a-z]+ \d{4})"
)
_DEED = re.compile(r"(?m)^- .* on .* in account ")
_MACHINES = re.compile(
    r"(?i)\b(?:(?:those|these|the|that|this) (?:(?:two|three|same|new) )?(?:machines?|servers?|instances?|boxes|vms?)|(?P<they>they|them|those|these|it))\b"
)
_STILL = re.compile(r"(?i)\b(?:running|run|up|on|alive|active|there|exist|in use)\b\W*$")
_PRICE = re.compile(r"(?i)\b(?:costs?|costing|price)\b")
_EACH = re.compile(r"(?i)\b(?:per|by|each|every|a) (?P<what>day|month)\b")
_BY_DAY = 30
"""Days that are told one by one."""
_SHORT = 10
"""Words, at most, of a question that asks no more than that of them."""
_SO_FAR = frozenset({"now", "month_to_date"})
"""Times that are named by "until now"."""
THERE = "the instances in account "


def _of_the_machines(question: str, answer: str, context: Context) -> str:
    """A question whether machines that somebody was seen to start still run, or what they cost, of those in that account."""
    started = list(_STARTED.finditer(answer))
    accounts = {one["account"] for one in started}
    pointed = _MACHINES.search(question)
    if pointed is None or len(accounts) != 1 or len(question.split()) > _SHORT:
        return question
    reading = read(question, context.names, context.now)
    if reading.found.any():
        return question  # others are named
    if pointed["they"] and len(_DEED.findall(answer)) > len(started):
        return question  # other things were shown that they may be
    if _PRICE.search(question) and any(one.word not in _SO_FAR for one in reading.when.mentions):
        return f"{question[: pointed.start()]}{THERE}{accounts.pop()}{question[pointed.end() :]}"
    if _PRICE.search(question):
        first = min(datetime.strptime(one["day"], "%d %B %Y").replace(tzinfo=UTC) for one in started)
        each = _EACH.search(question)
        if each and each["what"].casefold() == "day":
            first = max(first, context.now - timedelta(days=_BY_DAY))  # more of them is not told by day
        return f"what did {THERE}{accounts.pop()} cost {each[0] + ' ' if each else ''}since {first:%Y-%m-%d}?"
    return f"which of {THERE}{accounts.pop()} are running?" if _STILL.search(question) else question


_ALL_OF_THEM = {
    "inventory": "These are all that run in that account now: those that were shown before are among them if they still run.",
    "spend": "Priced are all machines of that account since then: the bill does not tell single ones apart.",
}


def said_of_all(plan: Plan, question: str, asked: str) -> Plan:
    """A plan that says what it is of, where the machines that a `question` points at were `asked` for by their account."""
    if THERE not in asked or THERE in question or len(plan.calls) != 1 or plan.calls[0].query not in _ALL_OF_THEM:
        return plan
    return plan.model_copy(update={"limits": (*plan.limits, _ALL_OF_THEM[plan.calls[0].query])})


def _of_the_account(question: str, before: str, context: Context) -> str:
    """A question of "it" with the one account, venue or team named that was asked about by its name, of "those" with all."""
    of = read(before, context.names, context.now).found
    if read(question, context.names, context.now).found.placed():
        return question
    named = [f"account {one}" for one in of.accounts] + [f"venue {one}" for one in of.venues]
    named = named or [f"team {one}" for one in of.teams]
    if len(named) == 1 and not (of.envs or of.excluded):

        def said(match: re.Match[str]) -> str:
            return f"{named[0]}'s" if match["its"] else f"in {named[0]}" if match["there"] else named[0]

        question = _IT.sub(said, question, count=1)
    where = _those_accounts(of, context)
    if not where or (where == _EVERY and _HERE.search(question)):
        return question
    return _THOSE.sub(lambda one: f"in {where}" if one["there"] else where, question, count=1)


def _those_accounts(of: Found, context: Context) -> str:
    """The accounts that were listed, in words; empty where they are too many to be named and have no name together."""
    every = accounts_of(of, context.names)
    if not every:
        return "" if of.any() else _EVERY
    alone = [*of.envs, *of.teams, *of.venues, *of.accounts] if not of.excluded else []
    if len(alone) == 1 and (of.teams or len(every) > _TOGETHER):
        return f"the {alone[0]} accounts"
    return " and ".join(every) if len(every) <= _TOGETHER else ""


_EVERY = "all accounts"
_HERE = re.compile(r"(?i)\bthere\b")
"""All accounts are no place: "there" may be any of them."""
_TOGETHER = 6
"""Accounts, at most, that are named in the place of "those"."""
_THOSE = re.compile(
    r"(?i)\b(?:(?:those|these|the|all) accounts|those|these|they|them|both(?: of (?:them|those|these))?|(?P<there>(?<!are )(?<!is )(?<!was )(?<!were )(?:(?<!log )(?<!logged )(?<!sign )(?<!signed )in )?there(?! (?:is|are|was|were|has|have|any)\b)))\b"
)


def _since_it_ended(question: str, answer: str, now: datetime) -> str:
    """A question of what is so "since then", with the one day on which something that was shown has ended."""
    days = {datetime.strptime(match["day"], "%d %B %Y").replace(tzinfo=UTC) for match in _ENDED.finditer(answer)}
    past = [day for day in days if day < now]
    return _SINCE_THEN.sub(f"since {past[0]:%Y-%m-%d}", question, count=1) if len(past) == 1 else question
