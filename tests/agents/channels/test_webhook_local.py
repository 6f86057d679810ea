"""`regent webhook` as a process: the client code of docs/webhook.md asks, and fetches its answer."""

import json
import re
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from agents.channels.opening import open_inside
from agents.channels.port import Speaker
from agents.channels.webhook import signature
from tests.ports import free_port
from tests.warm import REGENT, Warm, ran

PAGE = Path(__file__).parents[3] / "docs" / "webhook.md"
SECRET = "s" * 40
PEOPLE = """
principals:
  eva: {role: engineer, known_as: ["webhook:portal/eva"]}
  max: {role: manager, accounts: [venue-utrecht], known_as: ["webhook:portal/max"]}
  carla: {role: auditor, known_as: ["slack:T1/U2"]}
"""


@pytest.fixture
def url(tmp_path, monkeypatch):
    """`regent webhook` as a process for the client `portal`, and its address."""
    secret, people = tmp_path / "clients.json", tmp_path / "people.yaml"
    secret.write_text(json.dumps({"clients": {"portal": {"secrets": [SECRET]}}}))
    secret.chmod(0o600)
    people.write_text(PEOPLE)
    port = free_port()
    monkeypatch.setenv("REGENT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REGENT_PRINCIPALS", str(people))
    command = [REGENT, "webhook", "--secret", str(secret), "--port", str(port)]
    process = Warm(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert "portal" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def ask():
    """The function of the page, asking as the client of this test."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    given = {}
    exec(code, given)
    return lambda url, question: given["ask"](url, "portal", SECRET, question)


@pytest.mark.slow
def test_the_pages_client_asks_a_process_on_this_machine_and_fetches_its_answer(url, ask):
    question = {"id": "t-1", "person": "eva", "prompt": "What did we spend in September 2026?"}
    told = _tried(lambda: ask(url, question))
    assert told == {"id": "t-1", "status": "queued", "answer": "/webhook/answers/t-1"}
    assert ask(url, question)["status"] == "duplicate"
    found = _tried(lambda: _answer(url, "/webhook/answers/t-1"))
    assert found["status"] == "answered" and found["answer"]["figures"]
    assert found["answer"]["principal"] == {"id": "eva", "role": "engineer", "assurance": "envelope"}


@pytest.mark.slow
def test_what_waits_or_is_refused_is_said_so_and_a_denial_is_an_answer_with_who_wrote_it(url, ask, tmp_path):
    def got(name, person, **wanted):
        _tried(lambda: ask(url, {"id": name, "person": person, **wanted}))
        return _tried(lambda: _answer(url, f"/webhook/answers/{name}"))

    asked = got("t-1", "eva", prompt="Who deleted the S3 endpoint in data-prod in September 2026?")
    approval = asked["answer"]["approval"]
    early, theirs = got("t-2", "eva", resume=approval), got("t-3", "max", resume=approval)
    nobodys = got("t-4", "max", resume="a-0123456789abcdef")
    assert [one["status"] for one in (early, theirs, nobodys)] == ["waiting", "refused", "refused"]
    assert "waits for a second person" in early["error"] and "Only the person who asked" in theirs["error"]
    for one in (early, theirs, nobodys):
        assert "answer" not in one and one["disclosure"].startswith("No AI system wrote this"), one
        assert "Ask your platform team" in one["disclosure"]
    with open_inside() as elsewhere:  # in another process, at another door
        elsewhere.decide(Speaker(person="slack:T1/U2", channel="slack", session="T1:D2"), approval, "deny", "ask HR")
    denied = got("t-5", "eva", resume=approval)
    assert (denied["status"], denied["answer"]["status"]) == ("answered", "denied")
    assert "carla denied it" in denied["answer"]["text"] and "AI system" in denied["disclosure"]
    command = [REGENT, "audit", "search", "--type", "approval.refused", "--json"]
    found = json.loads(ran(command, cwd=tmp_path).stdout)
    assert json.dumps(found).count('"resume"') == 2, "both tries of max are on record, and what came too early is not"


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
