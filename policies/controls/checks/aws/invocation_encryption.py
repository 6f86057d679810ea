"""Where model invocations are logged to is encrypted with a key of ours: they hold what people asked."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, drop, put, without
from policies.controls.needs import aws
from policies.controls.predicates import dig, kms_encrypted

_CONFIG = {
    "cloudWatchConfig": {
        "logGroupName": "/regent/invocations",
        "largeDataDeliveryS3Config": {"bucketName": "regent-invocations"},
    }
}
_RULE = "ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault"
_KMS = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:eu-west-1:111122223333:key/8b1a"}
_ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": _KMS}]}


@check(
    "invocation-encryption",
    says="Logs of model invocations lie encrypted with a key of ours",
    serves=("A.6.2.8", "A.7.2"),
    needs={"regions": aws.INVOCATION_LOGGING, "groups": aws.LOG_GROUPS, "buckets": aws.BUCKETS},
    reasons={
        "group-in-clear": "the log group of model invocations has no key of ours",
        "bucket-in-clear": "the bucket of model invocations is not encrypted by KMS with a key of ours",
        "elsewhere": "model invocations go to a log group or bucket that is not in our accounts",
    },
    good={
        "regions": [Item(name="eu-west-1", data={"loggingConfig": _CONFIG})],
        "groups": [Item(name="g", data={"logGroupName": "/regent/invocations", "kmsKeyId": _KMS["KMSMasterKeyID"]})],
        "buckets": [
            Item(name="b", data={"Name": "regent-invocations", "ServerSideEncryptionConfiguration": _ENCRYPTED}),
            Item(name="other", data={"Name": "of-others", "ServerSideEncryptionConfiguration": None}),
        ],
    },
    mutants=[
        Mutant("group without key", "group-in-clear", drop("groups", "kmsKeyId")),
        Mutant("bucket with S3's key", "bucket-in-clear", put("buckets", f"{_RULE}.SSEAlgorithm", "AES256")),
        Mutant("bucket with AWS's KMS key", "bucket-in-clear", drop("buckets", f"{_RULE}.KMSMasterKeyID")),
        Mutant("bucket of somebody else", "elsewhere", without("buckets")),
        Mutant("group of somebody else", "elsewhere", put("groups", "logGroupName", "/others")),
    ],
    benign=[
        Mutant(
            "to a bucket alone",
            None,
            both(
                put("regions", "loggingConfig.cloudWatchConfig", None),
                put("regions", "loggingConfig.s3Config", {"bucketName": "regent-invocations"}),
            ),
        ),
        Mutant("double-layer KMS", None, put("buckets", f"{_RULE}.SSEAlgorithm", "aws:kms:dsse")),
    ],
)
def invocation_encryption(look: Look, regions: Sequence[Item], groups: Sequence[Item], buckets: Sequence[Item]) -> None:
    """Follows each region's destinations to the log group and the buckets."""
    group_by, bucket_by = {g.data["logGroupName"]: g for g in groups}, {b.data["Name"]: b for b in buckets}
    for region in regions:
        config = region.data.get("loggingConfig")
        if not config:
            look.skip(region)
            continue
        look.at(region)
        name = dig(config, "cloudWatchConfig.logGroupName")
        if name and name not in group_by:
            look.fail("elsewhere", region, name)
        elif name and not look.at(group_by[name]).data.get("kmsKeyId"):
            look.fail("group-in-clear", group_by[name])
        for path in ("s3Config.bucketName", "cloudWatchConfig.largeDataDeliveryS3Config.bucketName"):
            name = dig(config, path)
            if name and name not in bucket_by:
                look.fail("elsewhere", region, name)
            elif name and not kms_encrypted(look.at(bucket_by[name]).data):
                look.fail("bucket-in-clear", bucket_by[name])
    look.rest(groups, buckets)
