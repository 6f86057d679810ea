"""What is kept on AWS where the disk goes with the session: receipts that recompute, conversations that go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agents.answer import Question
from agents.conversations import WAITS, Conversations, ConversationStore, Exchange, Whose
from agents.conversations_dynamo import DynamoConversations
from agents.home import Home
from agents.opening import open_desk
from agents.settings import Settings
from agents.storing import open_receipts
from policies.access import local_principal
from policies.audit.erasure import forget
from policies.audit.recompute import recompute
from tests.emulated import client, emulated_aws
from tests.homes import furnished
from tests.policies.oversight.tables import make_table
from tools.errors import ReceiptError, SettingsError
from tools.receipts import Receipt, StoredResponse, make_receipt
from tools.receipts_s3 import ReceiptBucket

BUCKET = "forgettable"


@pytest.fixture(scope="module")
def emulated() -> Iterator[Any]:
    """`emulated("s3")`: a client of that service."""
    with emulated_aws() as url:
        yield lambda service: client(url, service)


@pytest.fixture
def bucket(emulated: Any) -> ReceiptBucket:
    s3, kms = emulated("s3"), emulated("kms")
    if BUCKET not in {one["Name"] for one in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return ReceiptBucket(f"s3://{BUCKET}/receipts", kms.create_key()["KeyMetadata"]["KeyId"], s3, kms)


def called(name: str) -> tuple[Receipt, bytes]:
    import hashlib

    response = StoredResponse(status=200, headers={}, body=f"canary {name}".encode()).encode()
    receipt = make_receipt(
        account="111111111111",
        region="eu-west-1",
        service="iam",
        operation="ListUsers",
        request_id=name,
        at=datetime(2026, 10, 1, tzinfo=UTC),
        request_sha256="0" * 64,
        response_sha256=hashlib.sha256(response).hexdigest(),
        source="aws",
    )
    return receipt, response


@pytest.mark.slow
def test_emulated_a_response_comes_back_sealed_and_from_another_process(bucket: ReceiptBucket, emulated: Any) -> None:
    receipt, response = called("one")
    bucket.put(receipt, response)
    bucket.put(receipt, response)
    other = ReceiptBucket(f"s3://{BUCKET}/receipts", bucket._key, emulated("s3"), emulated("kms"))
    assert other.get(receipt).body == b"canary one"
    (kept,) = emulated("s3").list_objects_v2(Bucket=BUCKET, Prefix="receipts/")["Contents"]
    raw = emulated("s3").get_object(Bucket=BUCKET, Key=kept["Key"])["Body"].read()
    assert receipt.id in kept["Key"] and b"canary" not in raw
    assert other.erase([receipt.id, "r-never"]) == 1
    with pytest.raises(ReceiptError, match="not in the receipt store"):
        bucket.get(receipt)


@pytest.mark.slow
def test_emulated_a_swapped_or_changed_response_is_found(bucket: ReceiptBucket, emulated: Any) -> None:
    (first, response), (second, other) = called("first"), called("second")
    bucket.put(first, response)
    bucket.put(second, other)
    s3 = emulated("s3")
    at = {one.id: {"Bucket": BUCKET, "Key": f"receipts/{one.id[2:4]}/{one.id}"} for one in (first, second)}
    raw = s3.get_object(**at[first.id])["Body"].read()
    s3.put_object(**at[second.id], Body=raw)
    s3.put_object(**at[first.id], Body=raw[:-1] + bytes([raw[-1] ^ 1]))
    for one in (first, second):
        with pytest.raises(ReceiptError, match="was changed"):
            bucket.get(one)


@pytest.mark.slow
def test_emulated_a_bucket_with_versions_erases_nothing_and_says_so(emulated: Any, bucket: ReceiptBucket) -> None:
    s3 = emulated("s3")
    s3.create_bucket(Bucket="keeps", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="keeps", VersioningConfiguration={"Status": "Enabled"})
    kept = ReceiptBucket("s3://keeps", bucket._key, s3, emulated("kms"))
    receipt, response = called("three")
    kept.put(receipt, response)
    with pytest.raises(ReceiptError, match="keeps versions"):
        kept.erase([receipt.id])


def test_a_bucket_without_a_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ledger_wrap_key"):
        open_receipts(Home(tmp_path), Settings(receipt_bucket="s3://somewhere"))


@pytest.fixture(params=["sqlite", pytest.param("dynamodb", marks=pytest.mark.slow)])
def conversations(request: pytest.FixtureRequest, tmp_path: Path) -> ConversationStore:
    if request.param == "sqlite":
        return Conversations(tmp_path / "conversations.sqlite")
    return DynamoConversations(*make_table(request), days=30)


def said(number: int) -> Exchange:
    return Exchange(question=f"question {number}", answer=f"answer {number}")


def test_a_session_is_its_owners_in_order_and_bounded(conversations: ConversationStore) -> None:
    for number in range(15):
        conversations.keep("eva", "s", f"q-{number:016x}-aa", said(number))
    conversations.keep("eva", "s", f"q-{14:016x}-aa", said(99))
    conversations.keep("eva", "s#1", "q-1", said(50))
    conversations.keep("anna", "s", "q-2", said(60))
    assert conversations.latest("eva", "s") == tuple(said(number) for number in range(3, 15))
    assert conversations.latest("eva", "s#1") == (said(50),)
    assert conversations.latest("verified:eva", "s") == ()


def test_an_answer_takes_the_place_of_what_waited_for_it_and_of_nothing_else(conversations: ConversationStore) -> None:
    conversations.keep("eva", "s", "q-1", Exchange(question="question 1", answer=WAITS))
    conversations.keep("eva", "s", "q-2", said(2))
    conversations.keep("anna", "s", "q-1", said(1))
    assert conversations.latest("eva", "s")[0].answer == WAITS, "of somebody else's question it takes none"
    for number in (1, 2):
        conversations.keep("eva", "s", f"q-{number}", said(1))
    assert conversations.latest("eva", "s") == (said(1), said(2))


def test_a_session_that_follows_another_reads_on(conversations: ConversationStore) -> None:
    conversations.keep("eva", "first", "q-1", said(1))
    conversations.looks_like("eva", "first", "old look")
    conversations.looks_like("eva", "first", "look")
    conversations.follow("eva", "second", "look")
    conversations.follow("eva", "stale", "old look")
    conversations.follow("anna", "second", "look")
    conversations.keep("eva", "second", "q-2", said(2))
    assert conversations.latest("eva", "second") == (said(1), said(2))
    assert conversations.latest("eva", "stale") == () == conversations.latest("anna", "second")


def test_whose_a_question_is_stays_known_until_it_is_forgotten(conversations: ConversationStore) -> None:
    first, second = Whose(owned_by="verified:eva", channel="slack", session="s"), Whose(owned_by="anna", channel="cli")
    conversations.asked("q-1", first)
    conversations.asked("q-2", second)
    conversations.asked("q-1", second)  # nobody takes it over
    assert conversations.whose("q-1") == first and conversations.whose("q-2") == second
    assert conversations.whose("q-3") is None
    conversations.erase("eva", {"q-2"}, lambda question, answer: False)
    assert conversations.whose("q-1") is None and conversations.whose("q-2") is None


def test_a_conversation_is_claimed_by_one_at_a_time(conversations: ConversationStore) -> None:
    assert conversations.claim("eva", "s", "a") and not conversations.claim("eva", "s", "b")
    assert conversations.claim("eva", "t", "c") and conversations.claim("verified:eva", "s", "d")
    conversations.renew("eva", "s", "a")
    assert not conversations.claim("eva", "s", "b")
    conversations.release("eva", "s", "a")
    assert conversations.claim("eva", "s", "b") and not conversations.claim("eva", "s", "a")
    for session, by, owned_by in (("s", "b", "eva"), ("t", "c", "eva"), ("s", "d", "verified:eva")):
        conversations.release(owned_by, session, by)


@pytest.mark.slow
def test_emulated_a_claim_ends_by_itself_and_is_not_renewed_afterwards(request: pytest.FixtureRequest) -> None:
    now = [1_000_000.0]
    kept = DynamoConversations(*make_table(request), days=1, clock=lambda: now[0])
    assert kept.claim("eva", "s", "a")
    now[0] += 40
    kept.renew("eva", "s", "a")
    now[0] += 40
    assert not kept.claim("eva", "s", "b"), "it was renewed"
    now[0] += 40
    assert kept.claim("eva", "s", "b"), "whoever had it is dead"
    kept.renew("eva", "s", "a")
    kept.release("eva", "s", "a")
    assert not kept.claim("eva", "s", "c"), "neither of the two is for who lost it"
    kept.release("eva", "s", "b")
    kept.renew("eva", "s", "b")
    assert kept.claim("eva", "s", "c"), "a late word does not bring it back"
    kept.keep("eva", "s", "q-1", said(1))
    assert kept.erase("eva", (), lambda question, answer: False) == 1 and kept.claim("eva", "s", "d")


def test_erasing_takes_a_persons_own_and_what_names_them(conversations: ConversationStore) -> None:
    conversations.keep("eva", "s", "q-1", said(1))
    conversations.keep("verified:eva", "s", "q-2", said(2))
    conversations.keep("anna", "s", "q-3", said(3))
    conversations.keep("anna", "s", "q-4", said(4))
    assert conversations.erase("eva", {"q-3"}, lambda question, answer: "4" in answer) == 4
    assert not any(conversations.latest(who, "s") for who in ("eva", "verified:eva", "anna"))


@pytest.mark.slow
def test_emulated_what_is_over_is_not_read_before_it_is_removed(request: pytest.FixtureRequest) -> None:
    now = [1_000_000.0]
    kept = DynamoConversations(*make_table(request), days=1, clock=lambda: now[0])
    kept.keep("eva", "s", "q-1", said(1))
    assert kept.latest("eva", "s")
    now[0] += 86_400
    assert not kept.latest("eva", "s")


@pytest.mark.slow
def test_emulated_an_answer_recomputes_and_goes_on_after_its_disk_is_gone(
    emulated: Any, request: pytest.FixtureRequest, tmp_path: Path, bucket: ReceiptBucket
) -> None:
    client, table = make_table(request)
    url = client.meta.endpoint_url
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        **{f"AWS_ENDPOINT_URL_{one}": url for one in ("S3", "KMS", "DYNAMODB")},
    }
    settings = Settings(
        receipt_bucket=f"s3://{BUCKET}/receipts",
        ledger_wrap_key=bucket._key,
        state_table=table,
        state_region="eu-west-1",
    )
    asker = local_principal("local")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        first, second = Home(Path(furnished(tmp_path / "one"))), Home(Path(furnished(tmp_path / "two")))
        with open_desk(model="offline", home=first, settings=settings) as desk:
            answer = desk.answer(Question(text="What did we spend in September?", session="s"), asker)
            assert answer.status == "answered" and not first.receipts.exists() and not first.conversations.exists()
            (done,) = recompute(desk.ledger, answer.id, open_receipts(second, settings))
            assert not done.faults and done.facts
        with open_desk(model="offline", home=second, settings=settings) as desk:
            again = desk.answer(Question(text="And the month before?", session="s"), asker)
            assert again.status == "answered" and "August" in json.dumps(again.to_json()), "another disk, the same talk"
            patch.setattr("agents.places.load_settings", lambda: settings)
            assert forget(desk.ledger, "local").places["conversations"] == 2
