"""Interrupting: a question that is broken off (Ctrl-C, a caller that went away) ends on record all the same."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
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
_ending: set[asyncio.Task[None]] = set()


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
