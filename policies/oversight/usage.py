"""Usage: how much of each budget is used up, counted where concurrent processes cannot count past each other.

What a call will take is held before it is made and settled after it. A process that dies leaves its hold, which counts
until it expires.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from tools.errors import RegentError


class UsageError(RegentError):
    """Usage cannot be counted, so nothing that costs anything may happen."""


class Count(BaseModel):
    """An amount (whole tokens, questions, or millionths of a USD) to be counted under `key`, at most up to `limit`.

    `ends` is when the counter's window ends, in Unix seconds; counters are thrown away some time after it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    key: str
    amount: int
    limit: int | None = None
    ends: float = Field(ge=0)


class UsageStore(Protocol):
    """Where usage is counted."""

    @property
    def remote(self) -> bool:
        """Whether counting may wait for a network."""

    def latest(self, now: float) -> float:
        """The latest time that anybody who counts here has seen, `now` included: a clock set back opens no window."""

    def count(self, counts: Sequence[Count]) -> Count | None:
        """Count all of these for good, or none; the first that does not fit, if one does not."""

    def hold(self, name: str, counts: Sequence[Count], expires: float, now: float) -> Count | None:
        """Count all of these until `settle`, or until `expires`; or none. The first that does not fit, if any."""

    def settle(self, name: str, counts: Sequence[Count], amounts: Sequence[int]) -> None:
        """What the hold's counts really came to, in their order; nothing for a hold that expired meanwhile."""

    def total(self, key: str) -> int:
        """How much is counted under `key`, holds included."""

    def erase(self, part: str) -> int:
        """Forget every counter and hold whose key contains `part`; how many."""
