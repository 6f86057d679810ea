"""What the deployed functions bring to Slack: approvals asked at other doors, decisions taken there, and digests.

The runtime is behind a stand-in of AgentCore, the table and the keys are an emulated AWS, Slack is one that remembers.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from agents.acting import House
from agents.channels import lambda_deliver, lambda_digest
from agents.channels.aws_lean import LeanAws
from agents.channels.delivery import ChannelError, Delivery
from agents.channels.deployed_port import deployed_port
from agents.channels.port import RefusedError, Speaker
from agents.channels.runs_aws import DynamoRuns
from agents.channels.secrets import from_aws
from agents.channels.slack import worker as slack_worker
from agents.channels.working import work
from agents.identifying import open_identity
from agents.invoking import build_app
from agents.models import open_model
from agents.runtime import Front, Health
from agents.settings import Settings
from policies.access import Principal
from policies.access.identity import Call, Verified
from policies.access.sources import EnvelopeKeys, IdentitySettings
from policies.audit.bodies import ApprovalDecided, QuestionAsked
from policies.controls.digests_dynamo import DynamoDigests
from policies.oversight.asked import DynamoAsked
from tests.agentcore_shim import ARN, shim
from tests.agents.channels.opposite import opposite
from tests.agents.channels.slack.conftest import CARLA, EVA, NAMED, OMAR, SECRET, TEAM
from tests.agents.channels.slack.test_slack_worker import SPEND, WHO, button, direct
from tests.agents.test_runtime import serving

pytestmark = pytest.mark.slow
PEOPLE = {
    "eva": {"role": "engineer", "known_as": [f"slack:{TEAM}/{EVA}", "webhook:portal/eva"]},
    "carla": {"role": "auditor", "known_as": [f"slack:{TEAM}/{CARLA}", "webhook:portal/carla"]},
    "omar": {"role": "admin", "known_as": [f"slack:{TEAM}/{OMAR}"]},
    "digest": {"role": "engineer", "known_as": ["digest:daily"]},
}
DIGEST = {"name": "daily", "questions": [SPEND, WHO], "to": [f"slack:{NAMED}"], "every": "day", "at": opposite()}


class Deployed:
    """The functions, the runtime behind them, and the Slack before them."""

    def __init__(self, slack, desk, house, plane, on_aws):
        self.slack, self.desk, self.house, self.plane, self.aws = slack, desk, house, plane, on_aws
        self.number = 0

    def said(self, channel):
        return [given for (place, _), given in self.slack.messages().items() if place == channel]

    def bring(self):
        return lambda_deliver.handler({}, None)

    def send(self, event):
        """One delivery of Slack, as the worker's function gets it."""
        self.number += 1
        delivery = Delivery("slack", f"one/{self.number}", "group", json.dumps(event), 1)
        runs = DynamoRuns(self.aws.dynamo, self.aws.table)
        secret = from_aws(LeanAws(), _env("REGENT_CHANNEL_SECRET"))
        work(delivery, slack_worker.adapter(deployed_port(), secret, runs), runs)

    def bodies(self, kind):
        self.desk.ledger.flush()
        return [stored.body for stored in self.desk.ledger.read() if isinstance(stored.body, kind)]


