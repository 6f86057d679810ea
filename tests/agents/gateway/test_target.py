"""The Gateway's target on a real desk: it runs a query for whom the token proves, and for nobody else."""

import json
from types import SimpleNamespace

import pytest

from agents.gateway import passing, target
from agents.identifying import open_identity
from agents.settings import Settings
from policies.access import Principal
from policies.access.sources import IdentitySettings, Issuer
from policies.audit import AnswerDelivered, QuestionAsked
from policies.audit.bodies import GateDecided, QueryCalled
from policies.oversight.stopping import stop
from policies.oversight.switch import Scope
from tests.agents.scripted import ScriptedMaker
from tests.attacks.identity.issuing import AUDIENCE, provider


@pytest.fixture(scope="module")
def idp():
    with provider() as serving:
        yield serving


@pytest.fixture
def desk(open_desk_with):
    return open_desk_with(ScriptedMaker(["nobody asks a model here"]))


@pytest.fixture
def called(desk, idp, tmp_path, monkeypatch):
    """`called(tool, inputs, **headers)`: as the Gateway calls the function, after the interceptor saw the headers."""
    people = tmp_path / "principals.yaml"
    people.write_text(
        'principals:\n  bram: {role: engineer, known_as: ["oidc:u-bram"]}\n'
        '  dora: {role: manager, domains: [cost], known_as: ["oidc:u-dora"]}\n'
    )
    oidc = Issuer(issuer=idp.issuer, audiences=(AUDIENCE,))
    settings = Settings(principals=people, identity=IdentitySettings(oidc=oidc))
    identity = open_identity(settings, desk.home)
    monkeypatch.setattr(target, "_opened", lambda: (desk, identity))

    def call(tool, inputs, **headers):
        mcp = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": inputs}}
        event = {"mcp": {"gatewayRequest": {"headers": headers, "body": mcp}}}
        passed = passing.handler(event, None)["mcp"]["transformedGatewayRequest"]
        assert passed["body"] == mcp
        custom = {"bedrockAgentCoreToolName": tool, "bedrockAgentCorePropagatedHeaders": passed["headers"]}
        given = passed["body"]["params"]["arguments"]
        return json.loads(
            json.dumps(target.handler(given, SimpleNamespace(client_context=SimpleNamespace(custom=custom))))
        )

    return call


def bodies(desk, kind):
    return [stored.body for stored in desk.ledger.read() if isinstance(stored.body, kind)]


def test_a_query_runs_for_whom_the_token_proves_with_receipts_and_records(called, desk, idp):
    said = called("regent___spend", {"period": "last_month"}, authorization=f"Bearer {idp.token()}")
    assert (said["status"], said["principal"]["id"], said["principal"]["assurance"]) == ("answered", "bram", "oidc")
    assert said["facts"] and said["receipts"] and "query: spend" in said["text"]
    [asked] = bodies(desk, QuestionAsked)
    assert (asked.channel, asked.principal_id, asked.text) == ("gateway", "bram", 'spend {"period": "last_month"}')
    assert [one.decision for one in bodies(desk, GateDecided)] == ["allow"]
    [delivered] = bodies(desk, AnswerDelivered)
    assert delivered.receipts == [one["id"] for one in said["receipts"]]


@pytest.mark.parametrize("attack", ["no token", "forged", "expired", "other audience", "two tokens", "stranger"])
def test_without_a_verified_principal_nothing_is_asked_of_aws_and_it_is_on_record(called, desk, idp, attack):
    headers = {
        "no token": {"X-Forwarded-User": "bram", "X-Amzn-Bedrock-AgentCore-Runtime-User-Id": "bram"},
        "forged": {"Authorization": f"Bearer {idp.token()[:-8]}AAAAAAAA"},
        "expired": {"Authorization": f"Bearer {idp.token(exp=1_700_000_000, iat=1_699_999_000)}"},
        "other audience": {"Authorization": f"Bearer {idp.token(aud='somebody-else')}"},
        "two tokens": {"Authorization": f"Bearer {idp.token()}", "authorization": f"Bearer {idp.token()}"},
        "stranger": {"Authorization": f"Bearer {idp.token(sub='u-nobody')}"},
    }[attack]
    said = called("regent___spend", {}, **headers)
    assert said["status"] == "denied" and said["principal"]["role"] == "unknown"
    assert not said["facts"] and not bodies(desk, QueryCalled)
    assert [one.status for one in bodies(desk, AnswerDelivered)] == ["denied"]


def test_the_gate_decides_again_whatever_the_gateway_let_through(called, desk, idp):
    said = called("regent___findings", {}, Authorization=f"Bearer {idp.token(sub='u-dora')}")
    assert said["status"] == "denied" and not said["receipts"] and not bodies(desk, QueryCalled)


@pytest.mark.parametrize("tool", ["regent___derive", "regent___delete_bucket", ""])
def test_what_is_no_query_to_be_called_by_itself_is_refused(called, desk, idp, tool):
    said = called(tool, {}, Authorization=f"Bearer {idp.token()}")
    assert said["status"] == "unanswerable" and not bodies(desk, QueryCalled)


def test_inputs_that_do_not_fit_are_a_sentence(called, idp):
    said = called("regent___spend", {"period": "last_month", "sudo": True}, Authorization=f"Bearer {idp.token()}")
    assert said["status"] == "unanswerable" and "sudo" in said["text"]


def test_the_kill_switch_stops_tools_too(called, desk, idp):
    stop(desk.ledger, desk.oversight.switch, Principal(id="carla", role="admin"), Scope(kind="all"), "drill")
    said = called("regent___spend", {}, Authorization=f"Bearer {idp.token()}")
    assert said["status"] == "denied" and not bodies(desk, QueryCalled)


def test_what_breaks_inside_says_nothing_of_the_inside(called, idp, monkeypatch):
    def broken():
        raise RuntimeError("arn:aws:secret")

    monkeypatch.setattr(target, "_opened", broken)
    said = called("regent___spend", {}, Authorization=f"Bearer {idp.token()}")
    assert said == {"status": "error", "text": "The query could not be run because of an internal error."}
