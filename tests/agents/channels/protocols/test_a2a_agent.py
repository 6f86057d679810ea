"""A2A, asked by the A2A SDK's own client, found by its card."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from a2a.client import ClientConfig, create_client
from a2a.helpers import new_data_part, new_message, new_text_message
from a2a.types import GetTaskRequest, Role, SendMessageRequest
from a2a.utils.errors import ContentTypeNotSupportedError, TaskNotFoundError
from google.protobuf.json_format import MessageToDict

from agents.answer import Answer
from agents.channels.protocols.a2a_agent import NO_QUESTION, NOT_A_PERSONS, TEXT_ONLY
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


ROLE = {"messageId": "1", "role": "ROLE_USER"}


@pytest.mark.parametrize("method", ["SendMessage", "SendStreamingMessage"])
@pytest.mark.parametrize(
    ("message", "code", "says"),
    [
        ({**ROLE, "parts": [{"text": SPEND}, {"data": {"a": 1}}]}, -32005, TEXT_ONLY),
        ({**ROLE, "parts": [{"raw": "aGk=", "mediaType": "image/png"}]}, -32005, TEXT_ONLY),
        ({**ROLE, "parts": [{"url": "https://house.example/x.png"}]}, -32005, TEXT_ONLY),
        ({**ROLE, "parts": [{}]}, -32005, TEXT_ONLY),
        ({**ROLE, "role": "ROLE_AGENT", "parts": [{"text": SPEND}]}, -32602, NOT_A_PERSONS),
        ({**ROLE, "parts": [{"text": " "}]}, -32602, NO_QUESTION),
        ({**ROLE, "contextId": "c" * 201, "parts": [{"text": SPEND}]}, -32602, NO_QUESTION),
        ({**ROLE, "parts": []}, -32602, "The parameters do not fit the method."),
        ({"messageId": "1", "parts": [{"text": SPEND}]}, -32602, "The parameters do not fit the method."),
        ({**ROLE, "role": "ROLE_KING", "parts": [{"text": SPEND}]}, -32602, "The parameters do not fit the method."),
    ],
)
def test_what_is_no_question_is_an_error_of_the_protocol_that_says_why(
    served: Served, method: str, message: dict[str, Any], code: int, says: str
) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"message": message}}
    _, text = call(served.port, "POST", "/a2a", body, A2A_Version="1.0", **served.bearer())
    assert json.loads(text) == {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": says}}
    assert not served.recorded(QuestionAsked)


def test_the_sdks_own_client_is_told_that_it_sent_what_is_no_text(served: Served) -> None:
    async def sent() -> None:
        async with httpx.AsyncClient(headers=served.bearer(), timeout=60) as web:
            client = await create_client(served.url, ClientConfig(httpx_client=web, streaming=False))
            message = new_message([new_data_part({"a": 1})], role=Role.ROLE_USER)
            with pytest.raises(ContentTypeNotSupportedError, match="Only text is read here"):
                async for _ in client.send_message(SendMessageRequest(message=message)):
                    pass

    asyncio.run(sent())


@pytest.mark.parametrize("method", ["SendMessage", "SendStreamingMessage"])
def test_the_data_is_the_object_of_invocations_whole_numbers_too(served: Served, method: str) -> None:
    message = {**ROLE, "parts": [{"text": "Which alarms are firing?"}]}
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {"message": message}}
    _, text = call(served.port, "POST", "/a2a", body, A2A_Version="1.0", **served.bearer())
    [line] = [one for one in text.decode().splitlines() if one.startswith(("{", "data:"))]
    answer = json.loads(line.removeprefix("data:"))["result"]["message"]["parts"][1]["data"]
    assert isinstance(answer["ledger"]["last"], int) and answer["facts"]
    Answer.from_json(answer)
    theirs = json.loads(call(served.port, "POST", "/invocations", {"prompt": SPEND}, **served.bearer())[1])
    assert set(answer) == set(theirs) and isinstance(theirs["ledger"]["last"], int)


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
