"""Log groups are to expire within the declared bounds, encrypted."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, storage
from policies.controls.samples import stack

_STACK = stack(
    Logs={
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"RetentionInDays": 400, "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
    }
)


@check(
    "template-log-groups",
    says="Every log group is synthesized with a retention within the declared bounds and a key of ours",
    serves=("A.6.2.8", "7.5.3"),
    needs={"stacks": template.STACKS},
    reasons={
        "kept-for-ever": "the log group would never expire",
        "out-of-bounds": "the log group would expire earlier or later than declared",
        "no-own-key": "the log group would have no key of ours",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no retention", "kept-for-ever", drop("stacks", "Resources.Logs.Properties.RetentionInDays")),
        Mutant("a week", "out-of-bounds", put("stacks", "Resources.Logs.Properties.RetentionInDays", 7)),
        Mutant("ten years", "out-of-bounds", put("stacks", "Resources.Logs.Properties.RetentionInDays", 3653)),
        Mutant("no key", "no-own-key", drop("stacks", "Resources.Logs.Properties.KmsKeyId")),
    ],
    benign=[
        Mutant("two years", None, put("stacks", "Resources.Logs.Properties.RetentionInDays", 731)),
    ],
)
def log_groups(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, storage.logs_kept)
