"""Secrets are to be encrypted, and told by no template."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, keeping
from policies.controls.samples import stack

_STACK = stack(
    Secret={
        "Type": "AWS::SecretsManager::Secret",
        "Properties": {"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}, "SecretString": '{"clients": {}}'},
    }
)


@check(
    "template-secrets",
    says="Every secret is synthesized with a key of ours, and empty: a person fills it",
    serves=("A.9.4", "A.7.2"),
    needs={"stacks": template.STACKS},
    reasons={
        "no-own-key": "the secret would have no key of ours",
        "told": "the template would tell the secret",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no key", "no-own-key", drop("stacks", "Resources.Secret.Properties.KmsKeyId")),
        Mutant(
            "AWS's key", "no-own-key", put("stacks", "Resources.Secret.Properties.KmsKeyId", "alias/aws/secretsmanager")
        ),
        Mutant("in the clear", "told", put("stacks", "Resources.Secret.Properties.SecretString", "hunter2")),
        Mutant(
            "in a form",
            "told",
            put("stacks", "Resources.Secret.Properties.SecretString", '{"clients": {"a": "hunter2"}}'),
        ),
    ],
    benign=[
        Mutant(
            "made by AWS",
            None,
            put("stacks", "Resources.Secret.Properties", {"KmsKeyId": {"Ref": "K"}, "GenerateSecretString": {}}),
        )
    ],
)
def secrets(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, keeping.secrets_empty)
