"""The Teams front: how long Microsoft waits, with 200 messages in flight, each verified (RS256) and queued durably.

    python -m tests.bench teams

The front runs as `regent teams` runs it, with uvicorn and a SQLite box; the callers are a process of their own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from agents.channels.box import Box
from agents.channels.front import asgi
from agents.channels.teams.gatekeeper import PATH, TeamsGatekeeper
from agents.channels.teams.genuine import BotTokens
from tests.agents.channels.teams.bot_framework import APP, TENANT, activity, bot_framework
from tests.agents.test_runtime import serving
from tests.bench.measure import percentile, row, verdict

MESSAGES = 200
BAR = 3000.0
"""Microsoft waits for 15 seconds. What takes the time is one durable write after the other, about 5 ms each."""


async def send(port: int, headers: dict[str, str], bodies: list[Any]) -> tuple[list[float], list[int]]:
    """All at once; milliseconds and status of each."""
    import httpx

    limits = httpx.Limits(max_connections=len(bodies))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60) as client:

        async def one(body: Any) -> tuple[float, int]:
            started = time.perf_counter()
            response = await client.post(PATH, json=body, headers=headers)
            return (time.perf_counter() - started) * 1000, response.status_code

        found = await asyncio.gather(*map(one, bodies))
    return [took for took, _ in found], [status for _, status in found]


def callers() -> None:
    """The other process: reads what to send, writes how long each took."""
    given = json.load(sys.stdin)
    json.dump(asyncio.run(send(given["port"], given["headers"], given["bodies"])), sys.stdout)


def main() -> None:
    """Measure and print."""
    with bot_framework() as microsoft, tempfile.TemporaryDirectory() as folder:
        tokens = BotTokens(APP, issuer=microsoft.issuer, openid=microsoft.openid)
        box = Box(Path(folder) / "teams.sqlite")
        with serving(asgi(TeamsGatekeeper(tokens, TENANT), box)) as port:
            headers = {"Authorization": f"Bearer {microsoft.token()}"}
            for name, first in (("200 new messages in flight", 0), ("the same 200 once more", 0)):
                bodies = [activity(microsoft, id=str(first + number)) for number in range(MESSAGES)]
                asked = json.dumps({"port": port, "headers": headers, "bodies": bodies})
                code = "from tests.bench.bench_teams import callers; callers()"
                done = subprocess.run(
                    [sys.executable, "-c", code], input=asked, capture_output=True, text=True, check=True
                )
                took, statuses = json.loads(done.stdout)
                assert set(statuses) == {200}
                print(row(name, took))
                print(verdict("p99", percentile(took, 99), BAR))
        queued = 0
        while (message := box.receive()) is not None:
            box.finish(message)
            queued += 1
        print(f"  in the queue: {queued} of {2 * MESSAGES} deliveries")
        assert queued == MESSAGES


if __name__ == "__main__":
    main()
