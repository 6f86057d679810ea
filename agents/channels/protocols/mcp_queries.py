"""MCP: the queries as tools, and `ask`, over streamable HTTP and over stdio. Same gate, same guard, same ledger.

A request stands alone: no session is kept between requests, so nobody can come into another's. Who calls is verified
for every request; over stdio it is the user of this machine.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import mcp_types as types
from mcp.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from agents.acting import House
from agents.answer import Answer, Question
from agents.asgi import again
from agents.channels.protocols.border import (
    already,
    in_thread,
    refusal,
    reply,
    shown,
)
from agents.channels.protocols.rpc import NOTHING, VERIFIED, verified_first
from agents.identifying import query_call
from agents.querying import QueryCall, callable_queries

if TYPE_CHECKING:
    from agents.channels.protocols.routing import AsgiApp
    from policies.access.identity import Verified

CHANNEL = "mcp"
ASK = "ask"
_MOST_ID = 128
_INSTRUCTIONS = (
    "Read-only queries about an AWS estate: cost, security, operations. Every figure comes with receipts. "
    f"Use `{ASK}` for questions in words; it chooses queries by itself and its answer is checked against facts."
)


class Ask(BaseModel):
    """The inputs of the tool `ask`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = Field(min_length=1, max_length=4000, description="The question, in words.")
    conversation: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Names a conversation, for questions that follow up.",
    )
    reason: str | None = Field(default=None, max_length=2000, description="Why it is asked; needed about persons.")


def build(house: House) -> AsgiApp:
    """The app of this protocol, for requests of this server's event loop."""
    for name in ("mcp", "mcp_types"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # it logs exceptions and names of clients by itself
    manager = StreamableHTTPSessionManager(
        server(house, lambda request: request.scope[VERIFIED]), stateless=True, json_response=True
    )
    running = _Running(manager)

    async def handle(scope: Any, receive: Any, send: Any) -> None:
        await running.started()
        await manager.handle_request(scope, receive, send)

    verified = verified_first(house, CHANNEL, _asked, handle)

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        body = await Request(scope, receive).body()
        pinged = _pong(body)
        if pinged is not None:
            await JSONResponse(pinged)(scope, receive, send)
            return
        await verified(scope, again(body, receive), send)

    return serve


def server(house: House, verified: Callable[[Any], Verified]) -> Server[Any]:
    """The MCP server. `verified` says who makes a request, from what its transport attached to it."""

    async def list_tools(ctx: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tools())

    async def call_tool(ctx: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        given = dict(params.arguments or {})
        try:
            mine = already(house, verified(ctx.request))
            if params.name == ASK:
                return await _ask(mine, given)
            return await _query(mine, params.name, given)
        except Exception as error:  # noqa: BLE001 - the border: exception text may hold anything and must not leave
            return _failed(str(refusal(error)))

    return Server("regent", version="1", instructions=_INSTRUCTIONS, on_list_tools=list_tools, on_call_tool=call_tool)


def tools() -> list[types.Tool]:
    """Every query that makes sense by itself, and `ask`."""
    read_only = types.ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
    asked = types.Tool(
        name=ASK,
        description="Ask a question in words about cost, security or operations of the AWS estate.",
        input_schema=Ask.model_json_schema(),
        annotations=read_only,
    )
    return [asked] + [
        types.Tool(name=name, description=query.summary, input_schema=query.schema(), annotations=read_only)
        for name, query in callable_queries().items()
    ]


async def _ask(house: House, given: dict[str, Any]) -> types.CallToolResult:
    try:
        asked = Ask.model_validate(given)
    except ValidationError:
        return _failed(f"The tool {ASK} takes `question`, and if wanted `conversation` and `reason`.")
    session = f"mcp:{asked.conversation}" if asked.conversation else None
    question = Question(text=asked.question, channel=CHANNEL, session=session, reason=asked.reason)
    answer = await in_thread(lambda: reply(house, question, NOTHING))
    return _result(answer, shown(house, answer))


async def _query(house: House, name: str, given: dict[str, Any]) -> types.CallToolResult:
    call = QueryCall(name=name[:128], given=given, channel=CHANNEL)
    answer = await in_thread(lambda: query_call(house.desk, house.who, call, NOTHING))
    return _result(answer, f"{answer.text}\n\n{answer.disclosure}")


def _result(answer: Answer, text: str) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)],
        structured_content=answer.to_json(),
        is_error=answer.status not in ("answered", "needs_approval"),
    )


def _failed(sentence: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=sentence)], is_error=True)


def _pong(body: bytes) -> dict[str, Any] | None:
    """The answer to MCP's `ping`; None to anything else. It says that somebody is there, and takes no token.

    AgentCore asks a runtime of protocol MCP in this way whether it is healthy, and has no token to ask with.
    """
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or (asked.get("jsonrpc"), asked.get("method")) != ("2.0", "ping"):
        return None
    name = asked.get("id")
    named = (isinstance(name, int) and not isinstance(name, bool)) or (isinstance(name, str) and len(name) <= _MOST_ID)
    return {"jsonrpc": "2.0", "id": name, "result": {}} if named else None


def _asked(payload: dict[str, Any]) -> str:
    """What a request asks for, as one line for the record of a refusal; empty if it asks for nothing."""
    params = payload.get("params")
    if payload.get("method") != "tools/call" or not isinstance(params, dict):
        return ""
    return f"{params.get('name')} {json.dumps(params.get('arguments'), ensure_ascii=False)}"[:4000]


class _Running:
    """The session manager's task group, entered by a task of its own: it has to be left by whoever entered it."""

    def __init__(self, manager: StreamableHTTPSessionManager) -> None:
        self._manager, self._ready = manager, asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def started(self) -> None:
        """Return when requests can be handled."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        await self._ready.wait()

    async def _run(self) -> None:
        async with self._manager.run():
            self._ready.set()
            await asyncio.Event().wait()  # until the server's loop ends, which cancels this task
