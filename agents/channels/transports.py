"""Transports: from a channel's port to the house, in this process, over HTTP, or through the AgentCore data plane."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from agents.channels.port import PortError, Progress, Transport
from tools.errors import RegentError

if TYPE_CHECKING:
    from agents.invoking import Door

MOST_SECONDS = 890
"""How long a call may take: a little less than a worker may run."""
SESSION_HEADER = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
_headers: ContextVar[dict[str, str] | None] = ContextVar("headers of this call", default=None)


def inside(door: Door) -> Transport:
    """The desk in this process."""
    from agents.invoking import parse, perform
    from agents.progress import shown_progress
    from policies.access.identity import Call

    def bring(payload: dict[str, Any], headers: dict[str, str], session: str, progress: Progress) -> dict[str, Any]:
        call = Call(headers, payload, session)
        try:
            return perform(door, parse(payload), call, lambda event: progress(shown_progress(event)))
        except RegentError as error:
            raise PortError(str(error)) from error

    return bring


def http(url: str) -> Transport:
    """A `regent serve` at this address, for instance `http://127.0.0.1:8080`."""
    from urllib import request

    def bring(payload: dict[str, Any], headers: dict[str, str], session: str, progress: Progress) -> dict[str, Any]:
        asked = request.Request(  # noqa: S310 - the address is a setting
            f"{url.rstrip('/')}/invocations",
            json.dumps(payload).encode(),
            {"Content-Type": "application/json", SESSION_HEADER: session, **headers},
        )
        try:
            with request.urlopen(asked, timeout=MOST_SECONDS) as answer:  # noqa: S310
                return _read(answer.headers.get_content_type(), answer, progress)
        except OSError as error:
            raise PortError("The runtime does not answer, or refused to.") from error

    return bring


def agentcore(client: Any, runtime: str) -> Transport:
    """A runtime, by its ARN, through a boto3 client of `bedrock-agentcore` made by `agentcore_client`."""

    def bring(payload: dict[str, Any], headers: dict[str, str], session: str, progress: Progress) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        mine = _headers.set(headers)
        try:
            answer = client.invoke_agent_runtime(
                agentRuntimeArn=runtime,
                runtimeSessionId=session,
                payload=json.dumps(payload).encode(),
                contentType="application/json",
                accept="text/event-stream, application/json",
            )
            return _read(answer.get("contentType", ""), answer["response"].iter_lines(), progress)
        except (BotoCoreError, ClientError) as error:
            raise PortError("The AgentCore runtime does not answer, or refused to.") from error
        finally:
            _headers.reset(mine)

    return bring


def agentcore_client(region: str, endpoint: str | None = None) -> Any:
    """A client of the AgentCore data plane that sends each call once, with the headers of that call.

    It does not try again by itself: an envelope works once, and whoever calls makes a new one.
    """
    import boto3
    from botocore.config import Config

    once = Config(read_timeout=MOST_SECONDS, connect_timeout=5, retries={"total_max_attempts": 1})
    client = boto3.client("bedrock-agentcore", region_name=region, endpoint_url=endpoint, config=once)
    client.meta.events.register("before-sign.bedrock-agentcore.InvokeAgentRuntime", _add_headers)
    return client


def _add_headers(request: Any, **_: Any) -> None:
    # boto3 has no argument for custom headers; they must be there before signing, or AgentCore drops them
    for name, value in (_headers.get() or {}).items():
        request.headers[name] = value


def _read(kind: str, lines: Iterable[bytes], progress: Progress) -> dict[str, Any]:
    """The object that came back, whole or as server-sent events."""
    try:
        if not kind.startswith("text/event-stream"):
            return _object(b"".join(lines))
        for line in lines:
            if not line.startswith(b"data:"):
                continue
            event = _object(line.removeprefix(b"data:"))
            if event.get("event") == "progress":
                progress(event.get("progress") or {})
            elif event.get("event") == "answer":
                return dict(event["answer"])
            else:
                raise PortError(str(event.get("error") or "The runtime ended without an answer."))
    except ValueError as error:
        raise PortError("What came back from the runtime is not JSON.") from error
    raise PortError("The runtime ended without an answer.")


def _object(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise PortError("What came back from the runtime is no object.")
    return found
