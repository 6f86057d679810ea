"""A2A, asked by the A2A SDK's own client, found by its card."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from a2a.client import ClientConfig, create_client
from a2a.helpers import new_text_message
from a2a.types import GetTaskRequest, Role, SendMessageRequest
from a2a.utils.errors import TaskNotFoundError
from google.protobuf.json_format import MessageToDict

from agents.channels.protocols.border import FAILED
from policies.audit import QuestionAsked
from tests.agents.channels.protocols.conftest import SECRET, Served
from tests.agents.test_runtime import call

SPEND = "What did we spend last month?"


def ask(served: Served, *texts: str, who: str = "eva", context: str | None = None, stream: bool = False) -> list[Any]:
    """The messages that came back, one for each text, all in one context."""

    async def inside() -> list[Any]:
        named, found = context, []
        async with httpx.AsyncClient(headers=served.bearer(who), timeout=60) as web:
            client = await create_client(served.url, ClientConfig(httpx_client=web, streaming=stream))
            for text in texts:
                message = new_text_message(text, context_id=named, role=Role.ROLE_USER)
                events = [event async for event in client.send_message(SendMessageRequest(message=message))]
                assert len(events) == 1
                found.append(events[0].message)
                named = events[0].message.context_id
        return found

    return asyncio.run(inside())


def answer_of(message: Any) -> dict[str, Any]:
    [data] = [part.data for part in message.parts if part.HasField("data")]
    return dict(MessageToDict(data))


@pytest.mark.parametrize("stream", [False, True])
def test_a_message_is_answered_with_text_and_the_whole_answer(served: Served, stream: bool) -> None:
    [message] = ask(served, SPEND, stream=stream)
    answer = answer_of(message)
    assert "132,864.40" in message.parts[0].text and "Written by an AI system" in message.parts[0].text
    assert answer["principal"] == {"id": "eva", "role": "engineer", "assurance": "oidc"} and answer["receipts"]
    assert [body.channel for body in served.recorded(QuestionAsked)] == ["a2a"]


def test_a_context_is_a_conversation_of_its_asker(served: Served) -> None:
    first, second = ask(served, SPEND, "And the month before?")
    [theirs] = ask(served, "And the month before?", who="anna", context=first.context_id)
    assert answer_of(second)["queries"][0]["input"]["period"] == "2026-08"
    assert answer_of(theirs)["status"] != "answered"


def test_no_answer_stays_as_a_task_for_others_to_fetch(served: Served) -> None:
    [message] = ask(served, SPEND)

    async def fetch() -> Any:
        async with httpx.AsyncClient(headers=served.bearer("anna")) as web:
            client = await create_client(served.url, ClientConfig(httpx_client=web))
            for name in (message.task_id or "none", message.message_id, message.context_id):
                with pytest.raises(TaskNotFoundError):
                    await client.get_task(GetTaskRequest(id=name))

    asyncio.run(fetch())


def test_the_card_is_for_anybody_and_holds_no_secret(served: Served) -> None:
    status, text = call(served.port, "GET", "/.well-known/agent-card.json")
    card = json.loads(text)
    assert status == 200 and card["supportedInterfaces"][0]["url"] == f"{served.url}/a2a"
    assert {skill["id"] for skill in card["skills"]} == {"cost", "security", "ops"} and "bearer" in card[
        "securitySchemes"
    ]
    for hidden in (served.idp.issuer, "venue-", "111111111111", SECRET, "house.example", str(served.desk.home.path)):
        assert hidden not in text.decode()


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer a.b.c"}, {"X-Forwarded-User": "eva"}])
def test_nobody_verified_is_a_401_on_record(served: Served, headers: dict[str, str]) -> None:
    message = {"messageId": "1", "role": "ROLE_USER", "parts": [{"text": SPEND}]}
    body = {"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": message}}
    status, text = call(served.port, "POST", "/a2a", body, A2A_Version="1.0", **headers)
    assert status == 401 and b"132" not in text
    [asked] = served.recorded(QuestionAsked)
    assert (asked.principal_id, asked.channel, asked.text) == ("unverified", "a2a", SPEND)


@pytest.mark.parametrize(
    "body",
    [
        {"jsonrpc": "2.0", "id": 1, "method": "Nothing", "params": {}},
        {"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"AKIAIOSFODNN7EXAMPLE": 1}},
        {"jsonrpc": "2.0", "id": 1, "method": "GetTask", "params": {"id": "AKIAIOSFODNN7EXAMPLE"}},
        {"AKIAIOSFODNN7EXAMPLE": 1},
        b"{",
        b"[1]",
    ],
)
def test_what_is_wrong_is_a_sentence_of_ours(served: Served, body: Any) -> None:
    _, text = call(served.port, "POST", "/a2a", body, A2A_Version="1.0", **served.bearer())
    error = json.loads(text)["error"]
    assert error["message"].endswith(".") and set(error) == {"code", "message"} and b"AKIA" not in text


def test_exception_text_and_tokens_stay_inside(
    served: Served, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(type(served.desk), "answer", broken)
    [message] = ask(served, SPEND)
    assert message.parts[0].text == FAILED
    logged = "".join(capfd.readouterr())
    assert "hunter2" not in logged and "Bearer" not in logged
