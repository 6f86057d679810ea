"""The bucket of the evidence is encrypted with a key of ours and keeps every version."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws
from policies.controls.predicates import EVIDENCE, kms_encrypted, with_purpose

_KMS = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:eu-west-1:111122223333:key/8b1a"}
_DATA = {
    "Tags": {"regent:purpose": EVIDENCE},
    "ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": _KMS}]},
    "Status": "Enabled",
}
_RULE = "ServerSideEncryptionConfiguration.Rules.0.ApplyServerSideEncryptionByDefault"


@check(
    "evidence-encryption",
    says="The bucket of the evidence is encrypted with a key of ours and keeps every version",
    serves=("7.5.3",),
    needs={"buckets": aws.BUCKETS},
    reasons={
        "no-own-key": "the bucket of the evidence is not encrypted by KMS with a key of ours",
        "no-versions": "the bucket of the evidence does not keep earlier versions",
    },
    good={"buckets": [Item(name="regent-ledger", data=_DATA), Item(name="of-others", data={"Tags": {}})]},
    mutants=[
        Mutant("S3's own key", "no-own-key", put("buckets", f"{_RULE}.SSEAlgorithm", "AES256")),
        Mutant("AWS's KMS key", "no-own-key", drop("buckets", f"{_RULE}.KMSMasterKeyID")),
        Mutant("AWS's key by its alias", "no-own-key", put("buckets", f"{_RULE}.KMSMasterKeyID", "alias/aws/s3")),
        Mutant("never configured", "no-own-key", put("buckets", "ServerSideEncryptionConfiguration", None)),
        Mutant("versions suspended", "no-versions", put("buckets", "Status", "Suspended")),
    ],
    benign=[Mutant("double-layer KMS", None, put("buckets", f"{_RULE}.SSEAlgorithm", "aws:kms:dsse"))],
)
def evidence_encryption(look: Look, buckets: Sequence[Item]) -> None:
    """Judges the buckets of purpose `evidence`."""
    for bucket in with_purpose(buckets, EVIDENCE):
        if not kms_encrypted(look.at(bucket).data):
            look.fail("no-own-key", bucket)
        if bucket.data.get("Status") != "Enabled":
            look.fail("no-versions", bucket)
    look.rest(buckets)
