"""Roles are to be able to do what they need, no more."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import template
from policies.controls.rules import access, apply
from policies.controls.samples import stack

_STACK = stack(
    Worker={
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Statement": [{"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "a"}]
            },
            "Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": ["s3:PutObject"]}]}}],
        },
    },
    Policy={
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "kms:Sign", "Resource": {"Ref": "Key"}}]}
        },
    },
)


@check(
    "template-roles",
    says="No role or policy is synthesized that allows all of a service, changing anything, or anybody to take it on",
    serves=("A.9.2", "5.3"),
    needs={"stacks": template.STACKS},
    reasons={
        "all-actions": "a policy would allow all actions, of a service or of all",
        "changes-anything": "a policy would allow to change whatever there is, without a condition",
        "all-but-some": "a policy would allow all actions but some",
        "anybody-trusted": "anybody could take on the role",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant(
            "everything",
            "all-actions",
            put("stacks", "Resources.Policy.Properties.PolicyDocument.Statement.0.Action", "*"),
        ),
        Mutant(
            "a whole service, inline",
            "all-actions",
            put("stacks", "Resources.Worker.Properties.Policies.0.PolicyDocument.Statement.0.Action", ["s3:*"]),
        ),
        Mutant(
            "every key",
            "changes-anything",
            put("stacks", "Resources.Policy.Properties.PolicyDocument.Statement.0.Resource", "*"),
        ),
        Mutant(
            "all but some",
            "all-but-some",
            put(
                "stacks",
                "Resources.Policy.Properties.PolicyDocument.Statement.0",
                {"Effect": "Allow", "NotAction": "iam:*"},
            ),
        ),
        Mutant(
            "trusts all",
            "anybody-trusted",
            put("stacks", "Resources.Worker.Properties.AssumeRolePolicyDocument.Statement.0.Principal", {"AWS": "*"}),
        ),
    ],
    benign=[
        Mutant(
            "reads anything",
            None,
            put(
                "stacks",
                "Resources.Policy.Properties.PolicyDocument.Statement.0",
                {"Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*"},
            ),
        ),
        Mutant(
            "a denial of all but some",
            None,
            put(
                "stacks",
                "Resources.Policy.Properties.PolicyDocument.Statement.0",
                {"Effect": "Deny", "NotAction": "kms:*"},
            ),
        ),
    ],
)
def roles(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, access.roles_least)
