"""Listening: clients that are slow on purpose are let go, and nobody else is."""

from __future__ import annotations

import asyncio
import http.client
import socket
import time
from collections.abc import Iterator

import pytest

from agents import listening
from tests.agents.test_runtime import serving

LATE = b"HTTP/1.1 408 Request Timeout\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def slow_app(scope, receive, send):
    """Answers with what it read, half a second after it was asked for `/later`."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    if scope["path"] == "/later":
        await asyncio.sleep(0.5)
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(listening, "HEADER_SECONDS", 0.25)
    with serving(slow_app) as at:
        yield at


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 10)


def dripped(to: socket.socket, data: bytes, seconds: float) -> bytes:
    """What came back while `data` was sent byte by byte, until the other side closed or `seconds` were over."""
    to.settimeout(0.02)
    end, got = time.monotonic() + seconds, b""
    for number in range(10_000):
        assert time.monotonic() < end, "it may go on for as long as it likes"
        try:
            to.sendall(data[number : number + 1] or b"x")
            part = to.recv(4096)
        except TimeoutError:
            continue
        except OSError:
            return got
        if not part:
            return got
        got += part
    return got


def test_attack_headers_sent_byte_by_byte_are_cut_off_and_others_are_answered(port: int) -> None:
    with connected(port) as slow:
        got = dripped(slow, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", 60)
    assert got.startswith(LATE)
    with connected(port) as quick:
        quick.sendall(GET)
        assert quick.recv(4096).startswith(b"HTTP/1.1 200")


def test_attack_a_connection_that_says_nothing_is_closed(port: int) -> None:
    with connected(port) as silent:
        assert silent.recv(4096) == b"", "closed, without a word"


def test_attack_slow_headers_after_a_request_that_was_answered_are_cut_off_too(port: int) -> None:
    with connected(port) as slow:
        slow.sendall(GET)
        assert slow.recv(4096).startswith(b"HTTP/1.1 200")
        assert dripped(slow, GET[:-4] + b"\r\nX-Slow: ", 60).startswith(LATE)


def test_whoever_sent_their_headers_has_time_for_the_body_and_the_answer(port: int) -> None:
    with connected(port) as one:
        one.sendall(b"POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
        for byte in b"body":
            time.sleep(0.1)
            one.sendall(bytes([byte]))
        answer = http.client.HTTPResponse(one)
        answer.begin()
        assert (answer.status, answer.read()) == (200, b"body")


def test_several_requests_of_one_connection_have_a_limit_each(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(4):
        connection.request("GET", "/")
        assert connection.getresponse().read() == b""
        time.sleep(0.1)
    connection.close()
