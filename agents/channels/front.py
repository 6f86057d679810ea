"""The front of a channel: checks what arrived, takes it once, queues it, and answers within milliseconds.

Standard library only. A channel gives a `Gatekeeper`; the same one works behind an HTTP API of AWS (`from_event`,
`to_event`) and in a process on one's own machine (`asgi`).
"""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from agents.channels.delivery import MOST_BYTES, ChannelError, Delivery
from agents.channels.inbox import Inbox, Taken
from tools.errors import RegentError

if TYPE_CHECKING:
    from agents.asgi import AsgiApp, Message, Receive, Send

_NOT_GENUINE = (401, 403)


class Arrived(NamedTuple):
    """One HTTP request. Names of headers are in lower case; `now` is when it came, in Unix seconds."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    now: float


class Reply(NamedTuple):
    """What goes back: a JSON object, or a text if the channel wants one."""

    status: int
    body: dict[str, Any] | str = ""


class Gatekeeper(Protocol):
    """One channel's way to tell what is genuine. It must not look at anything before the signature holds."""

    def admit(self, arrived: Arrived) -> Delivery | Reply:
        """The delivery in a request that is genuine; a reply for whatever is not, or needs no work.

        Raises:
            ChannelError: it cannot be told now; the sender must try again.
        """

    def accepted(self, delivery: Delivery, taken: Taken) -> Reply:
        """What the channel hears once the delivery is in the queue."""


Refused = Callable[[int], None]
"""Hears how many more requests were not genuine. On AWS, the API's access log holds each."""


def respond(arrived: Arrived, gatekeeper: Gatekeeper, inbox: Inbox) -> Reply:
    """Let the gatekeeper look, and take what is genuine. Whatever fails asks the sender to try again."""
    found = _looked(arrived, gatekeeper)
    if isinstance(found, Reply):
        return found
    try:
        return gatekeeper.accepted(found, inbox.take(found))
    except ChannelError as error:
        return _again(error)


def respond_all(arrived: Sequence[Arrived], gatekeeper: Gatekeeper, inbox: Inbox, refused: Refused) -> list[Reply]:
    """`respond` to requests that came together, taking all that are genuine at once."""
    found = [_looked(one, gatekeeper) for one in arrived]
    if many := sum(isinstance(one, Reply) and one.status in _NOT_GENUINE for one in found):
        _count(many, refused)
    genuine = [one for one in found if isinstance(one, Delivery)]
    try:
        taken = iter(inbox.take_all(genuine) if genuine else ())
        return [one if isinstance(one, Reply) else gatekeeper.accepted(one, next(taken)) for one in found]
    except ChannelError as error:
        return [one if isinstance(one, Reply) else _again(error) for one in found]


def _looked(arrived: Arrived, gatekeeper: Gatekeeper) -> Delivery | Reply:
    if len(arrived.body) > MOST_BYTES:
        return Reply(413, {"error": f"The body is larger than {MOST_BYTES // 1024} kB."})
    try:
        return gatekeeper.admit(arrived)
    except ChannelError as error:
        return _again(error)


def _count(many: int, refused: Refused) -> None:
    try:
        refused(many)
    except RegentError as error:
        sys.stderr.write(f"regent: {error}\n")  # the request is refused all the same


def _again(error: ChannelError) -> Reply:
    # no structlog in a front: it takes longer to import than a request takes
    sys.stderr.write(f"regent: {error}\n")
    return Reply(503, {"error": "It could not be taken now; send it again."})


def from_event(event: Mapping[str, Any], clock: Callable[[], float] = time.time) -> Arrived:
    """The request in an event of a REST API (payload format 1.0) or of an HTTP API (2.0)."""
    http = event["requestContext"].get("http")
    body = event.get("body") or ""
    return Arrived(
        method=http["method"] if http else event["httpMethod"],
        path=event["rawPath"] if http else event["path"],
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(),
        now=clock(),
    )


def to_event(reply: Reply) -> dict[str, Any]:
    """The reply as an HTTP API takes it."""
    if isinstance(reply.body, str):
        kind, body = "text/plain; charset=utf-8", reply.body
    else:
        kind, body = "application/json", json.dumps(reply.body)
    return {"statusCode": reply.status, "headers": {"content-type": kind}, "body": body}


def asgi(gatekeeper: Gatekeeper, inbox: Inbox, refused: Refused, clock: Callable[[], float] = time.time) -> AsgiApp:
    """The front as an ASGI app, for one's own machine. `refused` is called from a thread."""
    # here: a front as a Lambda function has no loop, starts sooner without, and the API before it bounds bodies
    from agents.asgi import ends_unclear, lifespan, say, whole_body
    from agents.channels.together import Together

    together: Together[Arrived, Reply] = Together(lambda arrived: respond_all(arrived, gatekeeper, inbox, refused))

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        if await ends_unclear(scope, send):
            return
        body = await whole_body(receive, send, MOST_BYTES)
        if body is None:
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        reply = await together.do(Arrived(scope["method"], scope["path"], headers, body, clock()))
        await say(send, reply.status, reply.body)

    return app
