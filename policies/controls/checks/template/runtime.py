"""Runtimes are to sit in our network, verify callers, and end in time."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import RUNTIME_STACK, stack


@check(
    "template-runtime",
    says="Every runtime is synthesized in our network, with verified callers and a bounded life",
    serves=("A.4.5", "A.9.2"),
    needs={"stacks": template.STACKS},
    reasons={
        "public": "the runtime would be on the public network",
        "any-audience": "the runtime would let in every token of its issuer",
        "lives-too-long": "sessions would live longer than declared",
        "bad-name": "AWS would refuse the runtime's name",
    },
    good={"stacks": [RUNTIME_STACK, stack()]},
    mutants=[
        Mutant(
            "public",
            "public",
            put("stacks", "Resources.Runtime.Properties.NetworkConfiguration", {"NetworkMode": "PUBLIC"}),
        ),
        Mutant(
            "any token",
            "any-audience",
            drop("stacks", "Resources.Runtime.Properties.AuthorizerConfiguration.CustomJWTAuthorizer.AllowedAudience"),
        ),
        Mutant("no end", "lives-too-long", drop("stacks", "Resources.Runtime.Properties.LifecycleConfiguration")),
        Mutant("a hyphen", "bad-name", put("stacks", "Resources.Runtime.Properties.AgentRuntimeName", "regent-people")),
    ],
    benign=[
        Mutant("by IAM", None, drop("stacks", "Resources.Runtime.Properties.AuthorizerConfiguration")),
    ],
)
def runtime(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.runtimes_enclosed)
