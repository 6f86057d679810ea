"""The kill switch: what is stopped, by whom, since when and why. Read before every model call and every query call.

Where it lies is one small interface (`Switch`) with a file and an SSM parameter behind it. What cannot be read counts
as stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from tools.errors import RegentError

ScopeKind = Literal["all", "domain", "query", "principal"]
REMEDY = "An administrator starts again with `regent resume`."


class SwitchError(RegentError):
    """The kill switch cannot be read or written; until it can, everything is stopped."""


class ScopeError(RegentError):
    """A scope that is none; the sentence says what would be one."""


class Scope(BaseModel):
    """What a stop covers: everything, or one domain, query or principal by `name`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: ScopeKind
    name: str = ""

    @classmethod
    def parse(cls, text: str, *, domains: Iterable[str], queries: Iterable[str]) -> Scope:
        """`all`, `domain:cost`, `query:NAME` or `principal:ID`; ScopeError when it would stop nothing."""
        kind, _, name = text.partition(":")
        known = {"domain": sorted(domains), "query": sorted(queries)}.get(kind)
        if kind == "all" and not name:
            return cls(kind="all")
        if known is not None and name in known:
            return cls(kind=kind, name=name)  # type: ignore[arg-type]
        if kind == "principal" and name:
            return cls(kind="principal", name=name)
        forms = "give all, domain:NAME, query:NAME or principal:ID"
        fits = forms if known is None else f"known: {', '.join(known)}"
        raise ScopeError(f"{text!r} is no scope of a stop; {fits}.")

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind

    @property
    def words(self) -> str:
        return "everything" if self.kind == "all" else f"the {self.kind} {self.name}"


class Stop(BaseModel):
    """One stop. `at` is UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    scope: Scope
    reason: str
    by: str
    at: datetime

    def covers(self, principal: str, domain: str | None, query: str | None) -> bool:
        """Whether a call of `query` in `domain` for `principal` is stopped by this; None: not known yet."""
        asked = {"all": "", "principal": principal, "domain": domain, "query": query}
        return asked[self.scope.kind] == self.scope.name

    @property
    def sentence(self) -> str:
        at = self.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        why = self.reason.rstrip(".")
        return f"Regent is stopped for {self.scope.words}: {self.by} stopped it at {at}, because: {why}."


Stops = tuple[Stop, ...]


class Switch(Protocol):
    """Where the stops are kept."""

    @property
    def remote(self) -> bool:
        """Whether reading may wait for a network."""

    def read(self) -> Stops:
        """Every stop in force. SwitchError when that cannot be told, which counts as stopped."""

    def change(self, edit: Callable[[Stops], Stops]) -> None:
        """Replace the stops by `edit` of them, whoever else changes them at the same time."""


def halted(switch: Switch, principal: str, *, domain: str | None = None, query: str | None = None) -> Stop | None:
    """The stop that covers this call, the widest first; None when it may go on.

    A switch that cannot be read is a stop of everything.
    """
    try:
        stops = switch.read()
    except SwitchError as error:
        reason = f"{error} {REMEDY}"
        return Stop(scope=Scope(kind="all"), reason=reason, by="the kill switch itself", at=datetime.now(UTC))
    order = ("all", "principal", "domain", "query")
    found = [stop for stop in stops if stop.covers(principal, domain, query)]
    return min(found, key=lambda stop: order.index(stop.scope.kind), default=None)


def with_stop(stops: Stops, stop: Stop) -> Stops:
    """`stops` with this one in force; a later stop of the same scope takes the place of the earlier one."""
    return (*(one for one in stops if one.scope != stop.scope), stop)


def without(stops: Stops, scope: Scope) -> Stops:
    """`stops` without the one of this scope."""
    return tuple(one for one in stops if one.scope != scope)
