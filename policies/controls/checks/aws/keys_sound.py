"""Keys are usable and change every year; the key that signs checkpoints can do nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws

_DATA = {
    "KeyState": "Enabled",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyRotationEnabled": True,
}
_SIGNS = {"KeyState": "Enabled", "KeyUsage": "SIGN_VERIFY", "KeySpec": "ECC_NIST_P256", "KeyRotationEnabled": None}


@check(
    "keys-sound",
    says="Every key of ours is enabled, data keys rotate, and signing keys are of the kind that verifiers know",
    serves=("7.5.3", "A.6.2.8"),
    needs={"keys": aws.KEYS},
    reasons={
        "not-enabled": "the key is disabled or about to be deleted, and all that it encrypts with it",
        "never-rotated": "the key does not rotate",
        "cannot-be-verified": "the signing key is of a kind that ledger verifiers do not know",
    },
    good={"keys": [Item(name="data", data=_DATA), Item(name="checkpoints", data=_SIGNS)]},
    mutants=[
        Mutant("to be deleted", "not-enabled", put("keys", "KeyState", "PendingDeletion", item=1)),
        Mutant("no rotation", "never-rotated", put("keys", "KeyRotationEnabled", False)),
        Mutant("RSA", "cannot-be-verified", put("keys", "KeySpec", "RSA_2048", item=1)),
    ],
    benign=[Mutant("described", None, put("keys", "Description", "data of Regent"))],
)
def keys_sound(look: Look, keys: Sequence[Item]) -> None:
    """`keys`: `KeyMetadata` with `KeyRotationEnabled`; signing keys cannot rotate by themselves."""
    for key in keys:
        data = look.at(key).data
        if data.get("KeyState") != "Enabled":
            look.fail("not-enabled", key, str(data.get("KeyState")))
        if data.get("KeyUsage") != "SIGN_VERIFY" and data.get("KeyRotationEnabled") is not True:
            look.fail("never-rotated", key)
        if data.get("KeyUsage") == "SIGN_VERIFY" and data.get("KeySpec") != "ECC_NIST_P256":
            look.fail("cannot-be-verified", key, str(data.get("KeySpec")))
