"""The gateway's policy engine decides; it does not only write down what it would have decided."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import aws

_ARN = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:policy-engine/regent-1"
_GATEWAY = {"gatewayId": "gw-1", "policyEngineConfiguration": {"arn": _ARN, "mode": "ENFORCE"}}


@check(
    "gateway-enforces",
    says="Every gateway has a policy engine of ours that enforces",
    serves=("A.9.2", "A.9.4"),
    needs={"gateways": aws.GATEWAYS, "engines": aws.POLICY_ENGINES},
    reasons={
        "no-policy-engine": "the gateway has no policy engine: every verified caller may call every tool",
        "log-only": "the policy engine only logs what it would have denied",
        "engine-unknown": "the gateway's policy engine is not among ours",
        "engine-not-active": "the policy engine is not active",
    },
    good={
        "gateways": [Item(name="regent", data=_GATEWAY)],
        "engines": [Item(name="regent", data={"policyEngineArn": _ARN, "status": "ACTIVE"})],
    },
    mutants=[
        Mutant("no engine", "no-policy-engine", put("gateways", "policyEngineConfiguration", None)),
        Mutant("log only", "log-only", put("gateways", "policyEngineConfiguration.mode", "LOG_ONLY")),
        Mutant("somebody's engine", "engine-unknown", without("engines")),
        Mutant("engine failed", "engine-not-active", put("engines", "status", "UPDATE_FAILED")),
    ],
    benign=[Mutant("another gateway id", None, put("gateways", "gatewayId", "gw-2"))],
)
def gateway_enforces(look: Look, gateways: Sequence[Item], engines: Sequence[Item]) -> None:
    """Follows each gateway to its policy engine."""
    by_arn = {engine.data["policyEngineArn"]: engine for engine in engines}
    for gateway in gateways:
        config = look.at(gateway).data.get("policyEngineConfiguration")
        if not config:
            look.fail("no-policy-engine", gateway)
            continue
        if config.get("mode") != "ENFORCE":
            look.fail("log-only", gateway, str(config.get("mode")))
        engine = by_arn.get(config["arn"])
        if engine is None:
            look.fail("engine-unknown", gateway, config["arn"])
        elif look.at(engine).data.get("status") != "ACTIVE":
            look.fail("engine-not-active", engine, str(engine.data.get("status")))
    look.rest(engines)
