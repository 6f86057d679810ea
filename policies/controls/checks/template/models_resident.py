"""No model is to be named whose questions could leave the declared regions."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import RUNTIME_STACK, stack


@check(
    "template-models-resident",
    says="No inference profile is synthesized of another group of regions than that of the declared ones",
    serves=("A.4.5", "A.10.3"),
    needs={"stacks": template.STACKS},
    reasons={
        "leaves": "questions could go to regions of another group than the declared ones",
    },
    good={"stacks": [RUNTIME_STACK, stack()]},
    mutants=[
        Mutant(
            "worldwide",
            "leaves",
            put(
                "stacks",
                "Resources.Runtime.Properties.EnvironmentVariables.REGENT_MODEL",
                "bedrock:global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            ),
        ),
        Mutant(
            "in a policy",
            "leaves",
            put(
                "stacks",
                "Resources.Policy",
                {
                    "Type": "AWS::IAM::Policy",
                    "Properties": {
                        "PolicyDocument": {
                            "Statement": [
                                {"Resource": "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0"}
                            ]
                        }
                    },
                },
            ),
        ),
    ],
    benign=[
        Mutant(
            "another model here",
            None,
            put(
                "stacks",
                "Resources.Runtime.Properties.EnvironmentVariables.REGENT_MODEL",
                "bedrock:eu.amazon.nova-pro-v1:0",
            ),
        ),
        Mutant(
            "a model of one region",
            None,
            put(
                "stacks",
                "Resources.Runtime.Properties.EnvironmentVariables.REGENT_MODEL",
                "bedrock:anthropic.claude-v2",
            ),
        ),
    ],
)
def models_resident(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.models_resident)
