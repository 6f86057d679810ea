"""Interrupting: a question that is broken off (Ctrl-C, a caller that went away, a process that is stopped) ends on
record all the same.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import structlog

from policies.audit.bodies import Note
from tools.errors import RegentError

if TYPE_CHECKING:
    from policies.turn import Turn

log = structlog.get_logger()
SAID = "Interrupted before it was answered."
NAME = "question.interrupted"
"""The note on record before the end of a question that was broken off."""
_PATIENCE = 5.0
"""Seconds that the end waits for what AWS was asked already."""
_CLOSING = 10.0
"""Seconds that a house which closes waits for the ends of what it broke off."""
_ending: set[asyncio.Task[None]] = set()


class ClosingError(RegentError):
    """The process is being stopped."""


class Underway:
    """The questions that are being answered now, in whichever threads and loops."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._tasks: dict[asyncio.Task[object], asyncio.AbstractEventLoop] = {}
        self._closed = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """While the current task answers one; ClosingError when none may begin any more."""
        task = asyncio.current_task()
        assert task is not None
        with self._changed:
            if self._closed:
                raise ClosingError("Regent is being stopped; ask again when it runs.")
            self._tasks[task] = asyncio.get_running_loop()
        try:
            yield
        finally:
            with self._changed:
                del self._tasks[task]
                self._changed.notify_all()

    def end_all(self) -> None:
        """Let none begin any more, break off what is being answered, and wait until each has its end on record."""
        with self._changed:
            self._closed = True
            for task, loop in self._tasks.items():
                with suppress(RuntimeError):  # its loop is closed: there is nothing to go on with it
                    loop.call_soon_threadsafe(task.cancel)
            if not self._changed.wait_for(lambda: not self._tasks, _CLOSING):
                log.error("questions were broken off without an end on record", many=len(self._tasks))


async def end(turn: Turn, deliver: Callable[[], Awaitable[object]]) -> None:
    """Let nothing more begin in this turn, wait for what is under way, note it, and deliver.

    It goes on by itself where whoever awaits it is cancelled once more. A step that cannot be recorded is logged: there
    is nobody left to tell.
    """
    task = asyncio.create_task(_end(turn, deliver))
    _ending.add(task)
    task.add_done_callback(_ending.discard)
    await asyncio.shield(task)


async def _end(turn: Turn, deliver: Callable[[], Awaitable[object]]) -> None:
    turn.halted = turn.halted or SAID
    until = time.monotonic() + _PATIENCE
    while turn.under_way and time.monotonic() < until:
        await asyncio.sleep(0.02)
    try:
        turn.record("system:desk", Note(name=NAME))
        await deliver()
    except RegentError as error:
        log.error("an interrupted question has no end on record", question=turn.question, error=str(error))
