"""Routing: from an address to its protocol, which is imported with its first request."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from agents.channels.protocols.paths import ADDRESSES

if TYPE_CHECKING:
    from agents.acting import House

Message = MutableMapping[str, Any]
AsgiApp = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
_MODULES = {"openai": "openai_chat", "agui": "agui", "mcp": "mcp_queries", "a2a": "a2a_agent"}


class Protocols:
    """The ASGI app behind the front: AgentCore's own app, and beside it the protocols that are `on`."""

    def __init__(self, agentcore: AsgiApp, house: House, on: tuple[str, ...]) -> None:
        self._apps: dict[str, AsgiApp] = {"agentcore": agentcore}
        self._house, self._on = house, on

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Hand a request of a known address on; 404 when its protocol is switched off."""
        protocol = ADDRESSES[scope["path"]].protocol
        if protocol not in self._apps:
            if protocol not in self._on:
                from starlette.responses import JSONResponse

                said = f"The protocol of {scope['path']} is not switched on here (setting: protocols)."
                await JSONResponse({"error": said}, status_code=404)(scope, receive, send)
                return
            module = importlib.import_module(f"agents.channels.protocols.{_MODULES[protocol]}")
            self._apps[protocol] = module.build(self._house)
        await self._apps[protocol](scope, receive, send)

    def count_foreign(self, channel: str, times: int) -> None:
        """Put on record that so many requests of web pages were refused at a door. Raises UsageError."""
        self._house.desk.oversight.refusals.count(channel, times, why="foreign")
