"""In the bucket of the evidence an object can only be new."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, keeping
from policies.controls.samples import stack

_STACK = stack(
    Ledger={"Type": "AWS::S3::Bucket", "Properties": {"Tags": [{"Key": "regent:purpose", "Value": "evidence"}]}},
    OnLedger={
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Ledger"},
            "PolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Deny",
                        "Principal": {"AWS": "*"},
                        "Action": "s3:PutObject",
                        "Resource": "*",
                        "Condition": {"Null": {"s3:if-none-match": "true"}},
                    }
                ]
            },
        },
    },
)
_STATEMENT = "Resources.OnLedger.Properties.PolicyDocument.Statement.0"


@check(
    "template-evidence-new",
    says="The evidence's bucket is synthesized so that a put which could replace an object is denied to everybody",
    serves=("A.6.2.8",),
    needs={"stacks": template.STACKS},
    reasons={"may-be-replaced": "an object of the evidence could be replaced by a newer version"},
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no policy", "may-be-replaced", drop("stacks", "Resources.OnLedger")),
        Mutant("allowed", "may-be-replaced", put("stacks", f"{_STATEMENT}.Effect", "Allow")),
        Mutant("for reading", "may-be-replaced", put("stacks", f"{_STATEMENT}.Action", "s3:GetObject")),
        Mutant("no condition", "may-be-replaced", drop("stacks", f"{_STATEMENT}.Condition")),
    ],
    benign=[Mutant("everybody, written in short", None, put("stacks", f"{_STATEMENT}.Principal", "*"))],
)
def evidence_new(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, keeping.only_new)
