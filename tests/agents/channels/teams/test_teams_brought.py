"""What is brought to Teams unasked: digests, approvals asked at other doors, and what became of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agents.acting import House
from agents.channels.asked_there import AskedThere
from agents.channels.delivering import Round
from agents.channels.digests.bringing import Bringing
from agents.channels.digests.composing import PERSONAL, Composer
from agents.channels.heard import HeardFile
from agents.channels.heard_aws import HeardTable
from agents.channels.notice import Pointer, invoke_url
from agents.channels.opening import OwnSigner
from agents.channels.port import CallingPort, Speaker
from agents.channels.teams.settings import TeamsSettings
from agents.channels.teams.speaking import Speaking
from agents.channels.teams.worker import TeamsWorker
from agents.channels.transports import inside
from agents.models import open_model
from agents.settings import Disclosure, Settings
from policies.access.identity import Identity
from policies.access.nonces import FileNonces
from policies.access.sources import EnvelopeKeys, IdentitySettings
from policies.controls.digests_kept import SqliteDigests
from policies.controls.outbox import SqliteOutbox
from policies.oversight.asked import DynamoAsked
from policies.oversight.digest import Digest
from tests.agentcore_shim import ARN
from tests.agents.channels.teams.bot_framework import APP, TENANT
from tests.agents.channels.teams.conftest import ANA, CARLA, PEOPLE, buttons, card, words
from tests.agents.channels.teams.teams_service import BOT_TOKEN, TeamsService, teams_service

SPEND, WHO = "What did we spend last month by service?", "Who deleted the S3 endpoint in data-prod in September?"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TO = ("teams:19:ops@thread.tacv2", f"teams:{CARLA}")
pytestmark = pytest.mark.slow


class Held:
    """A house behind a port, a Teams that remembers, and our voice in it."""

    def __init__(self, house: House, port: CallingPort, teams: TeamsService, speaking: Speaking, folder: Path) -> None:
        self.house, self.port, self.teams, self.speaking, self.folder = house, port, teams, speaking, folder

    def worker(self, heard: Any) -> TeamsWorker:
        return TeamsWorker(self.port, self.speaking, Disclosure(), heard=heard)


@pytest.fixture
def held(open_desk_with: Any, on_aws: Any, tmp_path: Path) -> Any:
    people, signer = tmp_path / "people.yaml", OwnSigner()
    people.write_text(PEOPLE + '  digest: {role: engineer, known_as: ["digest:week"]}\n')
    keys = IdentitySettings(envelopes=EnvelopeKeys(audience="a", keys={signer.kid: signer.public}))
    settings = Settings(principals=people, identity=keys)
    desk = open_desk_with(open_model("offline", settings))
    asked = DynamoAsked(on_aws.dynamo, on_aws.table)
    house = House(desk, Identity(keys, people, FileNonces(tmp_path / "nonces")), settings, asked)
    with teams_service() as teams:
        told = TeamsSettings(app_id=APP, tenant=TENANT, service_url=teams.url)
        with Speaking(told, token=lambda scope, tenant: BOT_TOKEN) as speaking:
            yield Held(house, CallingPort(inside(house), signer, "a"), teams, speaking, tmp_path)


def test_a_digest_is_drawn_as_answers_are_and_waits_for_a_teams_that_is_down(held: Held) -> None:
    digest = Digest(name="week", title="Costs", questions=(SPEND, WHO), to=TO, every="day", at="08:00")
    kept, outbox = SqliteDigests(held.folder / "outbox"), SqliteOutbox(held.folder / "outbox")
    now = [NOW - timedelta(hours=1)]
    composer = Composer([digest], held.port, kept, outbox, Disclosure(), lambda: now[0])
    heard = HeardFile(held.folder / "heard")
    bringing = Bringing(kept, heard, [held.worker(heard)], lambda: now[0])
    assert composer.go() == 0
    now[0] = NOW
    assert composer.go() == 0
    held.teams.down = True
    assert bringing.go() == 2
    held.teams.down = False
    assert [bringing.go() for _ in range(2)] == [0, 0]
    for where in ("19:ops@thread.tacv2", f"a:{CARLA}"):
        opening, spend, persons = held.teams.said(where)
        assert "Costs" in opening["text"] and "a look at what people did in AWS, until" in opening["text"]
        shown = spend["text"] + words(card(spend))
        assert SPEND in shown and "Total spend" in shown and "AI system" in words(card(spend))
        assert {one["title"] for one in buttons(card(spend))} >= {"Helpful", "Send"}
        assert PERSONAL in persons["text"] and "DeleteVpcEndpoint" not in str(held.teams.said(where))


def test_an_approval_asked_at_another_door_is_a_card_once_and_its_decision_is_on_it(held: Held, on_aws: Any) -> None:
    elsewhere = Speaker(person=f"teams:{TENANT}/{ANA}", channel="teams", session="somewhere")
    answer = held.port.ask(elsewhere, WHO)
    assert answer.approval is not None
    assert held.house.asked is not None
    heard = HeardTable(on_aws.dynamo, on_aws.table, "teams")
    round_ = Round(None, heard, [held.worker(heard)], AskedThere(held.house.asked, held.port, heard), held.port)
    held.teams.down = True
    assert round_.go() == 1
    held.teams.down = False
    assert [round_.go() for _ in range(2)] == [0, 0]
    [request] = held.teams.said(f"a:{CARLA}")
    assert "ana asks for approval" in words(card(request))
    approve = next(one for one in buttons(card(request)) if one["title"] == "Approve")
    assert approve["data"]["within"] == elsewhere.runtime_session
    heard.mark(f"asked/{answer.approval}", elsewhere.person, elsewhere.session)  # as her worker does
    by = Speaker(person=f"teams:{TENANT}/{CARLA}", channel="teams", session="d", within=elsewhere.runtime_session)
    held.port.decide(by, answer.approval, "deny", "not now")
    assert [round_.go() for _ in range(2)] == [0, 0]
    [request] = held.teams.said(f"a:{CARLA}")
    assert "was denied by carla" in words(card(request)) and not buttons(card(request))
    [pushed] = held.teams.said(f"a:{ANA}")
    assert "carla denied it" in pushed["text"] + words(card(pushed))


def test_commands_that_decide_what_was_asked_with_a_token_can_be_copied_from_teams(held: Held) -> None:
    pointer = Pointer(
        approval="a-" + "0" * 16, query="who_did_what", within="s-" + "1" * 33, expires=NOW,
        approvers=(f"teams:{TENANT}/{CARLA}",), url=invoke_url(ARN),
    )  # fmt: skip
    held.worker(HeardFile(held.folder / "heard")).point(pointer, pointer.approvers[0])
    [said] = held.teams.said(f"a:{CARLA}")
    commands = [line for line in pointer.text.splitlines() if line.startswith("curl ")]
    assert len(commands) == 2 and all(command in said["text"] for command in commands)
