"""Alarms are to be armed and to tell somebody."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import drop, put
from policies.controls.needs import template
from policies.controls.rules import access, apply
from policies.controls.samples import stack

_STACK = stack(Alarm={"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Ref": "Topic"}]}})


@check(
    "template-alarms",
    says="Every alarm is synthesized armed and with somebody to tell",
    serves=("A.6.2.6",),
    needs={"stacks": template.STACKS},
    reasons={
        "disarmed": "the alarm would be disarmed",
        "tells-nobody": "the alarm would tell nobody",
    },
    good={"stacks": [_STACK, stack()]},
    mutants=[
        Mutant("off", "disarmed", put("stacks", "Resources.Alarm.Properties.ActionsEnabled", False)),
        Mutant("no action", "tells-nobody", drop("stacks", "Resources.Alarm.Properties.AlarmActions")),
    ],
    benign=[
        Mutant("on", None, put("stacks", "Resources.Alarm.Properties.ActionsEnabled", True)),
    ],
)
def alarms(look: Look, stacks: Sequence[Item]) -> None:
    """`stacks`: templates as synthesized."""
    apply(look, stacks, access.alarms_armed)
