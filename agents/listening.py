"""Listening: the one way in which a process of ours serves HTTP. Slow clients are let go, the number of connections is
bounded (`agents.crowd`), and a stop is an orderly one.

uvicorn gives no time limit until a request's headers are there: who sends them byte by byte, or opens a connection and
says nothing, would hold it for as long as they like. So would who goes on with a body after it was refused. And where
its own bound on connections is reached, it refuses every request, those of who watches over the process too.
"""

from __future__ import annotations

import asyncio
import select
import signal
import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from agents.asgi import Message, Receive, Send, say
from agents.crowd import MOST, Awaited, Crowd, bounded
from agents.proxied import Network, Proxies, network
from tools.errors import RegentError

if TYPE_CHECKING:
    from uvicorn.server import ServerState

HEADER_SECONDS = 10.0
"""How long the headers of a request may take to arrive, from the connection's beginning or their own first byte."""
OUTSIDE_SECONDS = 2.0
"""The same, and for the rest of the request too, where there is no room: until it is told so."""
LINGER_SECONDS = 2.0
"""How long a body may go on to arrive that is not read, after the answer."""
RETRY_SECONDS = 5
"""When somebody who was turned away may try again."""
GRACE_SECONDS = 30
"""How long a stop waits for answers that are on their way."""
_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BindError(RegentError):
    """The address cannot be listened on."""


class TimedProtocol(H11Protocol):
    """HTTP/1.1 with a time limit for the headers of every request of a connection, in a crowd of them."""

    crowd: ClassVar[Crowd]
    proxies: ClassVar[Proxies]
    always: ClassVar[Collection[str]]
    """Paths that are answered though there is no room."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limit: asyncio.TimerHandle | None = None
        self._answered = False
        self._since = time.monotonic()
        self._to_fetch, self._fetched = 0, self._since
        self.whose = ""
        self._inner, self.app = self.app, self._admitted

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.whose = network(self.client[0] if self.client else None)
        inside = self.crowd.enter(self)
        self._limit = self.loop.call_later(HEADER_SECONDS if inside else OUTSIDE_SECONDS, self._late)

    def data_received(self, data: bytes) -> None:
        before = self.conn.their_state
        super().data_received(data)
        if self.conn.their_state is not before:
            self._since = time.monotonic()
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._in_time()
        elif self._limit is None:  # the first bytes of another request; the next ones do not prolong it
            self._since = time.monotonic()
            self._limit = self.loop.call_later(HEADER_SECONDS, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        self.crowd.gone(self)
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._answered, self._since = True, time.monotonic()
        if self.conn.their_state is h11.SEND_BODY:
            # each byte of it would put off the end of the connection that uvicorn has in store
            self.loop.call_later(LINGER_SECONDS, self._cut, self.cycle)

    def awaited(self) -> tuple[Awaited, float] | None:
        """What the client owes, for `agents.crowd`. Of an answer that lies ready, that is to take more of it."""
        now, state = time.monotonic(), self.conn.their_state
        before, self._to_fetch = self._to_fetch, self.transport.get_write_buffer_size()
        if self._to_fetch:
            if not before or self._to_fetch < before:
                self._fetched = now
            return "fetch", now - self._fetched
        waits = now - self._since
        if state is h11.IDLE:
            return ("next" if self._answered and self._limit is None else "headers"), waits
        return ("body", waits) if state is h11.SEND_BODY else None

    def unread(self) -> bool:
        if self.transport.is_closing() or self._to_fetch:  # who fetches nothing is not read either
            return False
        looking = select.poll()
        looking.register(self.transport.get_extra_info("socket"), select.POLLIN)
        return bool(looking.poll(0))

    def leave(self) -> None:
        """Make room: close the connection, with a word if the client has said something."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()  # closing would wait until it is fetched
            return
        if self.conn.trailing_data[0] or self._unanswered():
            self.transport.write(_LATE)
        self.transport.close()

    def finish(self) -> None:
        self.shutdown()  # as uvicorn does with each when it stops: closed now, or with the end of the answer

    async def _admitted(self, scope: Message, receive: Receive, send: Send) -> None:
        if self.client is not None and (whose := self.proxies.client(self.client[0], scope["headers"])) is not None:
            self.crowd.moved(self, whose)  # a proxy's connection serves one client after the other
        if scope["path"] in self.always or self.crowd.admits(self):
            await self._inner(scope, receive, send)
        else:
            await _turned_away(receive, send)

    def _unanswered(self) -> bool:
        return self.cycle is not None and not self.cycle.response_started

    def _in_time(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _late(self) -> None:
        self._limit = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            if self.conn.trailing_data[0]:  # to who said nothing, nothing is said
                self.transport.write(_LATE)
            self.transport.close()

    def _cut(self, answered: RequestResponseCycle) -> None:
        if self.cycle is answered and self.conn.their_state is h11.SEND_BODY:
            self.transport.close()


async def _turned_away(receive: Receive, send: Send) -> None:
    """There is no room. The body is taken first, or many a client would see a broken connection in place of a word."""
    try:
        async with asyncio.timeout(OUTSIDE_SECONDS):
            while (message := await receive()).get("more_body"):
                pass
    except TimeoutError:
        message = {"type": "http.request"}
    if message["type"] == "http.disconnect":
        return
    said = f"There are as many connections here as there may be. Try again in {RETRY_SECONDS} seconds."
    await say(send, 503, {"error": said}, headers={"retry-after": str(RETRY_SECONDS), "connection": "close"})


def server(
    app: Any,
    *,
    host: str,
    port: int,
    log_level: str = "critical",
    connections: int = MOST,
    always: Collection[str] = (),
    proxies: Sequence[Network] = (),
) -> uvicorn.Server:
    """A server for `app`; it names neither itself nor its version, and writes no log of what is asked.

    It holds so many `connections`; when they are all taken, requests get 503 with `Retry-After`, but for those of the
    paths that are `always` answered. Places are shared out by address; what comes from one of the `proxies` is of the
    client that it names.

    Raises:
        SettingsError: this process may not open so many.
    """
    held, answered, before = Crowd(bounded(connections)), frozenset(always), Proxies(proxies)

    class Bounded(TimedProtocol):
        crowd, always, proxies = held, answered, before

    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level=log_level,
            access_log=False,
            http=Bounded,
            ws="none",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


def listen(made: uvicorn.Server) -> None:
    """Serve until Ctrl-C or SIGTERM. Answers that are on their way are finished, and then this returns.

    So whoever called goes on to close what is open; a second Ctrl-C after that interrupts as ever.

    Raises:
        BindError: something else listens there, or the address is not this machine's.
    """
    # uvicorn stops in order and then sends the signal once more to whoever handled it before; by then all is done
    before = {sent: signal.signal(sent, lambda *_: None) for sent in (signal.SIGTERM, signal.SIGINT)}
    try:
        made.run()
    except SystemExit:
        config = made.config
        raise BindError(
            f"port {config.port} on {config.host} cannot be bound; is something else serving there?"
        ) from None
    finally:
        for sent, handler in before.items():
            signal.signal(sent, handler)
