"""Runtimes end their sessions in time and give credentials only to whoever asks by the safe way."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws
from policies.controls.predicates import dig

_DATA = {"metadataConfiguration": {"requireMMDSV2": True}, "lifecycleConfiguration": {"maxLifetime": 28800}}


@check(
    "runtime-limits",
    says="Runtimes end sessions within the declared time and protect their credentials from forged requests",
    serves=("A.4.5", "A.6.2.6"),
    needs={"runtimes": aws.RUNTIMES},
    reasons={
        "old-metadata": "the runtime's metadata service answers requests that a forged page could make",
        "lives-too-long": "sessions of the runtime may live longer than declared",
    },
    good={"runtimes": [Item(name="regent_people", data=_DATA), Item(name="regent_channels", data=_DATA)]},
    mutants=[
        Mutant("first version allowed", "old-metadata", put("runtimes", "metadataConfiguration.requireMMDSV2", False)),
        Mutant("not configured", "old-metadata", put("runtimes", "metadataConfiguration", None, item=1)),
        Mutant("a second longer", "lives-too-long", put("runtimes", "lifecycleConfiguration.maxLifetime", 28801)),
        Mutant("no limit", "lives-too-long", drop("runtimes", "lifecycleConfiguration.maxLifetime")),
        Mutant("less declared", "lives-too-long", put("runtimes", "status", "READY"), {"session_seconds_at_most": 900}),
    ],
    benign=[Mutant("an hour", None, put("runtimes", "lifecycleConfiguration.maxLifetime", 3600))],
)
def runtime_limits(look: Look, runtimes: Sequence[Item]) -> None:
    """`maxLifetime` is in seconds."""
    for runtime in runtimes:
        data = look.at(runtime).data
        if dig(data, "metadataConfiguration.requireMMDSV2") is not True:
            look.fail("old-metadata", runtime)
        seconds = dig(data, "lifecycleConfiguration.maxLifetime")
        if seconds is None or seconds > look.declared.session_seconds_at_most:
            look.fail("lives-too-long", runtime, f"{seconds} s, declared {look.declared.session_seconds_at_most}")
