"""What cannot be worked on is to be kept aside, not lost."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, storage
from policies.controls.samples import stack

_STACK = stack(
    Questions={
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 3},
            "SqsManagedSseEnabled": True,
        },
    },
    Dead={"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": {"Ref": "Key"}}},
)


@check(
    "template-queues",
    says="Every queue is synthesized encrypted and with a dead-letter queue",
    serves=("A.6.2.6",),
    needs={"stacks": template.STACKS},
    reasons={
        "no-dead-letters": "the queue would lose what cannot be worked on",
        "not-encrypted": "the queue would not be encrypted",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no dead letters", "no-dead-letters", drop("stacks", "Resources.Questions.Properties.RedrivePolicy")),
        Mutant(
            "not encrypted",
            "not-encrypted",
            put("stacks", "Resources.Questions.Properties.SqsManagedSseEnabled", False),
        ),
        Mutant(
            "dead letters in the clear", "not-encrypted", drop("stacks", "Resources.Dead.Properties.KmsMasterKeyId")
        ),
    ],
    benign=[
        Mutant("more tries", None, put("stacks", "Resources.Questions.Properties.RedrivePolicy.maxReceiveCount", 5)),
    ],
)
def queues(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, storage.queues_sound)
