"""Log groups are encrypted with a key of ours, not only with the service's own."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws

_KEY = "arn:aws:kms:eu-west-1:111122223333:key/8b1a"


@check(
    "log-encryption",
    says="Every log group is encrypted with a key of ours",
    serves=("A.6.2.8", "7.5.3"),
    needs={"groups": aws.LOG_GROUPS},
    reasons={"no-own-key": "the log group has no key of ours: whoever administers the service could read it"},
    good={
        "groups": [
            Item(name="runtime", data={"logGroupName": "/aws/bedrock-agentcore/runtimes/regent", "kmsKeyId": _KEY}),
            Item(name="front", data={"logGroupName": "/aws/lambda/regent-front", "kmsKeyId": _KEY}),
        ]
    },
    mutants=[
        Mutant("key taken off one group", "no-own-key", drop("groups", "kmsKeyId", item=1)),
        Mutant("empty key", "no-own-key", put("groups", "kmsKeyId", "")),
    ],
    benign=[Mutant("another key of ours", None, put("groups", "kmsKeyId", _KEY.replace("8b1a", "77aa")))],
)
def log_encryption(look: Look, groups: Sequence[Item]) -> None:
    """`groups`: as `logs:DescribeLogGroups` lists them."""
    for group in groups:
        if not look.at(group).data.get("kmsKeyId"):
            look.fail("no-own-key", group)
