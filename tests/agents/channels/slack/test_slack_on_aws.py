"""Front, worker and deliveries of Slack as Lambda calls them, against an emulated AWS and a Slack that remembers."""

import json
import time

import pytest
from slack_sdk.signature import SignatureVerifier

from agents.channels import lambda_deliver, lambda_front
from agents.channels.aws_lean import LeanAws
from agents.channels.delivery import ChannelError, from_text
from agents.channels.runs_aws import DynamoRuns
from agents.channels.secrets import from_aws
from agents.channels.slack import worker as slack_worker
from agents.channels.working import take_batch
from policies.audit.bodies import QuestionAsked
from policies.controls.outbox_dynamo import DynamoOutbox
from tests.agentcore_shim import ARN
from tests.agents.channels.slack.conftest import EVA, NAMED, SECRET
from tests.agents.channels.slack.test_slack_worker import alert, bodies, button, direct, place_of

pytestmark = pytest.mark.slow


@pytest.fixture
def deployed(app, on_aws, emulated, monkeypatch, tmp_path):
    held = json.dumps({"signing_secret": SECRET, "bot_token": "xoxb-for-tests"})
    secret = emulated.client("secretsmanager").create_secret(Name=on_aws.table, SecretString=held)["ARN"]
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": emulated.url, "REGENT_HOME": str(tmp_path / "lambda"),
        "REGENT_CHANNEL": "slack.gatekeeper", "REGENT_CHANNEL_WORKER": "slack.worker", "REGENT_CHANNEL_SECRET": secret,
        "REGENT_CHANNEL_QUEUE": on_aws.queue, "REGENT_STATE_TABLE": on_aws.table,
        "REGENT_SLACK__API_URL": app.slack.api, "REGENT_SLACK__CHANNELS": json.dumps([NAMED]),
        "REGENT_SLACK__ALERTS": '["C0ALERTS"]', "REGENT_CHANNEL_RUNTIME": ARN, "REGENT_CHANNEL_AUDIENCE": "regent.test",
        "REGENT_CHANNEL_KID": "channels",
        "REGENT_CHANNEL_KEY": "arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0000-0000-0000-000000000000",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    lambda_front._opened.cache_clear()
    lambda_deliver._opened.cache_clear()
    yield app
    lambda_front._opened.cache_clear()
    lambda_deliver._opened.cache_clear()


def request(payload, secret=SECRET):
    body, now = json.dumps(payload), str(int(time.time()))
    made = SignatureVerifier(secret).generate_signature(timestamp=now, body=body)
    headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": made, "Content-Type": "application/json"}
    return {
        "requestContext": {}, "httpMethod": "POST", "path": "/slack/events", "headers": headers, "body": body,
        "isBase64Encoded": False,
    }  # fmt: skip


def test_a_message_goes_through_front_queue_and_worker_once_and_its_receipts_open(deployed, on_aws):
    app, sent = deployed, deployed.message(EVA, "What did we spend last month by service?")
    assert lambda_front.handler(request(sent, "f" * 32), None)["statusCode"] == 401
    assert [lambda_front.handler(request(sent), None)["statusCode"] for _ in range(3)] == [200] * 3
    [text] = on_aws.queued()
    runs = DynamoRuns(on_aws.dynamo, on_aws.table)
    worker = slack_worker.adapter(app.worker._port, from_aws(LeanAws(), _env("REGENT_CHANNEL_SECRET")), runs)
    record = {"messageId": "m", "body": text, "attributes": {"ApproximateReceiveCount": "1"}}
    for _ in range(2):
        assert take_batch({"Records": [record]}, {"slack": worker}.__getitem__, runs) == {"batchItemFailures": []}
    assert len(bodies(app, QuestionAsked)) == 1
    [message] = app.said(direct(EVA))
    pressed = app.press(EVA, "receipts", button(message, "receipts"), place_of(message))
    said = worker.ask(from_text(text)._replace(id="action/x", body=json.dumps(pressed)))
    assert "ce:GetCostAndUsage" in said


def test_alerts_are_brought_by_the_schedule_and_wait_while_slack_is_down(deployed, on_aws, monkeypatch):
    app = deployed
    monkeypatch.setenv("REGENT_CHANNEL", "slack")
    outbox = DynamoOutbox(on_aws.dynamo, on_aws.table)
    outbox.put("ledger", "sample", 7, [alert(7)])
    app.slack.down = True
    monkeypatch.setenv("REGENT_STATE_REGION", "eu-west-1")
    with pytest.raises(ChannelError, match="1 messages did not arrive"):
        lambda_deliver.handler({}, None)
    assert len(outbox.alerts(waiting=True)) == 1
    app.slack.down = False
    for _ in range(2):
        assert lambda_deliver.handler({}, None) == {"missed": 0}
    assert len(app.said("C0ALERTS")) == 1 and outbox.alerts(waiting=True) == ()


def _env(name):
    import os

    return os.environ[name]
