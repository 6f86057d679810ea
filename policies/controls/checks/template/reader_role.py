"""The role that reads an account is to be bound to us and denied the rest."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, drop, put
from policies.controls.needs import template
from policies.controls.rules import access, apply
from policies.controls.samples import stack

_STACK = stack(
    Reader={
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Tags": [{"Key": "regent:purpose", "Value": "reader"}],
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {"Effect": "Allow", "Action": "a", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}},
                ]
            },
            "Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Deny", "NotAction": ["ce:GetCostAndUsage"]}]}}],
        },
    }
)


@check(
    "template-reader-role",
    says="Every reader role is synthesized with an external id and an explicit denial of the rest",
    serves=("A.9.4", "A.9.2"),
    needs={"stacks": template.STACKS},
    reasons={
        "no-external-id": "the role could be taken on without an external id",
        "no-denial": "the role would not be denied what it is not meant to do",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant(
            "no external id",
            "no-external-id",
            drop("stacks", "Resources.Reader.Properties.AssumeRolePolicyDocument.Statement.0.Condition"),
        ),
        Mutant("no denial", "no-denial", drop("stacks", "Resources.Reader.Properties.Policies")),
    ],
    benign=[
        Mutant(
            "denied by a policy beside it",
            None,
            both(
                drop("stacks", "Resources.Reader.Properties.Policies"),
                put(
                    "stacks",
                    "Resources.Policy",
                    {
                        "Type": "AWS::IAM::Policy",
                        "Properties": {
                            "Roles": [{"Ref": "Reader"}],
                            "PolicyDocument": {"Statement": [{"Effect": "Deny", "NotAction": "ce:*"}]},
                        },
                    },
                ),
            ),
        ),
    ],
)
def reader_role(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, access.readers_bound)
