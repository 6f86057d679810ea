"""Crowd: how many connections a server holds, and who makes room when it is full.

Whoever keeps the server waiting gives their place to whoever comes: a connection between two requests at once, one that
does not get on with its headers or its body after some patience. Nobody who is being answered is cut off, however long
that takes. If there is no room, a newcomer waits outside, for as long as it takes to be told so; the few places there
go to the latest, so that what must always be answered (`/ping`) is, whoever sits on all others.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from typing import Literal, Protocol

from tools.errors import SettingsError

MOST = 512
"""Connections that are held at the same time, unless a setting says otherwise."""
OUTSIDE = 64
"""Places outside."""
BURST = 1024
"""How many more there may be there for as long as the server has not come to hear them."""
_LOOKED_AT = 8
PATIENCE = {"next": 0.0, "headers": 1.0, "body": 5.0}
"""Seconds that a full server lets a client wait with its next request, the headers of one, or its body."""
_LOOK_AGAIN = 0.1
"""Seconds for which a full server is known to be full: a flood of newcomers must not make it look each time."""
_SAY_AGAIN = 60.0
_FILES_LEFT = 128
"""Files that a process needs beside its connections."""
Awaited = Literal["next", "headers", "body"]


class Guest(Protocol):
    """A connection as the crowd sees it."""

    def awaited(self) -> tuple[Awaited, float] | None:
        """What its client owes the server, and for how many seconds; None while the server owes an answer."""

    def unread(self) -> bool:
        """Whether its client has said something that was not read yet: then it is the server that is slow."""

    def leave(self) -> None:
        """Close it, now."""


class Crowd:
    """The connections of one server, for its event loop alone. `clock` gives seconds."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self._clock = most, clock
        self._inside: set[Guest] = set()
        self._outside: dict[Guest, None] = {}
        self._full_until = self._said = float("-inf")

    def enter(self, guest: Guest) -> bool:
        """Take a new connection in; False when it must wait outside."""
        if self._has_room():
            self._inside.add(guest)
            return True
        self._outside[guest] = None
        if len(self._outside) > OUTSIDE + BURST:
            self._sent_off(guest)
        # who was not heard yet stays: of a burst that comes in one turn of the loop, that is everybody
        for one in list(islice(self._outside, _LOOKED_AT)):
            if len(self._outside) > OUTSIDE and not one.unread():
                self._sent_off(one)
        return False

    def admits(self, guest: Guest) -> bool:
        """Whether a request of this connection is worked on; who waited outside comes in if there is room by now."""
        if guest in self._inside:
            return True
        if not self._has_room():
            self._say()
            return False
        self._outside.pop(guest, None)
        self._inside.add(guest)
        return True

    def gone(self, guest: Guest) -> None:
        """It is closed."""
        self._inside.discard(guest)
        self._outside.pop(guest, None)

    def _sent_off(self, guest: Guest) -> None:
        del self._outside[guest]
        guest.leave()

    def _has_room(self) -> bool:
        if len(self._inside) < self.most:
            return True
        if self._clock() < self._full_until:
            return False
        owed = [(guest, found) for guest in self._inside if (found := guest.awaited()) is not None]
        over = [(seconds, guest) for guest, (what, seconds) in owed if seconds >= PATIENCE[what]]
        over.sort(key=lambda one: one[0], reverse=True)
        slowest = next((guest for _, guest in over if not guest.unread()), None)
        if slowest is None:
            self._full_until = self._clock() + _LOOK_AGAIN
            return False
        self._inside.discard(slowest)
        slowest.leave()
        return True

    def _say(self) -> None:
        """Say in the log that the server is full, once a minute."""
        if (now := self._clock()) >= self._said + _SAY_AGAIN:
            self._said = now
            import structlog

            structlog.get_logger().warning("full: requests are turned away", connections=self.most)


def bounded(most: int) -> int:
    """`most`, if the process may open so many files beside what it needs itself.

    Raises:
        SettingsError: it may not.
    """
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    least = most + OUTSIDE + _FILES_LEFT
    if hard != resource.RLIM_INFINITY and hard < least:
        raise SettingsError(
            f"The process may open {hard} files, and {most} connections need {least}. Raise the limit (ulimit -n), or "
            "set serve_connections lower."
        )
    wanted = least + BURST if hard == resource.RLIM_INFINITY else min(least + BURST, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return most
