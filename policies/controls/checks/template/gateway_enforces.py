"""The gateway's policy engine is to decide, not to log."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import GATEWAY_STACK, stack


@check(
    "template-gateway-enforces",
    says="Every gateway is synthesized with a policy engine that enforces",
    serves=("A.9.2", "A.9.4"),
    needs={"stacks": template.STACKS},
    reasons={
        "no-policy-engine": "the gateway would have no policy engine",
        "log-only": "the policy engine would only log",
    },
    good={"stacks": [GATEWAY_STACK, stack()]},
    mutants=[
        Mutant(
            "no engine", "no-policy-engine", drop("stacks", "Resources.Gateway.Properties.PolicyEngineConfiguration")
        ),
        Mutant(
            "log only",
            "log-only",
            put("stacks", "Resources.Gateway.Properties.PolicyEngineConfiguration.Mode", "LOG_ONLY"),
        ),
        Mutant(
            "a parameter decides",
            "log-only",
            put("stacks", "Resources.Gateway.Properties.PolicyEngineConfiguration.Mode", {"Ref": "Mode"}),
        ),
    ],
    benign=[
        Mutant(
            "an imported engine",
            None,
            put("stacks", "Resources.Gateway.Properties.PolicyEngineConfiguration.Arn", {"Fn::ImportValue": "engine"}),
        ),
    ],
)
def gateway_enforces(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.gateways_enforce)
