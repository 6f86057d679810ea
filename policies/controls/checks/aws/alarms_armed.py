"""The alarms that the system needs exist, have data, and tell somebody."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import aws

_NAMES = ("ledger-not-advancing", "verification-failed", "denials", "own-cost")
_ALARM = {"ActionsEnabled": True, "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:regent"], "StateValue": "OK"}


@check(
    "alarms-armed",
    says="Every declared alarm exists, is armed, tells somebody and has data",
    serves=("A.6.2.6", "9.1"),
    needs={"alarms": aws.ALARMS},
    reasons={
        "missing": "a declared alarm does not exist",
        "disarmed": "the alarm's actions are switched off",
        "tells-nobody": "the alarm has no action",
        "no-data": "the alarm has no data to judge by",
    },
    good={"alarms": [Item(name=f"regent-{n}", data={"AlarmName": f"regent-{n}", **_ALARM}) for n in _NAMES]},
    mutants=[
        Mutant("one removed", "missing", without("alarms", 1)),
        Mutant("another declared", "missing", put("alarms", "Period", 60), {"alarms": [*_NAMES, "latency"]}),
        Mutant("off", "disarmed", put("alarms", "ActionsEnabled", False)),
        Mutant("no action", "tells-nobody", put("alarms", "AlarmActions", [], item=2)),
        Mutant("no data", "no-data", put("alarms", "StateValue", "INSUFFICIENT_DATA", item=3)),
    ],
    benign=[Mutant("ringing", None, put("alarms", "StateValue", "ALARM"))],
)
def alarms_armed(look: Look, alarms: Sequence[Item]) -> None:
    """That an alarm rings is no fault of the alarm."""
    for alarm in alarms:
        data = look.at(alarm).data
        if data.get("ActionsEnabled") is not True:
            look.fail("disarmed", alarm)
        if not data.get("AlarmActions"):
            look.fail("tells-nobody", alarm)
        if data.get("StateValue") not in ("OK", "ALARM"):
            look.fail("no-data", alarm)
    if alarms:
        there = {alarm.data["AlarmName"].removeprefix("regent-") for alarm in alarms}
        for name in sorted(set(look.declared.alarms) - there):
            look.fail("missing", f"regent-{name}")
