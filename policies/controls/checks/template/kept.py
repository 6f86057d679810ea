"""What holds data is to stay when its stack goes."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, keeping
from policies.controls.samples import stack

_STACK = stack(
    Bucket={"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"},
    Table={"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"},
)


@check(
    "template-kept",
    says="Every bucket, table, log group and key is synthesized so that it outlives its stack and its replacement",
    serves=("A.6.2.8", "7.5.3"),
    needs={"stacks": template.STACKS},
    reasons={
        "goes-with-the-stack": "it would go when its stack goes",
        "goes-with-an-update": "it would go when an update puts another in its place",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("deleted", "goes-with-the-stack", put("stacks", "Resources.Bucket.DeletionPolicy", "Delete")),
        Mutant("not said", "goes-with-the-stack", drop("stacks", "Resources.Table.DeletionPolicy")),
        Mutant("replaced", "goes-with-an-update", drop("stacks", "Resources.Table.UpdateReplacePolicy")),
    ],
    benign=[
        Mutant(
            "never created, so not kept", None, put("stacks", "Resources.Table.DeletionPolicy", "RetainExceptOnCreate")
        )
    ],
)
def kept(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, keeping.kept)
