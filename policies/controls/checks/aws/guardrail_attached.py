"""What is deployed uses a guardrail, in a version that cannot change under it."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, drop, put, without
from policies.controls.needs import aws
from policies.controls.predicates import GUARDRAIL, GUARDRAIL_VERSION

_ENV = {GUARDRAIL: "gr1", GUARDRAIL_VERSION: "3"}


@check(
    "guardrail-attached",
    says="Every runtime uses a numbered version of a guardrail that is ready",
    serves=("A.9.4", "A.6.2.5"),
    needs={"runtimes": aws.RUNTIMES, "guardrails": aws.GUARDRAILS},
    reasons={
        "no-guardrail": "the runtime is configured without a guardrail",
        "draft": "the runtime uses the guardrail's draft, which anybody may edit while it is in use",
        "not-there": "the runtime names a guardrail or version that does not exist",
        "not-ready": "the guardrail is not ready",
    },
    good={
        "runtimes": [Item(name=n, data={"environmentVariables": _ENV}) for n in ("regent_people", "regent_channels")],
        "guardrails": [Item(name="gr1:3", data={"guardrailId": "gr1", "version": "3", "status": "READY"})],
    },
    mutants=[
        Mutant("none", "no-guardrail", drop("runtimes", f"environmentVariables.{GUARDRAIL}", item=1)),
        Mutant("no environment", "no-guardrail", put("runtimes", "environmentVariables", None)),
        Mutant(
            "draft",
            "draft",
            both(
                put("runtimes", f"environmentVariables.{GUARDRAIL_VERSION}", "DRAFT"),
                put("guardrails", "version", "DRAFT"),
            ),
        ),
        Mutant(
            "a version that is not there",
            "not-there",
            put("runtimes", f"environmentVariables.{GUARDRAIL_VERSION}", "4"),
        ),
        Mutant("guardrail deleted", "not-there", without("guardrails")),
        Mutant("failed", "not-ready", put("guardrails", "status", "FAILED")),
    ],
    benign=[Mutant("more environment", None, put("runtimes", "environmentVariables.LOG_LEVEL", "INFO"))],
)
def guardrail_attached(look: Look, runtimes: Sequence[Item], guardrails: Sequence[Item]) -> None:
    """The runtimes' environment names the guardrail that the guard calls."""
    there = {(guardrail.data["guardrailId"], guardrail.data["version"]): guardrail for guardrail in guardrails}
    for runtime in runtimes:
        environment = look.at(runtime).data.get("environmentVariables") or {}
        named = (environment.get(GUARDRAIL, "").rsplit("/", 1)[-1], environment.get(GUARDRAIL_VERSION, "DRAFT"))
        if not named[0]:
            look.fail("no-guardrail", runtime)
        elif named[1] == "DRAFT":
            look.fail("draft", runtime)
        elif named not in there:
            look.fail("not-there", runtime, ":".join(named))
        elif look.at(there[named]).data.get("status") != "READY":
            look.fail("not-ready", there[named], str(there[named].data.get("status")))
    look.rest(guardrails)
