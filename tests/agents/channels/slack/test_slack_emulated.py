"""The whole app (`open_slack`: front, queue, workers, deliveries) against a Slack that we did not write.

Its token has exactly the scopes that our manifest asks for: the emulator refuses what they do not allow.
"""

import json
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from agents.answer import Question
from agents.channels.slack.manifest import SCOPES
from agents.channels.slack.running import open_slack
from agents.channels.slack.settings import SlackSettings
from agents.home import Home
from agents.opening import open_desk
from agents.settings import Settings
from policies.access import local_principal
from policies.audit.bodies import AnswerDelivered, GateDecided
from policies.controls.digests_kept import SqliteDigests
from policies.oversight.digest import Digest
from tests.agents.channels.opposite import opposite
from tests.agents.channels.slack.slack_place import TOKEN, open_slack_place
from tests.agents.test_runtime import serving

pytestmark = pytest.mark.slow
SECRET = "0123456789abcdef0123456789abcdef"
WHO = "Who deleted the S3 endpoint in data-prod in September?"
SPEND = "What did we spend last month by service?"


class House:
    def __init__(self, place, url):
        self.place, self.url = place, url
        self.number = 0

    def send(self, payload, path):
        self.number += 1
        text = json.dumps(payload)
        body = text.encode() if path.endswith("events") else urlencode({"payload": text}).encode()
        now = str(int(time.time()))
        made = SignatureVerifier(SECRET).generate_signature(timestamp=now, body=body)
        headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": made}
        with urllib.request.urlopen(urllib.request.Request(self.url + path, body, headers), timeout=60) as answer:
            assert answer.status == 200

    def ask(self, name, text, channel=None):
        user, bot = self.place.people[name], self.place.people["regent"]
        where = self.place.channels[channel] if channel else self.direct(name)
        ts = self.place.post_as(where, text)
        event = {"type": "app_mention", "text": f"<@{bot}> {text}"} if channel else {"type": "message", "text": text}
        event |= {"channel": where, "channel_type": "channel" if channel else "im", "user": user, "ts": ts}
        self.number += 1
        self.send(
            {
                "type": "event_callback", "team_id": self.place.team, "event_id": f"Ev{self.number}", "event": event,
                "authorizations": [{"user_id": bot, "team_id": self.place.team}],
            },
            "/slack/events",
        )  # fmt: skip
        return where, ts

    def press(self, name, action, value, where, ts, **more):
        user = self.place.people[name]
        self.send(
            {
                "type": "block_actions", "team": {"id": self.place.team},
                "user": {"id": user, "team_id": self.place.team}, "trigger_id": self.place.trigger(user),
                "container": {"channel_id": where, "message_ts": ts},
                "actions": [{"action_id": action, "value": value}], **more,
            },
            "/slack/actions",
        )  # fmt: skip

    def direct(self, name):
        return self.place.direct(self.place.people[name])

    def wait(self, where, thread, holds):
        """The first message of a thread (or channel) for which it holds."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for message in self.place.said_in(where, thread):
                if holds(json.dumps(message, ensure_ascii=False)):
                    return message
            time.sleep(0.1)
        raise AssertionError(f"it was not said in {[one['text'] for one in self.place.said_in(where, thread)]}")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slack")
    (folder / "npm").mkdir()
    with open_slack_place(folder / "npm", sorted(SCOPES), ["eva", "carla"]) as place:
        people = folder / "people.yaml"
        known = {name: {"role": role, "known_as": [f"slack:{place.team}/{place.people[name]}"]}
                 for name, role in (("eva", "engineer"), ("carla", "auditor"))}  # fmt: skip
        people.write_text(json.dumps({"principals": known}))
        secret = folder / "secret.json"
        secret.touch(mode=0o600)
        secret.write_text(json.dumps({"signing_secret": SECRET, "bot_token": TOKEN}))
        slack = SlackSettings(secret_file=secret, channels=(place.channels["costs"],), api_url=place.api)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("REGENT_HOME", str(folder / "home"))
            settings = Settings(principals=people, slack=slack)
            with open_slack(settings, size=2) as front, serving(front) as port:
                yield House(place, f"http://127.0.0.1:{port}")


def button(message, action):
    for block in message["blocks"]:
        for element in block.get("elements", []):
            if element.get("action_id") == action:
                return element["value"]
    raise AssertionError(f"no {action}")


def test_a_mention_is_answered_in_its_thread_and_the_receipts_open(house):
    where, ts = house.ask("eva", SPEND, "costs")
    message = house.wait(where, ts, lambda text: "Written by an AI system" in text)
    assert any(block["type"] == "table" for block in message["blocks"])
    house.press("eva", "receipts", button(message, "receipts"), where, message["ts"])
    end = time.monotonic() + 60
    while "ce:GetCostAndUsage" not in (seen := _views(house)):
        assert time.monotonic() < end, seen
        time.sleep(0.1)


def test_a_chart_is_a_file_in_the_thread(house):
    where, ts = house.ask("eva", "What did we spend per day in the last 7 days?")
    house.wait(where, ts, lambda text: "Written by an AI system" in text)
    message = house.wait(where, ts, lambda text: "chart.png" in text)
    assert message["files"][0]["mimetype"] in ("image/png", "application/octet-stream")


def test_an_approval_goes_its_whole_way(house):
    where, ts = house.ask("eva", WHO, "costs")
    house.wait(where, ts, lambda text: "direct messages" in text)
    waits = house.wait(house.direct("carla"), None, lambda text: "what everybody did in AWS" in text)
    house.press("carla", "approve", button(waits, "approve"), house.direct("carla"), waits["ts"])
    house.wait(house.direct("carla"), None, lambda text: "was approved by carla" in text)
    house.wait(house.direct("eva"), None, lambda text: "DeleteVpcEndpoint" in text)
    assert not any("DeleteVpcEndpoint" in json.dumps(one) for one in house.place.said_in(where, ts))


def test_the_same_question_in_slack_and_at_the_terminal_has_the_same_facts_decisions_and_records(house, tmp_path):
    """And leaves equivalent ledger records: the same types, in the same order, with the same decisions."""
    where, ts = house.ask("eva", SPEND)
    message = house.wait(where, ts, lambda text: "Written by an AI system" in text)
    with open_desk(home=Home(tmp_path / "cli"), settings=Settings()) as desk:
        answer = desk.answer(Question(text=SPEND), local_principal("local"))
        desk.ledger.flush()
        theirs = [one for one in desk.ledger.read() if one.record.question == answer.id]
    shown = json.dumps(message, ensure_ascii=False)
    assert answer.figures and all(figure.text in shown for figure in answer.figures)
    ours = _records(house)
    assert [one.body.type for one in ours] == [one.body.type for one in theirs]
    for kind in (GateDecided, AnswerDelivered):
        pairs = [[one.body for one in records if isinstance(one.body, kind)] for records in (ours, theirs)]
        for slack, cli in zip(*pairs, strict=True):
            part = "decision" if kind is GateDecided else "facts"
            assert getattr(slack, part) == getattr(cli, part)


def _records(house):
    """The records of the last question that was asked in Slack."""
    from policies.audit import Ledger

    with Ledger.open(Home.find().ledger) as ledger:
        everything = list(ledger.read())
    last = [one.record.question for one in everything if one.body.type == "question.asked"][-1]
    return [one for one in everything if one.record.question == last]


def _views(house):
    with urllib.request.urlopen(f"{house.place.url}/?tab=views", timeout=60) as page:
        listing = page.read().decode()
    import html
    import re

    details = [house.place.url + html.unescape(one) for one in re.findall(r'href="(/[^"]*view[^"]*)"', listing)]
    return listing + "".join(urllib.request.urlopen(one, timeout=60).read().decode() for one in details[:10])


def test_a_digest_that_is_due_is_sent_by_the_running_app_with_the_scopes_it_has(house, tmp_path, monkeypatch):
    place, home = house.place, tmp_path / "home"
    monkeypatch.setenv("REGENT_HOME", str(home))
    people, secret = tmp_path / "people.yaml", tmp_path / "secret.json"
    people.write_text(json.dumps({"principals": {"digest": {"role": "manager", "known_as": ["digest:daily"]}}}))
    secret.touch(mode=0o600)
    secret.write_text(json.dumps({"signing_secret": SECRET, "bot_token": TOKEN}))
    to = (f"slack:{place.channels['lounge']}", f"slack:{place.people['carla']}")
    daily = Digest(name="daily", title="Costs of the day", questions=(SPEND,), to=to, every="day", at=opposite())
    SqliteDigests(home / "outbox.sqlite").since("daily", datetime.now(UTC) - timedelta(days=1, hours=1))
    slack = SlackSettings(secret_file=secret, api_url=place.api)
    with open_slack(Settings(principals=people, slack=slack, digests=(daily,)), size=1):
        for where in (place.channels["lounge"], house.direct("carla")):
            house.wait(where, None, lambda text: "Costs of the day" in text)
            message = house.wait(where, None, lambda text: SPEND in text)
            assert "Written by an AI system" in json.dumps(message) and "Ask your platform team" in json.dumps(message)
            assert any(block["type"] == "table" for block in message["blocks"])
    told = [one for one in place.said_in(place.channels["lounge"]) if "Costs of the day" in json.dumps(one)]
    assert len(told) == 1
