"""What is stored: buckets, keys, logs, tables and the trail, as AWS's API says they are, beside what templates say."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.report import Report
from tests.deploy.site import Resource, Site


def everything(report: Report, site: Site) -> None:
    """Compare by API, service by service; what the emulator dropped is set through the API, and named."""
    for one in site.resources("AWS::S3::Bucket"):
        _bucket(report, site, one)
    _keys(report, site)
    _logs(report, site)
    _tables(report, site)
    _trails(report, site)
    _guardrails(report, site)
    _switch(report, site)


def _bucket(report: Report, site: Site, bucket: Resource) -> None:
    s3, name, wanted = site.client("s3", bucket.account), bucket.physical, bucket.properties
    where = f"{bucket.stack}/{bucket.logical}"
    rule = wanted["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"]
    encryption = {"SSEAlgorithm": rule["SSEAlgorithm"]}
    if "KMSMasterKeyID" in rule:
        encryption["KMSMasterKeyID"] = site.resolve(bucket, rule["KMSMasterKeyID"])
    _same(
        report,
        f"{where} is encrypted with {encryption['SSEAlgorithm']}" + (", its own key" if len(encryption) > 1 else ""),
        encryption,
        lambda: _rule(s3.get_bucket_encryption(Bucket=name)),
        lambda: s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": encryption}]},
        ),
    )
    private = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    report.check(f"{where} lets nobody make it public", private == wanted["PublicAccessBlockConfiguration"], private)
    if "VersioningConfiguration" in wanted:
        state = s3.get_bucket_versioning(Bucket=name).get("Status")
        report.check(f"{where} keeps versions", state == "Enabled", state)
    policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    refused = any(one["Effect"] == "Deny" and one.get("Condition") == plain for one in policy["Statement"])
    report.check(f"{where} refuses what is not TLS", refused, policy)
    if wanted.get("ObjectLockEnabled"):
        _lock(report, s3, name, where, wanted)


def _lock(report: Report, s3: Any, name: str, where: str, wanted: dict[str, Any]) -> None:
    rule = wanted["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": rule}}
    _same(
        report,
        f"{where} is under Object Lock: {rule['Mode']}, {rule['Days']} days",
        lock,
        lambda: s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"],
        lambda: s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock),
    )


def _keys(report: Report, site: Site) -> None:
    rotating, signing, wrong = 0, 0, []
    for key in site.resources("AWS::KMS::Key"):
        kms, wanted = site.client("kms", key.account), key.properties
        found = kms.describe_key(KeyId=key.physical)["KeyMetadata"]
        spec, usage = wanted.get("KeySpec", "SYMMETRIC_DEFAULT"), wanted.get("KeyUsage", "ENCRYPT_DECRYPT")
        right = (found["KeySpec"], found["KeyUsage"], found["KeyState"]) == (spec, usage, "Enabled")
        if wanted.get("EnableKeyRotation"):
            right = right and kms.get_key_rotation_status(KeyId=key.physical)["KeyRotationEnabled"]
            rotating += 1
        signing += usage == "SIGN_VERIFY"
        if not right:
            wrong.append((key.logical, found))
    report.check(
        f"keys are as declared: {rotating} rotate every year, {signing} sign and do nothing else", not wrong, wrong
    )


def _logs(report: Report, site: Site) -> None:
    wrong, count = [], 0
    for group in site.resources("AWS::Logs::LogGroup"):
        logs, count = site.client("logs", group.account), count + 1
        listed = logs.describe_log_groups(logGroupNamePrefix=group.physical)["logGroups"]
        found = next(one for one in listed if one["logGroupName"] == group.physical)
        key = site.resolve(group, group.properties["KmsKeyId"])
        if (found.get("retentionInDays"), found.get("kmsKeyId")) != (group.properties["RetentionInDays"], key):
            wrong.append((group.physical, found.get("retentionInDays"), found.get("kmsKeyId"), key))
    report.check(f"{count} log groups are encrypted with their key and have the declared retention", not wrong, wrong)


def _tables(report: Report, site: Site) -> None:
    for table in site.resources("AWS::DynamoDB::Table"):
        _table(report, site, table)


def _table(report: Report, site: Site, table: Resource) -> None:
    dynamodb, name, wanted = site.client("dynamodb", table.account), table.physical, table.properties
    found = dynamodb.describe_table(TableName=name)["Table"]
    report.check(f"table {name} is protected from deletion", found.get("DeletionProtectionEnabled") is True, found)
    recovery = {"PointInTimeRecoveryEnabled": wanted["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]}
    _same(
        report,
        f"table {name} can be restored to any second",
        "ENABLED",
        lambda: dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"][
            "PointInTimeRecoveryDescription"
        ]["PointInTimeRecoveryStatus"],
        lambda: dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery),
    )
    ends = wanted["TimeToLiveSpecification"]
    _same(
        report,
        f"table {name} forgets what is over, by `{ends['AttributeName']}`",
        {"TimeToLiveStatus": "ENABLED", "AttributeName": ends["AttributeName"]},
        lambda: dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
        lambda: dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ends),
    )
    key = site.resolve(table, wanted["SSESpecification"]["KMSMasterKeyId"])
    _same(
        report,
        f"table {name} is encrypted with its own key",
        key,
        lambda: dynamodb.describe_table(TableName=name)["Table"].get("SSEDescription", {}).get("KMSMasterKeyArn"),
        lambda: dynamodb.update_table(
            TableName=name, SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        ),
    )


def _trails(report: Report, site: Site) -> None:
    for trail in site.resources("AWS::CloudTrail::Trail"):
        cloudtrail = site.client("cloudtrail", trail.account)
        where = f"{trail.stack}/{trail.logical}"
        found = cloudtrail.get_trail(Name=trail.physical)["Trail"]
        logging = cloudtrail.get_trail_status(Name=trail.physical)["IsLogging"]
        right = found["LogFileValidationEnabled"] and found["IsMultiRegionTrail"] and found.get("KmsKeyId") and logging
        report.check(f"{where} logs, in all regions, encrypted and with digests", bool(right), found)
        selected = cloudtrail.get_event_selectors(TrailName=trail.physical)
        ledger = next(one for one in site.resources("AWS::S3::Bucket") if one.properties.get("ObjectLockEnabled"))
        report.check(
            f"{where} has the data events of the ledger's bucket",
            f"arn:aws:s3:::{ledger.physical}/" in json.dumps(selected),
            selected,
        )


def _guardrails(report: Report, site: Site) -> None:
    for guardrail in site.resources("AWS::Bedrock::Guardrail"):
        bedrock = site.client("bedrock", guardrail.account)
        version = site.output("Guardrails", "GuardrailVersion")
        name = guardrail.physical.rsplit("/", 1)[-1]
        found = bedrock.get_guardrail(guardrailIdentifier=name, guardrailVersion=version)
        report.check(
            f"the guardrail has version {version}, not DRAFT only", found["version"] == version, found["version"]
        )


def _switch(report: Report, site: Site) -> None:
    value = site.client("ssm").get_parameter(Name=site.output("Oversight", "SwitchParameter"))["Parameter"]["Value"]
    report.check("the kill switch is there, and stops nothing yet", json.loads(value) == [], value)


def _same(report: Report, promise: str, wanted: Any, ask: Callable[[], Any], put: Callable[[], Any]) -> None:
    """For what the emulator is known to drop: ask; if it did, set what the template says, say so, and ask again."""
    got = _asked(ask)
    if got != wanted:
        put()
        report.help(promise)
        got = _asked(ask)
    report.check(promise, got == wanted, got)


def _asked(ask: Callable[[], Any]) -> Any:
    """The answer, or None when AWS says that there is no such setting."""
    try:
        return ask()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code.endswith(("NotFoundError", "NotFound")) or code.startswith("NoSuch"):
            return None
        raise


def _rule(found: dict[str, Any]) -> dict[str, Any]:
    rule: dict[str, Any] = found["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    return rule
