"""The ledger where the settings put it, against emulated S3, KMS and CloudWatch Logs (moto's server).

It shows that the settings really lead there and that we call AWS as its API is, not that AWS does what its pages say.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.home import Home
from agents.ledgers import deployment, open_ledger
from agents.settings import load_settings
from policies.audit import GateDecided, Ledger, LedgerUnwritableError, Note, QuestionAsked, Record, verify
from policies.audit.erasure import forget
from policies.audit.errors import KeyFileError
from policies.audit.keys import Home as Keys
from policies.audit.note import ECDSA
from policies.audit.remote import S3Bucket, announced, folder, restore
from tests.emulated import emulated_aws
from tools.errors import SettingsError


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with emulated_aws() as url:
        yield url


@pytest.fixture
def aws(endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Clients of the emulator; the same environment leads our own code there."""
    import boto3

    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "REGENT_HOME": str(tmp_path / "home"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return lambda service: boto3.client(service, region_name="eu-west-1")


@pytest.fixture
def bucket(aws: Any, request: pytest.FixtureRequest) -> S3Bucket:
    name = f"house-{abs(hash(request.node.name))}"
    where = {"LocationConstraint": "eu-west-1"}
    aws("s3").create_bucket(Bucket=name, ObjectLockEnabledForBucket=True, CreateBucketConfiguration=where)
    return S3Bucket(aws("s3"), name, "ledgers")


def set_up(monkeypatch: pytest.MonkeyPatch, **settings: object) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"REGENT_LEDGER_{name.upper()}", str(value))


def persons(aws: Any) -> dict[str, str]:
    """Settings for the keys of persons: a KMS key that wraps them, a bucket that can forget."""
    name = f"keys-{secrets.token_hex(4)}"
    where = {"LocationConstraint": "eu-west-1"}
    aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration=where)
    return {"wrap_key": aws("kms").create_key()["KeyMetadata"]["Arn"], "keys": f"s3://{name}/persons"}


def signing_key(aws: Any) -> str:
    return str(aws("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"])


def asked(person: str = "vera@example.com") -> Record:
    body = QuestionAsked(
        text="Who is canary-7?", channel="cli", principal_id=person, role="m", assurance="x", model="m", estate="s"
    )
    return Record(actor="person", question="q1", principal=person, body=body)


def test_nothing_set_means_key_files_and_this_disk(aws: Any) -> None:
    with open_ledger() as ledger:
        ledger.append(Record(actor="system", body=Note(name="here")))
    assert sorted(path.name for path in (Home.find().keys).iterdir()) == [".lock", "ledger.key", "ledger.vkey"]
    assert not (Home.find().path / "spool").exists()


