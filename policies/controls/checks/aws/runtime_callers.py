"""Runtimes let in verified callers only: tokens for us, or IAM, and no header that claims a user."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, drop, put
from policies.controls.needs import aws
from policies.controls.predicates import any_audience, dig

_JWT = {"discoveryUrl": "https://login.example/.well-known/openid-configuration", "allowedAudience": ["regent"]}
_PEOPLE = {"authorizerConfiguration": {"customJWTAuthorizer": _JWT}}
_AUTH = "authorizerConfiguration.customJWTAuthorizer"


@check(
    "runtime-callers",
    says="Every runtime verifies its callers, by tokens made out to it or by IAM",
    serves=("A.9.2", "A.9.4"),
    needs={"runtimes": aws.RUNTIMES},
    reasons={
        "any-audience": "the runtime lets in every token of its issuer, whoever it was made out to",
        "issuer-in-clear": "the runtime fetches its issuer's keys over a connection that is not encrypted",
        "claimed-user": "the runtime hands on a header in which a caller claims who the user is",
    },
    good={"runtimes": [Item(name="regent_people", data=_PEOPLE), Item(name="regent_channels", data={})]},
    mutants=[
        Mutant("no audience", "any-audience", drop("runtimes", f"{_AUTH}.allowedAudience")),
        Mutant("empty audience", "any-audience", put("runtimes", f"{_AUTH}.allowedAudience", [])),
        Mutant("http", "issuer-in-clear", put("runtimes", f"{_AUTH}.discoveryUrl", "http://login.example/")),
        Mutant(
            "user header",
            "claimed-user",
            put(
                "runtimes",
                "requestHeaderConfiguration",
                {"requestHeaderAllowlist": ["X-Amzn-Bedrock-AgentCore-Runtime-User-Id"]},
                item=1,
            ),
        ),
    ],
    benign=[
        Mutant(
            "clients instead of audience",
            None,
            both(drop("runtimes", f"{_AUTH}.allowedAudience"), put("runtimes", f"{_AUTH}.allowedClients", ["web"])),
        ),
        Mutant(
            "the token itself is handed on, to be verified again",
            None,
            put("runtimes", "requestHeaderConfiguration", {"requestHeaderAllowlist": ["Authorization"]}),
        ),
    ],
)
def runtime_callers(look: Look, runtimes: Sequence[Item]) -> None:
    """A runtime without an authorizer takes SigV4 only: IAM decides."""
    for runtime in runtimes:
        data = look.at(runtime).data
        if any_audience(data.get("authorizerConfiguration")):
            look.fail("any-audience", runtime)
        jwt = dig(data, _AUTH)
        if jwt is not None and not str(jwt.get("discoveryUrl")).startswith("https://"):
            look.fail("issuer-in-clear", runtime, str(jwt.get("discoveryUrl")))
        for header in dig(data, "requestHeaderConfiguration.requestHeaderAllowlist") or []:
            if "user-id" in header.lower():
                look.fail("claimed-user", runtime, header)
