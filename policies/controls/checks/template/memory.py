"""Memories are to be encrypted and to forget."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import stack

_STACK = stack(
    Memory={
        "Type": "AWS::BedrockAgentCore::Memory",
        "Properties": {"EventExpiryDuration": 30, "EncryptionKeyArn": {"Fn::GetAtt": ["Key", "Arn"]}},
    }
)


@check(
    "template-memory",
    says="Every memory is synthesized with a key of ours and forgets within the declared days",
    serves=("A.7.2", "A.4.3"),
    needs={"stacks": template.STACKS},
    reasons={
        "no-own-key": "the memory would have no key of ours",
        "remembers-too-long": "the memory would keep what was said longer than declared",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no key", "no-own-key", drop("stacks", "Resources.Memory.Properties.EncryptionKeyArn")),
        Mutant("a year", "remembers-too-long", put("stacks", "Resources.Memory.Properties.EventExpiryDuration", 365)),
    ],
    benign=[
        Mutant("a week", None, put("stacks", "Resources.Memory.Properties.EventExpiryDuration", 7)),
    ],
)
def memory(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.memories_protected)
