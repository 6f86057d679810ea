"""The gateway lets in verified callers only, and its errors tell nothing."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, drop, put
from policies.controls.needs import aws
from policies.controls.predicates import any_audience

_JWT = {"customJWTAuthorizer": {"discoveryUrl": "https://login.example/", "allowedAudience": ["regent"]}}
_GATEWAY = {"authorizerType": "CUSTOM_JWT", "authorizerConfiguration": _JWT}


@check(
    "gateway-callers",
    says="Every gateway verifies its callers, and its errors tell them nothing of the inside",
    serves=("A.9.2", "A.9.4"),
    needs={"gateways": aws.GATEWAYS},
    reasons={
        "anybody": "the gateway does not decide who may call it",
        "any-audience": "the gateway lets in every token of its issuer, whoever it was made out to",
        "tells-too-much": "the gateway answers with detailed errors, meant for debugging",
    },
    good={"gateways": [Item(name="regent", data=_GATEWAY)]},
    mutants=[
        Mutant("no authorizer", "anybody", put("gateways", "authorizerType", "NONE")),
        Mutant("authenticated, not authorized", "anybody", put("gateways", "authorizerType", "AUTHENTICATE_ONLY")),
        Mutant(
            "any token", "any-audience", drop("gateways", "authorizerConfiguration.customJWTAuthorizer.allowedAudience")
        ),
        Mutant("no issuer at all", "any-audience", put("gateways", "authorizerConfiguration", None)),
        Mutant("debugging", "tells-too-much", put("gateways", "exceptionLevel", "DEBUG")),
    ],
    benign=[
        Mutant(
            "IAM", None, both(put("gateways", "authorizerType", "AWS_IAM"), drop("gateways", "authorizerConfiguration"))
        )
    ],
)
def gateway_callers(look: Look, gateways: Sequence[Item]) -> None:
    """`gateways`: as `GetGateway` describes them."""
    for gateway in gateways:
        data = look.at(gateway).data
        if data.get("authorizerType") not in ("CUSTOM_JWT", "AWS_IAM"):
            look.fail("anybody", gateway, str(data.get("authorizerType")))
        jwt = data.get("authorizerConfiguration") or {"customJWTAuthorizer": {}}
        if data.get("authorizerType") == "CUSTOM_JWT" and any_audience(jwt):
            look.fail("any-audience", gateway)
        if data.get("exceptionLevel") == "DEBUG":
            look.fail("tells-too-much", gateway)
