"""Digests, as they are declared: which questions are asked as whom, when, and where what came of them goes.

A digest has no rights of its own. It asks as whoever the principals file knows as `digest:NAME`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PLACE = r"^(slack:[CGDU][A-Z0-9]{2,20}|teams:\S{1,250}|webhook:[A-Za-z0-9._@+-]{1,128})$"
Place = Annotated[str, Field(pattern=_PLACE)]
"""`slack:` and the id of a channel or person, `teams:` and one of a conversation or person, `webhook:` and a client."""


def in_zone(name: str) -> ZoneInfo:
    """The time zone of this name. It is read when it is asked for: few processes need one."""
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _known_zone(name: str) -> str:
    try:
        in_zone(name)
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(f"{name!r} is no time zone, such as Europe/Amsterdam or UTC") from error
    return name


class Digest(BaseModel):
    """One summary that is sent by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    """The principals file says, by `known_as: ["digest:NAME"]`, as whom it asks."""
    title: str = Field(default="", max_length=100)
    questions: Annotated[
        tuple[Annotated[str, Field(min_length=3, max_length=500)], ...], Field(min_length=1, max_length=10)
    ]
    to: Annotated[tuple[Place, ...], Field(min_length=1, max_length=20)]
    every: Literal["day", "week"] = "week"
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"
    """The day of a weekly one."""
    at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "08:00"
    zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    controls: bool = True
    """Whether it says which controls changed, and which alerts are open."""
    approvals: bool = True
    """Whether it says how many approvals wait that its principal may see."""

    @property
    def person(self) -> str:
        """As whom it asks, as the principals file knows them."""
        return f"digest:{self.name}"

    @property
    def heading(self) -> str:
        """What it is called where it is read."""
        return self.title or f"Digest {self.name}"

    def slot(self, now: datetime) -> datetime:
        """The last time at or before `now` at which it was to be sent, in UTC."""
        day = now.astimezone(in_zone(self.zone)).date() + timedelta(days=1)
        while (found := self._on(day)) is None or found > now:
            day -= timedelta(days=1)
        return found

    def upcoming(self, now: datetime) -> datetime:
        """The next time after `now`, in UTC."""
        day = now.astimezone(in_zone(self.zone)).date() - timedelta(days=1)
        while (found := self._on(day)) is None or found <= now:
            day += timedelta(days=1)
        return found

    def slots(self, after: datetime, upto: datetime) -> list[datetime]:
        """Every such time after the one and up to the other, oldest first, the last hundred of them."""
        found: list[datetime] = []
        one = self.slot(upto)
        while one > after and len(found) < 100:
            found.append(one)
            one = self.slot(one - timedelta(seconds=1))
        return found[::-1]

    def _on(self, day: date) -> datetime | None:
        if self.every == "week" and day.weekday() != _WEEKDAYS.index(self.weekday):
            return None
        # an hour that a change of the clock leaves out is the one after it, one that comes twice is the first
        return datetime.combine(day, time.fromisoformat(self.at), in_zone(self.zone)).astimezone(UTC)


def _named_once(digests: tuple[Digest, ...]) -> tuple[Digest, ...]:
    names = [one.name for one in digests]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two digests are called {twice!r}")
    return digests


Digests = Annotated[tuple[Digest, ...], AfterValidator(_named_once)]
