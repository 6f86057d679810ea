"""Listening: the one way in which a process of ours serves HTTP. Slow clients are let go, and a stop is an orderly one.

uvicorn gives no time limit until a request's headers are there: who sends them byte by byte, or opens a connection and
says nothing, would hold it for as long as they like.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tools.errors import RegentError

if TYPE_CHECKING:
    from uvicorn.server import ServerState

HEADER_SECONDS = 10.0
"""How long the headers of a request may take to arrive, from the connection's beginning or their own first byte."""
GRACE_SECONDS = 30
"""How long a stop waits for answers that are on their way."""
_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BindError(RegentError):
    """The address cannot be listened on."""


class TimedProtocol(H11Protocol):
    """HTTP/1.1 with a time limit for the headers of every request of a connection."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._limit = self.loop.call_later(HEADER_SECONDS, self._late)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._in_time()
        elif self._limit is None:  # the first bytes of another request; the next ones do not prolong it
            self._limit = self.loop.call_later(HEADER_SECONDS, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        super().connection_lost(exc)

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


def server(app: Any, *, host: str, port: int, log_level: str = "critical") -> uvicorn.Server:
    """A server for `app`; it names neither itself nor its version, and writes no log of what is asked."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level=log_level,
            access_log=False,
            http=TimedProtocol,
            ws="none",
            server_header=False,
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
