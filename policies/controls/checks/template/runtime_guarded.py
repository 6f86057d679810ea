"""Runtimes are to use a published version of the guardrail."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import RUNTIME_STACK, stack

_QUERIES = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Environment": {
            "Variables": {"REGENT_ESTATE": "aws", "REGENT_GUARDRAIL": "g", "REGENT_GUARDRAIL_VERSION": "DRAFT"}
        }
    },
}


@check(
    "template-runtime-guarded",
    says="Every runtime, and every function that answers, is synthesized with a guardrail that is no draft",
    serves=("A.9.4", "A.6.2.5"),
    needs={"stacks": template.STACKS},
    reasons={
        "no-guardrail": "it would answer without a guardrail",
        "draft": "it would use the guardrail's draft",
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
        Mutant("a function that answers", "draft", put("stacks", "Resources.Queries", _QUERIES)),
    ],
    benign=[
        Mutant(
            "a function that answers nothing",
            None,
            put("stacks", "Resources.Front", {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "x"}}),
        ),
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
