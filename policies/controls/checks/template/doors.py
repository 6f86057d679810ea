"""The doors of APIs are to write who came, never what was said, behind a firewall."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, network
from policies.controls.samples import stack

_STACK = stack(
    Stage={
        "Type": "AWS::ApiGateway::Stage",
        "Properties": {
            "AccessLogSetting": {"DestinationArn": {"Fn::GetAtt": ["Log", "Arn"]}},
            "MethodSettings": [{"DataTraceEnabled": False, "HttpMethod": "*"}],
        },
    },
    Firewall={
        "Type": "AWS::WAFv2::WebACLAssociation",
        "Properties": {"ResourceArn": {"Fn::Join": ["", ["arn:aws:apigateway:eu-west-1::/", {"Ref": "Stage"}]]}},
    },
)


@check(
    "template-doors",
    says="Every stage of an API is synthesized behind a firewall, with an access log that holds no contents",
    serves=("A.9.4", "A.6.2.8"),
    needs={"stacks": template.STACKS},
    reasons={
        "no-access-log": "nobody would know who called",
        "logs-contents": "requests and answers would be written to a log that nobody masks",
        "no-firewall": "no firewall would stand before it",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no log", "no-access-log", drop("stacks", "Resources.Stage.Properties.AccessLogSetting")),
        Mutant(
            "traced",
            "logs-contents",
            put("stacks", "Resources.Stage.Properties.MethodSettings.0.DataTraceEnabled", True),
        ),
        Mutant("no firewall", "no-firewall", drop("stacks", "Resources.Firewall")),
        Mutant(
            "a firewall elsewhere",
            "no-firewall",
            put("stacks", "Resources.Firewall.Properties.ResourceArn", {"Ref": "X"}),
        ),
    ],
    benign=[Mutant("not said", None, drop("stacks", "Resources.Stage.Properties.MethodSettings"))],
)
def doors(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, network.doors_guarded)
