"""Comparisons that the filters of several services share, and time parsing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.estate.errors import AwsError

Comparison = Callable[[str, str], bool]

POSITIVE: dict[str, Comparison] = {
    "EQUALS": lambda have, want: have == want,
    "PREFIX": lambda have, want: have.startswith(want),
    "CONTAINS": lambda have, want: want in have,
    "CONTAINS_WORD": lambda have, want: want.lower() in have.lower().split(),
}
NEGATIVE: dict[str, Comparison] = {
    "NOT_EQUALS": lambda have, want: have != want,
    "PREFIX_NOT_EQUALS": lambda have, want: not have.startswith(want),
    "NOT_CONTAINS": lambda have, want: want not in have,
}


def matches_strings(values: Sequence[str], wanted: Iterable[tuple[str, str]]) -> bool:
    """Whether a record's values pass (comparison, value) pairs: positive ones OR-ed, negative ones AND-ed."""
    pairs = list(wanted)
    positive = [(POSITIVE[name], value) for name, value in pairs if name in POSITIVE]
    negative = [(NEGATIVE[name], value) for name, value in pairs if name in NEGATIVE]
    if positive and not any(test(have, value) for test, value in positive for have in values):
        return False
    return all(test(have, value) for test, value in negative for have in values)


def as_time(value: Any, code: str = "ValidationException") -> datetime:
    """A point in time from a datetime, seconds since 1970 or an ISO 8601 string."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    try:
        parsed = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError as error:
        raise AwsError(
            code, f"{value!r} is not a timestamp; expected ISO 8601, such as 2026-10-01T00:00:00Z."
        ) from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def iso(moment: datetime) -> str:
    """ISO 8601 with milliseconds and ``Z``, as Security Hub and GuardDuty write times."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def within(moment: datetime, start: Any = None, end: Any = None, code: str = "ValidationException") -> bool:
    """Whether ``moment`` lies in the closed interval; a missing bound is open."""
    if start is not None and moment < as_time(start, code):
        return False
    return end is None or moment <= as_time(end, code)


def days_before(now: datetime, days: int) -> datetime:
    """The start of the last ``days`` days."""
    return now - timedelta(days=days)
