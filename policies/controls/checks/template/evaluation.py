"""Online evaluation is to be on."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import stack

_STACK = stack(
    Evaluation={
        "Type": "AWS::BedrockAgentCore::OnlineEvaluationConfig",
        "Properties": {
            "ExecutionStatus": "ENABLED",
            "Rule": {"SamplingConfig": {"SamplingPercentage": 10}},
        },
    }
)


@check(
    "template-evaluation",
    says="Every online evaluation is synthesized switched on, with the declared share",
    serves=("A.6.2.6", "9.1"),
    needs={"stacks": template.STACKS},
    reasons={
        "off": "online evaluation would be off",
        "too-few": "fewer sessions would be evaluated than declared",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("off", "off", put("stacks", "Resources.Evaluation.Properties.ExecutionStatus", "DISABLED")),
        Mutant("not said", "off", drop("stacks", "Resources.Evaluation.Properties.ExecutionStatus")),
        Mutant(
            "one in a hundred",
            "too-few",
            put("stacks", "Resources.Evaluation.Properties.Rule.SamplingConfig.SamplingPercentage", 1),
        ),
    ],
    benign=[
        Mutant(
            "all", None, put("stacks", "Resources.Evaluation.Properties.Rule.SamplingConfig.SamplingPercentage", 100)
        ),
    ],
)
def evaluation(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.evaluations_on)
