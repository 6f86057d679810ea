"""Nothing is to stand open to the whole world."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import access, apply, network
from policies.controls.samples import stack

_STACK = stack(
    Group={
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"SecurityGroupIngress": [{"CidrIp": "10.0.0.0/16", "FromPort": 443, "ToPort": 443}]},
    },
    Invoked={
        "Type": "AWS::Lambda::Permission",
        "Properties": {"Principal": "events.amazonaws.com", "SourceArn": {"Fn::GetAtt": ["Round", "Arn"]}},
    },
    Url={"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "AWS_IAM"}},
)


@check(
    "template-entrances",
    says="No security group lets in the whole world, and no function can be called by anybody",
    serves=("A.4.5", "A.9.2"),
    needs={"stacks": template.STACKS},
    reasons={
        "open-to-all": "the whole world could come in",
        "anybody-invokes": "anybody could have the function invoked",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant(
            "the world",
            "open-to-all",
            put("stacks", "Resources.Group.Properties.SecurityGroupIngress.0.CidrIp", "0.0.0.0/0"),
        ),
        Mutant(
            "the world by IPv6, apart",
            "open-to-all",
            put(
                "stacks", "Resources.In", {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"CidrIpv6": "::/0"}}
            ),
        ),
        Mutant("an open URL", "open-to-all", put("stacks", "Resources.Url.Properties.AuthType", "NONE")),
        Mutant("invoked by all", "anybody-invokes", put("stacks", "Resources.Invoked.Properties.Principal", "*")),
        Mutant("for whomever", "anybody-invokes", drop("stacks", "Resources.Invoked.Properties.SourceArn")),
    ],
    benign=[
        Mutant(
            "for our account",
            None,
            put(
                "stacks",
                "Resources.Invoked.Properties",
                {"Principal": "events.amazonaws.com", "SourceAccount": "111111111111"},
            ),
        ),
        Mutant("no way in", None, drop("stacks", "Resources.Group.Properties.SecurityGroupIngress")),
    ],
)
def entrances(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, access.groups_closed, access.urls_closed, network.invokers_named)
