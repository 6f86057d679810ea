"""Ages: how many days old or unused something is asked about to be ("older than a year", "unused since July")."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from datetime import datetime

from agents.models.offline.inputs.periods import resolved
from agents.models.offline.reading import Reading
from agents.models.offline.words.text import NUMBERS, number

_UNITS = {"d": "day", "t": "day", "w": "week", "m": "month", "q": "quarter", "y": "year", "j": "year", "a": "year"}
"""A unit by its first letter, in three languages."""
_COUNT = "|".join(sorted(map(re.escape, NUMBERS), key=len, reverse=True))
_UNIT = r"days?|wks?|weeks?|months?|mths?|qtrs?|quarters?|yrs?|years?|dag(?:en)?|weken|dias?|mes(?:es)?|maand(?:en)?|jaar|anos?"
_LENGTH = re.compile(
    rf"(?<![\w./-])(?:(\d{{1,4}})(?: ?\+|(?:st|nd|rd|th)| or more| plus| full| whole| straight| consecutive)?[- ]?(d|w|m|mos?|y|{_UNIT})"
    rf"|({_COUNT})(?: or more| full| whole| straight| consecutive)?[- ]({_UNIT}))(?![\w/]|-(?!old\b))"
)
_BEFORE = re.compile(r"\b(?:before|prior to|older than|predat\w*|earlier than)(?: the)? *$")
_AGO = re.compile(rf"(?:more than|over|at least|longer than|>) ?(\d{{1,4}}|{_COUNT})[- ]({_UNIT}) (?:ago|back)\b")
_UNUSED = re.compile(r"\b(?:not|never|nobody|no one|unused|untouched|idle|dormant|without)\b[^,;?]{0,25}$")
_SO_FAR = frozenset({"year_to_date", "this_quarter", "month_to_date"})
_NAMED = re.compile(r"last_(\d+)_(day|week|month)s")


A_MONTH = re.compile(r"\b(?:in|over|during|within) the last month\b")
"""The days up to now, and not the month before this one ("last month"); of a bill, the month that was billed."""


def days_of(count: int, unit: str) -> int:
    """Days of so many days, weeks, months (30 days below a year), quarters or years."""
    if unit in ("day", "week"):
        return count * (7 if unit == "week" else 1)
    months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
    return months * 365 // 12 if months >= 12 else months * 30


def age(reading: Reading, now: datetime) -> int | None:
    """Days, if an age or a time without use was named."""
    if match := _AGO.search(reading.flat):
        return days_of(number(match[1]) or 1, _UNITS[match[2][0]])
    for mention in reading.when.mentions:
        if match := _NAMED.fullmatch(mention.word):
            return days_of(int(match[1]), match[2])
        if mention.word in ("last_year", "last_12_months"):
            return days_of(1, "year")
        if (
            mention.open_start
            or _BEFORE.search(mention.lead)
            or ((mention.word in _SO_FAR or mention.word.isdigit()) and _UNUSED.search(mention.lead))
        ) and (period := resolved(mention.word, now)):
            return max(1, (now - period.start).days)
    if A_MONTH.search(reading.flat):
        return days_of(1, "month")
    if match := _LENGTH.search(reading.text):
        return days_of(number(match[1] or match[3]) or 1, _UNITS[(match[2] or match[4])[0]])
    return None