@pytest.fixture
def deployed(slack, on_aws, emulated, open_desk_with, monkeypatch, tmp_path):
    held = json.dumps({"signing_secret": SECRET, "bot_token": "xoxb-for-tests"})
    secret = emulated.client("secretsmanager").create_secret(Name=on_aws.table, SecretString=held)["ARN"]
    key = emulated.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    people = tmp_path / "people.yaml"
    people.write_text(json.dumps({"principals": PEOPLE}))
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": emulated.url, "REGENT_HOME": str(tmp_path / "lambda"),
        "REGENT_CHANNEL": "slack", "REGENT_CHANNEL_WORKER": "slack.worker", "REGENT_CHANNEL_SECRET": secret,
        "REGENT_STATE_TABLE": on_aws.table, "REGENT_STATE_REGION": "eu-west-1", "REGENT_SLACK__API_URL": slack.api,
        "REGENT_CHANNEL_RUNTIME": ARN, "REGENT_CHANNEL_AUDIENCE": "regent.test", "REGENT_CHANNEL_KID": "channels",
        "REGENT_CHANNEL_KEY": key, "REGENT_DIGESTS": json.dumps([DIGEST]),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    identity = IdentitySettings(envelopes=EnvelopeKeys(audience="regent.test", keys={"channels": key}))
    settings = Settings(principals=people, identity=identity, state_table=on_aws.table, digests=())
    desk = open_desk_with(open_model("offline", settings))
    house = House(desk, open_identity(settings, desk.home), settings, DynamoAsked(on_aws.dynamo, on_aws.table))
    front = Front(Health(), loopback=True)
    front.open(build_app(house))
    lambda_deliver._opened.cache_clear()
    with serving(front) as port, shim(f"http://127.0.0.1:{port}", keys={"test": "test"}) as plane:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", plane.url)
        yield Deployed(slack, desk, house, plane, on_aws)
    lambda_deliver._opened.cache_clear()


def portal(person):
    return Speaker(person=f"webhook:portal/{person}", channel="webhook", session="portal/s-1")


def test_an_approval_asked_at_another_door_reaches_approvers_in_slack_once_and_is_decided_where_it_waits(deployed):
    answer = deployed_port().ask(portal("eva"), WHO, reason="incident 7")
    assert answer.status == "needs_approval"
    deployed.slack.down = True
    with pytest.raises(ChannelError, match="2 messages did not arrive"):
        deployed.bring()
    deployed.slack.down = False
    for _ in range(3):
        assert deployed.bring() == {"missed": 0}
    lambda_deliver._opened.cache_clear()  # another container, which remembers nothing
    assert deployed.bring() == {"missed": 0}
    [waits], [other] = deployed.said(direct(CARLA)), deployed.said(direct(OMAR))
    text = deployed.slack.text_of(waits)
    assert "eva asks" in text and "what everybody did in AWS" in text and "incident 7" in text
    assert deployed.said(direct(EVA)) == []
    before = dict(deployed.plane.invoked)
    deployed.send(_press(CARLA, waits, "approve"))
    assert [one.approver for one in deployed.bodies(ApprovalDecided)] == ["carla"]
    called = {one for one, times in deployed.plane.invoked.items() if times > before.get(one, 0)}
    assert called == {portal("eva").runtime_session}, "a ledger per session: it is decided in the one that has it"
    for _ in range(2):
        assert deployed.bring() == {"missed": 0}
    edited = deployed.slack.text_of(deployed.slack.messages()[other["at"], other["ts"]])
    assert "was approved by carla" in edited and "Approve" not in edited
    [answered] = deployed.said(direct(EVA))
    assert "DeleteVpcEndpoint" in deployed.slack.text_of(answered), "she is known in Slack, where it was decided"
    assert "DeleteVpcEndpoint" in deployed_port().resume(portal("eva"), answer.approval).text


def test_a_decision_taken_at_another_door_brings_the_answer_to_whoever_waits_in_slack(deployed):
    deployed.send(_direct(EVA, WHO))
    [waits] = deployed.said(direct(CARLA))
    held = json.loads(button(waits, "approve"))
    assert deployed.bring() == {"missed": 0}
    by = portal("carla").model_copy(update={"within": held["within"]})
    deployed_port().decide(by, held["approval"], "approve", "seen")
    deployed.slack.down = True
    with pytest.raises(ChannelError, match="3 messages"):
        deployed.bring()
    deployed.slack.down = False
    for _ in range(3):
        assert deployed.bring() == {"missed": 0}
    _, answer = deployed.said(direct(EVA))
    assert "DeleteVpcEndpoint" in deployed.slack.text_of(answer)
    for approver in (CARLA, OMAR):
        [told] = deployed.said(direct(approver))
        assert "was approved by carla" in deployed.slack.text_of(told)


