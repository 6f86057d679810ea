"""Crowd: how many connections a server holds, and who makes room when it is full.

Whoever keeps the server waiting gives their place to whoever comes: a connection between two requests at once, one that
does not get on with its headers, its body, or with fetching its answer after some patience. There is none for an
address that holds more places than the newcomer's: one client cannot keep others out by being just fast enough, nor by
asking without a pause, for then their connection ends with the answer it gets. Nobody who is being answered is cut off,
however long that takes. If there is no room, a newcomer waits outside, for as long as
it takes to be told so; the few places there go to the latest, so that what must always be answered (`/ping`) is,
whoever sits on all others.
"""

from __future__ import annotations

import time
from collections import Counter
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
PATIENCE = {"next": 0.0, "headers": 1.0, "body": 5.0, "fetch": 30.0}
"""Seconds that a full server lets a client wait with its next request, the headers of one, its body, or with taking
anything of an answer that lies ready."""
_LOOK_AGAIN = 0.1
"""Seconds for which a full server is known to be full: a flood of newcomers must not make it look each time."""
_SAY_AGAIN = 60.0
_FILES_LEFT = 128
"""Files that a process needs beside its connections."""
Awaited = Literal["next", "headers", "body", "fetch"]


class Guest(Protocol):
    """A connection as the crowd sees it."""

    whose: str
    """The address of its client; all that are of one client have one."""

    def awaited(self) -> tuple[Awaited, float] | None:
        """What its client owes the server, and for how many seconds; None while the server owes an answer."""

    def unread(self) -> bool:
        """Whether its client has said something that was not read yet: then it is the server that is slow."""

    def leave(self) -> None:
        """Close it, now."""

    def finish(self) -> None:
        """Close it after the answer that it gets."""


class Crowd:
    """The connections of one server, for its event loop alone. `clock` gives seconds."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self._clock = most, clock
        self._inside: set[Guest] = set()
        self._outside: dict[Guest, None] = {}
        self._leaving: set[Guest] = set()
        """Who gets their last answer; their places are given already."""
        self._of = Counter[str]()
        """How many of those inside are of each address."""
        self._full_until = self._said = float("-inf")
        self._full_for = 0
        """How many places an address held for which there was none; for one with fewer there may be."""

    def enter(self, guest: Guest) -> bool:
        """Take a new connection in; False when it must wait outside."""
        if self._has_room(guest):
            self._let_in(guest)
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
        if guest in self._inside or guest in self._leaving:
            return True
        if not self._has_room(guest):
            self._say()
            return False
        self._outside.pop(guest, None)
        self._let_in(guest)
        return True

    def moved(self, guest: Guest, whose: str) -> None:
        """From now on it is another client's."""
        inside = guest in self._inside
        self._let_out(guest)
        guest.whose = whose
        if inside:
            self._let_in(guest)

    def gone(self, guest: Guest) -> None:
        """It is closed."""
        self._let_out(guest)
        self._outside.pop(guest, None)
        self._leaving.discard(guest)

    def _let_in(self, guest: Guest) -> None:
        self._inside.add(guest)
        self._of[guest.whose] += 1

    def _let_out(self, guest: Guest) -> None:
        if guest in self._inside:
            self._inside.remove(guest)
            self._of[guest.whose] -= 1
            if not self._of[guest.whose]:
                del self._of[guest.whose]

    def _sent_off(self, guest: Guest) -> None:
        del self._outside[guest]
        guest.leave()

    def _has_room(self, newcomer: Guest) -> bool:
        if len(self._inside) < self.most:
            return True
        held, now = self._of[newcomer.whose], self._clock()
        if now < self._full_until and held >= self._full_for:
            return False
        if (leaves := self._slowest(held)) is not None:
            self._let_out(leaves)
            leaves.leave()
            return True
        if (ends := self._of_many(held)) is not None:
            self._let_out(ends)
            self._leaving.add(ends)
            ends.finish()
            return True
        self._full_for = min(held, self._full_for) if now < self._full_until else held
        self._full_until = now + _LOOK_AGAIN
        return False

    def _slowest(self, held: int) -> Guest | None:
        """Who makes room for a newcomer whose address holds so many: who is over the patience there is, the slowest
        first; else the slowest of the address that holds most, if that is more than the newcomer's will."""
        owed = [(what, guest) for guest in self._inside if (what := guest.awaited()) is not None]
        over = [(0, seconds, guest) for (what, seconds), guest in owed if seconds >= PATIENCE[what]]
        more = [
            (many, seconds, guest)
            for (what, seconds), guest in owed
            if what != "fetch" and (many := self._of[guest.whose]) > held + 1  # who fetches is being answered
        ]
        for found in (over, more):
            found.sort(key=lambda one: one[:2], reverse=True)
            if (slowest := next((guest for *_, guest in found if not guest.unread()), None)) is not None:
                return slowest
        return None

    def _of_many(self, held: int) -> Guest | None:
        """One that is being answered, of the address that holds most, if that is more than the newcomer's will, and few
        are leaving."""
        for one in list(self._leaving):
            if (owed := one.awaited()) is not None and owed[1] >= PATIENCE[owed[0]]:
                self._leaving.discard(one)
                one.leave()
        answered = [one for one in self._inside if (owed := one.awaited()) is None or owed[0] == "fetch"]
        most = max(answered, key=lambda guest: self._of[guest.whose], default=None)
        if most is None or self._of[most.whose] <= held + 1 or len(self._leaving) >= OUTSIDE:
            return None
        return most

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
