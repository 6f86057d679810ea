"""Cost Explorer's time periods: dates in UTC, the end exclusive, by day or by calendar month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tools.estate.errors import AwsError
from tools.estate.world import FIRST_DAY


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` up to but not including ``end``."""

    start: date
    end: date

    def as_aws(self) -> dict[str, str]:
        return {"Start": self.start.isoformat(), "End": self.end.isoformat()}

    @property
    def days(self) -> int:
        return (self.end - self.start).days


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise AwsError("ValidationException", f"Date {text!r} is not in the format yyyy-MM-dd") from error


def span(period: dict[str, Any]) -> Span:
    """The span of a TimePeriod; raises ValidationException unless start is before end."""
    found = Span(_day(period["Start"]), _day(period["End"]))
    if found.start >= found.end:
        raise AwsError("ValidationException", "Start date (and hour) should be before end date (and hour)")
    return found


def history(period: dict[str, Any], now: datetime) -> Span:
    """The span of a request about the past, within what Cost Explorer keeps (14 months with the current one)."""
    found = span(period)
    if found.start < FIRST_DAY:
        raise AwsError(
            "ValidationException",
            f"You haven't enabled historical data beyond 14 months: start {found.start} is before {FIRST_DAY}",
        )
    if found.start > now.date():
        raise AwsError("ValidationException", f"Start date {found.start} is after the current date {now.date()}")
    if found.end > next_month(now.date()):
        raise AwsError("ValidationException", f"End date {found.end} is after the end of the current month")
    return found


def next_month(day: date) -> date:
    """The first day of the month after ``day``."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def steps(whole: Span, granularity: str) -> list[Span]:
    """``whole`` cut into days (DAILY) or calendar months clipped to it (MONTHLY); raises for HOURLY."""
    if granularity == "HOURLY":
        raise AwsError("ValidationException", "You haven't enabled hourly granularity in Cost Explorer preferences")
    found, start = [], whole.start
    while start < whole.end:
        end = start + timedelta(days=1) if granularity == "DAILY" else min(next_month(start), whole.end)
        found.append(Span(start, end))
        start = end
    return found


def estimated(part: Span, now: datetime) -> bool:
    """Whether a period is not final: AWS closes a month's bill after it has ended."""
    return part.end > now.date().replace(day=1)
