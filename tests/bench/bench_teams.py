"""Teams: how long Microsoft waits, with 200 messages in flight, each verified (RS256) and queued durably before that.

    python -m tests.bench teams

Servers are processes of their own, with the uvicorn of `regent teams`: one that verifies the same token and does
nothing else (the limit), the front alone, and the whole channel while its workers answer on the sample estate. Time on
the clock depends on what else the machine does; CPU per message does not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agents.channels.box import Box
from agents.channels.front import asgi
from agents.channels.teams.gatekeeper import PATH, TeamsGatekeeper
from agents.channels.teams.genuine import BotTokens
from tests.agents.channels.teams.bot_framework import APP, TENANT, BotFramework, activity, bot_framework
from tests.agents.channels.teams.teams_service import BOT_TOKEN, TeamsService, teams_service
from tests.bench.at_once import all_at_once, cpu_seconds, request
from tests.bench.measure import percentile, row, verdict

MESSAGES = 200
BAR = 500.0
"""Milliseconds, as for Slack. Microsoft waits for 15 seconds, and sends again what it heard nothing of."""
KINDS = {
    "limit": "limit: verifies the same token, does nothing",
    "front": "the front alone: verified and queued",
    "channel": "the channel: verified, queued, while answering",
}


def main() -> None:
    """Print the time to the acknowledgement at each server, and what a message cost it."""
    with teams_service() as teams, bot_framework(teams.url) as microsoft:
        for kind, label in KINDS.items():
            _measure(kind, label, microsoft, teams)


def _measure(kind: str, label: str, microsoft: BotFramework, teams: TeamsService) -> None:
    with tempfile.TemporaryDirectory() as folder, _serving(kind, microsoft, Path(folder)) as (port, process):
        token = microsoft.token()
        all_at_once(port, _messages(microsoft, token, 10_000, 4))
        if kind == "channel":
            _until(lambda: sum(map(len, teams.messages.values())) >= 4)  # workers that are warm
        before = cpu_seconds(process)
        took = all_at_once(port, _messages(microsoft, token, 0, MESSAGES))
        spent = (cpu_seconds(process) - before) * 1000 / MESSAGES
        again = all_at_once(port, _messages(microsoft, token, 0, MESSAGES))
        print(row(label, took))
        if kind == "channel":
            print(row("the same messages again", again))
            print(verdict("ack p99 with 200 messages in flight", percentile(took, 99), BAR))
            return
        print(f"  CPU per message: {spent:.2f} ms")
        if kind == "front":
            assert _queued(Path(folder)) == MESSAGES + 4, "every message once"


def _messages(microsoft: BotFramework, token: str, first: int, count: int) -> list[bytes]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return [
        request(PATH, headers, json.dumps(_message(microsoft, number)).encode())
        for number in range(first, first + count)
    ]


def _message(microsoft: BotFramework, number: int) -> dict[str, Any]:
    one = activity(microsoft, id=str(1_700_000_000_000 + number))
    one["from"] = {"id": f"29:p{number % MESSAGES}", "aadObjectId": f"p{number % MESSAGES}"}
    one["conversation"] = one["conversation"] | {"id": f"a:p{number % MESSAGES}"}
    return one


def _queued(folder: Path) -> int:
    box, queued = Box(folder / "teams.sqlite"), 0
    while (message := box.receive()) is not None:
        box.finish(message)
        queued += 1
    return queued


def _until(holds: Any) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end, "nothing was answered"
        time.sleep(0.05)


@contextmanager
def _serving(kind: str, microsoft: BotFramework, folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process id of a server of that kind."""
    words = [
        sys.executable,
        "-m",
        "tests.bench.bench_teams",
        kind,
        microsoft.issuer,
        microsoft.openid,
        microsoft.service,
    ]
    env = {**os.environ, "REGENT_HOME": str(folder)}
    running = subprocess.Popen(words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert running.stdin and running.stdout
    try:
        yield int(running.stdout.readline()), running.pid
    finally:
        running.kill()
        running.wait()


def serve(kind: str, issuer: str, openid: str, service: str) -> None:
    """The other process: serve on a free port, print it, until killed."""
    folder, tokens = Path(os.environ["REGENT_HOME"]), BotTokens(APP, issuer=issuer, openid=openid)
    if kind == "limit":
        _run(_verifying(tokens))
    elif kind == "front":
        _run(asgi(TeamsGatekeeper(tokens, TENANT), Box(folder / "teams.sqlite"), lambda many: None))
    else:
        from agents.channels.opening import open_house
        from agents.channels.teams.serving import open_channel
        from agents.channels.teams.settings import TeamsSettings
        from agents.settings import Settings

        known = {
            f"p{number}": {"role": "engineer", "known_as": [f"teams:{TENANT}/p{number}"]} for number in range(MESSAGES)
        }
        people = folder / "people.yaml"
        people.write_text(json.dumps({"principals": known}))
        teams = TeamsSettings(app_id=APP, tenant=TENANT, service_url=service, issuer=issuer, openid=openid)
        settings = Settings(principals=people, teams=teams)
        with (
            open_house(settings=settings) as (port, house),
            open_channel(settings, port, house, token=lambda scope, tenant: BOT_TOKEN, workers=2) as app,
        ):
            _run(app)


def _verifying(tokens: BotTokens) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        tokens.service_url(dict(scope["headers"])[b"authorization"].decode())
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    return app


def _run(app: Any) -> None:
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False, lifespan="off"))

    def tell() -> None:
        while not server.started:
            time.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)

    threading.Thread(target=tell, daemon=True).start()
    server.run()


if __name__ == "__main__":
    serve(*sys.argv[1:])
