"""Listening: clients that are slow on purpose are let go, and nobody else is."""

from __future__ import annotations

import asyncio
import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import crowd, listening
from agents.proxied import Proxies, network
from tests.agents.test_runtime import serving

LATE = b"HTTP/1.1 408 Request Timeout\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PING = b"GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"
STREAM = b"POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
BEGUN = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
MOST = 4


async def slow_app(scope, receive, send):
    """Answers with what it read, half a second after it was asked for `/later`; `/stream` says a byte every 0.2 s, for
    5 s; `/refused` answers without reading, `/large` with more than a connection takes at once."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/refused":
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    if scope["path"] == "/large":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"33554432")]})
        await send({"type": "http.response.body", "body": bytes(1 << 25)})
        return
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"25")]})
        gone = asyncio.create_task(left(receive))  # or a stop would wait for the end of streams that nobody reads
        for more in reversed(range(25)):
            await asyncio.wait([gone], timeout=0.2)
            if gone.done():
                return
            await send({"type": "http.response.body", "body": b"x", "more_body": bool(more)})
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


async def left(receive):
    """Returns when the client is no longer there."""
    while (await receive())["type"] != "http.disconnect":
        pass


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(listening, "HEADER_SECONDS", 0.25)
    with serving(slow_app) as at:
        yield at


def connected(port: int, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 10, source_address=(source, 0))


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


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that holds `MOST` connections, and nobody for long who is slow."""
    monkeypatch.setattr(listening, "LINGER_SECONDS", 0.3)
    monkeypatch.setattr(listening, "OUTSIDE_SECONDS", 0.5)
    monkeypatch.setitem(crowd.PATIENCE, "headers", 0.5)
    monkeypatch.setitem(crowd.PATIENCE, "body", 2.0)
    with serving(slow_app, connections=MOST, always=("/ping",)) as at:
        yield at


@contextmanager
def asked(port: int, *, times: int, data: bytes, source: str = "127.0.0.1") -> Iterator[list[socket.socket]]:
    """So many connections on which `data` was sent."""
    with ExitStack() as closing:
        held = [closing.enter_context(connected(port, source)) for _ in range(times)]
        for one in held:
            one.sendall(data)
        time.sleep(0.1)
        yield held


def told(port: int, data: bytes = GET) -> http.client.HTTPResponse:
    with connected(port) as one:
        one.sendall(data)
        answer = http.client.HTTPResponse(one)
        answer.begin()
        answer.read()
        return answer


