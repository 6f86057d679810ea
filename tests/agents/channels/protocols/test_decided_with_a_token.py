"""What was asked with a token: approvers read in chat how to decide it, as commands that do so when they are run."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.acting import House
from agents.channels.asked_there import AskedThere
from agents.channels.heard_aws import HeardTable
from agents.channels.notice import Pointer, invoke_url
from agents.channels.port import CallingPort
from agents.channels.protocols.routing import Protocols
from agents.channels.transports import inside
from agents.desk import Desk
from agents.identifying import open_identity
from agents.invoking import build_app
from agents.models import open_model
from agents.runtime import Front, Health
from agents.settings import Settings
from policies.access.sources import IdentitySettings, Issuer
from policies.audit.bodies import ApprovalDecided, MessageChanged
from policies.oversight.asked import DynamoAsked
from tests.agentcore_shim import ARN, SESSION, Shim, shim
from tests.agents.channels.protocols.conftest import Served
from tests.agents.channels.protocols.test_agui import answer_of, run_input
from tests.agents.test_runtime import call, serving
from tests.attacks.identity.issuing import AUDIENCE, Provider

PEOPLE = """
principals:
  eva: {role: engineer, known_as: ["oidc:u-eva", "slack:T1/eva"]}
  carla: {role: auditor, known_as: ["oidc:u-carla", "slack:T1/carla"]}
"""
WHO = "Who deleted the S3 endpoint in data-prod in September?"
NAMED = "regent-incident-4711-0123456789abcdef"


@pytest.fixture
def asked_there(
    idp: Provider, tmp_path: Path, open_desk_with: Callable[..., Desk], on_aws: Any, request: pytest.FixtureRequest
) -> Iterator[tuple[House, Shim, AskedThere]]:
    """A runtime for people with tokens behind AgentCore's stand-in, and what chats hear of it."""
    people = tmp_path / "principals.yaml"
    people.write_text(PEOPLE)
    sources = IdentitySettings(oidc=Issuer(issuer=idp.issuer, audiences=(AUDIENCE,)))
    mode = getattr(request, "param", "http")
    settings = Settings(principals=people, identity=sources, serve_protocol=mode)
    desk = open_desk_with(open_model("offline", settings))
    asked = DynamoAsked(on_aws.dynamo, on_aws.table)
    house = House(desk, open_identity(settings, desk.home), settings, asked)
    front = Front(Health(), loopback=True, protocol=mode)
    front.open(Protocols(build_app(house), house, (mode,)))
    heard = HeardTable(on_aws.dynamo, on_aws.table, "slack")
    with serving(front) as port, shim(f"http://127.0.0.1:{port}", bearer=True) as plane:
        url = plane.url + urlsplit(invoke_url(ARN)).path
        yield house, plane, AskedThere(asked, CallingPort(inside(house), None, "a"), heard, people=url)  # type: ignore[arg-type]


