"""`regent slack` as a process that is stopped or killed while it answers: each question gets one answer, once."""

from __future__ import annotations

import json
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from slack_sdk.signature import SignatureVerifier

from policies.audit import Ledger, QuestionAsked
from policies.audit.verifying import verify
from tests.agents.channels.slack.conftest import EVA, SECRET, TEAM, WORDS
from tests.agents.channels.slack.fake import FakeSlack
from tests.processes import regent_serves

pytestmark = pytest.mark.slow
MANY = 6


def running(folder: Path, slack: FakeSlack) -> AbstractContextManager[tuple[subprocess.Popen[bytes], int]]:
    known = {"eva": {"role": "engineer", "known_as": [f"slack:{TEAM}/{EVA}"]}}
    env = {
        "REGENT_SLACK__SIGNING_SECRET": SECRET,
        "REGENT_SLACK__BOT_TOKEN": "xoxb-for-tests",
        "REGENT_SLACK__API_URL": slack.api,
        "REGENT_DISCLOSURE__CONTACT": WORDS.contact,
    }
    return regent_serves(folder, "slack", people=json.dumps({"principals": known}), **env)


def asked(port: int, number: int) -> None:
    event = {
        "type": "message", "channel_type": "im", "channel": f"D{EVA[1:]}", "user": EVA, "team": TEAM,
        "text": "What did we spend last month by service?", "ts": f"1700000000.{number:06}",
    }  # fmt: skip
    body = json.dumps(
        {
            "type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}", "event": event, "event_time": 1,
            "authorizations": [{"team_id": TEAM, "user_id": "U0BOT", "is_bot": True}],
        }
    ).encode()  # fmt: skip
    now = str(int(time.time()))
    made = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body)
    headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": str(made)}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/slack/events", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def until(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def answers(slack: FakeSlack) -> dict[str, list[bool]]:
    """By thread, which of its messages are a whole answer."""
    found: dict[str, list[bool]] = {}
    for message in slack.messages().values():
        found.setdefault(message["thread_ts"], []).append(WORDS.contact in slack.text_of(message))
    return found


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("moment", ["the first is begun", "the first is answered", "a picture is on its way"])
def test_each_question_has_one_answer_though_the_process_ends_in_the_middle(
    tmp_path: Path, slack: FakeSlack, how: signal.Signals, moment: str, streams: bool
) -> None:
    if streams:
        slack.streams()
    happens = {
        "the first is begun": lambda: bool(slack.messages()),
        "the first is answered": lambda: any(map(any, answers(slack).values())),
        "a picture is on its way": lambda: bool(slack.of("files.getUploadURLExternal")),
    }[moment]
    with running(tmp_path, slack) as (process, port):
        for number in range(MANY):
            asked(port, number)
        until(happens)
        process.send_signal(how)
        code = process.wait(90)
        assert code == (0 if how is signal.SIGTERM else -9)
    if how is signal.SIGTERM:
        assert all(any(whole) for whole in answers(slack).values()), "what was begun is finished"
    with running(tmp_path, slack) as (process, port):
        for number in range(MANY):
            asked(port, number)  # Slack has not heard of all, and sends them again
        until(lambda: sum(map(any, answers(slack).values())) == MANY)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0
    found = answers(slack)
    assert {thread: one.count(True) for thread, one in found.items()} == {
        f"1700000000.{number:06}": 1 for number in range(MANY)
    }
    # whoever is killed in the moment in which Slack took the message that shows progress does not know which it was
    left = sum(one.count(False) for one in found.values())
    assert left <= (0 if how is signal.SIGTERM else 4)
    with Ledger.open(tmp_path / "home" / "ledger") as ledger:
        questions = sum(isinstance(one.body, QuestionAsked) for one in ledger.read())
    more = 0 if how is signal.SIGTERM else 4  # workers that died with a question in hand
    assert MANY <= questions <= MANY + more
    assert verify(tmp_path / "home" / "ledger").code == 0
