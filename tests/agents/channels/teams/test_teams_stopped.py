"""`regent teams` as a process that is stopped or killed while it answers: each question gets one answer, once.

Microsoft's side are servers on this machine, and the process is the one that people start: it gets its tokens from a
stand-in of Entra by TLS, proves them to the stand-in of Teams, and reads the keys of the Bot Framework's.
"""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agents.channels.teams.gatekeeper import PATH
from policies.audit import Ledger, QuestionAsked
from policies.audit.verifying import verify
from tests.agents.channels.teams.bot_framework import APP, TENANT, BotFramework, activity, bot_framework, in_channel
from tests.agents.channels.teams.conftest import words
from tests.agents.channels.teams.entra import SECRET, entra
from tests.agents.channels.teams.teams_service import TeamsService, teams_service
from tests.processes import regent_serves

pytestmark = pytest.mark.slow
MANY = 6
CONTACT = "Ring the platform team, extension 4711."


class Microsoft:
    """Teams, the Bot Framework, and what a process needs to find them."""

    def __init__(self, teams: TeamsService, bots: BotFramework, env: dict[str, str]) -> None:
        self.teams, self.bots, self.env = teams, bots, env

    def whole(self) -> dict[str, int]:
        """How many answers each conversation has."""
        there = {where: list(said.values()) for where, said in list(self.teams.messages.items())}
        return {
            where: sum(CONTACT in words(one.get("attachments", [])) for one in said) for where, said in there.items()
        }

    def begun(self) -> bool:
        """Whether something was said anywhere, be it progress."""
        return bool(self.teams.progress) or any(self.teams.messages.values())


@pytest.fixture
def microsoft(tmp_path: Path) -> Iterator[Microsoft]:
    with teams_service() as teams, bot_framework(teams.url) as bots, entra(tmp_path) as env:
        yield Microsoft(teams, bots, env)


@contextmanager
def running(tmp_path: Path, microsoft: Microsoft) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    known = {f"p{number}": {"role": "engineer", "known_as": [f"teams:{TENANT}/p{number}"]} for number in range(MANY)}
    secret = tmp_path / "teams.secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    env = microsoft.env | {
        "REGENT_TEAMS__APP_ID": APP,
        "REGENT_TEAMS__TENANT": TENANT,
        "REGENT_TEAMS__SECRET_FILE": str(secret),
        "REGENT_TEAMS__SERVICE_URL": microsoft.teams.url,
        "REGENT_TEAMS__ISSUER": microsoft.bots.issuer,
        "REGENT_TEAMS__OPENID": microsoft.bots.openid,
        "REGENT_DISCLOSURE__CONTACT": CONTACT,
    }
    with regent_serves(tmp_path, "teams", people=json.dumps({"principals": known}), **env) as served:
        yield served


def asked(port: int, microsoft: Microsoft, number: int, make: Callable[..., dict[str, Any]]) -> None:
    body = make(microsoft.bots, "What did we spend last month by service?", id=f"17000000000{number:02}")
    body["from"] = {"id": f"29:p{number}", "aadObjectId": f"p{number}"}
    body["conversation"] |= {"id": conversation(number, make)}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {microsoft.bots.token()}"}
    connection.request("POST", PATH, json.dumps(body), headers)
    assert connection.getresponse().status == 200


def conversation(number: int, make: Callable[..., dict[str, Any]]) -> str:
    return f"a:p{number}" if make is activity else f"19:ops@thread.tacv2;messageid=170000000{number:04}"


def until(happens: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.parametrize("make", [activity, in_channel], ids=["personal chats", "a channel"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("moment", ["the first is begun", "the first is answered"])
def test_each_question_has_one_answer_though_the_process_ends_in_the_middle(
    tmp_path: Path, microsoft: Microsoft, how: signal.Signals, moment: str, make: Callable[..., dict[str, Any]]
) -> None:
    happens = {
        "the first is begun": microsoft.begun,
        "the first is answered": lambda: any(microsoft.whole().values()),
    }[moment]
    with running(tmp_path, microsoft) as (process, port):
        for number in range(MANY):
            asked(port, microsoft, number, make)
        until(happens)
        process.send_signal(how)
        code = process.wait(90)
        assert code == (0 if how is signal.SIGTERM else -9)
    if how is signal.SIGTERM:
        assert all(microsoft.whole().values()), "what was begun is finished"
    with running(tmp_path, microsoft) as (process, port):
        for number in range(MANY):
            asked(port, microsoft, number, make)  # Teams has not heard of all, and sends them again
        until(lambda: sum(bool(one) for one in microsoft.whole().values()) == MANY)
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(90) == 0
    assert microsoft.whole() == {conversation(number, make): 1 for number in range(MANY)}
    with Ledger.open(tmp_path / "home" / "ledger") as ledger:
        questions = sum(isinstance(one.body, QuestionAsked) for one in ledger.read())
    more = 0 if how is signal.SIGTERM else 4  # workers that died with a question in hand
    assert MANY <= questions <= MANY + more
    assert verify(tmp_path / "home" / "ledger").code == 0
