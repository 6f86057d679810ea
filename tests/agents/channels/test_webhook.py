"""The webhook end to end, as deployed: API event, front, queue, worker, AgentCore (a stand-in), runtime, callback.

Table, queue, secret and keys are on an emulated AWS (moto's server); the functions are the deployed handlers.
"""

from __future__ import annotations

import base64
import datetime
import http.server
import json
import os
import ssl
import threading
import time
from typing import Any

import pytest

from agents.acting import House
from agents.channels import lambda_deliver, lambda_digest, lambda_front, lambda_worker
from agents.channels.delivery import ChannelError
from agents.channels.front import Arrived
from agents.channels.webhook import signature
from agents.identifying import open_identity
from agents.invoking import build_app
from agents.runtime import Front, Health
from agents.settings import Settings
from policies.access.sources import EnvelopeKeys, IdentitySettings
from policies.audit.bodies import QuestionAsked
from policies.controls.digests_dynamo import DynamoDigests
from tests.agentcore_shim import ARN, shim
from tests.agents.channels.conftest import OnAws
from tests.agents.channels.opposite import opposite
from tests.agents.scripted import ScriptedMaker
from tests.agents.test_runtime import serving
from tests.certificates import self_signed

SECRET = "s" * 40
TWO_DAYS_AGO = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1, hours=2)
ASKED = {"id": "q-1", "person": "eva", "prompt": "What did we spend in September?"}
PEOPLE = """
principals:
  eva: {role: engineer, known_as: ["webhook:portal/eva"]}
  digest: {role: manager, known_as: ["digest:daily"]}
"""


class Callback(http.server.ThreadingHTTPServer):
    """A system's own server behind TLS; `got` are (headers, body), `status` is what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Callback

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "https://169.254.169.254/latest/meta-data")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return self_signed(tmp_path_factory.mktemp("tls") / "callback.pem", "127.0.0.1")


@pytest.fixture
def callback(certificate):
    server = Callback()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class Deployed:
    """The functions with their environment, and what a client and Lambda do with them."""

    def __init__(self, on_aws: OnAws, dead: str) -> None:
        self.aws, self.dead = on_aws, dead

    def call(self, body: Any, *, secret=SECRET, client="portal", at=None, method="POST", path="/webhook", **headers):
        """A request as API Gateway hands it on; the status and the JSON that come back."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        timestamp = str(int(at if at is not None else time.time()))
        signed = {
            "X-Regent-Client": client,
            "X-Regent-Timestamp": timestamp,
            "X-Regent-Signature": signature(secret, timestamp, method, path, data),
        }
        event = {
            "httpMethod": method,
            "path": path,
            "headers": {**signed, **headers},
            "requestContext": {"stage": "v1"},
            "body": base64.b64encode(data).decode(),
            "isBase64Encoded": True,
        }
        return self.deliver(event)

    def deliver(self, event):
        told = lambda_front.handler(event, None)
        return told["statusCode"], json.loads(told["body"])

    def poll(self, name, **how):
        return self.call(None, method="GET", path=f"/webhook/answers/{name}", **how)

    def pump(self, times=10):
        """What Lambda's event source does: batches of one, again at once when the function says so."""
        for _ in range(times):
            found = self.aws.sqs.receive_message(
                QueueUrl=self.aws.queue, MaxNumberOfMessages=1, AttributeNames=["ApproximateReceiveCount"]
            )
            for message in found.get("Messages", ()):
                record = {
                    "messageId": message["MessageId"],
                    "body": message["Body"],
                    "attributes": message["Attributes"],
                }
                back = lambda_worker.handler({"Records": [record]}, None)["batchItemFailures"]
                given = {"QueueUrl": self.aws.queue, "ReceiptHandle": message["ReceiptHandle"]}
                if back:
                    self.aws.sqs.change_message_visibility(**given, VisibilityTimeout=0)
                else:
                    self.aws.sqs.delete_message(**given)

    def dead_letters(self):
        return [
            one["Body"]
            for one in self.aws.sqs.receive_message(QueueUrl=self.dead, MaxNumberOfMessages=10).get("Messages", ())
        ]


