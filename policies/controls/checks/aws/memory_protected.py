"""Memories are encrypted with a key of ours and forget in time, both what was said and what was learned."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws

_MEMORY = {
    "name": "regent",
    "encryptionKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/8b1a",
    "eventExpiryDuration": 30,
    "strategies": [{"name": "summaries", "recordExpiryDurationDays": 60}],
}


@check(
    "memory-protected",
    says="Every memory is encrypted with a key of ours and forgets within the declared days",
    serves=("A.7.2", "A.4.3"),
    needs={"memories": aws.MEMORIES},
    reasons={
        "no-own-key": "the memory is not encrypted with a key of ours",
        "remembers-too-long": "the memory keeps what was said longer than declared",
        "learned-for-ever": "what the memory learned from conversations is kept longer than declared, or for ever",
    },
    good={"memories": [Item(name="regent", data=_MEMORY)]},
    mutants=[
        Mutant("no key", "no-own-key", drop("memories", "encryptionKeyArn")),
        Mutant("a day too long", "remembers-too-long", put("memories", "eventExpiryDuration", 91)),
        Mutant("less declared", "remembers-too-long", put("memories", "id", "m"), {"memory_days_at_most": 10}),
        Mutant("records never expire", "learned-for-ever", drop("memories", "strategies.0.recordExpiryDurationDays")),
        Mutant("records for a year", "learned-for-ever", put("memories", "strategies.0.recordExpiryDurationDays", 365)),
    ],
    benign=[
        Mutant("nothing is learned", None, put("memories", "strategies", [])),
        Mutant("exactly as long", None, put("memories", "eventExpiryDuration", 90)),
    ],
)
def memory_protected(look: Look, memories: Sequence[Item]) -> None:
    """Durations are days."""
    most = look.declared.memory_days_at_most
    for memory in memories:
        data = look.at(memory).data
        if not data.get("encryptionKeyArn"):
            look.fail("no-own-key", memory)
        if (data.get("eventExpiryDuration") or most + 1) > most:
            look.fail("remembers-too-long", memory, f"{data.get('eventExpiryDuration')} days, declared {most}")
        for strategy in data.get("strategies") or []:
            if (strategy.get("recordExpiryDurationDays") or most + 1) > most:
                look.fail("learned-for-ever", memory, strategy["name"])
