"""Ranges: halves and first months of a year, and the many ways of saying that a stretch runs up to a day or month."""
# ruff: noqa: E501, SIM905 - words and patterns read better in one piece

from __future__ import annotations

import re
from datetime import date, timedelta

from agents.models.offline.times import dates
from agents.models.offline.words.text import number


def half(match: re.Match[str], today: date) -> str:
    """The half of a year that was named."""
    return halves(match[1], int(match[2]) if match[2] else today.year)


def halves(which: str, year: int) -> str:
    """`first` or `second` (in three languages) half of a year, as months."""
    first = which in ("1", "first", "1st", "eerste", "primeiro")
    return f"{year}-01..{year}-06" if first else f"{year}-07..{year}-12"


def first_months(match: re.Match[str], today: date) -> str | None:
    """The first months of a year."""
    count, year = number(match[1]) or 0, int(match[2]) if match[2] else today.year
    return f"{year}-01..{year}-{count:02d}" if 1 <= count <= 12 else None


def part_of_month(match: re.Match[str], today: date) -> str | None:
    """The half or the week of a month that was named."""
    month = dates.month_word(dates.MONTHS[match[3]], today, int(match[4]) if match[4] else None)
    first = date.fromisoformat(month + "-01")
    last = date.fromisoformat(dates.shifted(month, 1) + "-01") - timedelta(days=1)
    which, unit = match[1], match[2]
    if unit == "half":
        return dates.span(first, first.replace(day=15)) if which == "first" else dates.span(first.replace(day=16), last)
    if which == "last":
        return dates.span(last - timedelta(days=6), last)
    start = first + timedelta(days=7 * ["first", "second", "third", "fourth"].index(which))
    return dates.span(start, start + timedelta(days=6))


def edge_of_month(match: re.Match[str], today: date) -> str | None:
    """The first or last days or weeks of a month."""
    month = dates.month_word(dates.MONTHS[match[4]], today, int(match[5]) if match[5] else None)
    count = (number(match[2]) or 0) * (7 if match[3] == "weeks" else 1)
    first = date.fromisoformat(month + "-01")
    last = date.fromisoformat(dates.shifted(month, 1) + "-01") - timedelta(days=1)
    if not 1 <= count <= last.day:
        return None
    return (
        dates.span(first, first.replace(day=count))
        if match[1] == "first"
        else dates.span(last.replace(day=last.day - count + 1), last)
    )


def quarter(match: re.Match[str], today: date) -> str:
    """The quarter that was named, of the year that was named or the latest."""
    names = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4}
    which = names.get(match[1]) or int(match[1])
    year = match[2] if len(match.groups()) > 1 else None
    return dates.quarter_word(which, today, int(year) if year else None)


def night(match: re.Match[str], today: date) -> str:
    """Last night: yesterday and today."""
    return dates.span(today - timedelta(days=1), today)


def end_of_month(match: re.Match[str], today: date) -> str | None:
    """The month whose end was named; of the current month, until its end."""
    word = dates.month_word(dates.MONTHS[match[1]], today, int(match[2]) if match[2] else None)
    return "this_month_end" if word == f"{today:%Y-%m}" else word


def months_ended(match: re.Match[str], today: date) -> str | None:
    """So many months up to one that was named ("the twelve months ended 30 September")."""
    last = dates.month_word(dates.MONTHS[match[3]], today, int(match[4]) if match[4] else None)
    count = number(match[1]) or 0
    return f"{dates.shifted(last, 1 - count)}..{last}" if 1 < count <= _MOST_MONTHS else None


_MOST_MONTHS = 36
_MONTH = "(?:" + "|".join(sorted(dates.MONTHS, key=len, reverse=True)) + ")"
_WEEKDAY = "|".join(sorted(dates.WEEKDAYS, key=len, reverse=True))
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WITH_WEEKDAY = re.compile(
    rf"\b(?:{_WEEKDAY}),? (?:the )?(?={_DAY}\b(?!:|\.\d\d| ?(?:(?:-|to|and|until) ?\d{{1,2}} ?)?[ap]m\b))"
)
_NTH_ALONE = re.compile(rf"\d{{1,2}}(?:st|nd|rd|th)\b(?! (?:of )?{_MONTH})")
_TWO_ENDS = re.compile(rf"\b((?:between|from) {_DAY}) (and|to) (?={_DAY} {_MONTH}\b)")
_TWO_DAYS = re.compile(rf"\b(\d{{1,2}})/(\d{{1,2}}) (?={_MONTH}\b)")


