"""A house on an emulated AWS (moto's server): a locked bucket, a bucket of keys, two KMS keys and the state table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from agents.settings import Settings
from tests.emulated import emulated_aws

_number = itertools.count()


class House(NamedTuple):
    settings: Settings
    clients: Any
    bucket: str


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    with emulated_aws() as url:
        yield url


@pytest.fixture
def house(aws: str, monkeypatch: pytest.MonkeyPatch) -> House:
    import boto3

    environment = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-west-1"}
    for name, value in {**environment, "AWS_ENDPOINT_URL": aws}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)  # it keeps the credentials of whoever asked first

    def clients(service: str, region: str | None = None) -> Any:
        return boto3.client(service, region_name=region or "eu-west-1")

    number = next(_number)
    s3, kms, dynamo = clients("s3"), clients("kms"), clients("dynamodb")
    place = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket=f"ledger{number}", ObjectLockEnabledForBucket=True, CreateBucketConfiguration=place)
    s3.create_bucket(Bucket=f"keys{number}", CreateBucketConfiguration=place)
    keys = [{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")]
    schema = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    dynamo.create_table(
        TableName=f"rounds{number}", AttributeDefinitions=keys, KeySchema=schema, BillingMode="PAY_PER_REQUEST"
    )
    settings = Settings(
        state_table=f"rounds{number}",
        ledger_key=kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"],
        ledger_wrap_key=kms.create_key()["KeyMetadata"]["Arn"],
        ledger_bucket=f"s3://ledger{number}/ledger",
        ledger_keys=f"s3://keys{number}/keys",
        ledger_retain_days=30,
        ledger_name="regent.test/watch",
    )
    return House(settings, clients, f"ledger{number}")
