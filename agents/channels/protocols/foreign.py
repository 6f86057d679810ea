"""Foreign: requests that a web page makes in the name of who sits at the machine. They are refused, and counted.

Standard library only: the front uses it before anything heavy is imported.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from agents.channels.protocols.paths import ADDRESSES
from agents.channels.together import Together
from tools.errors import RegentError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
Count = Callable[[str, int], None]
"""Counts so many more refusals at a door; called from a thread. Raises RegentError when it cannot."""


def foreign(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Why a request to a server of this machine is not from a program of it; None when nothing says that."""
    given = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    host = given.get("host", "").rsplit(":", 1)[0] if not given.get("host", "").endswith("]") else "[::1]"
    if host not in LOOPBACK:
        return "This server answers programs on its own machine only; the Host header names another."
    origin = given.get("origin")
    if origin is not None and origin.split("://")[-1].rsplit(":", 1)[0] not in LOOPBACK:
        return "This server takes no questions from web pages of other sites."
    return None


def door(leads: str | None) -> str:
    """The name under which refusals at an address are counted: never a word that a caller sent."""
    if leads is None:
        return "other"
    protocol = ADDRESSES[leads].protocol
    return "invoke" if protocol == "agentcore" else protocol


class Counting:
    """Counts what was refused: before the house is open in memory, then where `begin` says. For one event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._early = Counter[str]()
        self._count: Count | None = None
        self._together: Together[str, None] = Together(self._all)

    def begin(self, count: Count) -> None:
        """Count with this from now on, and what came before it."""
        with self._lock:
            early, self._early, self._count = self._early, Counter[str](), count
        _counted(count, early)

    async def one(self, at: str) -> None:
        """One more was refused at the door `at`; returns when that is counted."""
        with self._lock:
            if self._count is None:
                self._early[at] += 1
                return
        await self._together.do(at)

    def _all(self, doors: Sequence[str]) -> list[None]:
        assert self._count is not None
        _counted(self._count, Counter(doors))
        return [None] * len(doors)


def _counted(count: Count, many: Counter[str]) -> None:
    for at, times in many.items():
        try:
            count(at, times)
        except RegentError as error:
            sys.stderr.write(f"regent: {error}\n")  # it is refused all the same
