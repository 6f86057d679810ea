"""Posting: one request to a registered address, which has so many seconds for its whole answer and no more.

A timeout of a socket begins anew with every byte. A receiver that answers byte by byte would hold a worker for as long
as it likes, and with a few of them all others.
"""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import suppress
from ssl import SSLContext
from typing import Any
from urllib import error, request


def post(address: str, data: bytes, headers: dict[str, str], *, seconds: float, trust: SSLContext | None) -> None:
    """Post to `address` by https, and nowhere else: redirects are not followed.

    Raises:
        urllib.error.HTTPError: it answered another status than 2xx.
        OSError: it could not be reached, was too slow, or does not speak HTTP.
    """
    timers: list[threading.Timer] = []

    class Timed(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            timers.append(threading.Timer(seconds, _hang_up, [self.sock]))
            timers[-1].daemon = True
            timers[-1].start()

    class Https(request.HTTPSHandler):
        def https_open(self, req: request.Request) -> Any:
            return self.do_open(Timed, req, context=trust)

    class Stay(request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    opener = request.build_opener(Stay, Https(context=trust))
    try:
        with opener.open(request.Request(address, data, headers), timeout=seconds) as answer:  # noqa: S310 - https: `clients` takes nothing else
            answer.read(1)
    except error.HTTPError as refused:
        refused.close()
        raise
    except http.client.HTTPException as broken:
        raise OSError(f"no HTTP: {type(broken).__name__}") from broken
    finally:
        for timer in timers:
            timer.cancel()


def _hang_up(one: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        # not its own method, which takes the TLS away from under whoever reads
        socket.socket.shutdown(one, socket.SHUT_RDWR)
