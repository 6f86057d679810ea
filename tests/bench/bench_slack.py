"""How soon Slack's front acknowledges 200 events that arrive at once, while the workers of the same process answer.

`regent slack` runs as people run it, with two workers that ask the sample estate; a Slack on this machine takes what
they say. Slack gives three seconds, then it sends the event again. The limit beside it is the same 200 requests to the
same server when it does nothing but answer 200.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from slack_sdk.signature import SignatureVerifier

from tests.agents.channels.slack.fake import open_fake
from tests.bench.at_once import all_at_once, request
from tests.bench.measure import percentile, row, verdict
from tests.ports import free_port

EVENTS = 200
SECRET = "0123456789abcdef0123456789abcdef"
BARE = """
import sys, uvicorn
async def app(scope, receive, send):
    if scope["type"] == "http":
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def main() -> None:
    """Print the time to the acknowledgement at the front, and at a server that does nothing."""
    with tempfile.TemporaryDirectory() as folder, open_fake() as slack:
        people = Path(folder) / "people.yaml"
        known = {f"p{number}": {"role": "engineer", "known_as": [f"slack:T1/U{number}"]} for number in range(EVENTS)}
        people.write_text(json.dumps({"principals": known}))
        env = os.environ | {
            "REGENT_HOME": f"{folder}/home", "REGENT_PRINCIPALS": str(people), "REGENT_SLACK__API_URL": slack.api,
            "REGENT_SLACK__SIGNING_SECRET": SECRET, "REGENT_SLACK__BOT_TOKEN": "xoxb-bench",
        }  # fmt: skip
        with _serving([sys.executable, "-c", BARE], env) as port:
            bare = _all(port, [_event(number) for number in range(EVENTS)])
        regent = [str(Path(sys.executable).with_name("regent")), "slack", "--workers", "2", "--port"]
        with _serving(regent, env) as port:
            _all(port, [_event(EVENTS + number) for number in range(4)])
            # workers that are warm, their pictures too; from the first of the 200 on they answer again
            _until(lambda: sum("Written by an AI" in one["text"] for one in slack.of("chat.update")) == 4)
            time.sleep(2)
            acked = _all(port, [_event(number) for number in range(EVENTS)])
            again = _all(port, [_event(number) for number in range(EVENTS)])
            before = len(slack.messages())
            _until(lambda: len(slack.messages()) > before)
    print(row("limit: a server that does nothing", bare))
    print(row("regent slack: acknowledged while answering", acked))
    print(row("regent slack: the same events again", again))
    print(verdict("ack p99 with 200 events in flight", percentile(acked, 99), 500))


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "nothing was answered"
        time.sleep(0.02)


def _event(number: int) -> bytes:
    user, ts = f"U{number % EVENTS}", f"1700000000.{number:06}"
    event = {"type": "message", "channel_type": "im", "channel": f"D{user[1:]}", "user": user, "ts": ts, "team": "T1"}
    asked = {"event_id": f"Ev{number}", "team_id": "T1", "authorizations": [{"user_id": "UBOT"}]}
    return json.dumps({"type": "event_callback", **asked, "event": event | {"text": "What did we spend?"}}).encode()


def _all(port: int, bodies: list[bytes]) -> list[float]:
    """Milliseconds until each was acknowledged, all sent at once."""
    return all_at_once(port, [_signed(body) for body in bodies])


def _signed(body: bytes) -> bytes:
    now = str(int(time.time()))
    made = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body)
    return request("/slack/events", {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": made}, body)


@contextmanager
def _serving(words: list[str], env: dict[str, str]) -> Iterator[int]:
    port = free_port()
    running = subprocess.Popen([*words, str(port)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 120
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
                connection.request("GET", "/")
                connection.getresponse().read()
                break
            except OSError:
                assert time.monotonic() < end and running.poll() is None, "it did not start"
                time.sleep(0.1)
        yield port
    finally:
        running.kill()
        running.wait()
