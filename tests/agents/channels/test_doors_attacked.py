"""Slack's, Teams' and the webhook's doors as processes: floods of forged requests, clients that are slow on purpose."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agents.channels.webhook import signature
from policies.audit import Ledger, QuestionAsked
from policies.audit.bodies import CallsRefused
from policies.audit.verifying import verify
from tests.bench.at_once import request
from tests.homes import furnished
from tests.ports import free_port, wait_for_port
from tests.warm import REGENT, Warm

SECRET = "0123456789abcdef" * 3
FLOOD = 10_000
FORGED = {
    "slack": ("/slack/events", {"X-Slack-Request-Timestamp": "1700000000", "X-Slack-Signature": "v0=" + "0" * 64}),
    "teams": ("/api/messages", {"Authorization": "Bearer a.b.c"}),
    "webhook": ("/webhook", {"X-Regent-Client": "portal", "X-Regent-Timestamp": "1", "X-Regent-Signature": "v1=0"}),
}
pytestmark = pytest.mark.slow


@contextmanager
def running(channel: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`regent CHANNEL` as a process, once its port is open."""
    with started(channel, folder) as (process, port):
        wait_for_port(port, process)
        yield process, port


@contextmanager
def started(channel: str, folder: Path, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`regent CHANNEL` as a process, from its first moment."""
    people, clients, secret = folder / "people.yaml", folder / "clients.json", folder / "teams.secret"
    people.write_text('principals:\n  eva: {role: engineer, known_as: ["webhook:portal/eva"]}\n')
    clients.write_text(json.dumps({"clients": {"portal": {"secrets": [SECRET]}}}))
    secret.write_text(SECRET)
    for one in (clients, secret):
        one.chmod(0o600)
    port = port or free_port()
    env = os.environ | {
        "REGENT_HOME": furnished(folder / "home"), "REGENT_PRINCIPALS": str(people),
        "REGENT_SLACK__SIGNING_SECRET": SECRET, "REGENT_SLACK__BOT_TOKEN": "xoxb-1",
        "REGENT_SLACK__API_URL": "http://127.0.0.1:1/api/",
        "REGENT_TEAMS__APP_ID": "11111111-2222-3333-4444-555555555555",
        "REGENT_TEAMS__TENANT": "99999999-2222-3333-4444-555555555555", "REGENT_TEAMS__SECRET_FILE": str(secret),
    }  # fmt: skip
    words = [REGENT, channel, "--port", str(port)]
    words += ["--secret", str(clients)] if channel == "webhook" else []
    process = Warm(words, env=env, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("channel", FORGED)
def test_attack_ten_thousand_forged_requests_leave_one_record_a_minute_and_an_exact_sum(
    channel: str, tmp_path: Path
) -> None:
    path, headers = FORGED[channel]
    with running(channel, tmp_path) as (process, port):
        statuses = asyncio.run(_flooded(port, request(path, headers, b"{}")))
        assert statuses == {b"401": FLOOD}
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, process.stderr and process.stderr.read()
    home = tmp_path / "home"
    with Ledger.open(home / "ledger") as ledger:
        told = [one.body for one in ledger.read() if isinstance(one.body, CallsRefused)]
        assert len(told) <= 3
    assert sum(one.count for one in told) == FLOOD
    assert {kind for one in told for kind in one.kinds} == {f"{channel}/unverified"}


def test_the_webhook_answers_its_client_while_it_is_flooded(tmp_path: Path) -> None:
    path, headers = FORGED["webhook"]
    with running("webhook", tmp_path) as (_, port):
        _answered(port, "warm")

        async def both() -> tuple[dict[bytes, int], float]:
            flood = asyncio.create_task(_flooded(port, request(path, headers, b"{}")))
            seconds = await asyncio.to_thread(_answered, port, "during")
            assert not flood.done(), "it was not asked during the flood"
            return await flood, seconds

        statuses, seconds = asyncio.run(both())
        assert statuses == {b"401": FLOOD} and seconds < 30


def test_attack_captured_old_and_altered_requests_to_the_webhook_have_no_effect(tmp_path: Path) -> None:
    body = json.dumps({"id": "q-1", "person": "eva", "prompt": "What did we spend in September 2026?"}).encode()
    other, now = body.replace(b"spend", b"earn!"), int(time.time())

    def sent(at: int, method: str = "POST", path: str = "/webhook", data: bytes = body, client: str = "portal") -> int:
        """The status of a request with what was captured: the signature of the good one, or of its own time."""
        signed = signature(SECRET, str(at), "POST", "/webhook", body)
        headers = {"X-Regent-Client": client, "X-Regent-Timestamp": str(at), "X-Regent-Signature": signed}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request(method, path, data, headers)
        return connection.getresponse().status

    with running("webhook", tmp_path) as (process, port):
        assert [sent(now - 400), sent(now + 400), sent(now, data=other), sent(now, client="other")] == [401] * 4
        assert [sent(now, "GET", "/webhook/answers/q-1"), sent(now, path="/webhook/")] == [401] * 2
        assert [sent(now) for _ in range(5)] == [202] * 5
        _answered(port, "after")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    with Ledger.open(tmp_path / "home" / "ledger") as ledger:
        asked = [one.body for one in ledger.read() if isinstance(one.body, QuestionAsked)]
        told = [one.body for one in ledger.read() if isinstance(one.body, CallsRefused)]
    assert len(asked) == 2, "the good one, once, and the one after it"
    assert sum(one.count for one in told) == 6


@pytest.mark.parametrize("channel", FORGED)
def test_attack_connections_with_headers_that_never_end_are_cut_off(channel: str, tmp_path: Path) -> None:
    path, headers = FORGED[channel]
    with running(channel, tmp_path) as (_, port):
        slow = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(100)]
        for one in slow:
            one.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Slow: ".encode())
        assert asyncio.run(_flooded(port, request(path, headers, b"{}"), 10)) == {b"401": 10}
        begun, left = time.monotonic(), list(slow)
        while left and time.monotonic() < begun + 20:
            left = [one for one in left if not _closed(one)]
            time.sleep(0.5)
        assert not left, f"{len(left)} connections are held still"


@pytest.mark.parametrize("channel", FORGED)
def test_a_stop_leaves_a_ledger_that_is_signed_to_the_end(channel: str, tmp_path: Path) -> None:
    with running(channel, tmp_path) as (process, port):
        asyncio.run(_flooded(port, request(*FORGED[channel], b"{}"), 3))
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    verdict = verify(tmp_path / "home" / "ledger")
    assert (verdict.code, verdict.unanchored) == (0, 0), verdict.reason


@pytest.mark.parametrize("channel", FORGED)
def test_a_port_that_is_taken_is_a_sentence(channel: str, tmp_path: Path) -> None:
    with running(channel, tmp_path) as (_, port), started(channel, tmp_path, port) as (second, _):
        assert second.wait(90) == 1 and second.stderr is not None
        said = second.stderr.read()
    assert "cannot be bound" in said and "Traceback" not in said


def _closed(one: socket.socket) -> bool:
    """Whether the other side closed; if not, one more byte of the headers was sent."""
    one.settimeout(0.01)
    try:
        one.sendall(b"x")
        while one.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def _answered(port: int, name: str) -> float:
    """Ask, fetch the answer, and say how many seconds that took."""
    started = time.monotonic()
    body = json.dumps({"id": name, "person": "eva", "prompt": "What did we spend in September 2026?"}).encode()
    assert _signed(port, "POST", "/webhook", body)[0] == 202
    while True:
        _, found = _signed(port, "GET", f"/webhook/answers/{name}", b"")
        if found["status"] == "answered":
            return time.monotonic() - started
        assert found["status"] in ("queued", "running") and time.monotonic() < started + 60, found
        time.sleep(0.1)


def _signed(port: int, method: str, path: str, body: bytes) -> tuple[int, dict[str, object]]:
    at = str(int(time.time()))
    signed = signature(SECRET, at, method, path, body)
    headers = {"X-Regent-Client": "portal", "X-Regent-Timestamp": at, "X-Regent-Signature": signed}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, headers)
    got = connection.getresponse()
    return got.status, json.loads(got.read())


async def _flooded(port: int, sent: bytes, times: int = FLOOD) -> dict[bytes, int]:
    """How often each status came back, with 50 requests in flight."""
    left, found = times, dict[bytes, int]()

    async def one_sender() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            status = (await reader.readline()).split(b" ")[1]
            found[status] = found.get(status, 0) + 1
            writer.close()

    await asyncio.gather(*(one_sender() for _ in range(50)))
    return found
