"""Spans: periods as billing knows them, in whole days and never past today."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from tools.errors import InputError
from tools.periods import Period, between_months, parse_period, previous

LATE = "AWS completes a day's bill up to 24 hours late: the latest day may still rise."
BILLED_WITHIN = timedelta(hours=24)
"""How long after its end a day may still have nothing on its bill."""

MONTHS_KEPT = 14
"""How many months Cost Explorer keeps, the current one counted, unless a company pays for more at AWS."""


def billed_period(word: str, now: datetime) -> Period:
    """The whole days of a period word that have been billed so far; a period that is not over says `to date`.

    Raises:
        InputError: no period word, or one that lies in the future or before what Cost Explorer keeps.
    """
    period = parse_period(word, now)
    refuse_forgotten(period, now)
    start, end = _midnight(date.fromisoformat(period.first_day)), _midnight(date.fromisoformat(period.end_day))
    tomorrow = _midnight(now.date() + timedelta(days=1))
    if end > tomorrow:
        return Period(label=f"{period.label} to date ({days_label(start, tomorrow)})", start=start, end=tomorrow)
    if (start, end) != (period.start, period.end):
        return Period(label=days_label(start, end), start=start, end=end)
    return period


def earliest_day(now: datetime) -> date:
    """The first day that Cost Explorer keeps: 14 months back, the current one counted."""
    months = now.year * 12 + now.month - 1 - (MONTHS_KEPT - 1)
    return date(months // 12, months % 12 + 1, 1)


def refuse_forgotten(period: Period, now: datetime) -> None:
    """Refuse a period that begins before what Cost Explorer keeps: AWS would, and a part of it is not the whole.

    Raises:
        InputError: it does; the sentence names the earliest possible day.
    """
    first = earliest_day(now)
    if period.start.date() < first:
        raise InputError(
            f"Cost Explorer keeps {MONTHS_KEPT} months, back to {first:%-d %B %Y}; {period.label} begins before that. "
            f"Ask for a period from {first.isoformat()} on, such as {first.isoformat()}..{now:%Y-%m-%d}."
        )


def is_to_date(period: Period) -> bool:
    """Whether the period is the part so far of a longer one."""
    return " to date" in period.label


def complete_days(period: Period, now: datetime) -> Period:
    """The period without today, whose bill is not complete; a period of today alone stays as it is."""
    today = _midnight(now.date())
    if period.end <= today or period.start >= today:
        return period
    label = days_label(period.start, today)
    if is_to_date(period):
        label = f"{period.label.partition(' to date')[0]} to date ({label})"
    return Period(label=label, start=period.start, end=today)


def compared(period: Period, word: str, now: datetime) -> Period:
    """The period to compare with: a period word, or `previous`, for which a part of a month, quarter or year so far
    is compared with the same days of the one before.

    Raises:
        InputError: no such word, it is the same period, or it begins before what Cost Explorer keeps.
    """
    if word.strip() == "previous":
        before = _same_days_before(period) if is_to_date(period) else previous(period)
        refuse_forgotten(before, now)
        return before
    other = complete_days(billed_period(word, now), now)
    if (other.start, other.end) == (period.start, period.end):
        raise InputError(f"{period.label} cannot be compared with itself; give another period in compared_to.")
    if other.start < period.end and period.start < other.end:
        raise InputError(f"{period.label} and {other.label} overlap; give a period before it in compared_to.")
    return other


def evened(one: Period, other: Period, asked: tuple[str, str], now: datetime) -> tuple[Period, Period]:
    """Two periods, both as long as the shorter one, where they were `asked` for by as many days: of one that is not
    billed to its end yet, no more days are held against the other than it has.
    """
    if not all(_DAYS.fullmatch(word.strip()) for word in asked):
        return one, other
    wanted = {parse_period(word, now).days for word in asked}
    length = min(one, other, key=lambda period: period.days)
    if len(wanted) > 1 or one.days == other.days:
        return one, other
    first, second = (_first_days(period, length.end - length.start) for period in (one, other))
    return first, second


_DAYS = re.compile(r"\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d")
"""A period word that names its first and its last day."""


def _first_days(period: Period, length: timedelta) -> Period:
    if period.end - period.start <= length:
        return period
    end = period.start + length
    return Period(label=days_label(period.start, end), start=period.start, end=end)


def slot_period(start: str, span: Period, *, daily: bool) -> Period:
    """The period of one entry of a series: the day or month that starts at `start`, as far as `span` covers it."""
    first = _midnight(date.fromisoformat(start))
    if daily:
        end = first + timedelta(days=1)
        return Period(label=days_label(first, end), start=first, end=end)
    month = between_months(first.date(), first.date())
    if first == month.start and month.end <= span.end:
        return month
    end = min(month.end, span.end)
    to_date = " to date" if first == month.start and is_to_date(span) else ""
    label = f"{month.label}{to_date} ({days_label(first, end)})" if to_date else days_label(first, end)
    return Period(label=label, start=first, end=end)


def days_label(start: datetime, end: datetime) -> str:
    """Days in words, both ends included: `1 to 14 October 2026`."""
    first, last = start.date(), (end - timedelta(microseconds=1)).date()
    if first == last:
        return f"{first:%-d %B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {last:%-d %B %Y}"
    if first.year == last.year:
        return f"{first:%-d %B} to {last:%-d %B %Y}"
    return f"{first:%-d %B %Y} to {last:%-d %B %Y}"


def _same_days_before(period: Period) -> Period:
    """The same days of the month, quarter or year before the one that `period` is the part so far of."""
    start, length = period.start.date(), period.end - period.start
    months = 12 if period.label[:4].isdigit() else 3 if period.label.startswith("Q") else 1
    index = start.year * 12 + start.month - 1 - months
    first = _midnight(date(index // 12, index % 12 + 1, start.day))
    end = min(first + length, period.start)
    return Period(label=days_label(first, end), start=first, end=end)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
