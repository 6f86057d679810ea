"""Listed: what "it" and "since then" are, where one account was asked for by its name or one thing that ended was shown.

A list shows all accounts and all commitments; what was asked about is one of them, and what follows is about that one.
"""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from agents.models.offline.inputs.choosing import Context
from agents.models.offline.plan import PlannedCall
from agents.models.offline.reading import read

_IT = re.compile(
    r"(?i)\b(?:(?P<its>its)|it|that one|(?:that|this|the same) (?:account|venue|casino|team)|(?P<there>(?<!are )(?<!is )(?<!was )(?<!were )(?:in )?there(?=\W*$)))\b(?! (?:is|was) (?:that|true|clear|possible)\b)"
)
_SINCE_THEN = re.compile(r"(?i)\bsince (?:then|that(?! \w)|it (?:ended|expired|ran out|lapsed)|that day)\b")
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
        return _since_it_ended(question, answer, context.now)
    return question


def _of_the_account(question: str, before: str, context: Context) -> str:
    """A question of "it" with the one account, venue or team named that was asked about by its name."""
    of = read(before, context.names, context.now).found
    named = [f"account {one}" for one in of.accounts] + [f"venue {one}" for one in of.venues]
    named = named or [f"team {one}" for one in of.teams]
    if len(named) != 1 or read(question, context.names, context.now).found.placed():
        return question

    def said(match: re.Match[str]) -> str:
        return f"{named[0]}'s" if match["its"] else f"in {named[0]}" if match["there"] else named[0]

    return _IT.sub(said, question, count=1)


def _since_it_ended(question: str, answer: str, now: datetime) -> str:
    """A question of what is so "since then", with the one day on which something that was shown has ended."""
    days = {datetime.strptime(match["day"], "%d %B %Y").replace(tzinfo=UTC) for match in _ENDED.finditer(answer)}
    past = [day for day in days if day < now]
    return _SINCE_THEN.sub(f"since {past[0]:%Y-%m-%d}", question, count=1) if len(past) == 1 else question
