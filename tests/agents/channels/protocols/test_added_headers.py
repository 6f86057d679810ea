"""A proxy that adds its header beside the client's own: if one of two counted, a client could be anybody."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from policies.audit import QuestionAsked
from tests.agents.channels.protocols.conftest import PROXY, SECRET, WHO, Served
from tests.agents.channels.protocols.test_modes import RUN, SPEND

_MESSAGE = {"messageId": "1", "role": "ROLE_USER", "parts": [{"text": SPEND}]}
_ASK = {"name": "spend", "arguments": {"period": "2026-09"}}
BODIES: dict[str, dict[str, Any]] = {
    "/invocations": {"prompt": SPEND},
    "/v1/chat/completions": {"model": "regent", "messages": [{"role": "user", "content": SPEND}]},
    "/agui": RUN,
    "/mcp": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": _ASK},
    "/a2a": {"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {"message": _MESSAGE}},
}
EVA, ANNA = (WHO, "eva@house.example"), (WHO, "anna@house.example")
PROOF = ("Authorization", PROXY["Authorization"])


def said(port: int, door: str, headers: tuple[tuple[str, str], ...]) -> str:
    body = json.dumps(BODIES[door]).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", door)
    accept = "application/json, text/event-stream"
    standing = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Accept": accept}
    for name, value in (*standing.items(), ("A2A-Version", "1.0"), *headers):
        connection.putheader(name, value)
    connection.endheaders(body)
    try:
        return connection.getresponse().read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("door", BODIES)
def test_one_of_each_is_answered(served: Served, door: str) -> None:
    said(served.port, door, (PROOF, EVA))
    assert [body.principal_id for body in served.recorded(QuestionAsked)] == ["eva"]


@pytest.mark.parametrize(
    "headers",
    [
        (PROOF, ANNA, EVA),
        (PROOF, EVA, ANNA),
        (("Authorization", "Bearer z"), PROOF, EVA),
        (PROOF, ("Authorization", "Bearer z"), EVA),
    ],
    ids=["person first", "person last", "secret last", "secret first"],
)
@pytest.mark.parametrize("door", BODIES)
def test_with_one_added_nobody_is_named(served: Served, door: str, headers: tuple[tuple[str, str], ...]) -> None:
    text = said(served.port, door, headers)
    assert "132,864" not in text and SECRET not in text
    assert {body.principal_id for body in served.recorded(QuestionAsked)} <= {"unverified"}