_SPELT = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth "
    "twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
_SPELT_DAY = re.compile(
    rf"\b(since|from|on|until|till|up to|after|before|between|(?<=\dth )and|(?<=\dth )to) the ({'|'.join(reversed(_SPELT))})"
    rf"(?= ?(?:$|[,?;])| (?:onwards?|on|of {_MONTH}|to|until|till|up|through|so far|and|in|at|for|by|per|please|only|then)\b)"
)


_STUCK = re.compile(rf"\b(\d{{1,2}} {_MONTH})-(?=\d{{1,2}} {_MONTH}\b)")
"""Two dates written as one word: "28 sep-4 oct"."""
_AGAINST = r"(?:vs|versus|against|compared (?:to|with)|than|or|with)(?: the)?"
_OF_THE_OTHER = (
    re.compile(
        rf"(?<![\d/.-])(?P<days>\d{{1,2}} ?(?:-|to) ?\d{{1,2}})(?P<against>,? {_AGAINST} )(?P<other>(?:\d{{1,2}}(?: {_MONTH})? ?(?:-|to) ?)\d{{1,2}} (?P<month>{_MONTH})\b)"
    ),
    re.compile(
        rf"(?<![\d/.-])(?P<other>(?:\d{{1,2}}(?: {_MONTH})? ?(?:-|to) ?)\d{{1,2}} (?P<month>{_MONTH}))(?P<against>,? {_AGAINST} )(?P<days>\d{{1,2}} ?(?:-|to) ?\d{{1,2}}\b)(?!(?: ?{_MONTH}|:|/))"
    ),
)
"""Days that are held against days of a month that is named once."""


def plain_days(flat: str) -> str:
    """Days in digits without the weekday before them, and two days of a month as one stretch."""
    flat = _STUCK.sub(r"\1 - ", flat)
    flat = _OF_THE_OTHER[0].sub(r"\g<days> \g<month>\g<against>\g<other>", flat)
    flat = _OF_THE_OTHER[1].sub(r"\g<other>\g<against>\g<days> \g<month>", flat)
    for _ in ("a day", "the end of the stretch that it begins"):
        flat = _SPELT_DAY.sub(lambda match: f"{match[1]} the {_SPELT.index(match[2]) + 1}th", flat)
    flat = _WITH_WEEKDAY.sub(lambda match: "the " if _NTH_ALONE.match(flat[match.end() :]) else "", flat)
    flat = _TWO_ENDS.sub(r"\1 \2 ", flat)
    return _TWO_DAYS.sub(r"\1-\2 ", flat)


_UP_TO = re.compile(
    r"\b(?:all the way )?(?:up (?:to and including|until and including|until|till|through|to)|to and including|until and including|"
    r"through to|tot en met|t/m|(?:until|through|to) the end of|all the way to)(?= (?:the )?(?:[a-z]+|\d))"
)


_NOW = r"(?:now|today|date|here|this (?:very )?(?:point|day|date|moment|morning|afternoon|minute)|the present(?: day)?)"
_UNTIL_NOW = re.compile(rf"\b(\w+),? (?:until|till|up to|up until|up till|right up to) {_NOW}\b")


_DATED = frozenset({*dates.MONTHS, *dates.WEEKDAYS, "year", "month", "week", "quarter", "yesterday"})
"""What a stretch that runs until now begins with, where it is said just before."""


def plain_ranges(flat: str) -> str:
    """One word, `to`, for every way of saying that a stretch runs up to a day or month, where one is named."""

    def plain(match: re.Match[str]) -> str:
        following = flat[match.end() :].split()
        names_time = any(word.strip(",?") in dates.MONTHS or word[:1].isdigit() for word in following[:2])
        return "to" if names_time else match[0]

    return _UP_TO.sub(plain, _UNTIL_NOW.sub(_so_far, flat))


def _so_far(match: re.Match[str]) -> str:
    """What runs until now: a time that was begun, else what is said to be so far."""
    if match[1] in _DATED or match[1][:1].isdigit() or match[1][-1:].isdigit():
        return match[1]
    return match[0] if match[0].endswith("up to date") else f"{match[1]} so far"