@pytest.fixture
def entrance(on_aws, emulated, callback, certificate, monkeypatch):
    """The functions with their environment, and no runtime behind them."""
    key = emulated.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    registered = {
        "portal": {"secrets": [SECRET], "callback": f"https://127.0.0.1:{callback.server_port}/answers"},
        "poller": {"secrets": ["p" * 40, "o" * 40]},
    }
    text = json.dumps({"clients": registered})
    secret = emulated.client("secretsmanager").create_secret(Name=on_aws.table, SecretString=text)["ARN"]
    dead = on_aws.sqs.create_queue(QueueName=f"{on_aws.table}dead.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    arn = on_aws.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    on_aws.sqs.set_queue_attributes(QueueUrl=on_aws.queue, Attributes={"RedrivePolicy": redrive})
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": emulated.url,
        "SSL_CERT_FILE": str(certificate),
        "REGENT_CHANNEL": "webhook",
        "REGENT_CHANNEL_WORKER": "webhook_worker",
        "REGENT_CHANNEL_SECRET": secret,
        "REGENT_CHANNEL_QUEUE": on_aws.queue,
        "REGENT_STATE_TABLE": on_aws.table,
        "REGENT_CHANNEL_RUNTIME": ARN,
        "REGENT_CHANNEL_AUDIENCE": "regent.test",
        "REGENT_CHANNEL_KID": "channels",
        "REGENT_CHANNEL_KEY": key,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)  # it keeps the credentials of whoever asked first
    lambda_front._opened.cache_clear()
    lambda_worker._opened.cache_clear()
    yield Deployed(on_aws, dead)
    lambda_front._opened.cache_clear()
    lambda_worker._opened.cache_clear()


@pytest.fixture
def deployed(entrance, open_desk_with, tmp_path, monkeypatch):
    """With a runtime behind AgentCore: `deployed.desk` is the runtime's, `deployed.plane` counts what reached it."""
    people = tmp_path / "people.yaml"
    people.write_text(PEOPLE)
    keys = EnvelopeKeys(audience="regent.test", keys={"channels": os.environ["REGENT_CHANNEL_KEY"]})
    identity = IdentitySettings(envelopes=keys)
    settings = Settings(principals=people, identity=identity, state_table=entrance.aws.table)
    desk = open_desk_with(ScriptedMaker([[("spend", {"period": "2026-09"})], "Spend was [[f1]]."]))
    front = Front(Health(), loopback=True)
    front.open(build_app(House(desk, open_identity(settings, desk.home), settings)))
    with serving(front) as port, shim(f"http://127.0.0.1:{port}", keys={"test": "test"}) as plane:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", plane.url)
        entrance.desk, entrance.plane = desk, plane
        yield entrance


def asked(desk):
    return [stored.body for stored in desk.ledger.read() if isinstance(stored.body, QuestionAsked)]


def test_a_signed_question_is_answered_at_the_registered_address_signed_and_on_record(deployed, callback):
    assert deployed.call(ASKED) == (202, {"id": "q-1", "status": "queued", "answer": "/webhook/answers/q-1"})
    deployed.pump()
    [(headers, body)] = callback.got
    at = headers["x-regent-timestamp"]
    assert headers["x-regent-signature"] == signature(SECRET, at, "POST", "/answers", body)
    answer = json.loads(body)["answer"]
    assert answer["status"] == "answered" and answer["receipts"]
    assert answer["principal"] == {"id": "eva", "role": "engineer", "assurance": "envelope"}
    [record] = asked(deployed.desk)
    assert (record.channel, record.principal_id, record.assurance) == ("webhook", "eva", "envelope")
    assert deployed.poll("q-1") == (200, json.loads(body))
    said = json.loads(body)["disclosure"]
    assert "AI system" in said and "person" in said


@pytest.mark.slow
def test_a_client_without_a_callback_fetches_its_answer_with_either_secret_while_they_change(deployed, callback):
    assert deployed.call(ASKED, client="poller", secret="o" * 40)[0] == 202
    assert deployed.poll("q-1", client="poller", secret="p" * 40) == (202, {"id": "q-1", "status": "queued"})
    deployed.pump()
    status, told = deployed.poll("q-1", client="poller", secret="p" * 40)
    assert (status, told["answer"]["status"]) == (200, "denied"), "poller's eva is nobody we know"
    assert not callback.got
    assert deployed.poll("q-1")[0] == 404, "what another client asked is nobody else's"


