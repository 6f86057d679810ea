"""A runtime of one protocol, as AgentCore asks it: the port and the paths of its service contract, and nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from a2a.client import ClientConfig, create_client
from a2a.helpers import new_text_message
from a2a.types import Role, SendMessageRequest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from agents.channels.protocols.agui import ANSWER
from agents.channels.protocols.paths import ADDRESSES, MODES
from policies.audit import QuestionAsked
from tests.agents.channels.protocols.test_agui_client import WHEEL, installed
from tests.agents.test_runtime import call
from tests.ports import free_port
from tests.warm import REGENT, Warm

_ = installed  # the fixture
SPEND = "What did we spend last month?"
SESSION = {"X-Amzn-Bedrock-AgentCore-Runtime-Session-Id": "s" * 33, "Mcp-Session-Id": "s" * 33}
"""What the platform adds; over MCP a server must not refuse a session that it did not open."""
RUN = {
    "threadId": "t1",
    "runId": "r1",
    "messages": [{"id": "m1", "role": "user", "content": SPEND}],
    "tools": [],
    "context": [],
    "state": {},
    "forwardedProps": {},
}


def mode(serve_house: Callable[..., Any], name: str) -> Any:
    return serve_house(serve_protocol=name, protocols=(name,))


HANDED_ON = {"host", "authorization", "accept", "content-type", "content-length", "connection", "mcp-session-id"}
"""What AgentCore hands on of a request when only Authorization is on the runtime's list."""


def tools_called(url: str, headers: dict[str, str], *, strip: bool = False) -> Any:
    async def stripped(request: httpx2.Request) -> None:
        for name in set(request.headers) - HANDED_ON if strip else ():
            del request.headers[name]

    async def inside() -> Any:
        async with (
            httpx2.AsyncClient(headers=headers, timeout=60, event_hooks={"request": [stripped]}) as web,
            Client(streamable_http_client(f"{url}/mcp", http_client=web)) as one,
        ):
            return await one.call_tool("spend", {"period": "2026-09"})

    return asyncio.run(inside())


def a2a_asked(url: str, headers: dict[str, str]) -> str:
    async def inside() -> str:
        async with httpx.AsyncClient(headers=headers, timeout=60) as web:
            client = await create_client(url, ClientConfig(httpx_client=web))
            request = SendMessageRequest(message=new_text_message(SPEND, role=Role.ROLE_USER))
            [text] = [event.message.parts[0].text async for event in client.send_message(request)]
            return str(text)

    return asyncio.run(inside())


def test_mcp_is_stateless_whatever_session_the_platform_names(serve_house: Callable[..., Any]) -> None:
    with mode(serve_house, "mcp") as served:
        got = tools_called(served.url, {**served.bearer("anna"), **SESSION})
        assert got.structured_content["principal"] == {"id": "anna", "role": "manager", "assurance": "oidc"}
        assert got.structured_content["facts"][0]["scope"]["accounts"] == ["venue-utrecht"]
        assert [body.channel for body in served.recorded(QuestionAsked)] == ["mcp"]


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
def test_agentcore_asks_mcp_for_its_health_without_a_token(serve_house: Callable[..., Any], path: str) -> None:
    with mode(serve_house, "mcp") as served:
        for name in (4, "h-1"):
            asked = {"jsonrpc": "2.0", "method": "ping", "params": None, "id": name}
            status, text = call(served.port, "POST", path, asked, Accept="application/json")
            assert (status, json.loads(text)) == (200, {"jsonrpc": "2.0", "id": name, "result": {}})
        for method in ("tools/list", "tools/call", "initialize", "server/discover", "PING"):
            status, _ = call(served.port, "POST", path, {"jsonrpc": "2.0", "method": method, "id": 1})
            assert status == 401, f"{method} needs a token"
        for name in (None, True, "x" * 129, {"a": 1}):
            assert call(served.port, "POST", path, {"jsonrpc": "2.0", "method": "ping", "id": name})[0] == 401


def test_mcp_needs_no_header_that_agentcore_strips(serve_house: Callable[..., Any]) -> None:
    with mode(serve_house, "mcp") as served:
        got = tools_called(served.url, served.bearer(), strip=True)
        assert got.structured_content["principal"]["id"] == "eva" and not got.is_error


