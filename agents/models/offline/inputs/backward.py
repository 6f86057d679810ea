"""Backward: "that day", "since then" as the date that was named before it in the same question, "the Sunday before" as the
one before the time that was spoken of."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from datetime import datetime, timedelta

from agents.models.offline.inputs.periods import resolved
from agents.models.offline.times import dates
from agents.models.offline.times.stretches import Mention
from agents.models.offline.times.when import FUTURE, find_times
from agents.models.offline.words.lazily import compiled
from agents.models.offline.words.text import words

_BACK = (
    r"(?i)\b(?:(?P<since>since then|since that (?:day|date|moment|time|night|point)|from then on|ever since|since it (?:began|started|happened))|"
    r"(?:on |during |in |over |for )?(?:(?P<day>(?:that|the same) (?:same |very )?(?:day|date|night))(?! (?:a|one|last|of|the|in))|"
    r"(?P<week>that (?:same |very )?week)|(?P<month>that (?:same |very )?month)|"
    r"(?P<span>(?:those|these same|the same) (?:same )?(?:two |three |four |few )?(?:days|weeks|months|dates)(?! (?:of|in|a|last))|(?:that|the same) (?:same )?(?:period|window|stretch|weekend|quarter|time span|time frame|timeframe)(?! (?:of|in|a|last)))))\b"
)


_MAYBE = re.compile(r"(?i)\b(?:that|those|same|since|then)\b")


def dated(question: str, now: datetime) -> str:
    """The question in which what points back at a time that it names itself is that time."""
    if not _MAYBE.search(question):
        return question
    match = compiled(_BACK).search(question)
    if match is None:
        return question
    named = find_times(" ".join(words(question[: match.start()])), now).mentions
    known = [m for m in named if m.word not in FUTURE and m.word not in ("now", "recently") and resolved(m.word, now)]
    if not known or (said := _said(match, known[-1], now)) is None:
        return question
    return f"{question[: match.start()]}{said}{question[match.end() :]}"


_WEEKDAY_BEFORE = (
    rf"(?i)\b(?:on )?(?:the |that |de )?(?P<day>{'|'.join(sorted(dates.WEEKDAYS, key=len, reverse=True))}) "
    r"(?:(?:before|earlier)(?: (?:that|it|then))?|daarvoor|ervoor)(?=\W*$)"
)


def weekday_before(question: str, period: str, now: datetime) -> str:
    """The question in which "the Sunday before" is that date: the last one before what it follows was of."""
    match = compiled(_WEEKDAY_BEFORE).search(question)
    spoken_of = resolved(period, now) if match and period else None
    if match is None or spoken_of is None:
        return question
    day = dates.weekday_back(dates.WEEKDAYS[match["day"].casefold()], spoken_of.start.date())
    return f"{question[: match.start()]}on {day.isoformat()}{question[match.end() :]}"


def _said(match: re.Match[str], mention: Mention, now: datetime) -> str | None:
    period = resolved(mention.word, now)
    if period is None:
        return None
    first, last = period.start.date(), (period.end - timedelta(microseconds=1)).date()
    if match["since"]:
        return f"since {first.isoformat()}"
    if match["day"]:
        return f"on {first.isoformat()}" if first == last or mention.open_start else None
    if match["week"]:
        monday = dates.monday_of(first)
        return dates.span(monday, min(monday + timedelta(days=6), now.date()))
    if match["month"]:
        return f"in {first:%Y-%m}"
    return f"in {dates.word_of(period)}"
