"""boto3's own `invoke_agent_runtime`, through the stand-in of the AgentCore data plane, to the real runtime app."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from policies.access.identity import ENVELOPE_HEADER, Call
from tests.agentcore_shim import ARN, Shim, shim
from tests.agents.test_runtime import answer_to, runtime

KEYS = {"AKIDTEST": "secret"}
MINE = "session-" + "m" * 32


class Asked:
    """What reached the desk."""

    calls: list[tuple[Any, Call]]

    def __init__(self) -> None:
        self.calls = []

    def __call__(self, question: Any, call: Call, progress: Any) -> Any:
        self.calls.append((question, call))
        if question.text == "break":
            raise RuntimeError("password=hunter2")
        progress({"event": "query.started", "query": "spend", "input": {}})
        return answer_to(question)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def plane(asked: Asked) -> Iterator[Shim]:
    with runtime(asked) as port, shim(f"http://127.0.0.1:{port}", keys=KEYS) as serving:
        yield serving


def client(plane: Shim, secret: str = "secret") -> Any:
    return boto3.client(
        "bedrock-agentcore",
        region_name="eu-west-1",
        endpoint_url=plane.url,
        aws_access_key_id="AKIDTEST",
        aws_secret_access_key=secret,
        config=Config(retries={"max_attempts": 0}),
    )


def invoke(given: Any, prompt: str, **more: Any) -> Any:
    payload = json.dumps({"prompt": prompt, **more.pop("payload", {})}).encode()
    return given.invoke_agent_runtime(agentRuntimeArn=ARN, payload=payload, **{"runtimeSessionId": MINE, **more})


def test_the_answer_comes_back_in_its_session(plane: Shim, asked: Asked) -> None:
    got = invoke(client(plane), "What did we spend?")
    assert json.loads(got["response"].read())["status"] == "answered"
    assert got["runtimeSessionId"] == MINE and got["contentType"] == "application/json"
    assert [(question.session, call.session) for question, call in asked.calls] == [(MINE, MINE)]


def test_a_stream_is_handed_on_event_by_event(plane: Shim) -> None:
    got = invoke(client(plane), "x", payload={"stream": True})
    events = [json.loads(line[6:]) for line in got["response"].iter_lines() if line]
    assert got["contentType"].startswith("text/event-stream")
    assert [event["event"] for event in events] == ["progress", "answer"]


def test_only_headers_on_the_list_reach_the_runtime(plane: Shim, asked: Asked) -> None:
    one = client(plane)

    def add(request: Any, **_: Any) -> None:
        request.headers[ENVELOPE_HEADER] = "a.b"
        request.headers["X-Amzn-Bedrock-AgentCore-Runtime-Custom-Other"] = "no"

    one.meta.events.register("before-sign.bedrock-agentcore.InvokeAgentRuntime", add)
    invoke(one, "x")
    names = {name.casefold() for name in asked.calls[0][1].headers}
    assert ENVELOPE_HEADER.casefold() in names
    assert not names & {"authorization", "x-amzn-bedrock-agentcore-runtime-custom-other"}


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"prompt": "break"}, "RuntimeClientError"),
        ({"secret": "wrong"}, "AccessDeniedException"),
        ({"agentRuntimeArn": ARN.replace("regent", "other")}, "ResourceNotFoundException"),
        ({"qualifier": "prod"}, "ResourceNotFoundException"),
    ],
)
def test_what_fails_is_the_services_error_without_the_runtimes_words(
    plane: Shim, asked: Asked, how: dict[str, str], code: str
) -> None:
    given = client(plane, how.pop("secret", "secret"))
    call = {"agentRuntimeArn": ARN, "payload": json.dumps({"prompt": how.pop("prompt", "x")}).encode(), **how}
    with pytest.raises(ClientError) as failed:
        given.invoke_agent_runtime(**call)
    assert failed.value.response["Error"]["Code"] == code
    assert "hunter2" not in str(failed.value)
    assert code == "RuntimeClientError" or not asked.calls
