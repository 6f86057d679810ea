"""Runtimes sit in our network, not on the public one."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws
from policies.controls.predicates import dig

_VPC = {"networkMode": "VPC", "networkModeConfig": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}


@check(
    "runtime-network",
    says="Every runtime runs in our network, none on the public one",
    serves=("A.4.5", "8.1"),
    needs={"runtimes": aws.RUNTIMES},
    reasons={
        "public": "the runtime is on the public network",
        "no-subnets": "the runtime claims our network but names no subnets of it",
    },
    good={
        "runtimes": [Item(name=n, data={"networkConfiguration": _VPC}) for n in ("regent_people", "regent_channels")]
    },
    mutants=[
        Mutant("public", "public", put("runtimes", "networkConfiguration", {"networkMode": "PUBLIC"}, item=1)),
        Mutant("unknown", "public", put("runtimes", "networkConfiguration", None)),
        Mutant("no subnets", "no-subnets", put("runtimes", "networkConfiguration.networkModeConfig.subnets", [])),
    ],
    benign=[Mutant("two subnets", None, put("runtimes", "networkConfiguration.networkModeConfig.subnets", ["a", "b"]))],
)
def runtime_network(look: Look, runtimes: Sequence[Item]) -> None:
    """`runtimes`: as `GetAgentRuntime` describes them."""
    for runtime in runtimes:
        network = look.at(runtime).data.get("networkConfiguration") or {}
        if network.get("networkMode") != "VPC":
            look.fail("public", runtime)
        elif not dig(network, "networkModeConfig.subnets"):
            look.fail("no-subnets", runtime)
