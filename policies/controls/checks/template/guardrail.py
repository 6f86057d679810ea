"""The guardrail is to be published in a version, and to do what it is for."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import stack

_STACK = stack(
    Guardrail={
        "Type": "AWS::Bedrock::Guardrail",
        "Properties": {
            "ContentPolicyConfig": {"FiltersConfig": [{"Type": "PROMPT_ATTACK", "InputStrength": "HIGH"}]},
            "TopicPolicyConfig": {"TopicsConfig": [{"Name": "Gambling advice", "Type": "DENY"}]},
            "SensitiveInformationPolicyConfig": {"PiiEntitiesConfig": [{"Type": "EMAIL", "Action": "ANONYMIZE"}]},
        },
    },
    Version={
        "Type": "AWS::Bedrock::GuardrailVersion",
        "Properties": {"GuardrailIdentifier": {"Fn::GetAtt": ["Guardrail", "GuardrailId"]}},
    },
)


@check(
    "template-guardrail",
    says="Every guardrail is synthesized with a version, topics, personal data and a filter of prompt attacks",
    serves=("A.9.4", "A.6.2.5"),
    needs={"stacks": template.STACKS},
    reasons={
        "draft-only": "the guardrail would have no version, so that its draft would be used",
        "prompt-attacks-pass": "the guardrail would not stop prompt attacks at full strength",
        "topics-pass": "the guardrail would deny no topics, or only note them",
        "persons-pass": "the guardrail would not look for personal data",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no version", "draft-only", drop("stacks", "Resources.Version")),
        Mutant(
            "medium",
            "prompt-attacks-pass",
            put("stacks", "Resources.Guardrail.Properties.ContentPolicyConfig.FiltersConfig.0.InputStrength", "MEDIUM"),
        ),
        Mutant(
            "no filters", "prompt-attacks-pass", drop("stacks", "Resources.Guardrail.Properties.ContentPolicyConfig")
        ),
        Mutant("no topics", "topics-pass", drop("stacks", "Resources.Guardrail.Properties.TopicPolicyConfig")),
        Mutant(
            "topic only noted",
            "topics-pass",
            put("stacks", "Resources.Guardrail.Properties.TopicPolicyConfig.TopicsConfig.0.InputAction", "NONE"),
        ),
        Mutant(
            "no entities",
            "persons-pass",
            drop("stacks", "Resources.Guardrail.Properties.SensitiveInformationPolicyConfig"),
        ),
    ],
    benign=[
        Mutant("by Ref", None, put("stacks", "Resources.Version.Properties.GuardrailIdentifier", {"Ref": "Guardrail"})),
    ],
)
def guardrail(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.guardrails_whole)
