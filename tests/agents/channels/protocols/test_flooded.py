"""Floods of calls that nobody signed: what they write is bounded, their sum is exact, and people are answered."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import subprocess
import time
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from policies.audit import Ledger, QuestionAsked
from policies.audit.bodies import CallsRefused
from policies.oversight.refusals import EACH
from tests.agents.channels.protocols.conftest import PEOPLE, Served
from tests.agents.channels.protocols.test_any_body import GOOD, HEADERS
from tests.agents.test_runtime import call
from tests.attacks.identity.issuing import AUDIENCE, Provider
from tests.processes import regent_serves

DOORS: dict[str, tuple[str, dict[str, Any]]] = {
    "invoke": ("/invocations", {"prompt": "What did we spend?"}),
    "openai": ("/v1/chat/completions", GOOD["/v1/chat/completions"]),
    "agui": ("/agui", GOOD["/agui"]),
    "mcp": ("/mcp", GOOD["/mcp"]),
    "a2a": ("/a2a", GOOD["/a2a"]),
}
FLOOD = 10_000


def summed(bodies: list[Any]) -> Counter[str]:
    """How many refusals are on record, by kind: those recorded by themselves and those counted."""
    found = Counter(f"{one.channel}/unverified" for one in bodies if isinstance(one, QuestionAsked))
    for one in bodies:
        if isinstance(one, CallsRefused):
            assert one.count == sum(one.kinds.values())
            found.update(one.kinds)
    return found


@pytest.mark.parametrize("channel", DOORS)
def test_attack_unsigned_calls_at_a_door_write_no_more_than_a_few_records(served: Served, channel: str) -> None:
    path, body = DOORS[channel]
    many = EACH + 7
    told = {call(served.port, "POST", path, body, **HEADERS) for _ in range(many)}
    assert all(status == 401 or json.loads(text)["status"] == "denied" for status, text in told)
    served.desk.oversight.close()
    assert len(served.recorded(QuestionAsked)) == EACH
    assert [one.kinds for one in served.recorded(CallsRefused)] == [{f"{channel}/unverified": 7}]


@pytest.mark.parametrize("channel", [*DOORS, "other"])
def test_attack_web_pages_at_a_door_are_refused_and_counted_to_the_last(served: Served, channel: str) -> None:
    path, body = DOORS.get(channel, ("/admin?" + "x" * 40, {}))
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        told = {call(served.port, "POST", path, body, **HEADERS | headers)[0] for _ in range(EACH)}
        assert told == {403}
    assert call(served.port, "GET", "/ping", Host="evil.example")[0] == 200, "it says nothing of the house"
    served.desk.oversight.close()
    [one] = served.recorded(CallsRefused)
    assert one.kinds == {f"{channel}/foreign": 2 * EACH} and not served.recorded(QuestionAsked)


def test_a_refusal_that_is_only_counted_is_told_in_the_same_words(served: Served) -> None:
    answers = [json.loads(call(served.port, body=DOORS["invoke"][1])[1]) for _ in range(EACH + 1)]
    first, last = answers[0], answers[-1]
    assert first["text"] == last["text"] and first["status"] == last["status"] == "denied"
    assert first["principal"] == last["principal"] and last["ledger"]["first"] is None


@pytest.mark.slow
def test_attack_ten_thousand_unsigned_calls_fill_no_ledger_and_people_are_answered(
    tmp_path: Path, idp: Provider
) -> None:
    with serving(tmp_path, idp) as (process, port):
        warm, seconds = _asked(port, idp)
        assert warm["status"] == "answered"
        told, during = asyncio.run(_flooded(port, idp))
        assert told == FLOOD
        assert during, "nobody was answered while it lasted"
        print(f"answered alone {seconds:.2f} s, during the flood {[round(one, 2) for one in during]}")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    with Ledger.open(tmp_path / "home" / "ledger") as ledger:
        records = list(ledger.read())
    unknown = [one.body for one in records if not (isinstance(one.body, QuestionAsked) and one.body.role != "unknown")]
    each = FLOOD // len(DOORS)
    assert summed(unknown) == {f"{channel}/unverified": each for channel in DOORS}
    minutes = len([one for one in unknown if isinstance(one, CallsRefused)])
    alone = [one for one in unknown if isinstance(one, QuestionAsked)]
    assert minutes <= 4 and len(alone) <= (minutes + 1) * EACH * len(DOORS)


async def _flooded(port: int, idp: Provider) -> tuple[int, list[float]]:
    """How many calls were refused, and how long people waited for answers while that went on."""
    waiting = [channel for channel in DOORS for _ in range(FLOOD // len(DOORS))]
    told, during = 0, list[float]()

    async def one_caller() -> None:
        nonlocal told
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            path, body = DOORS[waiting.pop()]
            data = json.dumps(body).encode()
            heads = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
            sent = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{heads}Content-Length: {len(data)}\r\n\r\n"
            writer.write(sent.encode() + data)
            head = await reader.readuntil(b"\r\n\r\n")
            [length] = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
            got = await reader.readexactly(int(length.partition(b":")[2]))
            assert head.startswith(b"HTTP/1.1 401") or json.loads(got)["status"] == "denied", (head, got)
            told += 1
        writer.close()

    async def person() -> None:
        while waiting:
            answer, seconds = await asyncio.to_thread(_asked, port, idp)
            assert answer["status"] == "answered"
            if waiting:
                during.append(seconds)

    await asyncio.gather(person(), *(one_caller() for _ in range(40)))
    return told, during


def _asked(port: int, idp: Provider) -> tuple[dict[str, Any], float]:
    started = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {idp.token(sub='u-eva')}"}
    connection.request("POST", "/invocations", json.dumps({"prompt": "What did we spend in September 2026?"}), headers)
    return json.loads(connection.getresponse().read()), time.perf_counter() - started


def serving(folder: Path, idp: Provider, **more: str) -> AbstractContextManager[tuple[subprocess.Popen[bytes], int]]:
    """`regent serve` as a process that verifies tokens of `idp`; `more` goes into its environment."""
    identity = json.dumps({"oidc": {"issuer": idp.issuer, "audiences": [AUDIENCE]}})
    return regent_serves(folder, "serve", people=PEOPLE, REGENT_IDENTITY=identity, **more)
