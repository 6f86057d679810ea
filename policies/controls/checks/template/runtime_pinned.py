"""Each runtime is to be reached through an endpoint on one version."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import RUNTIME_STACK, stack


@check(
    "template-runtime-pinned",
    says="Every runtime is synthesized with an endpoint of its own on one version",
    serves=("A.6.2.5",),
    needs={"stacks": template.STACKS},
    reasons={
        "not-pinned": "the runtime would be reached only by the endpoint that follows every version",
    },
    good={"stacks": [RUNTIME_STACK, stack()]},
    mutants=[
        Mutant("no endpoint", "not-pinned", drop("stacks", "Resources.Endpoint")),
        Mutant(
            "endpoint without a version",
            "not-pinned",
            drop("stacks", "Resources.Endpoint.Properties.AgentRuntimeVersion"),
        ),
        Mutant(
            "endpoint of another",
            "not-pinned",
            put("stacks", "Resources.Endpoint.Properties.AgentRuntimeId", {"Ref": "Other"}),
        ),
    ],
    benign=[
        Mutant(
            "by GetAtt",
            None,
            put(
                "stacks", "Resources.Endpoint.Properties.AgentRuntimeId", {"Fn::GetAtt": ["Runtime", "AgentRuntimeId"]}
            ),
        ),
    ],
)
def runtime_pinned(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.runtimes_pinned)