def test_a_shipped_ledger_is_signed_by_kms_locked_announced_and_restored(
    aws: Any, bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrap = aws("kms").create_key()["KeyMetadata"]["Arn"]
    url = f"s3://{bucket.name}/ledgers"
    set_up(monkeypatch, key=signing_key(aws), wrap_key=wrap, bucket=url, retain_days=30, name="house.example/ledger")
    for _ in range(2):
        with open_ledger() as ledger:
            ledger.append(asked())
    home = Home.find()
    assert not (home.keys / "ledger.key").exists() and not (home.keys / "master.key").exists()
    keys = Keys(home.ledger).trusted()
    assert [(key.name, key.kind) for key in keys] == [("house.example/ledger", ECDSA)]
    assert list(announced(bucket, keys)) == ["house.example/ledger"]
    for item in aws("s3").list_objects_v2(Bucket=bucket.name)["Contents"]:
        found = aws("s3").head_object(Bucket=bucket.name, Key=item["Key"])
        assert found["ObjectLockMode"] == "COMPLIANCE", item["Key"]
        assert b"canary" not in aws("s3").get_object(Bucket=bucket.name, Key=item["Key"])["Body"].read()
    restore(bucket, "house.example/ledger", tmp_path / "drill" / "ledger")
    verdict = verify(tmp_path / "drill" / "ledger", keys)
    assert (verdict.code, verdict.size) == (0, 2)


def test_a_bucket_out_of_reach_stops_nobody_where_the_disk_acknowledges(
    aws: Any, bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, bucket="s3://no-such-bucket/ledgers")
    with open_ledger() as ledger:
        ledger.append(Record(actor="system", body=Note(name="kept here")))
        key = ledger.origin
    set_up(monkeypatch, bucket=f"s3://{bucket.name}/ledgers")
    with open_ledger() as ledger:
        ledger.append(Record(actor="system", body=Note(name="and now there")))
    chunks = sorted(bucket.keys(f"{folder(key)}/segments/"))
    assert b"kept here" in b"".join(bucket.get(chunk) for chunk in chunks), "the spool was tried again"


def test_where_the_bucket_acknowledges_each_session_has_its_own_log(
    aws: Any, bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_up(
        monkeypatch,
        key=signing_key(aws),
        bucket=f"s3://{bucket.name}/ledgers",
        acknowledge="bucket",
        name="house",
        **persons(aws),
    )
    names = []
    for session in ("one", "two"):
        monkeypatch.setenv("REGENT_HOME", str(tmp_path / session))
        with open_ledger() as ledger:
            ledger.append(Record(actor="system", body=Note(name=session)))
            restore(bucket, ledger.origin, tmp_path / f"during-{session}" / "ledger")
            names.append(ledger.origin)
    keys = Keys(Home.find().ledger).trusted()
    assert sorted(announced(bucket, keys)) == sorted(names) and len(set(names)) == 2
    for number, name in enumerate(names):
        restore(bucket, name, tmp_path / f"after-{number}" / "ledger")
        assert (
            verify(
                tmp_path / f"after-{number}" / "ledger",
                [Keys(tmp_path / s / "ledger").trusted()[0] for s in ("one", "two")],
            ).code
            == 0
        )


def test_a_session_whose_log_is_missing_is_noticed(
    aws: Any, bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Three sessions, one of them removed by whoever could empty the bucket: the signed index still names it."""
    from typer.testing import CliRunner

    from agents.cli.audit import app

    url = f"s3://{bucket.name}/ledgers"
    set_up(monkeypatch, key=signing_key(aws), bucket=url, acknowledge="bucket", name="house", **persons(aws))
    for session in ("one", "two", "three"):
        monkeypatch.setenv("REGENT_HOME", str(tmp_path / session))
        with open_ledger() as ledger:
            ledger.append(Record(actor="system", body=Note(name=session)))
            gone = ledger.origin
    (key,) = Keys(tmp_path / "one" / "ledger").trusted()
    whole = CliRunner().invoke(app, ["verify", url, "--key", str(key), "--json"])
    assert whole.exit_code == 0 and len(json.loads(whole.output)["ledgers"]) == 3, whole.output
    for name in list(bucket.keys(folder(gone))):
        versions = aws("s3").list_object_versions(Bucket=bucket.name, Prefix=f"ledgers/{name}")["Versions"]
        for version in versions:
            aws("s3").delete_object(Bucket=bucket.name, Key=version["Key"], VersionId=version["VersionId"])
    without = CliRunner().invoke(app, ["verify", url, "--key", str(key)])
    assert without.exit_code == 1 and gone in without.output, without.output
    bucket.put_new(f"index/{'0' * 32}", b"no note")
    assert CliRunner().invoke(app, ["verify", url, "--key", str(key)]).exit_code == 1, "somebody writes to the index"


def test_a_session_that_starts_again_on_its_disk_goes_on(
    aws: Any, bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Killed before a checkpoint: recovery writes the tail anew, in other pieces than the bucket has."""
    set_up(monkeypatch, bucket=f"s3://{bucket.name}/ledgers", acknowledge="bucket", name="house", **persons(aws))
    import subprocess
    import sys

    code = (
        "import os\nfrom agents.ledgers import open_ledger\nfrom policies.audit import Note, Record\n"
        "with open_ledger() as ledger:\n"
        "    for n in range(3): ledger.append(Record(actor='system', body=Note(name=str(n))))\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    with open_ledger() as ledger:
        ledger.append(Record(actor="system", body=Note(name="goes on")))
        name = ledger.origin
    restore(bucket, name, tmp_path / "drill" / "ledger")
    assert verify(tmp_path / "drill" / "ledger", Keys(Home.find().ledger).trusted()).size == 4


def test_what_a_session_was_asked_outlives_its_disk_until_it_is_forgotten(
    aws: Any, bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two sessions of one person on disks that go; an auditor reads both, forgets the person, and neither opens."""
    from typer.testing import CliRunner

    from agents.cli.audit import app

    kept = persons(aws)
    set_up(monkeypatch, key=signing_key(aws), bucket=f"s3://{bucket.name}/ledgers", acknowledge="bucket", **kept)
    names = []
    for session in ("one", "two"):
        monkeypatch.setenv("REGENT_HOME", str(tmp_path / session))
        with open_ledger() as ledger:
            ledger.append(asked())
            names.append(ledger.origin)
        key = str(Keys(tmp_path / session / "ledger").trusted()[0])
        shutil.rmtree(tmp_path / session)
    monkeypatch.setenv("REGENT_HOME", str(tmp_path / "auditor"))
    for number, name in enumerate(names):
        restore(bucket, name, tmp_path / f"read{number}" / "ledger")

    def read(number: int) -> str:
        done = CliRunner().invoke(app, ["show", "--index", "0", "--ledger", str(tmp_path / f"read{number}" / "ledger")])
        assert done.exit_code == 0, done.output
        return done.output

    assert "canary-7" in read(0) and "canary-7" in read(1)
    with open_ledger() as ledger:
        ledger.append(Record(actor="system", body=Note(name="the auditor's own")))
    done = CliRunner().invoke(app, ["forget", "vera@example.com", "--yes", "--json"])
    assert done.exit_code == 0, done.output
    assert len(json.loads(done.output)["subjects"]) == 2
    assert "canary-7" not in read(0) and "canary-7" not in read(1), "copies laid out by a reader go as well"
    assert list(S3Bucket.at(kept["keys"], client=aws("s3")).keys("")) == ["master.wrapped"]
    assert CliRunner().invoke(app, ["verify", f"s3://{bucket.name}/ledgers", "--key", key]).exit_code == 0


def test_a_bucket_that_keeps_versions_does_not_claim_to_forget(
    aws: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = persons(aws)
    name = kept["keys"].split("/")[2]
    aws("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    set_up(monkeypatch, **kept)
    with open_ledger() as ledger:
        ledger.append(asked())
        with pytest.raises(KeyFileError, match="versions"):
            forget(ledger, "vera@example.com")


def test_no_bucket_no_session(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, acknowledge="bucket")
    with pytest.raises(SettingsError, match="needs a bucket"):
        deployment(load_settings())
    set_up(monkeypatch, bucket="s3://no-such-bucket/ledgers")
    with pytest.raises(SettingsError, match="ledger_keys"):
        deployment(load_settings())
    set_up(monkeypatch, **persons(aws))
    with pytest.raises(Exception, match="no-such-bucket") as caught, open_ledger():
        pass
    assert isinstance(caught.value, LedgerUnwritableError) or "could not be written" in str(caught.value)


def test_a_key_that_kms_does_not_have_is_a_sentence(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(monkeypatch, key="arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000")
    with pytest.raises(KeyFileError, match="KMS"), open_ledger():
        pass


def test_from_a_key_file_to_kms_and_to_another_kms_key(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from agents.cli.audit import app

    with open_ledger() as ledger:
        ledger.append(Record(actor="system", body=Note(name="signed by a file")))
    path = Home.find().ledger
    first = Keys(path).trusted()
    assert CliRunner().invoke(app, ["keys", "rotate"]).exit_code == 0
    for _ in range(2):
        key = signing_key(aws)
        done = CliRunner().invoke(app, ["keys", "rotate", "--to", key, "--json"])
        assert done.exit_code == 0, done.output
        assert len(json.loads(done.output)["signed_by"]) == 2
        set_up(monkeypatch, key=key)
        with open_ledger() as ledger:
            ledger.append(Record(actor="system", body=Note(name="signed by KMS")))
    assert not (Home.find().keys / "ledger.key").exists()
    assert verify(path, first).code == 0, "whoever trusts the first key trusts what it led to"
    refused = CliRunner().invoke(app, ["keys", "rotate"])
    assert refused.exit_code == 1 and "--to" in str(refused.exception or refused.output)


def test_cloudwatch_gets_a_line_per_record_and_no_content(
    aws: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aws("logs").create_log_group(logGroupName="/regent/ledger")
    set_up(monkeypatch, log_group="/regent/ledger")
    gate = GateDecided(
        query="spend",
        input={"team": "canary-7"},
        input_sha256="ab" * 32,
        accounts=["prod"],
        decision="deny",
        reason="r s",
    )
    for _ in range(2):
        with open_ledger() as ledger:
            ledger.append(asked())
            ledger.append(Record(actor="system:gate", question="q1", body=gate))
    (stream,) = aws("logs").describe_log_streams(logGroupName="/regent/ledger")["logStreams"]
    events = aws("logs").get_log_events(
        logGroupName="/regent/ledger", logStreamName=stream["logStreamName"], startFromHead=True
    )["events"]
    lines = [json.loads(event["message"]) for event in events]
    assert [line["index"] for line in lines] == [0, 1, 2, 3], "each once, in order"
    stored = list(Ledger.open(Home.find().ledger).read())
    assert [line["hash"] for line in lines] == [record.hash for record in stored]
    assert lines[1]["decision"] == "deny"
    said = "".join(event["message"] for event in events)
    assert "canary" not in said and "vera" not in said and "r s" not in said
