"""Rules for what keeps data: buckets, log groups, tables, queues, keys, trails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.controls.declared import Declared
from policies.controls.predicates import EVIDENCE, as_list, dig, lock_days, own_key, recorded_types
from policies.controls.rules.base import Fault, Resources, of, rule, tag

BUCKET, LOG_GROUP, TRAIL, KEY = "AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::CloudTrail::Trail", "AWS::KMS::Key"
TABLE, QUEUE = "AWS::DynamoDB::Table", "AWS::SQS::Queue"
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def for_evidence(bucket: Mapping[str, Any]) -> bool:
    """Whether a bucket is tagged as the one that holds the evidence."""
    return tag(bucket, "regent:purpose") == EVIDENCE


@rule(BUCKET, where=for_evidence)
def locked(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """The evidence's bucket is locked in compliance mode, and long enough."""
    for name, bucket in of(resources, BUCKET):
        if not for_evidence(bucket):
            continue
        retention = dig(bucket, "ObjectLockConfiguration.Rule.DefaultRetention") or {}
        if bucket.get("ObjectLockEnabled") is not True or not retention:
            yield Fault("not-locked", name)
            continue
        if retention.get("Mode") != "COMPLIANCE":
            yield Fault("can-be-lifted", name)
        if lock_days(retention) < declared.object_lock_days:
            yield Fault("too-short", name, f"{lock_days(retention)} days, declared {declared.object_lock_days}")


@rule(BUCKET)
def private(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Every bucket blocks public access in all four ways and is encrypted; the evidence's by a key of ours."""
    for name, bucket in of(resources, BUCKET):
        block = bucket.get("PublicAccessBlockConfiguration") or {}
        if any(block.get(way) is not True for way in _BLOCKS):
            yield Fault("not-blocked", name)
        rules = dig(bucket, "BucketEncryption.ServerSideEncryptionConfiguration") or []
        defaults = [one.get("ServerSideEncryptionByDefault") or {} for one in rules]
        algorithms = {one.get("SSEAlgorithm") for one in defaults}
        if not algorithms & {"aws:kms", "aws:kms:dsse", "AES256"}:
            yield Fault("not-encrypted", name)
        elif for_evidence(bucket) and not any(own_key(d.get("KMSMasterKeyID")) for d in defaults):
            yield Fault("no-own-key", name)


@rule(LOG_GROUP)
def logs_kept(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Log groups expire within the declared bounds and are encrypted with a key of ours."""
    bounds = declared.log_retention
    for name, group in of(resources, LOG_GROUP):
        days = group.get("RetentionInDays")
        if not isinstance(days, int):
            yield Fault("kept-for-ever", name)
        elif not bounds.at_least_days <= days <= bounds.at_most_days:
            yield Fault("out-of-bounds", name, f"{days} days, declared {bounds.at_least_days} to {bounds.at_most_days}")
        if not own_key(group.get("KmsKeyId")):
            yield Fault("no-own-key", name)


@rule(TRAIL)
def trails_sound(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Trails record all regions, sign their files and are encrypted, and record data events."""
    for name, trail in of(resources, TRAIL):
        for wanted, reason in (
            ("IsLogging", "not-recording"),
            ("IsMultiRegionTrail", "one-region"),
            ("EnableLogFileValidation", "not-signed"),
        ):
            if trail.get(wanted) is not True:
                yield Fault(reason, name)
        if not own_key(trail.get("KMSKeyId")):
            yield Fault("no-own-key", name)
        kinds = recorded_types(trail)
        if "AWS::S3::Object" not in kinds or not any(kind.startswith("AWS::BedrockAgentCore::") for kind in kinds):
            yield Fault("no-data-events", name)


@rule(KEY)
def keys_sound(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Keys rotate, sign with what verifiers know, outlive their stack, and are not open to all."""
    for name, key in of(resources, KEY):
        signs = key.get("KeyUsage") == "SIGN_VERIFY"
        if key.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT" and key.get("EnableKeyRotation") is not True:
            yield Fault("never-rotated", name)
        if signs and key.get("KeySpec") != "ECC_NIST_P256":
            yield Fault("cannot-be-verified", name, str(key.get("KeySpec")))
        if resources[name].get("DeletionPolicy") not in ("Retain", "RetainExceptOnCreate"):
            yield Fault("goes-with-the-stack", name)
        if any(_open(one) for one in as_list(dig(key, "KeyPolicy.Statement"))):
            yield Fault("open-to-all", name)


def _open(statement: Mapping[str, Any]) -> bool:
    """Whether a statement allows anybody, without a condition."""
    principal = statement.get("Principal")
    named = as_list(principal.get("AWS")) if isinstance(principal, Mapping) else as_list(principal)
    return statement.get("Effect") == "Allow" and "*" in named and not statement.get("Condition")


@rule(TABLE)
def tables_sound(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Tables can be restored to a point in time, are encrypted with a key of ours, and are not deleted by mistake."""
    for name, table in of(resources, TABLE):
        if dig(table, "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled") is not True:
            yield Fault("no-restore", name)
        if dig(table, "SSESpecification.SSEEnabled") is not True or not own_key(
            dig(table, "SSESpecification.KMSMasterKeyId")
        ):
            yield Fault("no-own-key", name)
        if table.get("DeletionProtectionEnabled") is not True:
            yield Fault("may-be-deleted", name)


@rule(QUEUE)
def queues_sound(resources: Resources, declared: Declared) -> Iterator[Fault]:
    """Every queue has a dead-letter queue, or is one, and is encrypted."""
    targets = [str(dig(queue, "RedrivePolicy.deadLetterTargetArn")) for _, queue in of(resources, QUEUE)]
    for name, queue in of(resources, QUEUE):
        dead = any(f"'{name}'" in target for target in targets) or queue.get("RedriveAllowPolicy")
        if not dead and not dig(queue, "RedrivePolicy.deadLetterTargetArn"):
            yield Fault("no-dead-letters", name)
        if queue.get("SqsManagedSseEnabled") is not True and not queue.get("KmsMasterKeyId"):
            yield Fault("not-encrypted", name)
