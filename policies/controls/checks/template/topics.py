"""Topics are to be encrypted."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, keeping
from policies.controls.samples import stack

_STACK = stack(Topic={"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}})


@check(
    "template-topics",
    says="Every topic is synthesized with a key of ours",
    serves=("A.7.2",),
    needs={"stacks": template.STACKS},
    reasons={"no-own-key": "the topic would have no key of ours"},
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no key", "no-own-key", drop("stacks", "Resources.Topic.Properties.KmsMasterKeyId")),
        Mutant("AWS's key", "no-own-key", put("stacks", "Resources.Topic.Properties.KmsMasterKeyId", "alias/aws/sns")),
    ],
    benign=[
        Mutant("an alias of ours", None, put("stacks", "Resources.Topic.Properties.KmsMasterKeyId", "alias/regent"))
    ],
)
def topics(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, keeping.topics_sound)
