"""The verifying round over a locked bucket: what holds, what was tampered with, what vanished, what nobody reached."""

import json
import time

import pytest

from agents.ledgers import deployment
from agents.rounds.verifying import Found, Heads, handler, tell, verify_round
from policies.audit import Note, Record
from policies.audit.deployed import open_deployed, signer_of
from policies.audit.remote import S3Bucket, folder


@pytest.fixture
def room(house, tmp_path):
    """`room.write(name, records)` and `room.round()` on the house."""

    class Room:
        where = deployment(house.settings)
        s3 = house.clients("s3")
        bucket = S3Bucket(s3, house.bucket, "ledger")
        heads = Heads(house.clients("dynamodb"), house.settings.state_table)
        key = signer_of(where, "regent.test", house.clients).vkey

        def write(self, name, records):
            path = tmp_path / name / "ledger"
            place = self.where.model_copy(update={"name": name})
            with open_deployed(path, place, house.clients) as ledger:
                for number in range(records):
                    ledger.append(Record(actor="system", body=Note(name=str(number), data={})))
                ledger.checkpoint()

        def round(self, until=None, clock=time.time):
            return verify_round(self.bucket, [self.key], self.heads, until=until or clock() + 600, clock=clock)

        def objects(self, name):
            pages = self.s3.list_object_versions(Bucket=house.bucket, Prefix=f"ledger/{folder(name)}/")
            return pages["Versions"]

        def remove(self, name):
            """As somebody could who breaks the lock: moto lets it be bypassed."""
            for one in self.objects(name):
                self._delete(one["Key"], one["VersionId"])

        def _delete(self, key, version):
            from moto.backends import get_backend

            # other tests of this process may have left accounts of theirs behind
            backends = (get_backend("s3")[account]["aws"] for account in get_backend("s3"))
            [bucket] = [one.buckets[house.bucket] for one in backends if house.bucket in one.buckets]
            bucket.keys.pop(key)

        def replace(self, key, data):
            self._delete(key, None)
            self.s3.put_object(Bucket=house.bucket, Key=key, Body=data)

    return Room()


def test_ledgers_that_hold_are_verified_and_go_on(room):
    room.write("regent.test/a", 3)
    room.write("regent.test/b", 2)
    found = room.round()
    assert found.failed == [] and {one.code for one in found.verdicts.values()} == {0}
    room.write("regent.test/a", 2)
    found = room.round()
    assert found.failed == [] and found.verdicts["regent.test/a"].size > 3


def test_a_changed_record_in_the_bucket_is_found(room):
    room.write("regent.test/a", 3)
    [segment] = [one["Key"] for one in room.objects("regent.test/a") if "/segments/" in one["Key"]][:1]
    data = room.s3.get_object(Bucket=room.bucket.name, Key=segment)["Body"].read()
    room.replace(segment, data.replace(b'"name":"1"', b'"name":"9"'))
    found = room.round()
    assert found.failed == ["regent.test/a"]


def test_a_rolled_back_ledger_is_found_by_the_head_that_was_seen(room):
    room.write("regent.test/a", 2)
    before = {one["Key"] for one in room.objects("regent.test/a")}
    room.write("regent.test/a", 2)
    assert room.round().failed == []
    for one in room.objects("regent.test/a"):
        if one["Key"] not in before:
            room._delete(one["Key"], None)
    assert room.round().failed == ["regent.test/a"]


def test_a_ledger_that_vanished_with_its_announcement_is_found(room):
    room.write("regent.test/a", 1)
    assert room.round().failed == []
    room.remove("regent.test/a")
    room._delete(f"ledger/index/{folder('regent.test/a')}", None)
    assert room.round().failed == [folder("regent.test/a")]


def test_an_announcement_by_somebody_else_is_found(room):
    room.write("regent.test/a", 1)
    room.s3.put_object(Bucket=room.bucket.name, Key="ledger/index/" + "0" * 32, Body=b"regent-ledger-index/1\nx\n")
    assert room.round().failed == ["(the index)"]


def test_what_was_not_reached_for_a_day_counts_as_failed(room):
    for name in ("regent.test/a", "regent.test/b"):
        room.write(name, 1)
    assert room.round().failed == []
    later = time.time() + 25 * 3600
    found = room.round(until=later - 1, clock=lambda: later)
    assert len(found.verdicts) == 1 and len(found.failed) == 1


def test_what_changed_is_verified_first_when_time_is_short(room):
    for name in ("regent.test/a", "regent.test/b"):
        room.write(name, 1)
    room.round()
    room.write("regent.test/b", 1)
    now = time.time()
    assert list(room.round(until=now - 1, clock=lambda: now).verdicts) == ["regent.test/b"]


def test_the_function_says_metrics_that_alarms_read(house, room, monkeypatch, capsys):
    room.write("regent.test/a", 1)
    monkeypatch.setattr("agents.settings.load_settings", lambda: house.settings)

    class Context:
        def get_remaining_time_in_millis(self):
            return 900_000

    assert handler({}, Context())["LedgersFailed"] == 0
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    [where] = line["_aws"]["CloudWatchMetrics"]
    assert where["Namespace"] == "Regent" and {"Name": "LedgersFailed", "Unit": "None"} in where["Metrics"]
    assert (line["LedgersFailed"], line["LedgersVerified"]) == (0, 1)
    assert tell(Found({}, ("regent.test/z",)))["LedgersFailed"] == 1