@pytest.mark.parametrize(
    "attack",
    [
        "another secret",
        "no signature",
        "another body",
        "another path",
        "old timestamp",
        "timestamp of tomorrow",
        "timestamp changed",
        "unknown client",
        "signature of the other client",
        "odd characters",
    ],
)
def test_what_is_not_genuine_is_401_and_nothing_is_queued(entrance, attack):
    at = str(int(time.time()))
    good = signature(SECRET, at, "POST", "/webhook", json.dumps(ASKED).encode())
    how: dict[str, Any] = {
        "another secret": {"secret": "t" * 40},
        "no signature": {"X-Regent-Signature": ""},
        "another body": {"X-Regent-Signature": signature(SECRET, at, "POST", "/webhook", b"{}")},
        "another path": {"X-Regent-Signature": signature(SECRET, at, "GET", "/webhook/answers/q-1", b"")},
        "old timestamp": {"at": time.time() - 301},
        "timestamp of tomorrow": {"at": time.time() + 86_400},
        "timestamp changed": {"X-Regent-Timestamp": str(int(at) - 1), "X-Regent-Signature": good},
        "unknown client": {"client": "nobody"},
        "signature of the other client": {"client": "poller"},
        "odd characters": {"X-Regent-Signature": "v1=\ud800é", "X-Regent-Timestamp": "²" * 10},
    }[attack]
    status, told = entrance.call(ASKED, **how)
    assert status == 401 and "error" in told
    assert entrance.aws.queued() == []


def test_a_captured_request_sent_again_has_no_effect(deployed, callback):
    at = time.time() - 200
    first, again = deployed.call(ASKED, at=at), deployed.call(ASKED, at=at)
    deployed.pump()
    later = deployed.call(ASKED, at=at)
    assert [one[1]["status"] for one in (first, again, later)] == ["queued", "duplicate", "duplicate"]
    deployed.pump()
    assert len(callback.got) == 1 and len(asked(deployed.desk)) == 1


def test_another_question_under_a_used_id_is_a_conflict(entrance):
    entrance.call(ASKED)
    status, told = entrance.call({**ASKED, "prompt": "Something else?"})
    assert status == 409 and "q-1" in told["error"] and len(entrance.aws.queued()) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 50_000,
        {**ASKED, "person": "eva/../admin"},
        {**ASKED, "id": "a b"},
        {**ASKED, "prompt": " "},
        {**ASKED, "prompt": "x" * 16_001},
        {**ASKED, "channel": "slack"},
        {**ASKED, "session": 7},
        {"id": "q-1", "person": "eva"},
        {**ASKED, "resume": "a-1"},
        {"id": "q-1", "person": "eva", "resume": "xx"},
        {"id": "q-1", "person": "eva", "resume": 7},
        {**ASKED, "prompt": "\ud800 costs?"},
        {**ASKED, "session": "\udfff"},
        {**ASKED, "reason": "\ud800"},
    ],
)
def test_what_is_no_question_is_a_sentence(entrance, body):
    status, told = entrance.call(body)
    assert status == 400 and told["error"] and entrance.aws.queued() == []


def test_a_body_that_is_too_large_is_not_even_verified(entrance):
    assert entrance.call(b"x" * 200_000)[0] == 413


@pytest.mark.slow
def test_a_callback_that_is_down_gets_the_answer_later_and_the_question_runs_once(deployed, callback):
    callback.status = 503
    deployed.call(ASKED)
    deployed.pump(times=1)
    callback.status = 200
    deployed.pump()
    assert len(callback.got) == 2 and len(asked(deployed.desk)) == 1
    assert deployed.poll("q-1")[1]["status"] == "answered" and deployed.dead_letters() == []


@pytest.mark.slow
def test_a_callback_that_points_elsewhere_is_not_followed(deployed, callback):
    callback.status = 302
    deployed.call(ASKED)
    deployed.pump()
    assert len(callback.got) >= 3 and len(asked(deployed.desk)) == 1
    assert len(deployed.dead_letters()) == 1, "a person has to look at it"
    assert deployed.poll("q-1")[1]["status"] == "answered", "and it can still be fetched"


