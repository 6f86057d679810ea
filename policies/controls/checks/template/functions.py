"""Functions of ours are to be encrypted, bounded, and to write into a log of ours."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import apply, keeping
from policies.controls.samples import stack

_STACK = stack(
    Worker={
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Handler": "agents.channels.lambda_worker.handler",
            "Environment": {"Variables": {"REGENT_CHANNEL": "webhook"}},
            "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
            "LoggingConfig": {"LogGroup": {"Ref": "Log"}},
            "ReservedConcurrentExecutions": 5,
        },
    },
    Cdk={"Type": "AWS::Lambda::Function", "Properties": {"Handler": "index.handler"}},
)


@check(
    "template-functions",
    says="Every function of ours is synthesized with encrypted settings, a log group of ours and a bound",
    serves=("A.4.5", "A.6.2.6"),
    needs={"stacks": template.STACKS},
    reasons={
        "no-own-key": "its settings would not be encrypted with a key of ours",
        "no-own-log": "its log would be kept for ever, unencrypted",
        "no-bound": "nothing would bound how many run at the same time",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("no key", "no-own-key", drop("stacks", "Resources.Worker.Properties.KmsKeyArn")),
        Mutant("a log by itself", "no-own-log", drop("stacks", "Resources.Worker.Properties.LoggingConfig")),
        Mutant("no bound", "no-bound", drop("stacks", "Resources.Worker.Properties.ReservedConcurrentExecutions")),
    ],
    benign=[
        Mutant(
            "nothing to encrypt",
            None,
            put(
                "stacks",
                "Resources.Worker.Properties",
                {"Handler": "agents.x", "LoggingConfig": {"LogGroup": "l"}, "ReservedConcurrentExecutions": 1},
            ),
        )
    ],
)
def functions(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, keeping.functions_bounded)
