"""Stretches: times that are named side by side, joined where they are one ("between Monday and Wednesday")."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from agents.models.offline.times import dates
from tools.errors import InputError
from tools.periods import parse_period


@dataclass(frozen=True, slots=True)
class Mention:
    """One stretch of time that was named: its period word and where it stood in the text."""

    word: str
    start: int
    end: int
    open_start: bool = False
    """Said with `since` or `from`: it runs from there until now."""
    lead: str = ""
    """What was said just before it."""
    ends: tuple[str, str] | None = None
    """The two times of one kind that it was named by, where they may also be held against each other."""
    since: str = ""
    """The time that was named, where it runs from there until now."""


_TO = frozenset({"to", "until", "till", "through", "thru", "tot", "tot en met", "ate", "-"})
_AND = frozenset(
    {"and", "en", "e", ",", ", and", "and the", "and on", "and on the", "and also", "plus", "as well as", "+", "/", ""}
)
_BETWEEN = re.compile(r"\b(?:between|entre|tussen)(?: the)? *$")
_FROM = re.compile(r"\b(?:from|van|de|desde)(?: the)? *$")
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("day", re.compile(r"\d{4}-\d\d-\d\d|today|yesterday")),
    ("month", re.compile(r"\d{4}-\d\d|month_to_date|last_month")),
    ("quarter", re.compile(r"\d{4}-Q\d|this_quarter|last_quarter")),
    ("week", re.compile(r"this_week|last_week")),
    ("months", re.compile(r"\d{4}-\d\d\.\.\d{4}-\d\d")),
    ("days", re.compile(r"\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d")),
)


def kind(word: str) -> str:
    """What kind of time a period word is: `day`, `week`, `month`, `quarter`, `months`, `days`, or `` for others."""
    return next((name for name, pattern in _KINDS if pattern.fullmatch(word)), "")


def bounds(word: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of a period word, up to today; None if it is no period."""
    try:
        period = parse_period(word, datetime(today.year, today.month, today.day, 23, 59, tzinfo=UTC))
    except InputError:
        return None
    return period.start.date(), min(today, max(period.start.date(), period.end.date() - timedelta(days=word != "now")))


def joined(mentions: list[Mention], bare: str, today: date) -> list[Mention]:
    """Mentions, those that are the ends of one stretch or follow each other as one; `since X` runs until today."""
    found: list[Mention] = []
    for mention in mentions:
        before = found[-1] if found else None
        if before and (one := _one(before, mention, bare[before.end : mention.start].strip(), today)):
            found[-1] = one
            continue
        found.append(mention)
    return [_until_today(_with_ends(m, today), today) for m in found]


def _one(left: Mention, right: Mention, between: str, today: date) -> Mention | None:
    first, last = bounds(left.word, today), bounds(right.word, today)
    if not first or not last or first[0] > last[0] or first[1] >= last[1]:
        return None
    same = kind(left.word) == kind(right.word) != ""
    next_to = first[1] + timedelta(days=1) == last[0]
    span = between in _TO or (between in _AND and between and bool(_BETWEEN.search(left.lead) or left.open_start))
    listed = between in _AND and (same or {kind(left.word), kind(right.word)} == {"month", "months"}) and next_to
    side_by_side = not between and same and kind(left.word) in ("day", "month")
    if not (span or listed or side_by_side):
        return None
    held = bool(_BETWEEN.search(left.lead) or _FROM.search(left.lead) or left.open_start or next_to)
    ends = (left.ends or (left.word, left.word))[0], right.word
    return replace(
        left, word=_word(left.word, right.word, first[0], last[1]), end=right.end, open_start=False,
        ends=ends if same and held and left.ends is None else None,
    )  # fmt: skip


def _word(left: str, right: str, first: date, last: date) -> str:
    """A stretch of whole months if both of its ends are, else of days."""
    whole = {"month", "months", "quarter"}
    if kind(left) in whole and kind(right) in whole and "to_date" not in left + right and "this" not in right:
        return f"{first:%Y-%m}..{last:%Y-%m}"
    return dates.span(first, last)


def _with_ends(mention: Mention, today: date) -> Mention:
    """A mention that was read as one stretch of two months, with its ends."""
    if mention.ends or kind(mention.word) not in ("months", "days"):
        return mention
    first, last = mention.word.split("..")
    if kind(mention.word) == "days":
        one, other = bounds(first, today), bounds(last, today)
        next_to = one and other and one[0] + timedelta(days=1) == other[0]
        return replace(mention, ends=(first, last)) if next_to and _BETWEEN.search(mention.lead) else mention
    held = _BETWEEN.search(mention.lead) or _FROM.search(mention.lead) or dates.shifted(first, 1) == last
    return replace(mention, ends=(first, last)) if held else mention


def _until_today(mention: Mention, today: date) -> Mention:
    span = bounds(mention.word, today)
    if not mention.open_start or span is None or (".." in mention.word and span[1] >= today):
        return mention
    return replace(mention, word=dates.span(span[0], today), since=mention.word)
