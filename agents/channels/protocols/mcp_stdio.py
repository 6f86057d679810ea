"""MCP over stdio, for a client on this machine that starts `regent mcp`. Standard output is the protocol's."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import TYPE_CHECKING, cast

from agents.acting import House
from agents.channels.protocols.border import finish
from agents.channels.protocols.mcp_queries import server
from agents.channels.protocols.paths import ADDRESSES
from agents.channels.protocols.stdin_lines import Lines
from agents.local import asker
from agents.opening import open_desk
from agents.settings import load_settings
from policies.access.identity import Call, Verified
from tools.errors import InputError

if TYPE_CHECKING:
    import anyio

    from agents.settings import Settings


class Terminal:
    """Says that whoever calls is this person of the principals file, as at a terminal: a claim, and recorded as one."""

    def __init__(self, settings: Settings, as_id: str, *, aws: bool) -> None:
        self._settings, self._as_id, self._aws = settings, as_id, aws

    def of(self, call: Call) -> Verified:
        """The person, whatever the call brings. Raises as `agents.local.asker`."""
        return Verified(asker(self._settings, self._as_id, aws=self._aws))


def serve(*, as_id: str, estate: str, model: str | None) -> None:
    """Serve until the client closes standard input, or a signal. What is being answered then is finished, on record.

    Raises:
        RegentError: something cannot be opened; nobody of that id is known; the client sent an endless line.
    """
    settings = load_settings()
    for name in ("mcp", "mcp_types"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with open_desk(estate=estate, model=model, settings=settings) as desk:
        who = Terminal(settings, as_id, aws=desk.estate.source == "aws")
        who.of(Call({}, {}))  # somebody unknown is told so now, and not by every tool
        try:
            asyncio.run(_serve(House(desk, who, settings)))
        finally:
            finish()  # what is being answered is on record as asked: it gets its end there before the ledger closes


async def _serve(house: House) -> None:
    from anyio import BrokenResourceError
    from mcp.server.stdio import stdio_server

    made = server(house, lambda request: house.who.of(Call({}, {})))
    running = asyncio.current_task()
    assert running is not None
    for sent in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sent, running.cancel)
    lines = Lines(sys.stdin.fileno(), ADDRESSES["/mcp"].most_bytes)
    try:
        async with stdio_server(stdin=cast("anyio.AsyncFile[str]", lines)) as (read, write):
            await made.run(read, write, made.create_initialization_options())
    except* BrokenPipeError:
        pass  # the client is gone, and so is whoever could be told
    except* asyncio.CancelledError:
        pass  # a signal
    except* BrokenResourceError:
        if not running.cancelling():
            raise
        # the signal came while the protocol handed a message on: nobody takes it any more
    if lines.too_long:
        raise InputError(f"The client sent a line of more than {ADDRESSES['/mcp'].most_bytes // 1024} kB.")
