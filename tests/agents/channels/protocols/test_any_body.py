"""Whatever a body holds: who is not verified gets nothing, and nobody gets a trace, an error of ours or their text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from agents.acting import House
from agents.channels.protocols.routing import Protocols
from agents.invoking import build_app
from agents.runtime import Front, Health
from agents.settings import Settings
from policies.access import NotVerifiedError, Principal
from policies.access.identity import Call, Verified
from policies.audit.bodies import QueryCalled
from tests.agents.scripted import ScriptedMaker

TEXT = "PLANTED-" + "x" * 8
WORDS = st.sampled_from(["", TEXT, "\ud800", "tools/call", "tools/list", "SendMessage", "user", "regent", "2.0", "x"])
NAMES = st.sampled_from(
    "model messages role content text type stream threadId runId jsonrpc id method params name arguments message "
    f"messageId parts contextId question {TEXT}".split()
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=True) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
GOOD: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"model": "regent", "messages": [{"role": "user", "content": "x"}]},
    "/agui": {"threadId": "t", "runId": "r", "messages": [{"id": "1", "role": "user", "content": "x"}]},
    "/mcp": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": {}}},
    "/a2a": {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "SendMessage",
        "params": {"message": {"messageId": "1", "role": "ROLE_USER", "parts": [{"text": "x"}]}},
    },
}
HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json", "A2A-Version": "1.0"}


class Known:
    """Says who calls by one header."""

    def of(self, call: Call) -> Verified:
        if call.headers.get("x-test") != "eva":
            raise NotVerifiedError("Nothing proves who is asking.")
        return Verified(Principal(id="eva", role="engineer", assurance="oidc"))


@pytest.mark.parametrize("path", GOOD)
def test_no_body_gets_anything_but_an_answer_or_a_sentence(path: str, open_desk_with: Callable[..., Any]) -> None:
    desk = open_desk_with(ScriptedMaker(["There is nothing to say."]))
    plain = Settings()
    front = Front(Health(), loopback=False)
    front.open(Protocols(build_app(House(desk, Known(), plain)), House(desk, Known(), plain), plain.protocols))

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(changed=st.dictionaries(NAMES, VALUES, max_size=3), known=st.booleans())
    def holds(changed: dict[str, Any], known: bool) -> None:
        body = json.dumps({**GOOD[path], **changed})
        headers = {**HEADERS, **({"X-Test": "eva"} if known else {})}
        got = client.post(path, content=body, headers=headers)
        assert got.status_code in ((200, 202, 400, 404) if known else (400, 401)), got.text
        assert "Traceback" not in got.text and "Error(" not in got.text and "pydantic" not in got.text
        if got.status_code != 200:
            assert TEXT not in got.text

    with TestClient(front) as client:  # one event loop for all of them
        holds()
    assert not [stored for stored in desk.ledger.read() if isinstance(stored.body, QueryCalled)]
