"""Buckets are to be closed to the public and encrypted."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, storage
from policies.controls.samples import stack

_STACK = stack(
    Ledger={
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "Tags": [{"Key": "regent:purpose", "Value": "evidence"}],
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Ref": "Key"}}}
                ]
            },
        },
    }
)


@check(
    "template-buckets-private",
    says="Every bucket is synthesized closed to the public and encrypted, the evidence's with a key of ours",
    serves=("7.5.3", "A.7.2"),
    needs={"stacks": template.STACKS},
    reasons={
        "not-blocked": "the bucket would not block public access in all four ways",
        "not-encrypted": "the bucket would not be encrypted",
        "no-own-key": "the bucket of the evidence would not be encrypted with a key of ours",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant(
            "policies let through",
            "not-blocked",
            drop("stacks", "Resources.Ledger.Properties.PublicAccessBlockConfiguration.BlockPublicPolicy"),
        ),
        Mutant("no block", "not-blocked", drop("stacks", "Resources.Ledger.Properties.PublicAccessBlockConfiguration")),
        Mutant("no encryption", "not-encrypted", drop("stacks", "Resources.Ledger.Properties.BucketEncryption")),
        Mutant(
            "no key",
            "no-own-key",
            drop(
                "stacks",
                "Resources.Ledger.Properties.BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID",
            ),
        ),
    ],
    benign=[
        Mutant(
            "no evidence, S3's key",
            None,
            both(
                put("stacks", "Resources.Ledger.Properties.Tags", []),
                put(
                    "stacks",
                    "Resources.Ledger.Properties.BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault",
                    {"SSEAlgorithm": "AES256"},
                ),
            ),
        ),
    ],
)
def buckets_private(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, storage.private)
