"""Runtimes are to use a published version of the guardrail."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import RUNTIME_STACK, stack


@check(
    "template-runtime-guarded",
    says="Every runtime is synthesized with a guardrail in a version that is not the draft",
    serves=("A.9.4", "A.6.2.5"),
    needs={"stacks": template.STACKS},
    reasons={
        "no-guardrail": "the runtime would run without a guardrail",
        "draft": "the runtime would use the guardrail's draft",
    },
    good={"stacks": [RUNTIME_STACK, stack()]},
    mutants=[
        Mutant(
            "none", "no-guardrail", drop("stacks", "Resources.Runtime.Properties.EnvironmentVariables.REGENT_GUARDRAIL")
        ),
        Mutant(
            "draft",
            "draft",
            put("stacks", "Resources.Runtime.Properties.EnvironmentVariables.REGENT_GUARDRAIL_VERSION", "DRAFT"),
        ),
        Mutant(
            "no version",
            "draft",
            drop("stacks", "Resources.Runtime.Properties.EnvironmentVariables.REGENT_GUARDRAIL_VERSION"),
        ),
    ],
    benign=[
        Mutant(
            "a number",
            None,
            put("stacks", "Resources.Runtime.Properties.EnvironmentVariables.REGENT_GUARDRAIL_VERSION", "3"),
        ),
    ],
)
def runtime_guarded(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.runtimes_guarded)
