"""Approvals between processes on one home: at once, too late, by somebody who may no longer, after another decided."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from agents.channels.opening import open_house
from agents.channels.port import CallingPort, RefusedError, Speaker
from agents.settings import Settings
from policies.audit import AnswerDelivered, Ledger
from policies.audit.bodies import ApprovalConsumed, ApprovalDecided, QueryCalled
from policies.oversight import ApprovalSettings
from tests.homes import furnished
from tests.warm import REGENT, ran

pytestmark = pytest.mark.slow
QUESTION = "Who deleted the S3 endpoint in data-prod in September?"
CARLA = 'carla: {role: ROLE, known_as: ["slack:T1/U2", "teams:T2/U2", "webhook:portal/carla"]}'
PEOPLE = f"""principals:
  eva: {{role: engineer, known_as: ["slack:T1/U1"]}}
  dirk: {{role: auditor, known_as: ["slack:T1/U3"]}}
  {CARLA}
"""
DIRK = Speaker(person="slack:T1/U3", channel="slack", session="T1:D3")
DOORS = {
    "slack": Speaker(person="slack:T1/U2", channel="slack", session="T1:D2"),
    "teams": Speaker(person="teams:T2/U2", channel="teams", session="a:1"),
    "webhook": Speaker(person="webhook:portal/carla", channel="webhook", session="portal/1"),
}


class Place:
    """A home with its people, the command line beside it, and a port into it."""

    def __init__(self, folder: Path, port: CallingPort) -> None:
        self.folder, self.port = folder, port

    def people(self, role: str | None) -> None:
        """Carla has this role from now on, or is nobody."""
        lines = [line for line in PEOPLE.splitlines() if role or "carla" not in line]
        (self.folder / "people.yaml").write_text("\n".join(lines).replace("ROLE", role or "") + "\n")

    def regent(self, *words: str) -> subprocess.CompletedProcess[str]:
        return ran([REGENT, *words])

    def waits(self) -> str:
        done = self.regent("ask", QUESTION, "--as", "eva", "--reason", "incident 4711", "--json")
        assert done.returncode == 5, done.stderr
        approval: str = json.loads(done.stdout)["approval"]
        return approval

    def recorded(self, kind: type[Any]) -> list[Any]:
        with Ledger.open(self.folder / "home" / "ledger") as ledger:
            return [one.body for one in ledger.read() if isinstance(one.body, kind)]


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Its parameter is for how many minutes an approval waits: an hour, unless a test is about the end of them."""
    minutes = getattr(request, "param", 60)
    people = tmp_path / "people.yaml"
    people.write_text(PEOPLE.replace("ROLE", "auditor"))
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path / "home"))
    monkeypatch.setenv("REGENT_PRINCIPALS", str(people))
    monkeypatch.setenv("REGENT_APPROVALS", json.dumps({"minutes": minutes}))
    settings = Settings(principals=people, approvals=ApprovalSettings(minutes=minutes))
    with open_house(settings=settings) as (port, _):
        yield Place(tmp_path, port)


def refused(place: Place, by: Speaker, approval: str) -> str:
    with pytest.raises(RefusedError) as raised:
        place.port.decide(by, approval, "approve", "late")
    return str(raised.value)


def test_attack_several_approve_at_once_and_one_decision_counts_and_it_runs_once(place: Place) -> None:
    approval = place.waits()

    def by_command(who: str, verdict: str) -> bool:
        done = place.regent("approvals", verdict, approval, "--as", who)
        assert done.returncode in (0, 3) and "Traceback" not in done.stderr, done.stderr
        return done.returncode == 0

    def by_chat(who: Speaker) -> bool:
        try:
            place.port.decide(who, approval, "approve", "incident 4711")
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(5) as pool:
        at_once = [pool.submit(by_command, "carla", "approve"), pool.submit(by_command, "dirk", "deny")]
        at_once += [pool.submit(by_chat, who) for who in (DIRK, *DOORS.values())]
        won = sum(one.result() for one in at_once)
    assert won == 1 == len(place.recorded(ApprovalDecided)) == len(place.recorded(ApprovalConsumed))
    delivered = [one.status for one in place.recorded(AnswerDelivered)]
    assert len(delivered) == 2 and delivered[0] == "needs_approval", "it waited once and went on once"
    # whoever comes after that is told what was decided, at every door
    assert all("already" in refused(place, who, approval) for who in DOORS.values())


@pytest.mark.parametrize("role", [None, "manager"], ids=["removed", "made a manager"])
def test_attack_somebody_who_may_no_longer_approves_at_no_door_and_somebody_else_can(
    place: Place, role: str | None
) -> None:
    approval = place.waits()
    place.people(role)
    for who in DOORS.values():
        refused(place, who, approval)
    done = place.regent("approvals", "approve", approval, "--as", "carla")
    assert done.returncode == 3 and "Traceback" not in done.stderr
    assert place.recorded(ApprovalDecided) == [], "it waits still"
    assert place.port.decide(DIRK, approval, "approve").status == "answered"


@pytest.mark.parametrize("place", [1], indirect=True, ids=["a minute"])
def test_attack_what_expired_is_approved_and_resumed_at_no_door(place: Place) -> None:
    approval = place.waits()
    time.sleep(61)
    for who in DOORS.values():
        assert "expired" in refused(place, who, approval)
    for words in (("approvals", "approve", approval, "--as", "carla"), ("ask", "--resume", approval, "--as", "eva")):
        done = place.regent(*words)
        assert done.returncode in (3, 5) and "Traceback" not in done.stderr
        assert any(said in done.stdout + done.stderr for said in ("expired", "was not approved before"))
    assert place.recorded(ApprovalDecided) == []
    assert "who_did_what" not in {one.query for one in place.recorded(QueryCalled)}, "nothing of it ran"
