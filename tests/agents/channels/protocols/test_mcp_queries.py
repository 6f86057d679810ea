"""MCP, asked by the MCP SDK's own client over streamable HTTP, in both eras of the protocol."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from policies.audit import QuestionAsked
from policies.audit.bodies import QueryCalled
from tests.agents.channels.protocols.conftest import Served
from tests.agents.test_runtime import call

SPEND = {"name": "spend", "arguments": {"period": "2026-09"}}


@asynccontextmanager
async def client(served: Served, headers: dict[str, str], mode: str = "auto") -> AsyncIterator[Client]:
    async with (
        httpx.AsyncClient(headers=headers, timeout=60) as web,
        Client(streamable_http_client(f"{served.url}/mcp", http_client=web), mode=mode) as one,
    ):
        yield one


def run(served: Served, what: Callable[[Client], Any], who: str = "eva", mode: str = "auto") -> Any:
    async def inside() -> Any:
        async with client(served, served.bearer(who), mode) as one:
            return await what(one)

    return asyncio.run(inside())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_queries_are_tools_and_run_through_the_gate_on_record(served: Served, mode: str) -> None:
    async def what(one: Client) -> Any:
        return await one.list_tools(), await one.call_tool(**SPEND)

    listed, got = run(served, what, mode=mode)
    names = {tool.name for tool in listed.tools}
    assert {"ask", "spend", "alarms"} <= names and not names & {"derive", "who_did_what"}
    assert all(tool.annotations.read_only_hint for tool in listed.tools)
    answer = got.structured_content
    assert not got.is_error and answer["facts"][0]["value"] == 132864.4 and answer["receipts"]
    assert answer["principal"] == {"id": "eva", "role": "engineer", "assurance": "oidc"}
    [asked] = served.recorded(QuestionAsked)
    assert (asked.channel, asked.principal_id, asked.text) == ("mcp", "eva", 'spend {"period": "2026-09"}')
    assert [body.query for body in served.recorded(QueryCalled)] == ["spend"]


def test_a_limited_person_gets_their_accounts_and_no_others(served: Served) -> None:
    async def what(one: Client) -> Any:
        mine = await one.call_tool(**SPEND)
        return mine, await one.call_tool("spend", {"period": "2026-09", "accounts": "payer"})

    mine, other = run(served, what, who="anna")
    assert mine.structured_content["facts"][0]["scope"]["accounts"] == ["venue-utrecht"]
    assert other.is_error and other.structured_content["status"] == "denied" and not other.structured_content["facts"]
    for one in (mine, other):  # a model reads the text alone
        assert one.content[0].text.endswith("Ask your platform team if you need a person.")


def test_ask_answers_in_words_and_its_conversation_belongs_to_its_asker(served: Served) -> None:
    first = {"question": "What did we spend last month?", "conversation": "c1"}
    then = {"question": "And the month before?", "conversation": "c1"}

    async def both(one: Client) -> Any:
        await one.call_tool("ask", first)
        return await one.call_tool("ask", then)

    async def other(one: Client) -> Any:
        return await one.call_tool("ask", then)

    mine = run(served, both)
    theirs = run(served, other, who="anna")
    assert mine.structured_content["queries"][0]["input"]["period"] == "2026-08"
    assert "Written by an AI system" in mine.content[0].text
    assert theirs.structured_content["status"] != "answered"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer a.b.c"}, {"X-Forwarded-User": "eva"}])
def test_nobody_verified_gets_not_even_the_list(served: Served, headers: dict[str, str]) -> None:
    for method, params in (("initialize", {}), ("tools/list", {}), ("tools/call", SPEND)):
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        accept = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        status, text = call(served.port, "POST", "/mcp", body, **accept, **headers)
        assert status == 401 and b"tools" not in text and b"132" not in text
    [asked] = served.recorded(QuestionAsked)  # the call is on record; listing asked nothing
    assert (asked.principal_id, asked.channel) == ("unverified", "mcp") and asked.text.startswith("spend")


def test_a_call_that_does_not_fit_is_a_sentence(served: Served) -> None:
    async def what(one: Client) -> Any:
        calls = [("spend", {"by": "AKIAIOSFODNN7EXAMPLE"}), ("who_did_what", {}), ("no_such", {}), ("ask", {"x": 1})]
        return [await one.call_tool(name, given) for name, given in calls]

    for got in run(served, what):
        text = got.content[0].text
        assert got.is_error and text and "Traceback" not in text and "Error(" not in text and "AKIA" not in text
    assert not served.recorded(QueryCalled)


def test_exception_text_and_tokens_stay_inside(
    served: Served, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr("agents.querying.query_for", broken)

    async def what(one: Client) -> Any:
        return await one.call_tool(**SPEND)

    got = run(served, what)
    assert got.is_error and "hunter2" not in json.dumps(got.model_dump(mode="json"))
    logged = "".join(capfd.readouterr())
    assert "hunter2" not in logged and "Bearer" not in logged


@pytest.mark.slow
def test_a_client_on_this_machine_starts_it_over_stdio(tmp_path: Path) -> None:
    command = StdioServerParameters(
        command=str(Path(sys.executable).with_name("regent")),
        args=["mcp", "--as", "bram"],
        env={**os.environ, "REGENT_HOME": str(tmp_path)},
    )

    async def inside() -> Any:
        async with Client(stdio_client(command)) as one:
            listed = await one.list_tools()
            return listed, await one.call_tool("ask", {"question": "Which alarms are firing?"})

    listed, got = asyncio.run(inside())
    assert len(listed.tools) > 20 and not got.is_error and got.structured_content["status"] == "answered"
    assert got.structured_content["principal"] == {"id": "bram", "role": "engineer", "assurance": "local"}
