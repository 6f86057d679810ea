"""`regent webhook` as a process: the client code of docs/webhook.md asks, and fetches its answer."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from agents.channels.webhook import signature
from tests.ports import free_port

PAGE = Path(__file__).parents[3] / "docs" / "webhook.md"
SECRET = "s" * 40


@pytest.mark.slow
def test_the_pages_client_asks_a_process_on_this_machine_and_fetches_its_answer(tmp_path):
    secret, people = tmp_path / "clients.json", tmp_path / "people.yaml"
    secret.write_text(json.dumps({"clients": {"portal": {"secrets": [SECRET]}}}))
    secret.chmod(0o600)
    people.write_text('principals:\n  eva: {role: engineer, known_as: ["webhook:portal/eva"]}\n')
    port = free_port()
    environment = {**os.environ, "REGENT_HOME": str(tmp_path / "home"), "REGENT_PRINCIPALS": str(people)}
    command = [str(Path(sys.executable).with_name("regent")), "webhook", "--secret", str(secret), "--port", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert "portal" in process.stdout.readline()
        [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
        given = {}
        exec(code, given)
        question = {"id": "t-1", "person": "eva", "prompt": "What did we spend in September 2026?"}
        url = f"http://127.0.0.1:{port}"
        told = _tried(lambda: given["ask"](url, "portal", SECRET, question))
        assert told == {"id": "t-1", "status": "queued", "answer": "/webhook/answers/t-1"}
        assert given["ask"](url, "portal", SECRET, question)["status"] == "duplicate"
        found = _tried(lambda: _answer(url, "/webhook/answers/t-1"))
        assert found["status"] == "answered" and found["answer"]["figures"]
        assert found["answer"]["principal"] == {"id": "eva", "role": "engineer", "assurance": "envelope"}
    finally:
        process.terminate()
        process.wait(30)


def _answer(url, path):
    at = str(int(time.time()))
    headers = {
        "X-Regent-Client": "portal",
        "X-Regent-Timestamp": at,
        "X-Regent-Signature": signature(SECRET, at, "GET", path, b""),
    }
    with urllib.request.urlopen(urllib.request.Request(url + path, headers=headers)) as answer:
        found = json.load(answer)
    if found["status"] in ("queued", "running"):
        raise OSError("not yet")
    return found


def _tried(act, seconds=60):
    end = time.monotonic() + seconds
    while True:
        try:
            return act()
        except OSError:
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.1)
