"""Log groups keep events as long as declared, and no longer: keeping for ever is a question too, not an answer."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws

_GROUP = {"logGroupName": "/aws/bedrock-agentcore/runtimes/regent", "retentionInDays": 400}


@check(
    "log-retention",
    says="Every log group keeps its events as long as declared, and no longer",
    serves=("A.6.2.8", "7.5.3"),
    needs={"groups": aws.LOG_GROUPS},
    reasons={
        "kept-for-ever": "the log group never expires, which the declared longest time does not allow",
        "kept-too-short": "the log group expires before the declared shortest time",
        "kept-too-long": "the log group keeps events beyond the declared longest time",
    },
    good={"groups": [Item(name="runtime", data=_GROUP), Item(name="trail", data={**_GROUP, "retentionInDays": 731})]},
    mutants=[
        Mutant("no expiry at all", "kept-for-ever", drop("groups", "retentionInDays")),
        Mutant("a month", "kept-too-short", put("groups", "retentionInDays", 30, item=1)),
        Mutant("one day short", "kept-too-short", put("groups", "retentionInDays", 364)),
        Mutant("ten years", "kept-too-long", put("groups", "retentionInDays", 3653)),
    ],
    benign=[
        Mutant("exactly the shortest time", None, put("groups", "retentionInDays", 365)),
        Mutant("another name", None, put("groups", "logGroupName", "/aws/lambda/regent-front")),
    ],
)
def log_retention(look: Look, groups: Sequence[Item]) -> None:
    """`groups`: as `logs:DescribeLogGroups` lists them."""
    bounds = look.declared.log_retention
    for group in groups:
        days = look.at(group).data.get("retentionInDays")
        if days is None:
            look.fail("kept-for-ever", group)
        elif days < bounds.at_least_days:
            look.fail("kept-too-short", group, f"{days} days, declared are at least {bounds.at_least_days}")
        elif days > bounds.at_most_days:
            look.fail("kept-too-long", group, f"{days} days, declared are at most {bounds.at_most_days}")
