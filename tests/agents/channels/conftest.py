"""The two places in which deliveries are kept: one SQLite file, and an emulated AWS (moto's server)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from agents.channels.aws_lean import LeanAws
from agents.channels.box import Box
from agents.channels.inbox_aws import AwsInbox
from agents.channels.runs_aws import DynamoRuns
from tests.emulated import client, emulated_aws

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
        return client(self.url, service)

    def lean(self) -> LeanAws:
        return LeanAws({**_KEYS, "AWS_ENDPOINT_URL": self.url})


@pytest.fixture(scope="session")
def emulated() -> Iterator[Emulated]:
    with emulated_aws() as url:
        yield Emulated(url)


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
