"""The bucket of the evidence is locked: nobody can change or remove what lies in it."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, drop, put
from policies.controls.needs import aws
from policies.controls.predicates import EVIDENCE, dig, lock_days, with_purpose

_RETENTION = "ObjectLockConfiguration.Rule.DefaultRetention"
_LOCK = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2557}}}
_TAGS = {"regent:purpose": EVIDENCE}


@check(
    "evidence-lock",
    says="The bucket of the evidence is locked in compliance mode for as long as declared",
    serves=("A.6.2.8", "7.5.3"),
    needs={"buckets": aws.BUCKETS},
    reasons={
        "not-locked": "the bucket of the evidence has no Object Lock with a default retention",
        "can-be-lifted": "the lock is in governance mode: a role with the right permission lifts it",
        "too-short": "the lock is shorter than declared",
    },
    good={
        "buckets": [
            Item(name="regent-ledger", data={"Tags": _TAGS, "ObjectLockConfiguration": _LOCK}),
            Item(name="of-others", data={"Tags": {}, "ObjectLockConfiguration": None}),
        ]
    },
    mutants=[
        Mutant("no lock", "not-locked", put("buckets", "ObjectLockConfiguration", None)),
        Mutant("lock without a rule", "not-locked", drop("buckets", "ObjectLockConfiguration.Rule")),
        Mutant("governance", "can-be-lifted", put("buckets", f"{_RETENTION}.Mode", "GOVERNANCE")),
        Mutant("a day short", "too-short", put("buckets", f"{_RETENTION}.Days", 2556)),
        Mutant(
            "six years",
            "too-short",
            both(drop("buckets", f"{_RETENTION}.Days"), put("buckets", f"{_RETENTION}.Years", 6)),
        ),
        Mutant("a longer time declared", "too-short", put("buckets", "Name", "x"), {"object_lock_days": 3650}),
    ],
    benign=[
        Mutant(
            "ten years", None, both(drop("buckets", f"{_RETENTION}.Days"), put("buckets", f"{_RETENTION}.Years", 10))
        ),
        Mutant("another bucket unlocked", None, put("buckets", "Name", "other", item=1)),
    ],
)
def evidence_lock(look: Look, buckets: Sequence[Item]) -> None:
    """Judges the buckets of purpose `evidence`."""
    for bucket in with_purpose(buckets, EVIDENCE):
        lock = look.at(bucket).data.get("ObjectLockConfiguration") or {}
        retention = dig(lock, "Rule.DefaultRetention") or {}
        if lock.get("ObjectLockEnabled") != "Enabled" or not retention:
            look.fail("not-locked", bucket)
            continue
        if retention.get("Mode") != "COMPLIANCE":
            look.fail("can-be-lifted", bucket)
        if lock_days(retention) < look.declared.object_lock_days:
            look.fail("too-short", bucket, f"{lock_days(retention)} days, declared {look.declared.object_lock_days}")
    look.rest(buckets)
