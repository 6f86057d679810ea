"""Model providers keep nothing of what is sent to them, beyond what the tenant declared."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws


@check(
    "provider-retention",
    says="In every region Bedrock keeps and shares only what was declared",
    serves=("A.10.3", "A.7.2"),
    needs={"regions": aws.DATA_RETENTION},
    reasons={
        "shared-with-provider": "what is asked and answered may be shared with the model's provider",
        "not-declared": "the account's data retention is a mode that was not declared",
    },
    good={"regions": [Item(name=r, data={"mode": "none"}) for r in ("eu-west-1", "eu-central-1")]},
    mutants=[
        Mutant("shared", "shared-with-provider", put("regions", "mode", "provider_data_share", item=1)),
        Mutant("AWS may look", "not-declared", put("regions", "mode", "aws_review")),
        Mutant("left to the model's default", "not-declared", put("regions", "mode", "inherit")),
        Mutant(
            "sharing cannot be declared away",
            "shared-with-provider",
            put("regions", "mode", "provider_data_share"),
            {"data_retention_modes": ["none", "provider_data_share"]},
        ),
    ],
    benign=[
        Mutant(
            "the default, declared",
            None,
            put("regions", "mode", "default"),
            {"data_retention_modes": ["default", "none"]},
        )
    ],
)
def provider_retention(look: Look, regions: Sequence[Item]) -> None:
    """`regions`: `bedrock:GetAccountDataRetention` per account and region."""
    for region in regions:
        mode = look.at(region).data["mode"]
        if mode == "provider_data_share":
            look.fail("shared-with-provider", region)
        elif mode not in look.declared.data_retention_modes:
            look.fail("not-declared", region, f"{mode}, declared are {', '.join(look.declared.data_retention_modes)}")
