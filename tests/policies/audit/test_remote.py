"""The ledger in a bucket: over HTTP against a local S3 server, with Object Lock and conditional puts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.audit import Ledger, LedgerUnwritableError, Note, Record, frames, verify
from policies.audit.errors import RemoteError
from policies.audit.keys import FileSigner, Home
from policies.audit.remote import RemoteDisk, S3Bucket, Shipper, announce, announced, folder, restore
from tests import emulated


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with emulated.emulated_aws() as url:
        yield emulated.client(url, "s3")


@pytest.fixture
def bucket(client: Any, request: pytest.FixtureRequest) -> S3Bucket:
    name = "b" + str(abs(hash(request.node.name)))
    place = {"LocationConstraint": "eu-west-1"}
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True, CreateBucketConfiguration=place)
    return S3Bucket(client, name, "house", retain_days=30)


def note(name: str) -> Record:
    return Record(actor="system", body=Note(name=name, data={"pad": "x" * 200}))


def fill(path: Path, count: int) -> None:
    with Ledger.open(path, origin="house.example/ledger") as ledger:
        for number in range(count):
            ledger.append(note(str(number)), wait=False)


class Flaky:
    """A bucket whose put may not arrive, or arrive without saying so."""

    def __init__(self, bucket: S3Bucket) -> None:
        self.bucket, self.fail, self.puts = bucket, "", 0

    def put_new(self, key: str, data: bytes) -> bool:
        if self.fail == "before":
            raise RemoteError("no network")
        done = self.bucket.put_new(key, data)
        self.puts += done
        if self.fail == "after":
            raise RemoteError("the answer was lost")
        return done

    def get(self, key: str) -> bytes:
        return self.bucket.get(key)

    def keys(self, prefix: str) -> Iterator[str]:
        return self.bucket.keys(prefix)


def test_restore_drill_from_the_store_alone(bucket: S3Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "SEGMENT_BYTES", 60_000)
    home = tmp_path / "home"
    shipper = Shipper(home / "ledger", bucket)
    for _ in range(3):
        fill(home / "ledger", 300)
        assert shipper.ship() > 0
    assert shipper.ship() == 0, "nothing is put twice"
    keys = Home(home / "ledger").trusted()
    before = {path.name: path.read_bytes() for path in (home / "ledger" / "segments").iterdir()}
    shutil.rmtree(home)
    restore(bucket, "house.example/ledger", tmp_path / "new" / "ledger")
    assert {path.name: path.read_bytes() for path in (tmp_path / "new" / "ledger" / "segments").iterdir()} == before
    verdict = verify(tmp_path / "new" / "ledger", keys)
    assert (verdict.code, verdict.size) == (0, 900)


def test_a_chunk_missing_in_the_bucket_is_noticed(bucket: S3Bucket, tmp_path: Path) -> None:
    shipper = Shipper(tmp_path / "home" / "ledger", bucket)
    for _ in range(3):
        fill(tmp_path / "home" / "ledger", 10)
        shipper.ship()
    keys = Home(tmp_path / "home" / "ledger").trusted()
    chunks = sorted(bucket.keys(folder("house.example/ledger") + "/segments/"))

    class Without(Flaky):
        gone = ""

        def keys(self, prefix: str) -> Iterator[str]:
            return (key for key in self.bucket.keys(prefix) if key != self.gone)

    store = Without(bucket)
    store.gone = chunks[1]
    with pytest.raises(RemoteError, match="missing"):
        restore(store, "house.example/ledger", tmp_path / "middle" / "ledger")
    store.gone = chunks[-1]
    restore(store, "house.example/ledger", tmp_path / "last" / "ledger")
    assert verify(tmp_path / "last" / "ledger", keys).code == 1


def test_objects_are_locked_and_never_overwritten(bucket: S3Bucket, tmp_path: Path) -> None:
    fill(tmp_path / "ledger", 3)
    Shipper(tmp_path / "ledger", bucket).ship()
    (key,) = bucket.keys(folder("house.example/ledger") + "/segments/")
    head = bucket.client.head_object(Bucket=bucket.name, Key=bucket.prefix + key)
    assert head["ObjectLockMode"] == "COMPLIANCE"
    assert bucket.put_new(key, b"other") is False
    assert bucket.get(key) != b"other"


@pytest.mark.parametrize("when", ["before", "after"])
def test_shipping_resumes_exactly_once_after_a_crash(bucket: S3Bucket, tmp_path: Path, when: str) -> None:
    flaky = Flaky(bucket)
    fill(tmp_path / "ledger", 20)
    flaky.fail = when
    with pytest.raises(RemoteError):
        Shipper(tmp_path / "ledger", flaky).ship()
    fill(tmp_path / "ledger", 20)
    flaky.fail = ""
    Shipper(tmp_path / "ledger", flaky).ship()
    chunks = sorted(bucket.keys(folder("house.example/ledger") + "/segments/"))
    whole = b"".join(bucket.get(key) for key in chunks)
    assert whole == next((tmp_path / "ledger" / "segments").iterdir()).read_bytes()


def test_a_bucket_with_other_records_is_not_taken_for_this_ledgers(bucket: S3Bucket, tmp_path: Path) -> None:
    fill(tmp_path / "one" / "ledger", 3)
    Shipper(tmp_path / "one" / "ledger", bucket).ship()
    fill(tmp_path / "two" / "ledger", 3)
    with pytest.raises(RemoteError, match="changed"):
        Shipper(tmp_path / "two" / "ledger", bucket).ship()


def test_where_the_disk_disappears_an_append_waits_for_the_bucket(bucket: S3Bucket, tmp_path: Path) -> None:
    origin = "house.example/session-1"
    disk = RemoteDisk(bucket, origin)
    ledger = Ledger.open(tmp_path / "gone" / "ledger", origin=origin, disk=disk)
    ledger.append(note("acknowledged"))
    keys = Home(tmp_path / "gone" / "ledger").trusted()
    restore(bucket, origin, tmp_path / "during" / "ledger")
    assert verify(tmp_path / "during" / "ledger", keys).size == 1, "there before close, before any checkpoint"
    ledger.close()
    shutil.rmtree(tmp_path / "gone")
    restore(bucket, origin, tmp_path / "new" / "ledger")
    verdict = verify(tmp_path / "new" / "ledger", keys)
    assert (verdict.code, verdict.anchored_through) == (2, 0), "signed; no earlier head is known to a new place"
    assert verify(tmp_path / "new" / "ledger", keys).code == 0


def test_a_bucket_out_of_reach_fails_the_append(bucket: S3Bucket, tmp_path: Path) -> None:
    flaky = Flaky(bucket)
    ledger = Ledger.open(tmp_path / "ledger", origin="house.example/s2", disk=RemoteDisk(flaky, "house.example/s2"))
    flaky.fail = "before"
    with pytest.raises(LedgerUnwritableError, match="no network"):
        ledger.append(note("not acknowledged"))
    ledger.close()


def test_the_signed_index_names_every_sessions_log(bucket: S3Bucket) -> None:
    signers = {name: FileSigner.generate(name) for name in ("house.example/s1", "house.example/s2")}
    for name, signer in signers.items():
        announce(bucket, name, signer)
    keys = [signer.vkey for signer in signers.values()]
    assert announced(bucket, keys).keys() == signers.keys()
    for name in announced(bucket, keys):
        assert not list(bucket.keys(f"{folder(name)}/segments/")), "announced, but its log is missing: a finding"
    with pytest.raises(RemoteError, match="not what was signed"):
        announced(bucket, keys[:1])


def test_the_drill_as_commands(bucket: S3Bucket, client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from agents.cli.audit import app

    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", client.meta.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    ledger, url = tmp_path / "home" / "ledger", f"s3://{bucket.name}/house"
    fill(ledger, 30)
    key = str(Home(ledger).trusted()[0])

    def run(*args: object) -> tuple[int, str]:
        done = CliRunner().invoke(app, [str(arg) for arg in args])
        return done.exit_code, done.output

    assert run("ship", url, "--retain-days", 3, "--ledger", ledger)[0] == 0
    assert run("restore", url, tmp_path / "new" / "ledger", "--key", key)[0] == 0
    assert run("verify", url, "--key", key)[0] == 0
    assert run("verify", url)[0] == 3
