"""The two places in which deliveries are kept: one SQLite file, and an emulated AWS (moto's server)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from agents.channels.aws_lean import LeanAws
from agents.channels.box import Box
from agents.channels.inbox_aws import AwsInbox
from agents.channels.runs_aws import DynamoRuns

_KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1"}
_number = itertools.count()


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Emulated(NamedTuple):
    """An AWS on this machine: its address, and clients of its services."""

    url: str

    def client(self, service: str) -> Any:
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def lean(self) -> LeanAws:
        return LeanAws({**_KEYS, "AWS_ENDPOINT_URL": self.url})


def _each_table_write_whole(app: Callable[..., Any]) -> Callable[..., Any]:
    """DynamoDB looks at a condition and writes in one step; the emulator does in two, between which others write."""
    lock = threading.Lock()

    def answered(environ: dict[str, Any], start: Any) -> Any:
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB"):
            return app(environ, start)
        with lock:
            return app(environ, start)

    return answered


@pytest.fixture(scope="session")
def emulated() -> Iterator[Emulated]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    made: Any = server._server
    made.app = _each_table_write_whole(made.app)
    host, port = server.get_host_and_port()
    yield Emulated(f"http://{host}:{port}")
    server.stop()


class OnAws:
    """Table and queue as the Channels stack makes them, behind the names that `Box` has."""

    def __init__(self, emulated: Emulated, clock: Clock) -> None:
        self.dynamo, self.sqs = emulated.client("dynamodb"), emulated.client("sqs")
        name = f"state{next(_number)}"
        keys = [{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")]
        schema = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
        self.dynamo.create_table(
            TableName=name, AttributeDefinitions=keys, KeySchema=schema, BillingMode="PAY_PER_REQUEST"
        )
        self.queue = self.sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        self.table = name
        self.inbox = AwsInbox(emulated.lean(), name, self.queue, clock)
        self.runs = DynamoRuns(self.dynamo, name, clock)

    def queued(self) -> list[str]:
        found: list[str] = []
        while page := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            found += [one["Body"] for one in page]
        return found


class OnDisk:
    def __init__(self, box: Box) -> None:
        self.inbox = self.runs = self.box = box

    def queued(self) -> list[str]:
        found = []
        while message := self.box.receive():
            found.append(message.body)
        return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def on_aws(emulated: Emulated, clock: Clock) -> OnAws:
    return OnAws(emulated, clock)


@pytest.fixture(params=["disk", "aws"])
def place(request: pytest.FixtureRequest, tmp_path: Any, clock: Clock) -> OnDisk | OnAws:
    if request.param == "disk":
        return OnDisk(Box(tmp_path / "box.sqlite", clock))
    place: OnAws = request.getfixturevalue("on_aws")
    return place


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 keeps the credentials that it found first; each test here has its own."""
    import boto3

    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
