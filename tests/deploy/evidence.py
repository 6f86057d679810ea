"""Evidence: what the question left in the locked bucket, who may touch it, and that it verifies without Regent."""

from __future__ import annotations

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.report import Report
from tests.deploy.site import Site


def locked(report: Report, site: Site) -> None:
    """The ledger of the question lies under lock, and not even the root user takes anything out of it."""
    s3, bucket = site.client("s3"), site.output("Audit", "LedgerBucket")
    versions = s3.list_object_versions(Bucket=bucket, Prefix="ledger/").get("Versions", [])
    days = site.environment.retention.evidence_days
    until = datetime.now(UTC) + timedelta(days=days - 1)
    heads = [s3.head_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"]) for one in versions]
    held = [
        one for one in heads if one.get("ObjectLockMode") == "COMPLIANCE" and one["ObjectLockRetainUntilDate"] > until
    ]
    report.check(
        f"the question's ledger lies in the bucket: {len(versions)} objects, each locked for {days} days",
        bool(versions) and len(held) == len(versions),
        heads,
    )
    one = {"Bucket": bucket, "Key": versions[0]["Key"], "VersionId": versions[0]["VersionId"]}
    report.check("the root user cannot delete a locked object", _refused(s3.delete_object, **one))
    bypass = {**one, "BypassGovernanceRetention": True}
    report.check("nor by the right to bypass governance", _refused(s3.delete_object, **bypass))
    shorter = {"Mode": "COMPLIANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(days=1)}
    report.check("nor shorten its retention", _refused(s3.put_object_retention, **one, Retention=shorter))
    again = {"Bucket": bucket, "Key": versions[0]["Key"], "Body": b"forged", "IfNoneMatch": "*"}
    report.check("a put as Regent does it never replaces what is there", _refused(s3.put_object, **again))


def signed(report: Report, site: Site) -> None:
    """The last checkpoint is KMS's, and openssl says so with nothing of ours but the note's two lines."""
    s3, bucket = site.client("s3"), site.output("Audit", "LedgerBucket")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="ledger/")["Contents"]
    name = max(one["Key"] for one in listed if "/checkpoints/" in one["Key"])
    note = s3.get_object(Bucket=bucket, Key=name)["Body"].read()
    text, _, tail = note.partition(b"\n\n")
    signature = base64.b64decode(tail.splitlines()[0].split(b" ")[2])[4:]
    public = site.client("kms").get_public_key(KeyId=site.output("Audit", "CheckpointKeyArn"))["PublicKey"]
    folder = site.emulator.folder / "checkpoint"
    folder.mkdir(exist_ok=True)
    for file, data in (("text", text + b"\n"), ("signature", signature), ("public.der", public)):
        (folder / file).write_bytes(data)
    promise = (
        f"openssl verifies the checkpoint over {text.splitlines()[1].decode()} records with the key that KMS holds"
    )
    good = _openssl(folder)
    report.check(promise, good.returncode == 0 and "Verified OK" in good.stdout, good.stdout + good.stderr)
    (folder / "text").write_bytes(text.replace(b"\n", b"\n1", 1) + b"\n")
    bad = _openssl(folder)
    report.check("and refuses it when one digit of it is changed", bad.returncode != 0, bad.stdout)


def verified(report: Report, site: Site) -> None:
    """Our own verification reads the bucket as an auditor would, with the public key alone."""
    from policies.audit.bucketcheck import verify_bucket
    from policies.audit.note import ECDSA, VerifierKey
    from policies.audit.remote import S3Bucket

    public = site.client("kms").get_public_key(KeyId=site.output("Audit", "CheckpointKeyArn"))["PublicKey"]
    bucket = S3Bucket.at(f"s3://{site.output('Audit', 'LedgerBucket')}/ledger", 0, site.client("s3"))
    key = VerifierKey(f"regent.{site.environment.name}", ECDSA, public)
    found = [one for one in verify_bucket(bucket, [key]) if one.origin != key.name]
    good = bool(found) and all(one.code == 0 for one in found)
    report.check("the ledger in the bucket verifies: every record, hash and signature", good, found)


def reader(report: Report, site: Site, runtime_keys: dict[str, str]) -> None:
    """The member role reads what is declared, where it may; it writes nothing, and opens for nobody else."""
    environment, settings = site.environment, site.runtime()["environmentVariables"]
    named = f"arn:aws:iam::{environment.payer_account}:role/{settings['REGENT_READER_ROLE']}"
    role, known = {"RoleArn": named, "RoleSessionName": "regent"}, {"ExternalId": settings["REGENT_EXTERNAL_ID"]}
    runtime = site.emulator.client("sts", environment.account, keys=runtime_keys)
    report.check("the reader role opens without the external id for nobody", _refused(runtime.assume_role, **role))
    outside = site.client("sts", environment.account)
    report.check("nor for others in Regent's account", _refused(outside.assume_role, **role, **known))
    keys = runtime.assume_role(**role, **known)["Credentials"]

    def as_reader(service: str, region: str | None = None) -> Any:
        return site.emulator.client(service, environment.payer_account, region=region, keys=keys)

    report.check("for the runtime it opens, and reads", "MetricAlarms" in as_reader("cloudwatch").describe_alarms())
    writes = (
        ("s3", "create_bucket", {"Bucket": "taken-by-a-reader"}),
        ("iam", "create_user", {"UserName": "intruder"}),
        ("iam", "create_access_key", {"UserName": "intruder"}),
        ("ec2", "create_vpc", {"CidrBlock": "10.0.0.0/16"}),
        ("ssm", "put_parameter", {"Name": "/regent/x", "Value": "x", "Type": "String"}),
        ("dynamodb", "list_tables", {}),
    )
    tried = {f"{service}:{name}": _refused(getattr(as_reader(service), name), **how) for service, name, how in writes}
    report.check(f"IAM denies the reader what is not declared ({', '.join(tried)})", all(tried.values()), tried)
    elsewhere = as_reader("cloudwatch", "ap-southeast-2").describe_alarms
    report.check("and what is declared, in regions that are not allowed", _refused(elsewhere))


def _refused(call: Any, **given: Any) -> bool:
    try:
        call(**given)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return status in (403, 412) or error.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")
    return False


def _openssl(folder: Any) -> subprocess.CompletedProcess[str]:
    words = [
        "openssl",
        "dgst",
        "-sha256",
        "-keyform",
        "DER",
        "-verify",
        "public.der",
        "-signature",
        "signature",
        "text",
    ]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
