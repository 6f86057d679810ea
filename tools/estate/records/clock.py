"""When recurring things happen in the sample estate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tools.estate.world import NOW, STORIES

BACKUP_HOUR = 2
"""Nightly backups start at 02:00 UTC."""


def nights(days: int) -> list[datetime]:
    """02:00 UTC of the last ``days`` nights up to the sample clock, oldest first."""
    last = datetime(NOW.year, NOW.month, NOW.day, BACKUP_HOUR, tzinfo=UTC)
    return [last - timedelta(days=back) for back in range(days - 1, -1, -1)]


def nights_failed() -> list[datetime]:
    """The nights of the backup-failing story: every one since the key policy changed."""
    changed = next(story.start for story in STORIES if story.key == "backup-failing")
    return [night for night in nights(30) if night > changed]
