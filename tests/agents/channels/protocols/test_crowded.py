"""A served house with more clients than it has room for: people are told, `/ping` goes on, and the slow make room."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from agents.asgi import BODY_SECONDS
from agents.crowd import OUTSIDE, PATIENCE
from agents.listening import HEADER_SECONDS, OUTSIDE_SECONDS
from policies.audit.verifying import verify
from tests.agents.channels.protocols.test_flooded import serving
from tests.agents.test_listening import still_open
from tests.attacks.identity.issuing import Provider

MOST = 100
SLOW = (
    b"",
    b"POST /invocations HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    b'POST /invocations HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60\r\n\r\n{"prompt": ',
)
pytestmark = pytest.mark.slow


def told(port: int, idp: Provider, **more: Any) -> http.client.HTTPResponse:
    """The answer to a person with a token; what it says is in `said`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = json.dumps({"prompt": "What did we spend in September 2026?", **more})
    connection.request("POST", "/invocations", sent, {"Authorization": f"Bearer {idp.token(sub='u-eva')}"})
    answer = connection.getresponse()
    answer.said = answer.read()  # type: ignore[attr-defined]
    connection.close()
    return answer


def pinged(port: int) -> float:
    """Seconds until `/ping` was answered, over a connection of its own."""
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/ping")
    assert connection.getresponse().status == 200
    connection.close()
    return time.monotonic() - started


def test_attack_connections_that_never_finish_a_request_fill_a_house_and_are_let_go(
    tmp_path: Path, idp: Provider
) -> None:
    more = {"REGENT_SERVE_CONNECTIONS": str(MOST)}
    with serving(tmp_path, idp, **more) as (process, port), ExitStack() as closing:
        assert json.loads(told(port, idp).said)["status"] == "answered"  # type: ignore[attr-defined]
        begun = time.monotonic()
        held = []
        for number in range(3 * (MOST + OUTSIDE)):
            held.append(closing.enter_context(socket.create_connection(("127.0.0.1", port), 30)))
            held[-1].sendall(SLOW[number % len(SLOW)])
        pings, answers = [], []
        while time.monotonic() < begun + PATIENCE["body"] + 2:
            pings.append(pinged(port))
            answers.append(told(port, idp))
            time.sleep(0.2)
        statuses = [answer.status for answer in answers]
        assert set(statuses) == {200, 503}, "told at first that it is full, and answered when the slow made room"
        full = answers[statuses.index(503)]
        assert full.headers["Retry-After"] == "5" and "Try again in 5 seconds" in json.loads(full.said)["error"]  # type: ignore[attr-defined]
        assert statuses[-1] == 200 and json.loads(answers[-1].said)["status"] == "answered"  # type: ignore[attr-defined]
        print(f"{len(pings)} pings, the slowest {max(pings):.3f} s; {statuses.count(503)} turned away")
        end = begun + max(HEADER_SECONDS, OUTSIDE_SECONDS, BODY_SECONDS) + 15
        while (left := [one for one in held if still_open(one)]) and time.monotonic() < end:
            time.sleep(0.5)
        assert not left, f"{len(left)} connections are held still"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    verdict = verify(tmp_path / "home" / "ledger")
    assert (verdict.code, verdict.unanchored) == (0, 0), verdict.reason


def test_streams_of_people_are_not_cut_for_a_crowd(tmp_path: Path, idp: Provider) -> None:
    with serving(tmp_path, idp, REGENT_SERVE_CONNECTIONS="8") as (_, port), ExitStack() as closing:
        # the house is open, and whoever asked whether it is has gone: each of the eight finds a place
        assert json.loads(told(port, idp).said)["status"] == "answered"  # type: ignore[attr-defined]
        time.sleep(1)
        token = {"Authorization": f"Bearer {idp.token(sub='u-eva')}"}
        streams = [http.client.HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(8)]
        for one in streams:
            sent = json.dumps({"prompt": "What did we spend in September 2026, by service?", "stream": True})
            one.request("POST", "/invocations", sent, token)
        for _ in range(200):
            closing.enter_context(socket.create_connection(("127.0.0.1", port), 30)).sendall(SLOW[1])
        assert pinged(port) < 10
        for one in streams:
            got = one.getresponse()
            events = [json.loads(line[6:]) for line in got.read().decode().splitlines() if line.startswith("data: ")]
            assert got.status == 200 and events[-1]["answer"]["status"] == "answered"


@pytest.mark.parametrize("way", ["bodies that end in time", "requests without a pause"])
def test_attack_one_client_in_all_places_turns_no_person_away(tmp_path: Path, idp: Provider, way: str) -> None:
    """Nothing that it does is slow enough to lose its place by itself."""
    stop = threading.Event()

    def holds(port: int) -> None:
        while not stop.is_set():
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 30, ("127.0.0.2", 0)) as one:
                one.settimeout(PATIENCE["body"] - 2)
                while not stop.is_set():
                    if way == "requests without a pause":
                        one.sendall(b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
                    else:
                        one.sendall(SLOW[2])
                        stop.wait(PATIENCE["body"] - 2)
                        one.sendall(b"x" * 49)
                    if not one.recv(65536):
                        break

    with serving(tmp_path, idp, REGENT_SERVE_CONNECTIONS="40") as (_, port):
        assert told(port, idp).status == 200
        threads = [threading.Thread(target=holds, args=(port,), daemon=True) for _ in range(60)]
        for thread in threads:
            thread.start()
        time.sleep(2)
        try:
            statuses = []
            for _ in range(10):
                statuses.append(told(port, idp).status)
                time.sleep(0.5)
        finally:
            stop.set()
    assert statuses == [200] * 10
