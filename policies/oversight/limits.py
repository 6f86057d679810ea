"""Limits: how much one question may use, so that no model runs on and on."""

from __future__ import annotations

import threading
import time

from pydantic import BaseModel, ConfigDict, Field

from tools.errors import RegentError


class LimitReachedError(RegentError):
    """A question used up what it may use; what was found until then is kept."""


class Limits(BaseModel):
    """The most that one question may use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_calls: int = Field(default=16, ge=1)
    query_calls: int = Field(default=24, ge=1)
    seconds: float = Field(default=180.0, gt=0)


class Meter:
    """Counts what one question uses. Safe to share between its specialists."""

    def __init__(self, limits: Limits, *, model_calls: int = 0, query_calls: int = 0, seconds: float = 0.0) -> None:
        """`model_calls`, `query_calls` and `seconds` were used before, by a run that was paused."""
        self.limits = limits
        self.model_calls, self.query_calls = model_calls, query_calls
        self._started = time.monotonic() - seconds
        self._lock = threading.Lock()

    def model_call(self) -> str | None:
        """Count one model call; the sentence that refuses it, or None."""
        with self._lock:
            if self.model_calls >= self.limits.model_calls:
                return f"The limit of {self.limits.model_calls} model calls for one question is reached."
            self.model_calls += 1
        return self._time()

    def query_call(self) -> str | None:
        """Count one query call; the sentence that refuses it, or None."""
        with self._lock:
            if self.query_calls >= self.limits.query_calls:
                return f"The limit of {self.limits.query_calls} query calls for one question is reached."
            self.query_calls += 1
        return self._time()

    @property
    def seconds(self) -> float:
        """Wall time used, without the time in which the run was paused."""
        return time.monotonic() - self._started

    def _time(self) -> str | None:
        if self.seconds > self.limits.seconds:
            return f"The limit of {self.limits.seconds:.0f} seconds for one question is reached."
        return None
