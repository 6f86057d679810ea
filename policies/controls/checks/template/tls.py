"""What is asked over the network is to refuse plain HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, network
from policies.controls.samples import stack

_REFUSES = {
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]
}
_STACK = stack(
    Bucket={"Type": "AWS::S3::Bucket"},
    OnBucket={
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": _REFUSES},
    },
    Queue={"Type": "AWS::SQS::Queue"},
    OnQueue={"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Queue"}], "PolicyDocument": _REFUSES}},
)
_CONDITION = "Properties.PolicyDocument.Statement.0.Condition.Bool.aws:SecureTransport"


@check(
    "template-tls",
    says="Every bucket, queue and topic is synthesized so that it refuses what does not come over TLS",
    serves=("7.5.3", "A.7.2"),
    needs={"stacks": template.STACKS},
    reasons={"no-tls": "it could be asked without TLS"},
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no policy", "no-tls", drop("stacks", "Resources.OnBucket")),
        Mutant("the other way round", "no-tls", put("stacks", f"Resources.OnBucket.{_CONDITION}", "true")),
        Mutant("another queue's", "no-tls", put("stacks", "Resources.OnQueue.Properties.Queues", [{"Ref": "Other"}])),
        Mutant(
            "some only",
            "no-tls",
            put("stacks", "Resources.OnQueue.Properties.PolicyDocument.Statement.0.Principal", {"AWS": "arn:x"}),
        ),
        Mutant("a topic without", "no-tls", put("stacks", "Resources.Topic", {"Type": "AWS::SNS::Topic"})),
    ],
    benign=[
        Mutant(
            "everybody, written in short",
            None,
            put("stacks", "Resources.OnBucket.Properties.PolicyDocument.Statement.0.Principal", "*"),
        )
    ],
)
def tls(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, network.over_tls)
