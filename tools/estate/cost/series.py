"""One thing that is billed every day: how much it costs, how it moves over the week, the year and the months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Profile = Literal["fixed", "flat", "online", "venue", "office"]

# Monday to Sunday. A casino is busy when offices are not.
_WEEK: dict[Profile, tuple[float, ...]] = {
    "fixed": (1.0,) * 7,
    "flat": (1.0,) * 7,
    "online": (0.93, 0.92, 0.95, 0.99, 1.08, 1.12, 1.01),
    "venue": (0.92, 0.92, 0.95, 1.0, 1.08, 1.12, 1.01),
    "office": (1.12, 1.13, 1.13, 1.12, 1.08, 0.71, 0.71),
}
_NOISE: dict[Profile, float] = {"fixed": 0.0, "flat": 0.012, "online": 0.035, "venue": 0.03, "office": 0.04}
_REFERENCE = date(2026, 9, 1)


@dataclass(frozen=True, slots=True)
class Series:
    """A billed thing: ``daily`` USD a day on an average day of September 2026, ``price`` USD for one ``unit``.

    ``growth`` is the change over a year as a share; ``team`` is ``None`` for the account's own team; ``missing``
    lists tag keys that it lacks (``*``: all of them).
    """

    account: str
    service: str
    usage_type: str
    daily: float
    price: float
    unit: str
    profile: Profile = "flat"
    operation: str = ""
    region: str = "eu-west-1"
    growth: float = 0.10
    team: str | None = None
    missing: tuple[str, ...] = ()
    instance_type: str = ""
    engine: str = ""
    resource: str = ""
    plan: str = ""
    """Id of the Savings Plan that covers part of it."""

    @property
    def key(self) -> str:
        parts = (self.account, self.service, self.region, self.usage_type, self.operation, self.team, self.resource)
        return "/".join(str(part) for part in parts)


def level(series: Series, day: date) -> float:
    """USD on ``day`` before noise: the series' own level, growth, week and season."""
    if series.profile == "fixed":
        return series.daily
    years = (day - _REFERENCE).days / 365
    return series.daily * (1 + series.growth * years) * _WEEK[series.profile][day.weekday()] * _season(series, day)


def noise(series: Series) -> float:
    """The largest random deviation from the level, as a share."""
    return _NOISE[series.profile]


def _season(series: Series, day: date) -> float:
    """Busy holidays for the games and the floor, quiet ones for the offices."""
    holidays = (day.month == 12 and day.day >= 18) or (day.month == 1 and day.day <= 4)
    if not holidays:
        return 1.0
    return 0.8 if series.profile == "office" else 1.09 if series.profile in ("online", "venue") else 1.0
