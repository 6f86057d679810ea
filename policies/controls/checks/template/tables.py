"""Tables with approvals and budgets are to be restorable, encrypted and safe from deletion."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, storage
from policies.controls.samples import stack

_STACK = stack(
    Approvals={
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "SSESpecification": {
                "SSEEnabled": True,
                "SSEType": "KMS",
                "KMSMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
            },
            "DeletionProtectionEnabled": True,
        },
    }
)


@check(
    "template-tables",
    says="Every table is synthesized restorable, encrypted with a key of ours and protected from deletion",
    serves=("A.9.2", "7.5.3"),
    needs={"stacks": template.STACKS},
    reasons={
        "no-restore": "the table could not be restored to a point in time",
        "no-own-key": "the table would have no key of ours",
        "may-be-deleted": "the table could be deleted by mistake",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant(
            "no recovery",
            "no-restore",
            drop("stacks", "Resources.Approvals.Properties.PointInTimeRecoverySpecification"),
        ),
        Mutant(
            "AWS's key", "no-own-key", drop("stacks", "Resources.Approvals.Properties.SSESpecification.KMSMasterKeyId")
        ),
        Mutant(
            "no protection",
            "may-be-deleted",
            put("stacks", "Resources.Approvals.Properties.DeletionProtectionEnabled", False),
        ),
    ],
    benign=[
        Mutant("named", None, put("stacks", "Resources.Approvals.Properties.TableName", "approvals")),
    ],
)
def tables(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, storage.tables_sound)
