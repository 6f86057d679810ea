"""The gateway's and the policy engine's contents are encrypted with a key of ours."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws

_KEY = "arn:aws:kms:eu-west-1:111122223333:key/8b1a"


@check(
    "gateway-encryption",
    says="Gateways and policy engines are encrypted with a key of ours",
    serves=("7.5.3",),
    needs={"gateways": aws.GATEWAYS, "engines": aws.POLICY_ENGINES},
    reasons={
        "gateway-no-own-key": "the gateway has no key of ours",
        "engine-no-own-key": "the policy engine has no key of ours",
    },
    good={
        "gateways": [Item(name="regent", data={"kmsKeyArn": _KEY})],
        "engines": [Item(name="regent", data={"encryptionKeyArn": _KEY})],
    },
    mutants=[
        Mutant("gateway", "gateway-no-own-key", drop("gateways", "kmsKeyArn")),
        Mutant("engine", "engine-no-own-key", put("engines", "encryptionKeyArn", None)),
    ],
    benign=[Mutant("another key of ours", None, put("gateways", "kmsKeyArn", _KEY + "c"))],
)
def gateway_encryption(look: Look, gateways: Sequence[Item], engines: Sequence[Item]) -> None:
    """Both as their `Get` operation describes them."""
    for gateway in gateways:
        if not look.at(gateway).data.get("kmsKeyArn"):
            look.fail("gateway-no-own-key", gateway)
    for engine in engines:
        if not look.at(engine).data.get("encryptionKeyArn"):
            look.fail("engine-no-own-key", engine)
