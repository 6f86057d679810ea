"""The same question by the same person through every channel: same facts, same decisions, equivalent records."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from agents.channels.opening import AUDIENCE as WORKERS
from agents.channels.port import CallingPort, Speaker
from agents.channels.transports import agentcore, agentcore_client, inside
from policies.audit import QuestionAsked
from tests.agentcore_shim import ARN, shim
from tests.agents.channels.protocols import test_a2a_agent, test_agui, test_mcp_queries, test_openai_chat
from tests.agents.channels.protocols.conftest import PROXY, WHO, Served
from tests.agents.test_runtime import call

Way = Callable[[Served, str, str], dict[str, Any]]
"""Asks as somebody, in a channel's own form, with its own client; the answer's JSON."""


def invocations(served: Served, who: str, text: str) -> dict[str, Any]:
    status, body = call(served.port, body={"prompt": text, "session": "s"}, **served.bearer(who))
    assert status == 200
    return dict(json.loads(body))


def worker(served: Served, who: str, text: str) -> dict[str, Any]:
    speaker = Speaker(person=f"slack:T1/{who}", channel="slack", session="slack:T1:C1:1")
    return CallingPort(inside(served.house), served.signer, WORKERS).ask(speaker, text).to_json()


def boto3_client(served: Served, who: str, text: str) -> dict[str, Any]:
    speaker = Speaker(person=f"slack:T1/{who}", channel="slack", session="slack:T1:C1:2")
    with shim(served.url, keys={"AKIDTEST": "secret"}) as plane:
        way = agentcore(agentcore_client("eu-west-1", plane.url), ARN)
        return CallingPort(way, served.signer, WORKERS).ask(speaker, text).to_json()


def openai_client(served: Served, who: str, text: str) -> dict[str, Any]:
    return dict(test_openai_chat.ask(test_openai_chat.client(served, who), text).regent)


def open_webui(served: Served, who: str, text: str) -> dict[str, Any]:
    body = {"model": "regent", "messages": [{"role": "user", "content": text}]}
    status, answer = call(served.port, path="/v1/chat/completions", body=body, **{**PROXY, WHO: f"{who}@house.example"})
    assert status == 200
    return dict(json.loads(answer)["regent"])


def agui(served: Served, who: str, text: str) -> dict[str, Any]:
    return test_agui.answer_of(test_agui.events(served, test_agui.run_input(text), who))


def mcp(served: Served, who: str, text: str) -> dict[str, Any]:
    async def what(one: Any) -> Any:
        return await one.call_tool("ask", {"question": text})

    return dict(test_mcp_queries.run(served, what, who).structured_content)


def a2a(served: Served, who: str, text: str) -> dict[str, Any]:
    return test_a2a_agent.answer_of(test_a2a_agent.ask(served, text, who=who)[0])


WAYS: dict[str, Way] = {
    "invocations": invocations,
    "worker": worker,
    "boto3": boto3_client,
    "openai": openai_client,
    "open webui": open_webui,
    "agui": agui,
    "mcp": mcp,
    "a2a": a2a,
}
_OF_THE_CHANNEL = {"channel", "assurance", "session"}
_OF_THE_MOMENT = {"latency_ms", "duration_ms", "usage", "receipts", "request_sha256", "at", "age_seconds", "cached"}


@pytest.mark.parametrize(
    ("who", "text", "status"),
    [
        ("eva", "What did we spend last month by account?", "answered"),
        pytest.param("anna", "What did venue-utrecht cost in August?", "answered", marks=pytest.mark.slow),
        pytest.param("anna", "What did venue-amsterdam cost in August?", "denied", marks=pytest.mark.slow),
        pytest.param(
            "eva", "Who deleted the S3 endpoint in data-prod in September?", "needs_approval", marks=pytest.mark.slow
        ),
    ],
)
def test_the_same_question_gives_the_same_everywhere(
    served: Served, who: str, text: str, status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    WAYS["invocations"](served, who, text)  # billed calls are in the cache now, for every way alike
    answers = {name: way(served, who, text) for name, way in WAYS.items()}
    records = {name: _records(served, answer["id"]) for name, answer in answers.items()}
    assert {answer["status"] for answer in answers.values()} == {status}
    first = answers["invocations"]
    for name, answer in answers.items():
        for part in ("question", "figures", "queries"):
            assert _plain(answer[part]) == _plain(first[part]), (name, part)
        assert _facts(answer) == _facts(first), name
        assert records[name] == records["invocations"], name
    assert {answer["principal"]["id"] for answer in answers.values()} == {who}
    channels = {body.channel for body in served.recorded(QuestionAsked)}
    assert channels == {"invoke", "slack", "openai", "agui", "mcp", "a2a"}


def _facts(answer: dict[str, Any]) -> list[Any]:
    return [_plain({key: fact[key] for key in fact if key != "receipts"}) for fact in answer["facts"]]


def _records(served: Served, question: str) -> list[Any]:
    """Every record that a question left, without what differs by its channel or its moment."""
    served.desk.ledger.flush()
    stored = [one for one in served.desk.ledger.read() if one.record.question == question]
    first = min(one.index for one in stored)
    bodies = {one.index: _plain(one.body.model_dump(mode="json")) for one in stored}
    if bodies[stored[-1].index].get("status") == "needs_approval":
        del bodies[stored[-1].index]["text_sha256"]  # its words name the approval, and until when it holds
    return [(one.record.actor, one.type, (one.record.parent or first) - first, bodies[one.index]) for one in stored]


def _plain(value: Any) -> Any:
    """Numbers as numbers, whatever JSON made of them, and without names of moments and of channels."""
    if isinstance(value, dict):
        left_out = _OF_THE_CHANNEL | _OF_THE_MOMENT
        return {key: _plain(one) for key, one in value.items() if key not in left_out and not _moment(key, one)}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _moment(key: str, value: Any) -> bool:
    return key in ("approval", "requested", "expires", "intent") or value is None
