"""Measuring: percentiles, a table, and the time that the disk's own syncs took."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


def row(label: str, values: Sequence[float], unit: str = "ms") -> str:
    """One line: p50, p95, p99 and how many."""
    p50, p95, p99 = (percentile(values, p) for p in (50, 95, 99))
    return f"{label:<44} p50 {p50:9.2f}  p95 {p95:9.2f}  p99 {p99:9.2f} {unit}  (n={len(values)})"


def verdict(label: str, found: float, bar: float, unit: str = "ms") -> str:
    """Whether a bar is met, with both numbers."""
    return f"  bar: {label} <= {bar:g} {unit}: {found:.2f} {unit} {'met' if found <= bar else 'NOT MET'}"


class SyncClock:
    """Seconds that this process has spent in fsync and fdatasync so far, over all threads."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()

    def wrap(self, sync: Callable[[Any], None]) -> Callable[[Any], None]:
        """The same call, timed."""

        def timed(handle: Any) -> None:
            started = time.perf_counter()
            try:
                sync(handle)
            finally:
                with self._lock:
                    self.seconds += time.perf_counter() - started

        return timed


@contextmanager
def sync_clock() -> Iterator[SyncClock]:
    """Time every fsync and fdatasync within the block."""
    clock, fsync, fdatasync = SyncClock(), os.fsync, os.fdatasync
    os.fsync, os.fdatasync = clock.wrap(fsync), clock.wrap(fdatasync)
    try:
        yield clock
    finally:
        os.fsync, os.fdatasync = fsync, fdatasync