def test_a2a_is_at_the_root_and_its_card_says_so(
    serve_house: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with mode(serve_house, "a2a") as served:
        assert "132,864.40" in a2a_asked(served.url, {**served.bearer(), **SESSION})
        monkeypatch.setenv("AGENTCORE_RUNTIME_URL", "https://runtime.example/invocations/")
        _, card = call(served.port, "GET", "/.well-known/agent-card.json")
    [where] = json.loads(card)["supportedInterfaces"]
    assert where["url"] == "https://runtime.example/invocations/"


def test_ag_ui_runs_come_to_invocations(serve_house: Callable[..., Any]) -> None:
    with mode(serve_house, "agui") as served:
        status, text = call(served.port, "POST", "/invocations", RUN, **served.bearer(), **SESSION)
        events = [json.loads(line[6:]) for line in text.decode().splitlines() if line.startswith("data: ")]
        [answer] = [event["value"] for event in events if event.get("name") == ANSWER]
        assert status == 200 and answer["principal"]["id"] == "eva" and answer["receipts"]
        assert (events[0]["type"], events[-1]["type"]) == ("RUN_STARTED", "RUN_FINISHED")


@pytest.mark.parametrize("name", ["mcp", "a2a", "agui"])
def test_a_mode_has_its_own_addresses_and_no_other(serve_house: Callable[..., Any], name: str) -> None:
    with mode(serve_house, name) as served:
        assert call(served.port, "GET", "/ping")[0] == 200
        for path, address in ADDRESSES.items():
            if path not in MODES[name].paths:
                status, text = call(served.port, address.method, path, {"prompt": SPEND}, **served.bearer())
                assert status == 404 and all(known in text.decode() for known in MODES[name].paths)
        for path, leads in MODES[name].paths.items():
            if ADDRESSES[leads].method == "POST" and path != "/":  # that one says what there is
                assert call(served.port, "GET", path, **served.bearer())[0] == 405
        assert not served.recorded(QuestionAsked)


@pytest.mark.parametrize("name", ["mcp", "a2a", "agui"])
def test_nobody_is_believed_for_what_the_body_or_another_header_says(
    serve_house: Callable[..., Any], name: str
) -> None:
    forged = {"X-Amzn-Bedrock-AgentCore-Runtime-User-Id": "eva", "X-OpenWebUI-User-Email": "eva@house.example"}
    words = {"name": "ask", "arguments": {"question": SPEND}, "principal": "eva"}
    message = {"messageId": "1", "role": "ROLE_USER", "parts": [{"text": SPEND}], "metadata": {"principal": "eva"}}
    bodies: dict[str, Any] = {
        "mcp": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": words},
        "a2a": {"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": message}},
        "agui": {**RUN, "forwardedProps": {"principal": "eva"}},
    }
    door = next(path for path, leads in MODES[name].paths.items() if ADDRESSES[leads].method == "POST")
    with mode(serve_house, name) as served:
        status, text = call(served.port, "POST", door, bodies[name], **forged, **SESSION)
        assert status == 401 and b"132" not in text
        assert [body.principal_id for body in served.recorded(QuestionAsked)] == ["unverified"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mcp", "a2a", "agui"])
def test_regent_serve_speaks_the_mode_to_its_own_client(name: str, tmp_path: Path, installed: Path) -> None:
    port = free_port()
    env = {**os.environ, "REGENT_HOME": str(tmp_path)}
    running = Warm([REGENT, "serve", "--protocol", name, "--port", str(port)], env=env)
    try:
        end, url = time.monotonic() + 60, f"http://127.0.0.1:{port}"
        while True:
            try:
                assert call(port, "GET", "/ping")[0] == 200
                break
            except OSError:
                assert time.monotonic() < end and running.poll() is None
                time.sleep(0.1)
        if name == "mcp":
            assert tools_called(url, {}).structured_content["principal"]["id"] == "local"
        elif name == "a2a":
            assert "132,864.40" in a2a_asked(url, {})
        else:
            words = [WHEEL / "bin/node", "ask.mjs", f"{url}/invocations", "", "thread-1", SPEND]
            done = subprocess.run(words, cwd=installed, check=True, capture_output=True, text=True, timeout=120)
            assert json.loads(done.stdout)["failed"] is None and "132,864.40" in done.stdout
    finally:
        running.terminate()
        assert running.wait(60) == 0
