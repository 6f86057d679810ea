"""A call from elsewhere, over HTTP to a real desk: who is verified is answered, everybody else is refused on record."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.desk import Desk
from agents.identifying import answer_call, open_identity
from agents.invoking import open_app
from agents.settings import Settings
from policies.access.sources import IdentitySettings, Issuer
from policies.audit import QuestionAsked
from tests.agents.scripted import ScriptedMaker
from tests.agents.test_runtime import call, runtime
from tests.attacks.identity.issuing import AUDIENCE, Provider, provider
from tools.errors import SettingsError

ASK = {"prompt": "What did we spend?"}


@pytest.fixture(scope="module")
def idp() -> Iterator[Provider]:
    with provider() as serving:
        yield serving


@pytest.fixture
def served(idp: Provider, tmp_path: Path, open_desk_with: Callable[..., Desk]) -> Iterator[tuple[int, Desk]]:
    people = tmp_path / "principals.yaml"
    people.write_text('principals:\n  bram: {role: engineer, known_as: ["oidc:u-bram"]}\n  local: {role: admin}\n')
    oidc = Issuer(issuer=idp.issuer, audiences=(AUDIENCE,))
    settings = Settings(principals=people, identity=IdentitySettings(oidc=oidc))
    desk = open_desk_with(ScriptedMaker([[("spend", {})], "Spend was [[f1]]."]))
    identity = open_identity(settings, desk.home)
    with runtime(lambda question, given, progress: answer_call(desk, identity, question, given, progress), False) as at:
        yield at, desk


def asked(port: int, **headers: str) -> dict[str, Any]:
    status, answer = call(port, body=ASK, **headers)
    assert status == 200
    return json.loads(answer)  # type: ignore[no-any-return]


def test_a_verified_person_is_answered(served: tuple[int, Desk], idp: Provider) -> None:
    answer = asked(served[0], Authorization=f"Bearer {idp.token()}")
    assert answer["status"] == "answered"
    assert answer["principal"] == {"id": "bram", "role": "engineer", "assurance": "oidc"}


def test_everybody_else_is_refused_on_record(served: tuple[int, Desk], idp: Provider) -> None:
    port, desk = served
    forged = {"X-Amzn-Bedrock-AgentCore-Runtime-User-Id": "local", "X-Forwarded-User": "local"}
    for headers in ({}, forged, {"Authorization": "Bearer a.b.c"}, {"Authorization": f"Bearer {idp.token(sub='x')}"}):
        answer = asked(port, **headers)
        assert (answer["status"], answer["principal"]["role"]) == ("denied", "unknown")
        assert not answer["receipts"] and not answer["queries"]
    found = [stored.body for stored in desk.ledger.read() if isinstance(stored.body, QuestionAsked)]
    assert [body.principal_id for body in found] == ["unverified"] * 3 + ["oidc:x"]
    assert {(body.role, body.assurance) for body in found} == {("unknown", "none")}


def test_serving_beyond_this_machine_needs_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="identity"), open_app(exposed=True):
        pass


@pytest.mark.parametrize("lost", [{"REGENT_ESTATE": "sample"}, {"REGENT_MODEL": "offline"}, {"REGENT_ESTATE": ""}])
def test_lost_settings_never_turn_into_invented_figures(
    lost: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"REGENT_ESTATE": "aws", "REGENT_IDENTITY__OIDC": '{"issuer": "https://idp.test", "audiences": ["a"]}'}
    for name, value in (given | lost).items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError, match="beyond this machine"), open_app(exposed=True):
        pass
