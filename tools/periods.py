"""Periods: resolved by code with an injected clock, so that no model ever does date arithmetic.

Accepted words, besides `now`: `today`, `yesterday`, `this_week`, `last_week`, `month_to_date`, `last_month`,
`this_quarter`, `last_quarter`, `year_to_date`, `last_year`, `last_N_hours|days|weeks|months` (complete months), a year
`2026`, a quarter `2026-Q3`, a month `2026-09`, a day `2026-09-14`, and `A..B` of days or months, both ends included.
What is not billed by the day also takes hours, in UTC: `2026-10-13T18:00..2026-10-14T00:00`, the end not included.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from tools.errors import InputError

ACCEPTED = (
    "now, today, yesterday, this_week, last_week, month_to_date, last_month, this_quarter, last_quarter, "
    "year_to_date, last_year, last_N_hours, last_N_days, last_N_weeks, last_N_months, "
    "YYYY, YYYY-QN, YYYY-MM, YYYY-MM-DD, A..B"
)
DATES = "YYYY, YYYY-QN, YYYY-MM, YYYY-MM-DD, A..B"
HOURS = "hours in UTC as 2026-10-13T18:00..2026-10-14T00:00, the end not included"
_LAST = re.compile(r"last_(\d{1,4})_(hour|day|week|month)s?")
_TIMED, _MINUTE = re.compile(r"\dT\d"), re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


class Period(BaseModel):
    """A stretch of time: `start` (included) to `end` (excluded), UTC, and how a reader calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    start: datetime
    end: datetime

    @property
    def days(self) -> float:
        """Length in days."""
        return (self.end - self.start) / timedelta(days=1)

    @property
    def first_day(self) -> str:
        """First day as `YYYY-MM-DD`, as AWS billing takes it."""
        return self.start.date().isoformat()

    @property
    def end_day(self) -> str:
        """The day after the last one, as `YYYY-MM-DD` (AWS billing excludes the end)."""
        last_instant = self.end - timedelta(microseconds=1)
        return (max(last_instant, self.start).date() + timedelta(days=1)).isoformat()


