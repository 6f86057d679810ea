"""The network is to have no way out, and endpoints that say who may pass."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, network
from policies.controls.samples import stack

_STACK = stack(
    Inside={"Type": "AWS::EC2::Subnet", "Properties": {"MapPublicIpOnLaunch": False}},
    Door={
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {
            "PolicyDocument": {
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "*"},
                        "Action": ["kms:Sign"],
                        "Resource": "*",
                        "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/Runtime"}},
                    }
                ]
            }
        },
    },
)
_STATEMENT = "Resources.Door.Properties.PolicyDocument.Statement.0"


@check(
    "template-networks",
    says="The network is synthesized without a way to the internet, and each endpoint says who may pass and for what",
    serves=("A.4.5", "A.9.4"),
    needs={"stacks": template.STACKS},
    reasons={
        "has-internet": "there would be a way to the internet",
        "any-pass": "the endpoint would let anybody pass, or for anything",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant(
            "a gateway to the internet",
            "has-internet",
            put("stacks", "Resources.Out", {"Type": "AWS::EC2::InternetGateway"}),
        ),
        Mutant(
            "translation to the internet",
            "has-internet",
            put("stacks", "Resources.Out", {"Type": "AWS::EC2::NatGateway"}),
        ),
        Mutant(
            "public addresses", "has-internet", put("stacks", "Resources.Inside.Properties.MapPublicIpOnLaunch", True)
        ),
        Mutant(
            "a route out",
            "has-internet",
            put(
                "stacks",
                "Resources.Way",
                {"Type": "AWS::EC2::Route", "Properties": {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "g"}},
            ),
        ),
        Mutant("no policy", "any-pass", drop("stacks", "Resources.Door.Properties.PolicyDocument")),
        Mutant("for anything", "any-pass", put("stacks", f"{_STATEMENT}.Action", "*")),
        Mutant("anybody", "any-pass", drop("stacks", f"{_STATEMENT}.Condition")),
    ],
    benign=[
        Mutant("no subnets of ours", None, drop("stacks", "Resources.Inside")),
        Mutant(
            "a named role instead of a condition",
            None,
            put(
                "stacks",
                _STATEMENT,
                {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:role/R"}, "Action": "kms:Sign"},
            ),
        ),
    ],
)
def networks(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, network.networks_closed)