def test_a_poison_message_lands_in_the_dead_letter_queue_and_runs_nothing(deployed):
    for body in ("no delivery", json.dumps({"channel": "webhook", "id": "1", "group": "", "body": "{}", "at": 1})):
        deployed.aws.sqs.send_message(
            QueueUrl=deployed.aws.queue, MessageBody=body, MessageGroupId=body[:9], MessageDeduplicationId=body[:9]
        )
    deployed.pump()
    assert len(deployed.dead_letters()) == 2 and asked(deployed.desk) == []


@pytest.mark.slow
def test_a_runtime_that_stays_away_is_told_to_the_client_and_to_a_person(entrance, callback, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", "http://127.0.0.1:9")
    lambda_worker._opened.cache_clear()
    entrance.call(ASKED)
    entrance.pump()
    [(_, body)] = callback.got
    assert json.loads(body)["status"] == "failed"
    assert entrance.poll("q-1")[1]["status"] == "failed" and len(entrance.dead_letters()) == 1


def test_without_its_secret_the_front_asks_for_another_try(entrance, monkeypatch):
    monkeypatch.setenv("REGENT_CHANNEL_SECRET", "gone")
    lambda_front._opened.cache_clear()
    assert entrance.call(ASKED)[0] == 503


def test_a_request_of_an_http_api_is_the_same_request():
    from agents.channels.front import from_event

    old = {"httpMethod": "POST", "path": "/webhook", "headers": {"A": "b"}, "requestContext": {}, "body": "x"}
    new = {"rawPath": "/webhook", "headers": {"a": "b"}, "requestContext": {"http": {"method": "POST"}}, "body": "x"}
    made = Arrived("POST", "/webhook", {"a": "b"}, b"x", 5.0)
    assert from_event(old, lambda: 5.0) == from_event(new, lambda: 5.0) == made


@pytest.mark.slow
def test_100_duplicate_deliveries_through_the_front_run_once(deployed, callback):
    for _ in range(100):
        assert deployed.call(ASKED)[0] == 202
    deployed.pump()
    assert len(callback.got) == 1 and len(asked(deployed.desk)) == 1
    assert sum(deployed.plane.invoked.values()) == 1


def _daily(deployed, monkeypatch, client):
    """A digest for this client that is due."""
    made = {"name": "daily", "questions": ["What did we spend in September?"], "every": "day", "at": opposite()}
    monkeypatch.setenv("REGENT_DIGESTS", json.dumps([{**made, "to": [f"webhook:{client}"]}]))
    monkeypatch.setenv("REGENT_CHANNEL", "webhook")
    DynamoDigests(deployed.aws.dynamo, deployed.aws.table).since("daily", TWO_DAYS_AGO)
    lambda_deliver._opened.cache_clear()
    assert lambda_digest.handler({}, None) == {"failed": 0}


@pytest.mark.slow
def test_a_digest_goes_to_the_registered_address_signed_and_once(deployed, callback, monkeypatch):
    _daily(deployed, monkeypatch, "portal")
    callback.status = 503
    with pytest.raises(ChannelError, match="1 messages did not arrive"):
        lambda_deliver.handler({}, None)
    callback.status = 200
    for _ in range(2):
        assert lambda_deliver.handler({}, None) == {"missed": 0}
    headers, body = callback.got[-1]
    assert len(callback.got) == 2
    assert headers["x-regent-signature"] == signature(SECRET, headers["x-regent-timestamp"], "POST", "/answers", body)
    told = json.loads(body)
    assert (told["status"], told["digest"], told["late"]) == ("digest", "daily", True)
    [shown] = [part["view"] for part in told["parts"]]
    assert shown["status"] == "answered" and shown["receipts"] and "AI system" in shown["disclosure"]
    [record] = asked(deployed.desk)
    assert (record.channel, record.principal_id) == ("digest", "digest")


@pytest.mark.slow
def test_a_digest_for_a_client_without_a_callback_waits_and_somebody_hears_of_it(deployed, callback, monkeypatch):
    _daily(deployed, monkeypatch, "poller")
    with pytest.raises(ChannelError):
        lambda_deliver.handler({}, None)
    assert callback.got == []
