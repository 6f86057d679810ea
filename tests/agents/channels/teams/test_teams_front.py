"""The front of Teams over HTTP: only what the Bot Framework signed for this app, in this tenant, is taken, and once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from agents.channels.box import Box
from agents.channels.delivery import from_text
from agents.channels.front import asgi
from agents.channels.teams.activity import Came
from agents.channels.teams.gatekeeper import PATH, TeamsGatekeeper
from agents.channels.teams.genuine import BotTokens
from tests.agents.channels.teams.bot_framework import APP, TENANT, BotFramework, activity, bot_framework, in_channel
from tests.agents.test_runtime import serving


class Front:
    def __init__(self, microsoft: BotFramework, box: Box, port: int) -> None:
        self.microsoft, self.box, self.port = microsoft, box, port

    def send(self, body: Any, token: str | None = None, *, path: str = PATH, method: str = "POST") -> tuple[int, Any]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return self.raw(json.dumps(body), headers, path, method)

    def raw(self, body: str, headers: dict[str, str], path: str = PATH, method: str = "POST") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")

    def taken(self) -> list[Came]:
        found = []
        while message := self.box.receive():
            found.append(Came.from_text(from_text(message.body).body))
            self.box.finish(message)
        return found


@pytest.fixture(scope="module")
def microsoft() -> Iterator[BotFramework]:
    with bot_framework() as held:
        yield held


@pytest.fixture
def front(microsoft: BotFramework, tmp_path: Path) -> Iterator[Front]:
    tokens = BotTokens(APP, issuer=microsoft.issuer, openid=microsoft.openid)
    box = Box(tmp_path / "teams.sqlite")
    with serving(asgi(TeamsGatekeeper(tokens, TENANT), box, lambda many: None)) as port:
        yield Front(microsoft, box, port)


def test_a_question_is_taken_with_who_asks(front: Front, microsoft: BotFramework) -> None:
    assert front.send(activity(microsoft), microsoft.token()) == (200, {})
    [came] = front.taken()
    assert came.known_as == f"teams:{TENANT}/00000000-0000-0000-0000-0000000000a1"
    assert (came.kind, came.text, came.personal) == ("said", "What did we spend last month?", True)
    assert came.session == f"teams:{TENANT}:a:ana-and-regent"


def hs256(microsoft: BotFramework) -> str:
    """Signed with the public key as the shared secret, which a careless verifier accepts."""
    key = json.dumps(microsoft.public()["keys"][0]).encode()
    parts = [
        {"alg": "HS256", "typ": "JWT", "kid": "k1"},
        {"iss": microsoft.issuer, "aud": APP, "serviceurl": microsoft.service, "exp": int(time.time()) + 600},
    ]
    text = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts)
    mac = base64.urlsafe_b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
    return f"{text}.{mac}"


def unsigned(microsoft: BotFramework) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').rstrip(b"=").decode()
    return f"{header}.{microsoft.token().split('.')[1]}."


FORGED: dict[str, Callable[[BotFramework], str | None]] = {
    "missing": lambda held: None,
    "empty": lambda held: "",
    "no token": lambda held: "a.b.c",
    "expired": lambda held: held.token(exp=int(time.time()) - 301),
    "without an end": lambda held: held.token(exp=None),
    "not yet": lambda held: held.token(nbf=int(time.time()) + 400),
    "wrong audience": lambda held: held.token(aud="99999999-2222-3333-4444-555555555555"),
    "no audience": lambda held: held.token(aud=None),
    "wrong issuer": lambda held: held.token(iss="https://sts.windows.net/attacker/"),
    "no issuer": lambda held: held.token(iss=None),
    "key that is not published": lambda held: held.token(key="hidden"),
    "another's key under a known name": lambda held: held.token(key="hidden", kid="k1"),
    "wrong service url": lambda held: held.token(serviceurl="https://evil.example/teams"),
    "no service url": lambda held: held.token(serviceurl=None),
    "HS256 with the public key": hs256,
    "none": unsigned,
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_request_is_unauthorized_and_not_queued(front: Front, microsoft: BotFramework, how: str) -> None:
    assert front.send(activity(microsoft), FORGED[how](microsoft))[0] == 401
    assert front.taken() == []


def test_a_body_that_names_another_service_address_is_unauthorized(front: Front, microsoft: BotFramework) -> None:
    for service in ("https://evil.example/teams", "", None):
        assert front.send(activity(microsoft, serviceUrl=service), microsoft.token())[0] == 401
    assert front.taken() == []
    slash = activity(microsoft, serviceUrl=f"{microsoft.service}/")
    assert front.send(slash, microsoft.token())[0] == 200  # a slash at the end is no other address


def test_a_key_that_is_not_endorsed_for_teams_signs_nothing_for_teams(microsoft: BotFramework, tmp_path: Path) -> None:
    with bot_framework() as other:
        other.endorsements = ["webchat"]
        tokens = BotTokens(APP, issuer=other.issuer, openid=other.openid)
        with serving(asgi(TeamsGatekeeper(tokens, TENANT), Box(tmp_path / "box"), lambda many: None)) as port:
            front = Front(other, Box(tmp_path / "box"), port)
            assert front.send(activity(other), other.token())[0] == 401


def test_nothing_is_told_while_the_keys_cannot_be_read(tmp_path: Path) -> None:
    with bot_framework() as broken:
        broken.broken = True
        tokens = BotTokens(APP, issuer=broken.issuer, openid=broken.openid)
        with serving(asgi(TeamsGatekeeper(tokens, TENANT), Box(tmp_path / "box"), lambda many: None)) as port:
            front = Front(broken, Box(tmp_path / "box"), port)
            assert front.send(activity(broken), broken.token())[0] == 503
            assert front.taken() == []


def test_a_body_that_trickles_in_does_not_hold_a_connection(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.asgi.BODY_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", front.port), 30) as slow:
        slow.sendall(f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{".encode())
        answer = b""
        while part := slow.recv(4096):  # until it is closed
            answer += part
    assert answer.startswith(b"HTTP/1.1 408 ") and b"connection: close" in answer.lower()
    assert front.taken() == []


def test_people_of_another_tenant_and_other_channels_are_refused(front: Front, microsoft: BotFramework) -> None:
    other = "ffffffff-bbbb-cccc-dddd-eeeeeeeeeeee"
    chat = {"id": "a:x", "conversationType": "personal", "tenantId": other}
    bodies = [
        activity(microsoft, conversation=chat),
        activity(microsoft, channelData={"tenant": {"id": other}}),
        activity(microsoft, conversation={"id": "a:x"}, channelData={}),
        activity(microsoft, channelId="webchat"),
    ]
    assert [front.send(body, microsoft.token())[0] for body in bodies] == [403] * 4
    assert front.taken() == []


def test_many_deliveries_of_one_question_at_once_are_taken_once(front: Front, microsoft: BotFramework) -> None:
    token, body = microsoft.token(), json.dumps(activity(microsoft))
    headers = {"Authorization": f"Bearer {token}"}
    with ThreadPoolExecutor(8) as many:
        found = list(many.map(lambda _: front.raw(body, headers)[0], range(100)))
    assert set(found) == {200}
    assert len(front.taken()) == 1


def test_a_retry_that_differs_in_what_is_not_read_is_the_same(front: Front, microsoft: BotFramework) -> None:
    front.send(activity(microsoft, timestamp="2026-11-28T10:00:00Z"), microsoft.token())
    front.send(activity(microsoft, timestamp="2026-11-28T10:00:09Z"), microsoft.token())
    assert len(front.taken()) == 1


def test_equal_message_ids_of_two_conversations_are_two_questions(front: Front, microsoft: BotFramework) -> None:
    chat = {"id": "a:bo-and-regent", "conversationType": "personal", "tenantId": TENANT}
    front.send(activity(microsoft), microsoft.token())
    front.send(activity(microsoft, conversation=chat), microsoft.token())
    assert len(front.taken()) == 2


def test_in_a_channel_only_what_mentions_the_bot_is_taken(front: Front, microsoft: BotFramework) -> None:
    said = in_channel(microsoft, "how many&nbsp;alarms &amp; incidents?")
    overheard = in_channel(microsoft, "lunch?", id="2") | {"entities": []}
    assert front.send(said, microsoft.token())[0] == front.send(overheard, microsoft.token())[0] == 200
    [came] = front.taken()
    assert (came.text, came.personal) == ("how many alarms & incidents?", False)


def test_a_message_of_a_bot_is_not_answered(front: Front, microsoft: BotFramework) -> None:
    echo = activity(microsoft, **{"from": {"id": f"28:{APP}", "name": "Regent", "role": "bot"}})
    assert front.send(echo, microsoft.token()) == (200, {})
    assert front.taken() == []


def test_edits_are_told_apart_from_the_message_and_from_each_other(front: Front, microsoft: BotFramework) -> None:
    edits = [activity(microsoft, text, type="messageUpdate") for text in ("one", "two", "two")]
    for body in [activity(microsoft), *edits, activity(microsoft, type="messageDelete", text="")]:
        assert front.send(body, microsoft.token())[0] == 200
    found = [(came.kind, came.text) for came in front.taken()]
    first = ("said", "What did we spend last month?")
    assert found == [first, ("edited", "one"), ("edited", "two"), ("deleted", "")]


def test_half_a_character_is_no_error_and_no_other_message_fails_with_it(front: Front, microsoft: BotFramework) -> None:
    token, half = microsoft.token(), "\ud83d"
    bodies: list[dict[str, Any]] = [{"id": str(number)} for number in range(20)]
    bodies += [{"id": "t", "text": f"spend {half}"}, {"id": half}, {"from": {"id": "29:x", "aadObjectId": half}}]
    bodies += [{"type": ["message"]}, {"from": {"id": "29:x", "aadObjectId": {}}}, {"conversation": {"id": half}}]
    with ThreadPoolExecutor(8) as many:
        found = list(many.map(lambda more: front.send({**activity(microsoft), **more}, token)[0], bodies))
    assert found[:21] == [200] * 21 and set(found[21:]) <= {200, 400, 403}
    assert sorted(came.id for came in front.taken()) == sorted([*map(str, range(20)), "t"])


def test_a_pressed_button_is_answered_at_once_in_the_cards_own_form(front: Front, microsoft: BotFramework) -> None:
    value = {"action": {"type": "Action.Execute", "verb": "feedback", "data": {"answer": "q1", "helpful": True}}}
    body = activity(microsoft, "", type="invoke", name="adaptiveCard/action", value=value, replyToId="1699")
    status, said = front.send(body, microsoft.token())
    assert (status, said["statusCode"], said["type"]) == (200, 200, "application/vnd.microsoft.activity.message")
    [came] = front.taken()
    assert (came.kind, came.card, json.loads(came.value)) == ("pressed", "1699", value)


def test_what_is_not_for_us_is_said_to_be_so(front: Front, microsoft: BotFramework) -> None:
    token = microsoft.token()
    unknown = activity(microsoft, type="invoke", name="composeExtension/query")
    assert front.send(unknown, token)[0] == 501
    assert front.send(activity(microsoft, type="typing"), token) == (200, {})
    assert front.send(activity(microsoft), token, path="/other")[0] == 404
    assert front.send(activity(microsoft), token, method="PUT")[0] == 405
    assert front.send([], token)[0] == front.send({}, token)[0] - 1 == 400
    assert front.raw("{", {"Authorization": f"Bearer {token}"})[0] == 400
    assert front.send(activity(microsoft, id=None), token)[0] == 400
    assert front.taken() == []


def test_the_front_starts_without_the_sdk() -> None:
    code = (
        "import sys, agents.channels.teams.gatekeeper, jwt; "
        "slow = {'microsoft_teams', 'strands', 'boto3', 'cedarpy', 'structlog'} & set(sys.modules); print(sorted(slow))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
