"""`regent mcp` as a process: clients that die, send garbage or never end, and several of them at once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from agents.channels.protocols.stdin_lines import Lines
from policies.audit import Ledger
from policies.audit.verifying import verify
from tests.homes import furnished
from tests.warm import REGENT, Warm

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
SPEND = {"name": "spend", "arguments": {"period": "2026-09"}}
ASK = {"name": "ask", "arguments": {"question": "What did we spend last month?"}}


class Raw:
    """A client that writes bytes and reads lines."""

    def __init__(self, home: Path) -> None:
        env = os.environ | {"REGENT_HOME": furnished(home)}
        pipe = subprocess.PIPE
        self.process = Warm([REGENT, "mcp", "--as", "bram"], env=env, stdin=pipe, stdout=pipe, stderr=pipe)

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, method: str, params: Any, number: int | None) -> None:
        named = {} if number is None else {"id": number}
        self.write(json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **named}).encode() + b"\n")

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def hello(self) -> None:
        self.send("initialize", HELLO, 1)
        assert self.answer()["id"] == 1
        self.send("notifications/initialized", {}, None)

    def errors(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read().decode()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@contextmanager
def raw(home: Path) -> Iterator[Raw]:
    client = Raw(home)
    try:
        yield client
    finally:
        client.process.kill()
        client.process.wait()


def types(home: Path) -> Counter[str]:
    with Ledger.open(home / "ledger") as ledger:
        return Counter(one.type for one in ledger.read())


@pytest.mark.slow
def test_garbage_from_the_client_is_passed_over_and_calls_are_answered(home: Path) -> None:
    with raw(home) as client:
        for junk in (b"garbage", b"\xff\xfe\x00", b"[]", b"null", b'{"jsonrpc":"2.0","id":7}', b"[" * 100_000, b""):
            client.write(junk + b"\n")
        client.hello()
        client.write(b'{"jsonrpc": "2.0", "id": 2, "method"\n')
        client.send("tools/call", SPEND, 3)
        answer = client.answer()
        assert answer["id"] == 3 and not answer["result"]["isError"]
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert client.process.wait(60) == 0 and client.errors() == ""


@pytest.mark.slow
def test_attack_a_line_that_never_ends_ends_the_process_with_a_sentence_and_not_with_its_memory(home: Path) -> None:
    with raw(home) as client:
        client.hello()
        with pytest.raises(BrokenPipeError):
            for _ in range(300):
                client.write(b"y" * 1_000_000)
        assert client.process.wait(60) == 2
        said = client.errors()
    assert "more than 256 kB" in said and "Traceback" not in said


@pytest.mark.slow
def test_a_client_that_dies_in_the_middle_leaves_a_question_that_has_its_end_on_record(home: Path) -> None:
    with raw(home) as client:
        client.hello()
        client.send("tools/call", ASK, 2)
        _until_asked(home)
        assert client.process.stdin is not None and client.process.stdout is not None
        client.process.stdin.close()
        client.process.stdout.close()
        assert client.process.wait(60) == 0 and client.errors() == ""
    found = types(home)
    assert found["question.asked"] == found["answer.delivered"] == 1


@pytest.mark.slow
def test_a_process_killed_in_a_call_leaves_a_ledger_that_verifies_and_the_next_client_is_answered(home: Path) -> None:
    with raw(home) as client:
        client.hello()
        client.send("tools/call", ASK, 2)
        _until_asked(home)
        client.process.kill()
        client.process.wait()
    with raw(home) as client:
        client.hello()
        client.send("tools/call", SPEND, 2)
        assert not client.answer()["result"]["isError"]
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert client.process.wait(60) == 0
    assert verify(home / "ledger").code == 0


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order_though_the_client_says_nothing(home: Path, sent: signal.Signals) -> None:
    with raw(home) as client:
        client.hello()
        client.process.send_signal(sent)
        assert client.process.wait(60) == 0 and client.errors() == ""


@pytest.mark.slow
def test_two_clients_at_once_have_a_process_each_and_one_ledger(home: Path) -> None:
    command = StdioServerParameters(
        command=REGENT, args=["mcp", "--as", "bram"], env={**os.environ, "REGENT_HOME": furnished(home)}
    )

    async def one() -> list[Any]:
        async with Client(stdio_client(command)) as client:
            return list(await asyncio.gather(*(client.call_tool(**SPEND) for _ in range(5))))

    async def both() -> Any:
        return await asyncio.gather(one(), one())

    for answers in asyncio.run(both()):
        assert [answer.structured_content["status"] for answer in answers] == ["answered"] * 5
    found = types(home)
    assert found["question.asked"] == found["answer.delivered"] == 10
    assert verify(home / "ledger").code == 0


def _until_asked(home: Path) -> None:
    """Return when the question is on record, which its answer is then not yet."""
    end = time.monotonic() + 60
    segments = home / "ledger" / "segments"
    while not any(b'"question.asked"' in one.read_bytes() for one in segments.glob("*.seg")):
        assert time.monotonic() < end, "it was not asked"
        time.sleep(0.005)


@pytest.mark.parametrize(
    "written", [b"a\nbb\n", b"a\n\nccc\n", b"\xff\n", b"1234567890\n", b"a\n12345678901\nb\n", b"12345678901"]
)
def test_lines_are_what_was_written_up_to_the_first_that_is_too_long(written: bytes) -> None:
    reads, writes = os.pipe()

    async def inside() -> tuple[list[str], bool]:
        lines = Lines(reads, 10)
        for number in range(len(written)):  # byte by byte: a line comes in any parts
            os.write(writes, written[number : number + 1])
        os.close(writes)
        return [line async for line in lines], lines.too_long

    whole = written.split(b"\n")
    cut = next((number for number, line in enumerate(whole) if len(line) > 10), len(whole) - 1)
    expected = [line.decode(errors="replace") for line in whole[:cut]]
    assert asyncio.run(inside()) == (expected, any(len(line) > 10 for line in whole))
    os.close(reads)
