"""A composed digest: what every channel draws, as it is kept until every place has it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from agents.channels.rendering import View
from policies.oversight.digest import in_zone


class _Composed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Composed):
    """One question, and what came of it: a view of the answer, or a sentence why there is none here."""

    question: str
    view: View | None = None
    said: str = ""


class Composed(_Composed):
    """One digest for one time. Times are UTC."""

    name: str
    heading: str
    slot: datetime
    since: datetime
    """What it tells of is younger than this."""
    at: datetime
    """When it was composed."""
    zone: str
    late: bool
    missed: tuple[datetime, ...]
    """Earlier times at which nothing was sent."""
    to: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    changes: tuple[str, ...] = ()
    """Controls that changed."""
    alerts: tuple[str, ...] = ()
    """Alerts that are open."""
    approvals: tuple[str, ...] = ()
    """Approvals that wait."""
    contact: str
    """How to reach a person."""

    @property
    def key(self) -> str:
        """What it is known by: `digest/NAME/TIME`."""
        return f"digest/{self.name}/{self.slot.isoformat()}"

    @property
    def opening(self) -> str:
        """What stands above the answers. Markdown of bold, lines and lists alone."""
        lines = [f"**{self.heading}**, {self._time(self.slot)}"]
        if self.late:
            lines.append(f"It is late: it was composed at {self._time(self.at)}, because nothing ran when it was due.")
        if self.missed:
            times = ", ".join(map(self._time, self.missed))
            lines.append(f"Not sent before, for the same reason: {times}.")
        lines += self._list("Controls that changed", self.changes)
        lines += self._list("Alerts that are open", self.alerts)
        lines += self._list("Approvals that wait", self.approvals)
        lines.append(self.contact)
        return "\n".join(lines)

    def _list(self, title: str, found: tuple[str, ...]) -> list[str]:
        return [f"**{title}**", *(f"- {one}" for one in found)] if found else []

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(in_zone(self.zone)):%a %Y-%m-%d %H:%M} ({self.zone})"
