"""Nobody outside can reach what is ours: an analyzer watches, and finds nothing."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws

_ANALYZER = {"type": "ORGANIZATION", "status": "ACTIVE"}
_FINDING = {"resource": "arn:aws:s3:::regent-ledger", "findingType": "ExternalAccess", "status": "ACTIVE"}


@check(
    "no-outside-access",
    says="An access analyzer watches every region and has no open finding of access from outside",
    serves=("A.7.2", "7.5.3"),
    needs={"regions": aws.ANALYZERS},
    reasons={
        "nobody-watches": "no active analyzer of external access in this region",
        "reachable": "somebody outside can reach a resource of ours",
    },
    good={
        "regions": [
            Item(name=r, data={"analyzers": [_ANALYZER], "findings": []}) for r in ("eu-west-1", "eu-central-1")
        ]
    },
    mutants=[
        Mutant("no analyzer", "nobody-watches", put("regions", "analyzers", [], item=1)),
        Mutant("failed", "nobody-watches", put("regions", "analyzers.0.status", "FAILED")),
        Mutant("the wrong kind", "nobody-watches", put("regions", "analyzers.0.type", "ACCOUNT_UNUSED_ACCESS")),
        Mutant("a finding", "reachable", put("regions", "findings", [_FINDING])),
    ],
    benign=[
        Mutant("an archived finding", None, put("regions", "findings", [{**_FINDING, "status": "ARCHIVED"}])),
        Mutant("an analyzer of the account", None, put("regions", "analyzers.0.type", "ACCOUNT")),
    ],
)
def no_outside_access(look: Look, regions: Sequence[Item]) -> None:
    """Analyzers of unused or internal access do not see what comes from outside."""
    for region in regions:
        data = look.at(region).data
        if not any(a["type"] in ("ACCOUNT", "ORGANIZATION") and a["status"] == "ACTIVE" for a in data["analyzers"]):
            look.fail("nobody-watches", region)
        for finding in data["findings"]:
            if finding["findingType"] == "ExternalAccess" and finding["status"] == "ACTIVE":
                look.fail("reachable", region, finding["resource"])
