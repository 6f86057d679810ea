"""Answers in use are evaluated all the time, in a share that says something."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import aws
from policies.controls.predicates import dig

_CONFIG = {
    "status": "ACTIVE",
    "executionStatus": "ENABLED",
    "rule": {"samplingConfig": {"samplingPercentage": 10.0}},
    "evaluators": [{"evaluatorId": "Builtin.Faithfulness"}],
}


@check(
    "online-evaluation",
    says="Online evaluation is switched on and samples at least the declared share of sessions",
    serves=("A.6.2.6", "9.1"),
    needs={"configs": aws.EVALUATIONS},
    reasons={
        "off": "online evaluation is switched off",
        "not-active": "the evaluation's configuration is not active",
        "too-few": "fewer sessions are evaluated than declared",
        "no-evaluators": "the configuration names no evaluator",
    },
    good={"configs": [Item(name="regent", data=_CONFIG)]},
    mutants=[
        Mutant("off", "off", put("configs", "executionStatus", "DISABLED")),
        Mutant("failed", "not-active", put("configs", "status", "ERROR")),
        Mutant("one in a hundred", "too-few", put("configs", "rule.samplingConfig.samplingPercentage", 1.0)),
        Mutant("no evaluators", "no-evaluators", drop("configs", "evaluators")),
    ],
    benign=[Mutant("all", None, put("configs", "rule.samplingConfig.samplingPercentage", 100.0))],
)
def online_evaluation(look: Look, configs: Sequence[Item]) -> None:
    """`configs`: as `GetOnlineEvaluationConfig` describes them."""
    least = look.declared.evaluation_percent_at_least
    for config in configs:
        data = look.at(config).data
        if data.get("executionStatus") != "ENABLED":
            look.fail("off", config)
        if data.get("status") != "ACTIVE":
            look.fail("not-active", config, str(data.get("status")))
        if (dig(data, "rule.samplingConfig.samplingPercentage") or 0) < least:
            look.fail("too-few", config, f"declared {least:g} %")
        if not data.get("evaluators"):
            look.fail("no-evaluators", config)