def parse_period(text: str, now: datetime, *, hours: bool = False) -> Period:
    """Turn a period word into a `Period`, relative to `now` (UTC); `hours` takes a range with times of day, too.

    Raises:
        InputError: not one of the accepted words, or a date that does not exist, or one that lies in the future, or
            times of day where only whole days are known.
    """
    word = text.strip()
    timed = _TIMED.search(word) is not None
    if timed and not hours:
        raise InputError(f"{text!r} has times of day, but this goes by whole days: a part of a day is not available.")
    try:
        period = _hours(word, now.astimezone(UTC)) if timed else _parse(word, now.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        known = f"{ACCEPTED}; or {HOURS}" if hours else ACCEPTED
        raise InputError(f"{text!r} is no period: {error}. Use one of: {known}.") from error
    if period.start > now:
        today = f"it is {now.astimezone(UTC):%Y-%m-%dT%H:%M} UTC" if timed else f"today is {now.date().isoformat()}"
        raise InputError(f"The period {text!r} starts in the future; {today}.")
    return period


def parse_dates(text: str) -> Period:
    """A year, quarter, month, day or `A..B` of these as a `Period`, whether it has come or not.

    Raises:
        InputError: none of these, or a date that does not exist.
    """
    word = text.strip()
    try:
        return _range(word) if ".." in word else _single(word)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{text!r} names no dates: {error}. Use one of: {DATES}.") from error


def parse_recent(text: str, now: datetime) -> Period:
    """`parse_period` for events: hours are taken; `last_N_days` and `last_N_weeks` run until now, not until midnight.

    Bills are complete up to yesterday, so costs leave today out; of events a person expects today's too.
    """
    period = parse_period(text, now, hours=True)
    match = _LAST.fullmatch(text.strip())
    if not match or match[2] not in ("day", "week"):
        return period
    days = int(match[1]) * (7 if match[2] == "week" else 1)
    return Period(label=f"last {days} days (since {period.start:%-d %B %Y})", start=period.start, end=now)


def previous(period: Period) -> Period:
    """The period of the same kind just before: the month before a month, else the same length before."""
    months = _whole_months(period)
    if months:
        start = _add_months(period.start.date(), -months)
        return between_months(start, _add_months(start, months - 1))
    start = period.start - (period.end - period.start)
    if {start, period.start} - {_midnight(start.date()), _midnight(period.start.date())}:
        return Period(label=hours_label(start, period.start), start=start, end=period.start)
    return _days(start, period.start)


def between_months(first: date, last: date) -> Period:
    """Whole months from `first`'s month to `last`'s month, both included."""
    start, end = first.replace(day=1), _add_months(last.replace(day=1), 1)
    label = f"{start:%B %Y}"
    if _add_months(start, 1) != end:
        label = f"{start:%B %Y} to {last:%B %Y}"
    return Period(label=label, start=_midnight(start), end=_midnight(end))


def hours_label(start: datetime, end: datetime) -> str:
    """Hours in words: `13 October 2026 18:00 to 24:00 UTC`."""
    last = (end - timedelta(microseconds=1)).date()
    until = f"{end:%-d %B %Y %H:%M}"
    if last == start.date():
        until = f"{end:%H:%M}" if last == end.date() else "24:00"
    return f"{start:%-d %B %Y %H:%M} to {until} UTC"


def instant(now: datetime) -> Period:
    """The moment itself, for facts that describe the state now."""
    return Period(label=f"now ({now:%-d %B %Y %H:%M} UTC)", start=now, end=now)


def _parse(word: str, now: datetime) -> Period:
    today = now.date()
    month = today.replace(day=1)
    match word:
        case "now":
            return instant(now)
        case "today":
            return _days(_midnight(today), _midnight(today + timedelta(days=1)))
        case "yesterday":
            return _days(_midnight(today - timedelta(days=1)), _midnight(today))
        case "this_week" | "last_week":
            monday = today - timedelta(days=today.weekday() + (7 if word == "last_week" else 0))
            end = today + timedelta(days=1) if word == "this_week" else monday + timedelta(days=7)
            return _days(_midnight(monday), _midnight(end))
        case "month_to_date":
            return _to_date(month, today, f"{month:%B %Y} to date")
        case "last_month":
            last = _add_months(month, -1)
            return between_months(last, last)
        case "this_quarter":
            return _to_date(_quarter(today), today, f"Q{(today.month - 1) // 3 + 1} {today.year} to date")
        case "last_quarter":
            start = _add_months(_quarter(today), -3)
            return _whole_quarter(start)
        case "year_to_date":
            return _to_date(today.replace(month=1, day=1), today, f"{today.year} to date")
        case "last_year":
            return _year(today.year - 1)
    if match_last := _LAST.fullmatch(word):
        return _last(int(match_last[1]), match_last[2], now)
    if ".." in word:
        return _range(word)
    return _single(word)


def _last(count: int, unit: str, now: datetime) -> Period:
    if count == 0:
        raise ValueError("zero is no length")
    today = now.date()
    if unit == "hour":
        return Period(label=f"last {count} hours", start=now - timedelta(hours=count), end=now)
    if unit == "month":
        month = today.replace(day=1)
        return between_months(_add_months(month, -count), _add_months(month, -1))
    days = count * (7 if unit == "week" else 1)
    return _days(_midnight(today - timedelta(days=days)), _midnight(today))


def _single(word: str) -> Period:
    if re.fullmatch(r"\d{4}", word):
        return _year(int(word))
    if match_quarter := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", word):
        return _whole_quarter(date(int(match_quarter[1]), 3 * int(match_quarter[2]) - 2, 1))
    if re.fullmatch(r"\d{4}-\d{2}", word):
        month = date.fromisoformat(f"{word}-01")
        return between_months(month, month)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
        day = date.fromisoformat(word)
        return _days(_midnight(day), _midnight(day + timedelta(days=1)))
    raise ValueError("the word is not known")


def _range(word: str) -> Period:
    left, _, right = word.partition("..")
    first, last = _single(left.strip()), _single(right.strip())
    if last.start < first.start:
        raise ValueError("it ends before it starts")
    if len(left.strip()) == len(right.strip()) == 7:
        return between_months(first.start.date(), last.start.date())
    return _days(first.start, last.end)


def _hours(word: str, now: datetime) -> Period:
    """`A..B` of moments in UTC, cut off now."""
    left, _, right = word.partition("..")
    if not (_MINUTE.fullmatch(left) and _MINUTE.fullmatch(right)):
        raise ValueError("hours are named by two moments, to the minute")
    if "T24:" in word:
        raise ValueError("a day ends at T00:00 of the next one")
    first, last = (datetime.fromisoformat(part).replace(tzinfo=UTC) for part in (left, right))
    if last <= first:
        raise ValueError("it ends before it starts")
    end = min(last, now) if first < now else last
    return Period(label=hours_label(first, end), start=first, end=end)


def _to_date(start: date, today: date, label: str) -> Period:
    span = _days(_midnight(start), _midnight(today + timedelta(days=1)))
    return Period(label=f"{label} ({span.label})", start=span.start, end=span.end)


def _year(year: int) -> Period:
    return Period(label=str(year), start=_midnight(date(year, 1, 1)), end=_midnight(date(year + 1, 1, 1)))


def _whole_quarter(start: date) -> Period:
    label = f"Q{(start.month - 1) // 3 + 1} {start.year}"
    return Period(label=label, start=_midnight(start), end=_midnight(_add_months(start, 3)))


def _days(start: datetime, end: datetime) -> Period:
    first, last = start.date(), (end - timedelta(microseconds=1)).date()
    if first == last:
        label = f"{first:%-d %B %Y}"
    elif (first.year, first.month) == (last.year, last.month):
        label = f"{first.day} to {last:%-d %B %Y}"
    elif first.year == last.year:
        label = f"{first:%-d %B} to {last:%-d %B %Y}"
    else:
        label = f"{first:%-d %B %Y} to {last:%-d %B %Y}"
    return Period(label=label, start=start, end=end)


def _whole_months(period: Period) -> int:
    first, end = period.start, period.end
    if first != _midnight(first.date().replace(day=1)) or end != _midnight(end.date().replace(day=1)):
        return 0
    return (end.year - first.year) * 12 + end.month - first.month


def _quarter(day: date) -> date:
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)


def _add_months(month: date, count: int) -> date:
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
