"""In order: the questions of one conversation are answered one after the other, in the order in which they came.

A follow-up is read against what was delivered before it; answered beside its forerunner, it would be read against
something older, and the history would be in an order in which nobody asked. Questions of different conversations do not
wait for each other.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import structlog

from tools.errors import RegentError

if TYPE_CHECKING:
    from agents.conversations import ConversationStore

log = structlog.get_logger()
PATIENCE = 120.0
"""Seconds for which a question waits for those before it."""
MOST_WAITING = 4
"""Questions of one conversation that wait; each holds a place of the server that others need."""
_RENEW = 10.0
"""Seconds between two words of who is being answered that it still is; where a claim ends by itself, it does later."""
_lines: dict[tuple[int, str, str], deque[str]] = {}
_lock = threading.Lock()


class ConversationBusyError(RegentError):
    """Another question of the conversation is being answered, and that takes too long to wait for."""


@asynccontextmanager
async def in_order(store: ConversationStore, owned_by: str, session: str | None) -> AsyncIterator[None]:
    """While a question of this conversation is being answered; whoever comes meanwhile waits for their turn.

    Without a session there is no conversation, and nothing to wait for.

    Raises:
        ConversationBusyError: too many wait already, or it took too long.
        ConversationError: it cannot be known whose turn it is.
    """
    if session is None:
        yield
        return
    mine, key = secrets.token_hex(8), (id(store), owned_by, session)
    with _lock:
        line = _lines.setdefault(key, deque())
        if len(line) > MOST_WAITING:
            raise ConversationBusyError(
                f"{MOST_WAITING} questions of this conversation wait to be answered; ask again when they are."
            )
        line.append(mine)
    renewing: asyncio.Task[None] | None = None
    claimed = False
    try:
        await _my_turn(store, owned_by, session, mine, line)
        claimed = True
        renewing = asyncio.create_task(_renew(store, owned_by, session, mine))
        yield
    finally:
        if renewing is not None:
            renewing.cancel()
        try:
            if claimed:
                store.release(owned_by, session, mine)
        except RegentError as error:  # the claim ends by itself; what was answered is not undone for that
            log.error("a conversation waits until its claim ends", error=str(error))
        finally:
            with _lock:
                line.remove(mine)
                if not line:
                    del _lines[key]


async def _my_turn(store: ConversationStore, owned_by: str, session: str, mine: str, line: deque[str]) -> None:
    until, pause = time.monotonic() + PATIENCE, 0.005
    while line[0] != mine or not store.claim(owned_by, session, mine):
        if time.monotonic() > until:
            raise ConversationBusyError(
                f"Another question of this conversation was still being answered after {PATIENCE:.0f} seconds; ask "
                "again when its answer is there."
            )
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.2)


async def _renew(store: ConversationStore, owned_by: str, session: str, mine: str) -> None:
    while True:
        await asyncio.sleep(_RENEW)
        with suppress(RegentError):  # the next time will do: a claim lasts for four of them
            await asyncio.to_thread(store.renew, owned_by, session, mine)
