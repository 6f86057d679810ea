"""What a person was told in a channel is forgotten with them, and nobody else's is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from agents.channels.heard import HeardFile
from agents.channels.heard_aws import HeardTable
from agents.places import register_places
from policies.audit.erasure import PLACES, Traces

EVA, OTTO = "slack:T0HOUSE/U0EVA", "slack:T0HOUSE/U0OTTO"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    people = tmp_path / "people.yaml"
    named = {"eva": {"role": "engineer", "known_as": [EVA]}, "otto": {"role": "admin", "known_as": [OTTO]}}
    people.write_text(json.dumps({"principals": named}), encoding="utf-8")
    monkeypatch.setenv("REGENT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REGENT_PRINCIPALS", str(people))
    register_places()
    return tmp_path / "home"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, str]]:
    """A state table on an emulated AWS."""
    from moto import mock_aws

    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "test")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        keys = [{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")]
        schema = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
        client.create_table(
            TableName="state", AttributeDefinitions=keys, KeySchema=schema, BillingMode="PAY_PER_REQUEST"
        )
        yield client, "state"


def test_what_a_person_was_told_in_a_channel_is_forgotten_by_the_names_the_house_knows(home: Path) -> None:
    heard = HeardFile(home / "heard.sqlite")
    heard.mark("begun/slack#message/D0EVA/1.2", EVA, "a message in D0EVA")
    heard.mark("private", "slack:T0HOUSE:D0EVA:1.2")
    heard.mark("asked/ap-1", OTTO, "elsewhere")
    assert PLACES["heard"].erase(home, Traces(person="eva", names=("eva",))) == 1
    assert not heard.has("begun/slack#message/D0EVA/1.2", EVA)
    assert b"a message in D0EVA" not in (home / "heard.sqlite").read_bytes()
    assert heard.has("private", "slack:T0HOUSE:D0EVA:1.2"), "a conversation that was private stays so"
    assert heard.said("asked/ap-1", OTTO) == "elsewhere"


def test_what_channels_on_aws_noted_of_a_person_is_forgotten_in_every_channel(
    home: Path, table: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, name = table
    monkeypatch.setenv("REGENT_STATE_TABLE", name)
    monkeypatch.setenv("REGENT_STATE_REGION", "eu-west-1")
    slack, teams = HeardTable(client, name, "slack"), HeardTable(client, name, "teams")
    slack.mark("begun/slack#message/D0EVA/1.2", EVA, "a message in D0EVA")
    assert slack.claim("approval/ap-2", EVA), "also one who is just being told"
    teams.mark("asked/ap-1", "teams:t/eva", "somewhere")
    slack.mark("asked/ap-1", OTTO, "elsewhere")
    slack.mark("private", "slack:T0HOUSE:D0EVA:1.2")
    assert PLACES["heard"].erase(home, Traces(person="eva", names=("eva", "teams:t/eva"))) == 3
    again = HeardTable(client, name, "slack")
    assert not again.has("begun/slack#message/D0EVA/1.2", EVA) and again.claim("approval/ap-2", EVA)
    assert again.said("asked/ap-1", OTTO) == "elsewhere" and again.has("private", "slack:T0HOUSE:D0EVA:1.2")
    left = client.scan(TableName=name)["Items"]
    assert "D0EVA" not in str(left) and "somewhere" not in str(left)


def test_where_nobody_was_told_anything_nothing_is_made(home: Path) -> None:
    assert PLACES["heard"].erase(home, Traces(person="eva", names=("eva",))) == 0
    assert not (home / "heard.sqlite").exists()