def test_attack_a_hand_written_item_asks_nobody_to_approve_anything(deployed):
    asked = deployed_port().ask(portal("eva"), WHO)
    table = DynamoAsked(deployed.aws.dynamo, deployed.aws.table)
    [true] = table.all(datetime.now(UTC))
    # eva is named as an approver of her own, and carla of something that is not there
    table.add(true.model_copy(update={"approvers": (f"slack:{TEAM}/{EVA}",)}))
    table.add(true.model_copy(update={"approval": "a-0123456789abcdef", "approvers": (f"slack:{TEAM}/{CARLA}",)}))
    assert deployed.bring() == {"missed": 0}
    assert deployed.said(direct(EVA)) == deployed.said(direct(CARLA)) == []
    with pytest.raises(RefusedError):
        deployed_port().decide(portal("eva"), asked.approval, "approve")


def test_what_was_asked_with_a_token_is_pointed_at_and_not_asked(deployed, tmp_path):
    class Known:
        def of(self, call):
            return Verified(Principal(id="eva", role="engineer", assurance="oidc"))

    settings = deployed.house.settings.model_copy(update={"identity": IdentitySettings()})
    people = House(deployed.desk, Known(), settings, deployed.house.asked)
    from agents.answer import Question

    session = "people-session-of-eva-0123456789abcdef"
    answer = people.ask(Question(text=WHO), Call({}, {"prompt": WHO}, session))
    for _ in range(2):
        assert deployed.bring() == {"missed": 0}
    [told] = deployed.said(direct(CARLA))
    text = deployed.slack.text_of(told)
    assert answer.approval in text and session in text and "eva" not in text.replace(session, "")
    assert not [block for block in told["blocks"] if block["type"] == "actions"]


def test_a_digest_is_composed_by_one_function_and_brought_by_another(deployed):
    assert lambda_digest.handler({}, None) == {"failed": 0} and deployed.bodies(QuestionAsked) == []
    deployed.aws.dynamo.update_item(  # it is known since the day before yesterday
        TableName=deployed.aws.table, Key={"pk": {"S": "outbox"}, "sk": {"S": "since#daily"}},
        UpdateExpression="SET #at = :at", ExpressionAttributeNames={"#at": "at"},
        ExpressionAttributeValues={":at": {"S": (datetime.now(UTC) - timedelta(days=1, hours=2)).isoformat()}},
    )  # fmt: skip
    for _ in range(2):
        assert lambda_digest.handler({}, None) == {"failed": 0}
        assert deployed.bring() == {"missed": 0}
    assert {one.principal_id for one in deployed.bodies(QuestionAsked)} == {"digest"}
    opening, spend, persons = deployed.said(NAMED)
    assert "Digest daily" in deployed.slack.text_of(opening) and "Total spend" in deployed.slack.text_of(spend)
    assert "data about persons" in deployed.slack.text_of(persons)
    assert len(DynamoDigests(deployed.aws.dynamo, deployed.aws.table).ready(datetime.now(UTC))) == 1
    deployed.send(_press(EVA, spend, "receipts"))
    assert "ce:GetCostAndUsage" in json.dumps(deployed.slack.of("views.open")[-1])


def _press(user, message, action):
    return {
        "type": "block_actions", "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}, "trigger_id": "t1",
        "container": {"type": "message", "channel_id": message["at"], "message_ts": message["ts"]},
        "actions": [{"action_id": action, "value": button(message, action), "block_id": "b", "type": "button"}],
    }  # fmt: skip


def _direct(user, text):
    event = {"type": "message", "channel_type": "im", "channel": direct(user), "user": user, "text": text}
    return {
        "type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event_id": "Ev1", "event_time": 1,
        "authorizations": [{"team_id": TEAM, "user_id": "U0BOT", "is_bot": True}],
        "event": {**event, "ts": "1700000001.000100", "team": TEAM},
    }  # fmt: skip


def _env(name):
    import os

    return os.environ[name]
