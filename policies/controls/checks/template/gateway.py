"""The gateway is to verify callers, tell nothing, and fail closed."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import GATEWAY_STACK, stack


@check(
    "template-gateway",
    says="Every gateway is synthesized with verified callers, a key of ours, and behind a firewall that fails closed",
    serves=("A.9.4", "A.6.2.6"),
    needs={"stacks": template.STACKS},
    reasons={
        "anybody": "the gateway would not decide who may call it",
        "any-audience": "the gateway would let in every token of its issuer",
        "tells-too-much": "the gateway would answer with detailed errors",
        "no-own-key": "the gateway would have no key of ours",
        "fails-open": "requests would pass when the firewall cannot decide, or there is none",
    },
    good={"stacks": [GATEWAY_STACK, stack()]},
    mutants=[
        Mutant("nobody asks", "anybody", put("stacks", "Resources.Gateway.Properties.AuthorizerType", "NONE")),
        Mutant(
            "any token",
            "any-audience",
            drop("stacks", "Resources.Gateway.Properties.AuthorizerConfiguration.CustomJWTAuthorizer.AllowedAudience"),
        ),
        Mutant("debugging", "tells-too-much", put("stacks", "Resources.Gateway.Properties.ExceptionLevel", "DEBUG")),
        Mutant("no key", "no-own-key", drop("stacks", "Resources.Gateway.Properties.KmsKeyArn")),
        Mutant(
            "open",
            "fails-open",
            put("stacks", "Resources.Gateway.Properties.WafConfiguration.FailureMode", "FAIL_OPEN"),
        ),
        Mutant("no firewall", "fails-open", drop("stacks", "Resources.Firewall")),
    ],
    benign=[
        Mutant("IAM", None, put("stacks", "Resources.Gateway.Properties.AuthorizerType", "AWS_IAM")),
    ],
)
def gateway(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.gateways_enclosed)
