"""The bucket of the evidence cannot become public, by no access list and no policy."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws
from policies.controls.predicates import EVIDENCE, with_purpose

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_DATA = {
    "Tags": {"regent:purpose": EVIDENCE},
    "PublicAccessBlockConfiguration": dict.fromkeys(_BLOCKS, True),
    "PolicyStatus": {"IsPublic": False},
}


@check(
    "evidence-private",
    says="The bucket of the evidence blocks public access in all four ways",
    serves=("7.5.3", "A.6.2.8"),
    needs={"buckets": aws.BUCKETS},
    reasons={
        "not-blocked": "public access to the bucket of the evidence is not blocked in all four ways",
        "public": "the policy of the bucket of the evidence makes it public",
    },
    good={"buckets": [Item(name="regent-ledger", data=_DATA), Item(name="of-others", data={"Tags": {}})]},
    mutants=[
        Mutant("no block at all", "not-blocked", put("buckets", "PublicAccessBlockConfiguration", None)),
        Mutant(
            "policies let through",
            "not-blocked",
            put("buckets", "PublicAccessBlockConfiguration.BlockPublicPolicy", False),
        ),
        Mutant("public policy", "public", put("buckets", "PolicyStatus.IsPublic", True)),
    ],
    benign=[Mutant("no policy", None, put("buckets", "PolicyStatus", None))],
)
def evidence_private(look: Look, buckets: Sequence[Item]) -> None:
    """Judges the buckets of purpose `evidence`."""
    for bucket in with_purpose(buckets, EVIDENCE):
        block = look.at(bucket).data.get("PublicAccessBlockConfiguration") or {}
        missing = [name for name in _BLOCKS if block.get(name) is not True]
        if missing:
            look.fail("not-blocked", bucket, ", ".join(missing))
        if (bucket.data.get("PolicyStatus") or {}).get("IsPublic"):
            look.fail("public", bucket)
    look.rest(buckets)