def run(command: str, token: str) -> Any:
    """What a command prints in a shell where the person's own token is set."""
    done = subprocess.run(
        ["bash", "-c", command], env=os.environ | {"TOKEN": token}, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_the_commands_that_approvers_read_show_what_would_run_and_decide_it(
    asked_there: tuple[House, Shim, AskedThere], idp: Provider
) -> None:
    house, plane, there = asked_there
    eva, carla = idp.token(sub="u-eva"), idp.token(sub="u-carla")
    connection = http.client.HTTPConnection(*plane.server_address[:2], timeout=60)  # type: ignore[arg-type]
    sent = json.dumps({"prompt": WHO, "reason": "incident 4711"})
    connection.request("POST", urlsplit(invoke_url(ARN)).path, sent, {"Authorization": f"Bearer {eva}", SESSION: NAMED})
    answer = json.loads(connection.getresponse().read())
    assert answer["status"] == "needs_approval"
    payload = f'{{"decide": {{"approval": "{answer["approval"]}", "verdict": "approve"}}}}'
    assert payload in answer["text"] and SESSION in answer["text"], "the asker can tell a second person how"
    [pointer] = there.elsewhere("slack")
    assert pointer.approvers == ("slack:T1/carla",)
    assert "incident 4711" not in pointer.text and "data-prod" not in pointer.text, (
        "the house says these, to whom it may"
    )
    seen, decided = fenced(pointer.text)
    [waits] = run(seen, carla)["approvals"]
    assert waits["approval"] == answer["approval"] and waits["reason"] == "incident 4711"
    assert set(run(decided, eva)) == {"refused"}
    assert run(decided, carla)["status"] == "answered"
    assert [(one.approver, one.decision) for one in bodies(house.desk)] == [("carla", "approve")]
    assert [*there.elsewhere("slack")] == []


@pytest.mark.parametrize("asked_there", ["agui"], indirect=True)
def test_where_nobody_can_decide_the_answer_says_so_and_nobody_is_asked_to(
    asked_there: tuple[House, Shim, AskedThere], idp: Provider
) -> None:
    _, plane, there = asked_there
    told = {"Authorization": f"Bearer {idp.token(sub='u-eva')}"}
    status, text = call(plane.to[1], "POST", "/invocations", run_input(WHO), **told)
    assert status == 200
    found = [json.loads(line[6:]) for line in text.decode().splitlines() if line.startswith("data: ")]
    answer = answer_of(found)
    assert answer["status"] == "needs_approval" and "cannot be decided where it was asked" in answer["text"]
    assert "decide" not in answer["text"].replace("decided", "") and [*there.elsewhere("slack")] == []


def test_the_address_is_that_of_awss_own_client() -> None:
    client = boto3.client("bedrock-agentcore", region_name="eu-west-1")
    assert invoke_url(ARN).startswith(f"{client.meta.endpoint_url}/runtimes/arn%3Aaws%3A")


@pytest.mark.parametrize("named", ["x'; touch /tmp/owned; '" + "x" * 30, "$(id)", "a\nb", "x`id`", 'x" -o /etc/passwd'])
def test_attack_a_session_named_like_a_command_is_in_none(named: str) -> None:
    assert "curl" not in pointed(named).text and named not in pointed(named).text


@given(st.text(min_size=1) | st.from_regex(r"[A-Za-z0-9._:+=@/-]{1,60}", fullmatch=True))
def test_whatever_a_session_is_called_a_command_calls_it_so_and_does_nothing_else(named: str) -> None:
    for command in fenced(pointed(named).text):
        words = shlex.split(command)
        assert words[:3] == ["curl", "-s", "$URL"] and words[words.index("-d") - 1] == f"{SESSION}: {named}"
        assert len(words) == 11 and not re.search(r"[`\n;&|]", command)


def pointed(session: str) -> Pointer:
    return Pointer(
        approval="a-" + "0" * 16, query="who_did_what", within=session, expires=datetime(2026, 11, 28, 12, tzinfo=UTC),
        approvers=("slack:T1/carla",),
    )  # fmt: skip


def fenced(text: str) -> list[str]:
    """The commands in a message."""
    return [line for line in text.partition("```\n")[2].partition("\n```")[0].split("\n") if line]


def bodies(desk: Desk) -> list[ApprovalDecided]:
    return [one.body for one in desk.ledger.read() if isinstance(one.body, ApprovalDecided)]


def test_who_is_no_channel_cannot_say_that_a_message_was_changed(served: Served) -> None:
    """What they would call the message could be words about anybody, in the ledger, in clear and for good."""
    words = {"message": "eva.de.vries+31612345678:is-under-investigation", "what": "deleted"}
    status, text = call(served.port, "POST", "/invocations", {"note": words}, **served.bearer("anna"))
    assert status == 200 and "Only the channel" in json.loads(text)["refused"]
    assert not served.recorded(MessageChanged)
    assert all(b"investigation" not in stored.raw for stored in served.desk.ledger.read())
