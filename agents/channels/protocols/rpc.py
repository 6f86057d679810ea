"""JSON-RPC: what MCP and A2A share. Who calls is verified before an SDK sees the request, and errors come in sentences
of ours, because the SDKs' hold the text of exceptions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from agents.asgi import again
from agents.channels.protocols.border import Refused, json_of, known
from agents.identifying import call_of
from policies.access.identity import Call

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from agents.acting import House

VERIFIED = "regent.verified"
"""Where in a request's scope stands who makes it."""
NOTHING = Call({}, {})
"""The call of a request whose caller was verified as a whole (`border.already`)."""
_SAID = {
    -32700: "The body is not JSON.",
    -32600: "The request is none that is understood here.",
    -32601: "There is no such method.",
    -32602: "The parameters do not fit the method.",
    -32603: "It failed because of an internal error.",
}
_NONE: Mapping[int, str] = {}
Mend = Callable[[Any], Any]
"""What becomes of the JSON of a response."""


def verified_first(
    house: House,
    channel: str,
    asked: Callable[[dict[str, Any]], str],
    then: ASGIApp,
    said: Mapping[int, str] = _NONE,
    ours: frozenset[str] = frozenset(),
    mend: Mend = lambda whole: whole,
) -> ASGIApp:
    """`then`, for requests of who is verified and known. Others are refused, on record as what they `asked`, if that is
    anything. Errors of `then` get our sentences, and those of `said` for codes of its own, but for messages that are
    `ours`; what comes back as JSON, whole or as an event, goes through `mend`.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            payload = await json_of(request)
            scope[VERIFIED] = await known(house, call_of(request, payload), channel, asked(payload))
        except Refused as error:
            await rpc_error(error)(scope, receive, send)
            return
        await then(scope, again(await request.body(), receive), in_our_words(send, said, ours, mend))

    return serve


def rpc_error(error: Refused) -> Response:
    """A refusal, as JSON-RPC has it when the request was not even looked at."""
    said = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": str(error)}}
    return JSONResponse(said, status_code=error.status, headers=error.headers)


def in_our_words(send: Send, said: Mapping[int, str], ours: frozenset[str], mend: Mend) -> Send:
    """Pass a response on. A JSON error gets our sentence for its code, and loses its data, if its code is a general one
    or one of `said`; other errors are the protocol's own and hold what its client needs to know.
    """
    start: Message | None = None
    body = b""
    sentences = {**_SAID, **said}

    async def sent(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            kinds = [value for name, value in message["headers"] if name.lower() == b"content-type"]
            if not kinds or not kinds[0].startswith(b"application/json"):
                await send(message)
                return
            start = message
        elif start is None:
            await send({**message, "body": _events(message.get("body", b""), mend)})
        else:
            body += message.get("body", b"")
            if not message.get("more_body"):
                plain = _plain(body, sentences, ours, mend)
                headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
                length = (b"content-length", str(len(plain)).encode())
                await send({**start, "headers": [*headers, length]})
                await send({"type": "http.response.body", "body": plain})

    return sent


def _plain(body: bytes, sentences: Mapping[int, str], ours: frozenset[str], mend: Mend) -> bytes:
    whole: Any = mend(json.loads(body))
    error = whole.get("error") if isinstance(whole, dict) else None
    if isinstance(error, dict) and error.get("message") in ours:
        whole = {**whole, "error": {"code": error["code"], "message": error["message"]}}
    elif isinstance(error, dict) and error.get("code") in sentences:
        whole = {**whole, "error": {"code": error["code"], "message": sentences[error["code"]]}}
    return json.dumps(whole).encode()


def _events(chunk: bytes, mend: Mend) -> bytes:
    """Server-sent events, as an SDK sends them: whole ones in a chunk, the JSON of each in one line."""
    lines = chunk.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.startswith(b"data:"):
            text = line.removeprefix(b"data:")
            ending = text[len(text.rstrip(b"\r\n")) :]
            lines[number] = b"data: " + json.dumps(mend(json.loads(text))).encode() + ending
    return b"".join(lines)
