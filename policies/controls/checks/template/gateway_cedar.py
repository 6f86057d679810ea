"""The gateway's policies are to fit the tools of its targets."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, cedar
from policies.controls.samples import stack

_POLICY = """permit(
  principal is AgentCore::OAuthUser, action == AgentCore::Action::"regent___spend", resource is AgentCore::Gateway
) when { context.input.period == "last_month" };"""
_STACK = stack(
    Target={
        "Type": "AWS::BedrockAgentCore::GatewayTarget",
        "Properties": {
            "Name": "regent",
            "TargetConfiguration": {
                "Mcp": {
                    "Lambda": {
                        "ToolSchema": {
                            "InlinePayload": [
                                {
                                    "Name": "spend",
                                    "InputSchema": {
                                        "Type": "object",
                                        "Properties": {"period": {"Type": "string"}, "top": {"Type": "integer"}},
                                        "Required": ["period"],
                                    },
                                }
                            ]
                        }
                    }
                }
            },
        },
    },
    Policy={
        "Type": "AWS::BedrockAgentCore::Policy",
        "Properties": {"Definition": {"Cedar": {"Statement": _POLICY}}},
    },
)
_STATEMENT = "Resources.Policy.Properties.Definition.Cedar.Statement"


@check(
    "template-gateway-cedar",
    says="Every policy of the gateway is synthesized as valid Cedar for the tools that its targets have",
    serves=("A.9.2", "A.9.4"),
    needs={"stacks": template.STACKS},
    reasons={"fits-no-tool": "the policy would be refused by the gateway, or hold for no tool"},
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no Cedar", "fits-no-tool", put("stacks", _STATEMENT, _POLICY.replace("permit(", "permit"))),
        Mutant("another tool", "fits-no-tool", put("stacks", _STATEMENT, _POLICY.replace("___spend", "___delete_all"))),
        Mutant(
            "another input", "fits-no-tool", put("stacks", _STATEMENT, _POLICY.replace("input.period", "input.peroid"))
        ),
        Mutant("another type", "fits-no-tool", put("stacks", _STATEMENT, _POLICY.replace('"last_month"', "5"))),
        Mutant(
            "not asked whether it is there",
            "fits-no-tool",
            put("stacks", _STATEMENT, _POLICY.replace("period ==", "top ==").replace('"last_month"', "5")),
        ),
        Mutant("the tool is gone", "fits-no-tool", drop("stacks", "Resources.Target.Properties.TargetConfiguration")),
    ],
    benign=[
        Mutant(
            "the gateway by its ARN",
            None,
            put(
                "stacks",
                _STATEMENT,
                {
                    "Fn::Join": [
                        "",
                        [
                            'permit(principal, action == AgentCore::Action::"regent___spend", resource == ',
                            'AgentCore::Gateway::"',
                            {"Fn::GetAtt": ["Gateway", "GatewayArn"]},
                            '");',
                        ],
                    ]
                },
            ),
        )
    ],
)
def gateway_cedar(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, cedar.policies_fit)
