"""ASGI: the little that each raw app of ours needs. The whole body of a request, within limits; an answer; lifespan.

Standard library only: it serves before anything heavy is imported.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Message, Receive, Send], Awaitable[None]]

BODY_SECONDS = 20.0
"""How long a body may take to arrive: who sends it byte by byte does not hold a connection for as long as they like."""


async def whole_body(receive: Receive, send: Send, most_bytes: int) -> bytes | None:
    """The body of a request; None when there is nothing to work on.

    Then whoever sent it was told why (408 after `BODY_SECONDS`, 413 above `most_bytes`), or went away before its end.
    """
    parts, size = list[bytes](), 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while size <= most_bytes:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if not message.get("more_body") and size <= most_bytes:
                    return b"".join(parts)
    except TimeoutError:
        await say(send, 408, {"error": f"The body did not arrive within {BODY_SECONDS:g} seconds."})
        return None
    await say(send, 413, {"error": f"The body is larger than {most_bytes // 1024} kB."})
    return None


def again(body: bytes, receive: Receive) -> Receive:
    """Give a body that was read once more, then whatever follows (a disconnect)."""
    given = False

    async def once_more() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return once_more


async def ends_unclear(scope: Message, send: Send) -> bool:
    """Refuse a request that says in two ways where it ends: whatever stands before us may have read the other one.

    Then what one takes for the rest of a body is somebody's next request for the other (RFC 9112, 6.1).
    """
    if not {b"content-length", b"transfer-encoding"} <= {name.lower() for name, _ in scope["headers"]}:
        return False
    said = "Content-Length and Transfer-Encoding are both there; send one of them."
    await say(send, 400, {"error": said}, headers={"connection": "close"})
    return True


async def say(
    send: Send,
    status: int,
    body: Mapping[str, Any] | str,
    kind: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer with a JSON object, or a text; of another `kind` if it is no plain one."""
    data = (body if isinstance(body, str) else json.dumps(body)).encode()
    kind = kind or ("text/plain; charset=utf-8" if isinstance(body, str) else "application/json")
    told = {"content-type": kind, "content-length": str(len(data)), **(headers or {})}
    if status == 408:  # the rest of the body may still come, and nothing after it could be understood
        told["connection"] = "close"
    named = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": data})


async def lifespan(receive: Receive, send: Send) -> None:
    """There is nothing to do at the start and at the end; say so."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
