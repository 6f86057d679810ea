"""A Slack app of ours: a real front on 127.0.0.1, a real desk on the sample estate, and a Slack that remembers."""

from __future__ import annotations

import itertools
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.signature import SignatureVerifier

from agents.acting import House
from agents.channels.box import Box
from agents.channels.delivery import from_text
from agents.channels.front import asgi
from agents.channels.heard import HeardFile
from agents.channels.opening import AUDIENCE, OwnSigner
from agents.channels.port import CallingPort
from agents.channels.slack.gatekeeper import gatekeeper
from agents.channels.slack.speaking import Voice, clients
from agents.channels.slack.worker import SlackWorker
from agents.channels.transports import inside
from agents.channels.working import MOST_RECEIVES, work
from agents.desk import Desk
from agents.models import open_model
from agents.settings import Disclosure, Settings
from policies.access.identity import Identity
from policies.access.nonces import FileNonces
from policies.access.sources import EnvelopeKeys, IdentitySettings
from tests.agents.channels.slack.fake import FakeSlack, open_fake
from tests.agents.scripted import ScriptedMaker
from tests.agents.test_runtime import serving
from tools.errors import RegentError

SECRET = "0123456789abcdef0123456789abcdef"
TEAM, BOT = "T0HOUSE", "U0BOT"
EVA, CARLA, ANNA, OMAR = "U0EVA", "U0CARLA", "U0ANNA", "U0OMAR"
NAMED, OTHER = "C0COSTS", "C0LOUNGE"
PEOPLE = {EVA: ("eva", "engineer"), CARLA: ("carla", "auditor"), ANNA: ("anna", "manager"), OMAR: ("omar", "admin")}
WORDS = Disclosure(contact="Call the platform desk: room 4.12.")
_numbers = itertools.count(1)


class App:
    """The Slack app under test, as Slack and people see it."""

    def __init__(self, slack: FakeSlack, url: str, box: Box, worker: SlackWorker, house: House) -> None:
        self.slack, self.url, self.box, self.worker, self.house = slack, url, box, worker, house
        self.desk = house.desk

    # what Slack sends

    def event(self, event: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event_id": f"Ev{next(_numbers)}",
            "event_time": 1, "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
            "token": "capability", "event": event, **more,
        }  # fmt: skip

    def message(self, user: str, text: str, **more: Any) -> dict[str, Any]:
        """Somebody writes in the direct messages."""
        ts = f"17000000{next(_numbers):02}.000100"
        event = {"type": "message", "channel_type": "im", "channel": f"D{user[1:]}", "user": user, "text": text}
        return self.event({**event, "ts": ts, "team": TEAM, **more})

    def mention(self, user: str, text: str, channel: str = NAMED, **more: Any) -> dict[str, Any]:
        ts = f"17000000{next(_numbers):02}.000100"
        event = {"type": "app_mention", "channel": channel, "user": user, "text": f"<@{BOT}> {text}", "ts": ts}
        return self.event({**event, "team": TEAM, **more})

    def press(self, user: str, action: str, value: str, place: tuple[str, str], **more: Any) -> dict[str, Any]:
        """Somebody presses a button in a message."""
        channel, ts = place
        return {
            "type": "block_actions", "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM},
            "trigger_id": f"trigger{next(_numbers)}", "token": "capability", "response_url": "https://capability",
            "container": {"type": "message", "channel_id": channel, "message_ts": ts},
            "actions": [{"action_id": action, "value": value, "block_id": "b", "type": "button"}], **more,
        }  # fmt: skip

    def post(
        self, payload: dict[str, Any] | bytes, *, secret: str = SECRET, at: float | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """One signed request over HTTP: status and body of what comes back."""
        is_event = isinstance(payload, bytes) or payload["type"] in ("event_callback", "url_verification", "other")
        if isinstance(payload, bytes):
            body = payload
        else:
            text = json.dumps(payload)
            body = text.encode() if is_event else urlencode({"payload": text}).encode()
        when = str(int(time.time() if at is None else at))
        made = SignatureVerifier(secret).generate_signature(timestamp=when, body=body)
        sent = {"X-Slack-Request-Timestamp": when, "X-Slack-Signature": made or ""}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        path = "/slack/events" if is_event else "/slack/actions"
        request = urllib.request.Request(self.url + path, body, {k: v for k, v in sent.items() if v != "(none)"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def work(self) -> list[str]:
        """Work on all that is queued, as workers do; the errors of what failed for good."""
        failed = []
        while (message := self.box.receive()) is not None:
            delivery = from_text(message.body)
            try:
                work(delivery, self.worker, self.box, last=message.receives >= MOST_RECEIVES)
            except RegentError as error:
                if message.receives >= MOST_RECEIVES:
                    failed.append(str(error))
                self.box.give_back(message, 0)
            else:
                self.box.finish(message)
        return failed

    def send(self, payload: dict[str, Any]) -> None:
        """Slack brings it, it is taken, and workers do what is to be done."""
        status, body = self.post(payload)
        assert (status, body) == (200, b""), (status, body)
        assert self.work() == []

    def said(self, channel: str) -> list[dict[str, Any]]:
        """The messages that stand in a channel now."""
        return [given for (place, _), given in self.slack.messages().items() if place == channel]


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with open_fake() as opened:
        yield opened


@pytest.fixture
def open_app(slack: FakeSlack, tmp_path: Path, open_desk_with: Callable[..., Desk]) -> Iterator[Callable[..., App]]:
    people = tmp_path / "people.yaml"
    entries = {name: {"role": role, "known_as": [f"slack:{TEAM}/{user}"]} for user, (name, role) in PEOPLE.items()}
    entries["anna"]["accounts"] = ["venue-utrecht"]
    people.write_text(json.dumps({"principals": entries}))
    settings, signer = Settings(principals=people, disclosure=WORDS), OwnSigner()
    keys = IdentitySettings(envelopes=EnvelopeKeys(audience=AUDIENCE, keys={signer.kid: signer.public}))
    with ExitStack() as closing:

        def opened(script: list[Any] | None = None, *, api: str | None = None) -> App:
            maker = ScriptedMaker(script) if script is not None else open_model("offline", settings)
            desk = open_desk_with(maker)
            house = House(desk, Identity(keys, people, FileNonces(tmp_path / "nonces")), settings)
            port = CallingPort(inside(house), signer, AUDIENCE)
            box = Box(tmp_path / "slack.sqlite")
            held = {"signing_secret": SECRET, "bot_token": "xoxb-for-tests"}
            voice = Voice(clients(lambda: held, api or slack.api))
            heard = HeardFile(tmp_path / "heard.sqlite")
            worker = SlackWorker(port, voice, box, WORDS, heard=heard, named=[NAMED], alerts=["C0ALERTS"])
            number = closing.enter_context(serving(asgi(gatekeeper(lambda: held, box), box, lambda many: None)))
            return App(slack, f"http://127.0.0.1:{number}", box, worker, house)

        yield opened


@pytest.fixture
def app(open_app: Callable[..., App]) -> App:
    return open_app()
