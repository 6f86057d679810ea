"""Hours of each day: which moments of a longer period count, such as those outside office hours. All in UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from tools.errors import InputError

_OFFICE = (8 * 60, 18 * 60)
_SATURDAY = 5
_TIME = r"([01]\d|2[0-4]):([0-5]\d)"
_RANGE = re.compile(rf"{_TIME}\.\.{_TIME}")

HoursOfDay = Annotated[
    str,
    Field(description="of each day, UTC: all, office (Mon-Fri 08:00..18:00), outside_office, or as 22:00..06:00"),
]


@dataclass(frozen=True, slots=True)
class DayHours:
    """Minutes of the day from `start` to `end` (excluded; before `start` where they pass midnight)."""

    label: str
    start: int
    end: int
    weekdays: bool = False
    """On Monday to Friday only."""
    outside: bool = False
    """All moments but these."""

    def holds(self, at: datetime) -> bool:
        """Whether a moment counts."""
        at = at.astimezone(UTC)
        minute = at.hour * 60 + at.minute
        within = self.start <= minute < self.end
        if self.end <= self.start:
            within = minute >= self.start or minute < self.end
        if self.weekdays and at.weekday() >= _SATURDAY:
            within = False
        return within != self.outside


def parse_day_hours(text: str) -> DayHours | None:
    """The hours meant; None for `all`.

    Raises:
        InputError: it is none of the words and no two times of day.
    """
    word = text.strip()
    if word == "all":
        return None
    if word in ("office", "outside_office"):
        outside = word == "outside_office"
        label = f"{'outside' if outside else 'within'} office hours (Monday to Friday 08:00 to 18:00 UTC)"
        return DayHours(label, *_OFFICE, weekdays=True, outside=outside)
    match = _RANGE.fullmatch(word)
    start, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
    if match is None or start == end or max(start, end) > 24 * 60 or start == 24 * 60:
        raise InputError(f"hours is {text!r}; expected all, office, outside_office, or two times such as 22:00..06:00.")
    return DayHours(f"from {match[1]}:{match[2]} to {match[3]}:{match[4]} UTC of each day", start, end)
