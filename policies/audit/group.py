"""Records that become durable together, and who waits for them."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress

from policies.audit.errors import LedgerError
from policies.audit.records import Record

RECORDS, BYTES = 1024, 4 << 20
"""When a group that nobody waits for is written all the same."""


class Group:
    """One group commit. Filled under the ledger's mutex, finished by whoever leads the write."""

    __slots__ = (
        "bytes",
        "done",
        "ends_question",
        "error",
        "first",
        "full",
        "leaves",
        "since",
        "time",
        "unwaited",
        "urgent",
        "waiters",
    )

    def __init__(self) -> None:
        self.leaves: list[bytes] = []
        self.first = self.time = 0
        """The index of the first record, and the time of the last one (UTC ns)."""
        self.bytes = 0
        self.since = 0.0
        self.full = self.urgent = self.done = self.ends_question = False
        self.error: LedgerError | None = None
        self.unwaited: set[str | None] = set()
        self.waiters: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}

    def add(self, leaf: bytes, record: Record, wait: bool) -> bool:
        """Take a record in; whether the background thread should be woken for it."""
        leaves = self.leaves
        if not leaves:
            self.since = time.monotonic()
        leaves.append(leaf)
        self.bytes += len(leaf)
        if record.body.ends_question:
            self.ends_question = True
        if wait:
            return False
        self.unwaited.add(record.question)
        # Whoever fills a group writes it: handing it to the background thread costs more in turns of the interpreter
        # than the overlap with the disk brings.
        self.full = len(leaves) >= RECORDS or self.bytes >= BYTES
        return len(leaves) == 1

    def waiter(self, loop: asyncio.AbstractEventLoop, wake: threading.Condition) -> asyncio.Future[None]:
        """A future that is done when this group is durable. The first one of a loop sees to it that it is written."""
        waiting = self.waiters.get(loop)
        if waiting is None:
            waiting = self.waiters[loop] = []
            loop.call_soon(self.hurry, wake)
            with wake:  # for a loop that cannot hurry: it may be blocked, waiting for this very turn
                wake.notify()
        future: asyncio.Future[None] = loop.create_future()
        waiting.append(future)
        return future

    def hurry(self, wake: threading.Condition) -> None:
        """Have the background thread write this group. Called by the event loop after all tasks that were ready, so
        that they share one sync instead of the first one going alone."""
        with wake:
            self.urgent = True
            wake.notify()

    def succeed(self) -> None:
        self.done = True
        self._tell()

    def fail(self, error: LedgerError) -> None:
        self.error, self.done = error, True
        self._tell()

    def _tell(self) -> None:
        for loop, futures in self.waiters.items():
            with suppress(RuntimeError):  # it is closed, perhaps just now: nobody waits in it any more
                loop.call_soon_threadsafe(_resolve, futures, self.error)


def _resolve(futures: list[asyncio.Future[None]], error: LedgerError | None) -> None:
    for future in futures:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
