"""The whole channel on one machine: Microsoft's side as servers, ours as it runs, and a desk behind it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from agents.acting import House
from agents.channels.opening import AUDIENCE, OwnSigner
from agents.channels.port import CallingPort
from agents.channels.teams.gatekeeper import PATH
from agents.channels.teams.serving import open_channel
from agents.channels.teams.settings import TeamsSettings
from agents.channels.transports import inside
from agents.desk import Desk
from agents.models import open_model
from agents.settings import Settings
from policies.access.identity import Identity
from policies.access.nonces import FileNonces
from policies.access.sources import EnvelopeKeys, IdentitySettings
from tests.agents.channels.teams.bot_framework import APP, TENANT, BotFramework, activity, bot_framework, in_channel
from tests.agents.channels.teams.teams_service import BOT_TOKEN, TeamsService, teams_service
from tests.agents.scripted import ScriptedMaker
from tests.agents.test_runtime import serving

ANA, CARLA = "00000000-0000-0000-0000-0000000000a1", "00000000-0000-0000-0000-0000000000c2"
BO, EVE = "b3", "e9"
PEOPLE = f"""
principals:
  ana: {{role: engineer, known_as: ["teams:{TENANT}/{ANA}"]}}
  carla: {{role: auditor, known_as: ["teams:{TENANT}/{CARLA}", "slack:T1/U2"]}}
  bo: {{role: manager, accounts: [venue-utrecht], known_as: ["teams:{TENANT}/{BO}"]}}
"""


class Channel:
    """One running channel, and what people do in it."""

    def __init__(
        self, microsoft: BotFramework, teams: TeamsService, desk: Desk, number: int, port: CallingPort
    ) -> None:
        self.microsoft, self.teams, self.desk, self._port, self.port = microsoft, teams, desk, number, port
        self._number = 1_700_000_000_000

    def send(self, body: dict[str, Any]) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Authorization": f"Bearer {self.microsoft.token()}"}
        connection.request("POST", PATH, json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")

    def by(self, who: str, make: Callable[..., dict[str, Any]] = activity, text: str = "", **more: Any) -> str:
        """Somebody says something; the id of the message."""
        self._number += 1
        body = make(self.microsoft, text, id=str(self._number), **more)
        body["from"] = {"id": f"29:{who}", "aadObjectId": who}
        if body["conversation"]["conversationType"] == "personal":
            body["conversation"] = body["conversation"] | {"id": f"a:{who}"}
        status, _ = self.send(body)
        assert status == 200
        return str(body["id"])

    def asks(self, who: str, text: str) -> str:
        return self.by(who, text=text)

    def asks_in_channel(self, who: str, text: str) -> str:
        return self.by(who, in_channel, text)

    def presses(self, who: str, message: dict[str, Any], title: str, **inputs: Any) -> None:
        """Somebody presses a button of a card that they see, having filled in its inputs."""
        button = next(one for one in buttons(card(message)) if one["title"] == title)
        value = {"action": {"type": button["type"], "verb": button["verb"], "data": button["data"] | inputs}}
        more = {"type": "invoke", "name": "adaptiveCard/action", "value": value, "replyToId": message.get("id", "m")}
        self.by(who, **more)

    def said(self, where: str, at_least: int = 1, seconds: float = 60) -> list[dict[str, Any]]:
        """The messages of a conversation, once there are so many and all are final."""
        until = time.monotonic() + seconds
        while True:
            found = self.teams.said(where)
            if len(found) >= at_least and not any("…" in one.get("text", "")[-2:] for one in found):
                return found
            assert time.monotonic() < until, f"{where} has {found} of {at_least} messages"
            time.sleep(0.02)

    def bodies(self, kind: type, at_least: int = 0) -> list[Any]:
        until = time.monotonic() + 60
        while True:
            self.desk.ledger.flush()
            found = [stored.body for stored in self.desk.ledger.read() if isinstance(stored.body, kind)]
            if len(found) >= at_least:
                return found
            assert time.monotonic() < until, f"{kind.__name__}: {len(found)} of {at_least}"
            time.sleep(0.02)


def card(message: dict[str, Any]) -> dict[str, Any]:
    [attachment] = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    found: dict[str, Any] = attachment["content"]
    return found


def buttons(held: Any) -> list[dict[str, Any]]:
    """Every button of a card, also of cards within."""
    if isinstance(held, list):
        return [one for part in held for one in buttons(part)]
    if not isinstance(held, dict):
        return []
    inner = [one for part in held.values() for one in buttons(part)]
    return [held, *inner] if held.get("type") == "Action.Execute" else inner


def words(held: Any) -> str:
    """Everything that a card says, as text."""
    if isinstance(held, list):
        return " ".join(map(words, held))
    if isinstance(held, dict):
        said = [held[name] for name in ("text", "title", "value", "label") if isinstance(held.get(name), str)]
        return " ".join([*said, *(words(part) for part in held.values() if isinstance(part, (dict, list)))])
    return ""


@pytest.fixture
def channel(
    tmp_path: Path, open_desk_with: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Channel]]:
    people = tmp_path / "people.yaml"
    people.write_text(PEOPLE)
    signer = OwnSigner()
    keys = IdentitySettings(envelopes=EnvelopeKeys(audience=AUDIENCE, keys={signer.kid: signer.public}))
    with ExitStack() as closing:
        teams = closing.enter_context(teams_service())
        microsoft = closing.enter_context(bot_framework(teams.url))
        told = TeamsSettings(
            app_id=APP, tenant=TENANT, service_url=teams.url, issuer=microsoft.issuer, openid=microsoft.openid,
            alerts_to=("19:alerts@thread.tacv2", CARLA),
        )  # fmt: skip
        settings = Settings(principals=people, teams=told)

        def start(script: list[Any] | None = None, *, down: bool = False) -> Channel:
            teams.down = down
            desk = open_desk_with(ScriptedMaker(script) if script is not None else open_model("offline", settings))
            house = House(desk, Identity(keys, people, FileNonces(tmp_path / "nonces")), settings)
            port = CallingPort(inside(house), signer, AUDIENCE)
            app = closing.enter_context(
                open_channel(settings, port, house, token=lambda scope, tenant: BOT_TOKEN, again=0.2)
            )
            return Channel(microsoft, teams, desk, closing.enter_context(serving(app)), port)

        yield start
