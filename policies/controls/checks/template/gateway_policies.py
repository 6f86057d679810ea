"""The gateway's policies are to be valid Cedar, in force, and never open."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import agent, apply
from policies.controls.samples import stack

_STACK = stack(
    Engine={
        "Type": "AWS::BedrockAgentCore::PolicyEngine",
        "Properties": {"EncryptionKeyArn": {"Fn::GetAtt": ["Key", "Arn"]}},
    },
    Policy={
        "Type": "AWS::BedrockAgentCore::Policy",
        "Properties": {
            "PolicyEngineId": {"Fn::GetAtt": ["Engine", "PolicyEngineId"]},
            "EnforcementMode": "ACTIVE",
            "ValidationMode": "FAIL_ON_ANY_FINDINGS",
            "Definition": {"Cedar": {"Statement": 'permit(principal, action == Action::"cost___spend", resource);'}},
        },
    },
)


@check(
    "template-gateway-policies",
    says="Every policy of the gateway is synthesized active, validated, and narrower than everything",
    serves=("A.9.2", "A.9.4"),
    needs={"stacks": template.STACKS},
    reasons={
        "log-only": "the policy would only log",
        "not-validated": "the policy would not be checked against the gateway's tools",
        "wide-open": "the policy would permit everybody everything",
        "no-cedar": "the policy is no valid Cedar",
        "empty": "the policy engine would have no policy",
        "no-own-key": "the policy engine would have no key of ours",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("log only", "log-only", put("stacks", "Resources.Policy.Properties.EnforcementMode", "LOG_ONLY")),
        Mutant(
            "findings ignored",
            "not-validated",
            put("stacks", "Resources.Policy.Properties.ValidationMode", "IGNORE_ALL_FINDINGS"),
        ),
        Mutant(
            "open",
            "wide-open",
            put(
                "stacks",
                "Resources.Policy.Properties.Definition.Cedar.Statement",
                "permit(principal, action, resource);",
            ),
        ),
        Mutant(
            "open, in other words",
            "wide-open",
            put(
                "stacks",
                "Resources.Policy.Properties.Definition.Cedar.Statement",
                '@id("x") permit (principal, action, resource) when { true };',
            ),
        ),
        Mutant(
            "no Cedar",
            "no-cedar",
            put(
                "stacks", "Resources.Policy.Properties.Definition.Cedar.Statement", "permit(principal action resource);"
            ),
        ),
        Mutant(
            "nothing",
            "no-cedar",
            put("stacks", "Resources.Policy.Properties.Definition.Cedar.Statement", {"Ref": "Text"}),
        ),
        Mutant("no policy", "empty", drop("stacks", "Resources.Policy")),
        Mutant("no key", "no-own-key", drop("stacks", "Resources.Engine.Properties.EncryptionKeyArn")),
    ],
    benign=[
        Mutant(
            "joined",
            None,
            put(
                "stacks",
                "Resources.Policy.Properties.Definition.Cedar.Statement",
                {"Fn::Join": ["", ['permit(principal, action, resource == Gateway::"', {"Ref": "Gateway"}, '");']]},
            ),
        ),
    ],
)
def gateway_policies(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, agent.policies_in_force)