@pytest.mark.slow
def test_who_finds_no_room_is_told_when_to_come_again_and_ping_is_answered(full: int) -> None:
    with asked(full, times=MOST, data=STREAM) as streams:
        for data in (GET, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"):
            answer = told(full, data)
            assert (answer.status, answer.headers["Retry-After"], answer.headers["Connection"]) == (503, "5", "close")
        assert told(full, PING).status == 200
        time.sleep(2.1)  # longer than any patience
        assert told(full).status == 503, "nobody is cut off for who comes"
        for one in streams:
            answer = http.client.HTTPResponse(one)
            answer.begin()
            assert (answer.status, answer.read()) == (200, b"x" * 25)
        assert told(full).status == 200, "they are answered, and others have their turn"


def test_attack_ten_times_as_many_silent_connections_keep_no_ping_out_nor_for_long_a_person(full: int) -> None:
    with asked(full, times=10 * (MOST + crowd.OUTSIDE), data=b"GET / HTTP/1.1\r\nX-Slow: ") as held:
        assert told(full, PING).status == 200
        time.sleep(0.5)
        assert told(full, PING).status == 200
        assert told(full).status == 200, "the slowest made room"
        left = [one for one in held if still_open(one)]
    assert len(left) < MOST


def test_attack_bodies_that_never_end_make_room_when_it_is_needed(full: int) -> None:
    with asked(full, times=MOST, data=BEGUN) as held:
        assert told(full).status == 503, "they have some patience coming"
        time.sleep(2.1)
        assert told(full).status == 200
        gone = [one for one in held if not still_open(one)]
        assert len(gone) == 1, "no more than is needed"


def test_a_connection_between_two_requests_makes_room_at_once(full: int) -> None:
    with asked(full, times=MOST, data=GET) as idle:
        assert told(full).status == 200
        assert sum(not still_open(one) for one in idle) == 1, "no more than is needed"


def test_attack_who_goes_on_with_a_body_after_the_answer_is_cut_off(full: int) -> None:
    with connected(full) as slow:
        got = dripped(slow, BEGUN.replace(b"POST /", b"POST /refused").replace(b": 100", b": 99999"), 10)
    assert got.startswith(b"HTTP/1.1 403") and len(got) < 200


def test_attack_a_body_that_ends_after_the_answer_leaves_no_connection_for_good(
    full: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "HEADER_SECONDS", 0.3)
    with connected(full) as silent:
        silent.sendall(BEGUN.replace(b"POST /", b"POST /refused"))
        assert silent.recv(4096).startswith(b"HTTP/1.1 403")
        silent.sendall(b"x" * 99)
        assert silent.recv(4096) == b""


def test_attack_one_client_with_all_places_makes_room_for_another_at_once(full: int) -> None:
    with asked(full, times=MOST, data=BEGUN, source="127.0.0.2") as held:
        assert told(full).status == 200, "no patience with who holds more"
        assert sum(not still_open(one) for one in held) == 1, "no more than is needed"


def test_attack_one_client_that_asks_without_a_pause_keeps_nobody_out(full: int) -> None:
    later = b"POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    with asked(full, times=MOST, data=later * 40, source="127.0.0.2") as held:
        assert [told(full).status for _ in range(3)] == [200] * 3
        answers = http.client.HTTPResponse(held[0])
        answers.begin()
        assert answers.status == 200, "what it was being answered, it gets"


@pytest.mark.slow
def test_streams_of_one_client_go_on_to_their_end_though_others_get_their_places(full: int) -> None:
    with (
        asked(full, times=MOST, data=STREAM, source="127.0.0.2") as streams,
        asked(full, times=2, data=STREAM) as others,
    ):
        assert told(full).status == 503, "each has two of four places: nobody holds more"
        for one in streams + others:
            answer = http.client.HTTPResponse(one)
            answer.begin()
            assert (answer.status, answer.read()) == (200, b"x" * 25)
        assert sum(not still_open(one) for one in streams) == 2, "they ended with the answer"


def test_an_answer_that_one_client_fetches_slowly_is_not_cut_for_who_comes_from_elsewhere(full: int) -> None:
    with asked(full, times=MOST, data=GET.replace(b"GET /", b"GET /large"), source="127.0.0.2") as slow:
        assert [told(full).status for _ in range(3)] == [200] * 3
        for one in slow:
            answer = http.client.HTTPResponse(one)
            answer.begin()
            assert len(answer.read()) == 1 << 25


def test_attack_answers_that_nobody_fetches_make_room(full: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(crowd.PATIENCE, "fetch", 0.5)
    with asked(full, times=MOST, data=GET.replace(b"GET /", b"GET /large")):
        assert told(full).status == 503
        time.sleep(0.6)
        assert told(full).status == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("127.0.0.1", "127.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_a_client_is_its_address_or_the_network_that_it_has_to_itself(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same


def by(client: str, data: bytes = GET) -> bytes:
    """A request as a proxy hands it on."""
    return data.replace(b"Host: x\r\n", f"Host: x\r\nX-Forwarded-For: {client}\r\n".encode())


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that holds `MOST` connections, behind a proxy at 127.0.0.2."""
    with serving(slow_app, connections=MOST, always=("/ping",), proxies=[ip_network("127.0.0.2/32")]) as at:
        yield at


def test_attack_one_client_behind_a_proxy_with_all_places_turns_nobody_away_behind_it(behind: int) -> None:
    with asked(behind, times=MOST, data=by("203.0.113.9", STREAM), source="127.0.0.2"):
        for client in ("198.51.100.1", "203.0.113.9, 198.51.100.2", "2001:db8::7"):
            with connected(behind, "127.0.0.2") as one:
                one.sendall(by(client))
                answer = http.client.HTTPResponse(one)
                answer.begin()
                assert answer.status == 200, client


def test_people_behind_a_proxy_are_not_one_client_that_makes_room_for_somebody_else(behind: int) -> None:
    with ExitStack() as closing:
        for number in range(MOST):
            closing.enter_context(asked(behind, times=1, data=by(f"198.51.100.{number}", STREAM), source="127.0.0.2"))
        assert told(behind).status == 503, "each has one place, and so would the newcomer"


def test_attack_a_header_that_no_proxy_of_ours_wrote_makes_nobody_many_clients(full: int) -> None:
    with ExitStack() as closing:
        for number in range(MOST):
            closing.enter_context(asked(full, times=1, data=by(f"198.51.100.{number}", STREAM), source="127.0.0.2"))
        assert told(full).status == 200


@pytest.mark.parametrize(
    ("peer", "said", "client"),
    [
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8:0:1::1]"], "2001:db8:0:1::/64"),
        ("10.0.0.1", ["203.0.113.9, unknown"], None),
        ("10.0.0.1", ["203.0.113.9,"], None),
        ("10.0.0.1", ["10.0.0.2"], None),
        ("10.0.0.1", [], None),
        ("203.0.113.1", ["198.51.100.1"], None),
        ("no address", ["198.51.100.1"], None),
    ],
)
def test_of_what_a_proxy_says_its_own_last_entry_counts(peer: str, said: list[str], client: str | None) -> None:
    headers = [(b"host", b"x"), *((b"X-Forwarded-For", one.encode()) for one in said)]
    assert Proxies([ip_network("10.0.0.0/8")]).client(peer, headers) == client


@given(st.binary(max_size=60))
def test_whatever_the_header_holds_it_is_a_client_or_none(said: bytes) -> None:
    found = Proxies([ip_network("10.0.0.0/8")]).client("10.0.0.1", [(b"x-forwarded-for", said)])
    assert found is None or network(found.partition("/")[0]) == found


def still_open(one: socket.socket) -> bool:
    one.settimeout(0.01)
    try:
        while one.recv(4096):
            pass
    except TimeoutError:
        return True
    except OSError:
        return False
    return False
