"""Snapshots in a bucket (moto): there when settled, the same on another disk, erased, or locked and said so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from policies.audit.keys import FileSigner
from policies.audit.remote import S3Bucket
from policies.controls.errors import EvidenceError
from policies.controls.places_s3 import BucketPlace
from policies.controls.store import EvidenceStore
from tests.policies.controls.test_evidence_store import NOW, SIGNER, snapshot

pytestmark = pytest.mark.slow


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    import boto3
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("s3", region_name="eu-west-1")
        place = {"LocationConstraint": "eu-west-1"}
        client.create_bucket(Bucket="plain", CreateBucketConfiguration=place)
        client.create_bucket(Bucket="locked", CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
        yield client


@pytest.fixture
def store(client, tmp_path):
    """`store("disk", "bucket", days)`: an evidence store of one session."""

    def open_it(disk: str, bucket: str = "plain", days: int = 0, signer: FileSigner = SIGNER) -> EvidenceStore:
        place = BucketPlace(tmp_path / disk, S3Bucket(client, bucket, "evidence", days))
        return EvidenceStore(place, "house.example/log", [SIGNER.vkey], signer)

    return open_it


def listed(client, bucket="plain"):
    return [one["Key"] for one in client.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_a_snapshot_is_in_the_bucket_once_settled_and_comes_back_to_another_disk(client, store):
    first = store("one")
    name = first.keep(snapshot())
    assert listed(client) == []
    first.settle()
    assert listed(client) == [f"evidence/{name}.json", f"evidence/{name}.note"]
    assert store("two").read(name) == snapshot() and store("two").raw(name) == first.raw(name)


def test_what_was_changed_in_the_bucket_is_an_error_and_never_the_snapshot(client, store):
    first = store("one")
    name = first.keep(snapshot())
    first.settle()
    client.put_object(Bucket="plain", Key=f"evidence/{name}.json", Body=snapshot(population=9).encode())
    with pytest.raises(EvidenceError, match="was changed after it was collected"):
        store("two").read(name)


def test_another_sessions_signature_over_the_same_snapshot_stays(client, store):
    name = store("one").keep(snapshot())
    for disk in ("one", "two"):
        one = store(disk)
        assert one.keep(snapshot()) == name
        one.settle()
    assert store("three").read(name) == snapshot()


def test_a_bucket_out_of_reach_fails_the_evaluation(client, store):
    one = store("one")
    one.keep(snapshot())
    for key in listed(client):
        client.delete_object(Bucket="plain", Key=key)
    client.delete_bucket(Bucket="plain")
    with pytest.raises(EvidenceError, match="cannot be kept in the bucket"):
        one.settle()
    with pytest.raises(EvidenceError, match="neither here nor in the bucket"):
        store("two").read("a" * 64)


def test_a_person_is_erased_from_the_bucket_too(client, store):
    one = store("one")
    named, other = one.keep(snapshot(collector="p-2", problems=("asked of piet",))), one.keep(snapshot())
    one.settle()
    assert store("two").erase(lambda text: "piet" in text) == 1
    assert listed(client) == [f"evidence/{other}.json", f"evidence/{other}.note"]
    with pytest.raises(EvidenceError, match="neither here nor in the bucket"):
        store("three").read(named)


def test_a_locked_snapshot_is_locked_and_whoever_would_erase_it_is_told(client, store):
    one = store("one", "locked", 30)
    name = one.keep(snapshot())
    one.settle()
    kept = client.head_object(Bucket="locked", Key=f"evidence/{name}.json")
    assert kept["ObjectLockMode"] == "COMPLIANCE" and kept["ObjectLockRetainUntilDate"] > NOW
    with pytest.raises(EvidenceError, match=r"cannot be erased.*keeps versions"):
        store("two", "locked", 30).erase(lambda text: True)


def test_a_statement_is_signed_once_whatever_disk_asks(client, store):
    one = store("one")
    note = one.signed_once(b"regent-pack/1\nhouse\nabc\n")
    assert store("two").signed_once(b"regent-pack/1\nhouse\nabc\n") == note
