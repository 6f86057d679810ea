"""Each policy in the engine is in force; a log-only policy in an enforcing engine is easy to miss."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import aws
from policies.controls.predicates import dig, unconditional

_CEDAR = {"cedar": {"statement": 'permit(principal, action == AgentCore::Action::"cost___spend", resource);'}}
_POLICY = {"policyEngineId": "e-1", "status": "ACTIVE", "enforcementMode": "ACTIVE", "definition": _CEDAR}


@check(
    "gateway-policies",
    says="Every policy of every policy engine is active and enforced, and no engine is without policies",
    serves=("A.9.2", "A.9.4", "A.2.2"),
    needs={"engines": aws.POLICY_ENGINES, "policies": aws.GATEWAY_POLICIES},
    reasons={
        "not-active": "the policy is not active, so that it decides nothing",
        "log-only": "the policy only logs",
        "wide-open": "the policy permits everybody everything",
        "unreadable": "the policy has no statement, or one that is no Cedar",
        "empty": "the policy engine has no policy of its own",
    },
    good={
        "engines": [Item(name="regent", data={"policyEngineId": "e-1"})],
        "policies": [Item(name="regent/managers", data=_POLICY), Item(name="regent/engineers", data=_POLICY)],
    },
    mutants=[
        Mutant("failed", "not-active", put("policies", "status", "CREATE_FAILED", item=1)),
        Mutant("log only", "log-only", put("policies", "enforcementMode", "LOG_ONLY")),
        Mutant(
            "everything",
            "wide-open",
            put("policies", "definition.cedar.statement", "permit (principal, action, resource);"),
        ),
        Mutant("no statement", "unreadable", put("policies", "definition", {})),
        Mutant("no Cedar", "unreadable", put("policies", "definition.cedar.statement", "permit everything")),
        Mutant("no policies for another engine", "empty", put("engines", "policyEngineId", "e-2")),
    ],
    benign=[Mutant("one policy fewer", None, without("policies", 1))],
)
def gateway_policies(look: Look, engines: Sequence[Item], policies: Sequence[Item]) -> None:
    """`policies`: as `GetPolicy` describes them."""
    for policy in policies:
        data = look.at(policy).data
        if data.get("status") != "ACTIVE":
            look.fail("not-active", policy, str(data.get("status")))
        if data.get("enforcementMode") != "ACTIVE":
            look.fail("log-only", policy, str(data.get("enforcementMode")))
        statement = dig(data, "definition.cedar.statement") or dig(data, "definition.policy.statement")
        try:
            if not statement or unconditional(statement):
                look.fail("wide-open" if statement else "unreadable", policy)
        except ValueError as error:
            look.fail("unreadable", policy, str(error).splitlines()[0][:100])
    for engine in engines:
        if look.at(engine).data["policyEngineId"] not in {policy.data["policyEngineId"] for policy in policies}:
            look.fail("empty", engine)
