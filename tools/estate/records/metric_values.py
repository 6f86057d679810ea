"""Values of a metric: computed from its definition, so any stretch of time costs nothing until it is asked for.

Levels are constant within five minutes. One-minute and five-minute sums therefore agree exactly.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tools.estate.records.metrics import Metric
from tools.estate.world import NOW

STEP = 300
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


@dataclass(slots=True)
class Sample:
    """What was measured in one stretch of time: how many values, their sum, least and largest, and their spread."""

    count: float
    total: float
    least: float
    largest: float
    spread: float
    """Of a latency: how far percentiles lie from the average (0 for gauges)."""

    @property
    def average(self) -> float:
        return self.total / self.count if self.count else 0.0

    def statistic(self, name: str) -> float:
        """A CloudWatch statistic by name (``Sum``, ``p99``); ``KeyError`` for one that is not known."""
        plain = {
            "Sum": self.total,
            "Average": self.average,
            "Minimum": self.least,
            "Maximum": self.largest,
            "SampleCount": self.count,
        }
        if name in plain:
            return plain[name]
        found = _PERCENTILE.fullmatch(name)
        if not found:
            raise KeyError(name)
        return min(max(self._percentile(float(found[1]) / 100), self.least), self.largest)

    def _percentile(self, share: float) -> float:
        if not self.spread:
            return self.least + (self.largest - self.least) * share
        # A long tail: half the requests are a little faster than the average, one in a hundred far slower.
        return self.average * (0.55 + self.spread * -math.log(max(1 - share, 1e-4)) * 0.6)


def _unit_noise(text: str) -> float:
    """A number from -1 to 1 that depends on the text alone."""
    return zlib.crc32(text.encode()) / 0x7FFFFFFF - 1.0


def level(metric: Metric, moment: datetime) -> float:
    """The level of the metric in the five minutes that ``moment`` lies in."""
    start = int(moment.timestamp()) // STEP * STEP
    bucket = datetime.fromtimestamp(start, UTC)
    for bump in metric.bumps:
        first = int(bump.start.timestamp()) // STEP * STEP
        if first <= start and (bump.end is None or bucket < bump.end):
            base, swing = bump.level, 0.0
            break
    else:
        base, swing = metric.level, metric.swing
    hour = bucket.hour + bucket.minute / 60
    rhythm = 1 + swing * math.sin((hour - 13) / 24 * 2 * math.pi)
    value = base * rhythm * (1 + min(metric.noise, 0.08 if not swing else 1) * _unit_noise(f"{metric.key}{start}"))
    return min(value, metric.ceiling) if metric.ceiling is not None else value


def _one(metric: Metric, moment: datetime, seconds: int) -> Sample:
    value = level(metric, moment)
    minutes = seconds / 60
    if metric.kind == "count":
        total = value * minutes
        return Sample(minutes, total, value, value, 0.0)
    if metric.kind == "latency":
        count = round(120 * minutes)
        return Sample(count, value * count, value * 0.3, value * 6, 1.0)
    if metric.kind == "daily":
        return Sample(1, value, value, value, 0.0)
    wobble = 0.03 if metric.noise else 0.0  # a metric without noise, such as vCPUs in use, is exact
    return Sample(minutes, value * minutes, value * (1 - wobble), value * (1 + wobble), 0.0)


def _merge(parts: list[Sample]) -> Sample:
    return Sample(
        sum(part.count for part in parts),
        sum(part.total for part in parts),
        min(part.least for part in parts),
        max(part.largest for part in parts),
        parts[0].spread,
    )


def samples(metric: Metric, start: datetime, end: datetime, period: int) -> Iterator[tuple[datetime, Sample]]:
    """(start of period, sample) from ``start`` to before ``end``, oldest first; nothing before the resource existed.

    Periods are aligned to their length, as CloudWatch does; the future has no values.
    """
    first = int(max(start, metric.since or start).timestamp()) // period * period
    last = int(min(end, NOW).timestamp())
    for begin in range(first, last, period):
        moment = datetime.fromtimestamp(begin, UTC)
        if metric.kind == "daily":
            midnight = moment.replace(hour=0, minute=0)
            if period >= 86400 or moment == midnight:
                yield moment, _one(metric, midnight, 86400)
            continue
        inner = min(period, STEP)
        stop = min(period, last - begin)
        parts = [_one(metric, moment + timedelta(seconds=offset), inner) for offset in range(0, stop, inner)]
        yield moment, _merge(parts)
