"""The hour for a daily digest that is late at whatever hour its test runs, and in whatever minute midnight falls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def opposite() -> str:
    """Half a day ago, as HH:MM in UTC: once due since yesterday at this time, and not again for half a day."""
    return f"{datetime.now(UTC) - timedelta(hours=12):%H:%M}"
