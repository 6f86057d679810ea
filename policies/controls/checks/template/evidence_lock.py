"""The bucket of the evidence is to be locked, in compliance mode, long enough."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, storage
from policies.controls.samples import stack

_STACK = stack(
    Ledger={
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "Tags": [{"Key": "regent:purpose", "Value": "evidence"}],
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 10}},
            },
        },
    }
)


@check(
    "template-evidence-lock",
    says="The evidence's bucket is synthesized with a lock in compliance mode for as long as declared",
    serves=("A.6.2.8", "7.5.3"),
    needs={"stacks": template.STACKS},
    reasons={
        "not-locked": "the bucket of the evidence is synthesized without a lock",
        "can-be-lifted": "the lock would be in governance mode",
        "too-short": "the lock would be shorter than declared",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("lock removed", "not-locked", put("stacks", "Resources.Ledger.Properties.ObjectLockEnabled", False)),
        Mutant("rule removed", "not-locked", drop("stacks", "Resources.Ledger.Properties.ObjectLockConfiguration")),
        Mutant(
            "governance",
            "can-be-lifted",
            put(
                "stacks", "Resources.Ledger.Properties.ObjectLockConfiguration.Rule.DefaultRetention.Mode", "GOVERNANCE"
            ),
        ),
        Mutant(
            "a year",
            "too-short",
            put("stacks", "Resources.Ledger.Properties.ObjectLockConfiguration.Rule.DefaultRetention.Years", 1),
        ),
        Mutant(
            "a parameter decides",
            "not-locked",
            put("stacks", "Resources.Ledger.Properties.ObjectLockEnabled", {"Ref": "Lock"}),
        ),
    ],
    benign=[
        Mutant(
            "in days",
            None,
            put(
                "stacks",
                "Resources.Ledger.Properties.ObjectLockConfiguration.Rule.DefaultRetention",
                {"Mode": "COMPLIANCE", "Days": 3650},
            ),
        ),
    ],
)
def evidence_lock(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, storage.locked)
