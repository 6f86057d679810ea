"""Circumstances: what the gate knows about a call besides who asks, what, and about which accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The context of one decision. Recorded with it, so that the decision can be made again."""

    channel: str = "cli"
    assurance: str = "none"
    """How the asker was verified; see `Principal.assurance`."""
    hour: int = 0
    """The hour of the day, UTC, by the estate's clock."""
    calls: int = 0
    """Query calls this question has made before this one."""
    spent_cents: int = 0
    """What the question's billed calls have cost so far: US cents, rounded up."""
    spent_tokens: int = 0
    """Model tokens the question has taken so far, in and out."""
    reason: str = ""
    """Why the asker wants to know, after masking."""
    approved: bool = False
    """Whether a second person approved this very call."""


def hour_of(now: datetime) -> int:
    """The hour of the day, UTC, of a time that knows its zone."""
    return now.astimezone(UTC).hour
