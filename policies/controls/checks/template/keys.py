"""Keys are to rotate, outlive their stack, and be open to nobody."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, storage
from policies.controls.samples import stack

_STACK = stack(
    Data={
        "Type": "AWS::KMS::Key",
        "DeletionPolicy": "Retain",
        "Properties": {
            "EnableKeyRotation": True,
            "KeyPolicy": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:root"}, "Action": "kms:*"}]},
        },
    },
    Checkpoints={
        "Type": "AWS::KMS::Key",
        "DeletionPolicy": "Retain",
        "Properties": {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY", "KeyPolicy": {"Statement": []}},
    },
)


@check(
    "template-keys",
    says="Every key is synthesized rotating or of a kind that verifiers know, kept when the stack goes, and closed",
    serves=("7.5.3", "A.6.2.8"),
    needs={"stacks": template.STACKS},
    reasons={
        "never-rotated": "the key would not rotate",
        "cannot-be-verified": "the signing key would be of a kind that verifiers do not know",
        "goes-with-the-stack": "the key would be deleted with its stack, and all that it encrypts",
        "open-to-all": "the key's policy would let anybody use it",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no rotation", "never-rotated", drop("stacks", "Resources.Data.Properties.EnableKeyRotation")),
        Mutant(
            "another curve",
            "cannot-be-verified",
            put("stacks", "Resources.Checkpoints.Properties.KeySpec", "ECC_NIST_P384"),
        ),
        Mutant(
            "deleted with the stack", "goes-with-the-stack", put("stacks", "Resources.Data.DeletionPolicy", "Delete")
        ),
        Mutant(
            "for all", "open-to-all", put("stacks", "Resources.Data.Properties.KeyPolicy.Statement.0.Principal", "*")
        ),
        Mutant(
            "for all accounts",
            "open-to-all",
            put("stacks", "Resources.Data.Properties.KeyPolicy.Statement.0.Principal.AWS", ["*"]),
        ),
    ],
    benign=[
        Mutant(
            "for all, through one service",
            None,
            put(
                "stacks",
                "Resources.Data.Properties.KeyPolicy.Statement.0",
                {"Effect": "Allow", "Principal": {"AWS": "*"}, "Condition": {"StringEquals": {"kms:ViaService": "s3"}}},
            ),
        ),
    ],
)
def keys(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, storage.keys_sound)
