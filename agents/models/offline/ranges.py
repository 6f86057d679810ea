"""Ranges: halves and first months of a year, and the many ways of saying that a stretch runs up to a day or month."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from datetime import date

from agents.models.offline import dates
from agents.models.offline.text import number


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


_UP_TO = re.compile(
    r"\b(?:all the way )?(?:up (?:to and including|until and including|until|till|through|to)|to and including|until and including|"
    r"through to|tot en met|t/m|(?:until|through|to) the end of|all the way to)(?= (?:the )?(?:[a-z]+|\d))"
)


_UNTIL_NOW = re.compile(r"\b(\w+),? (?:until|till|up to|up until) (?:now|today|date|this point)\b")


def plain_ranges(flat: str) -> str:
    """One word, `to`, for every way of saying that a stretch runs up to a day or month, where one is named."""

    def plain(match: re.Match[str]) -> str:
        following = flat[match.end() :].split()
        names_time = any(word.strip(",?") in dates.MONTHS or word[:1].isdigit() for word in following[:2])
        return "to" if names_time else match[0]

    flat = _UNTIL_NOW.sub(r"\1", flat)
    return _UP_TO.sub(plain, flat)
