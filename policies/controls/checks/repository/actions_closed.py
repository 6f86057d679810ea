"""Corrective actions go to the cause, are done in time, and somebody looked whether they helped."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import repository
from policies.controls.predicates import blank, day

_ACTION = {
    "control": "A.6.2.6",
    "cause": "no limit on retries",
    "action": "set one",
    "owner": "Anna",
    "due": "2026-11-01",
    "closed": "2026-10-01",
    "effect_checked": "2026-10-10",
}


@check(
    "actions-closed",
    says="Every corrective action names its cause and owner, is in time, and its effect was checked afterwards",
    serves=("10.2",),
    needs={"actions": repository.CORRECTIVE_ACTIONS},
    reasons={
        "incomplete": "the action lacks its cause, owner, date or control",
        "overdue": "the action is open past its date",
        "effect-unknown": "nobody checked, after the action was closed, whether it helped",
    },
    good={"actions": [Item(name="CA-1", data=_ACTION)]},
    mutants=[
        Mutant("no cause", "incomplete", put("actions", "cause", None)),
        Mutant("overdue", "overdue", both(put("actions", "closed", None), put("actions", "due", "2026-10-14"))),
        Mutant("not checked", "effect-unknown", put("actions", "effect_checked", None)),
        Mutant("checked before", "effect-unknown", put("actions", "effect_checked", "2026-09-30")),
    ],
    benign=[Mutant("still open", None, both(put("actions", "closed", None), put("actions", "effect_checked", None)))],
)
def actions_closed(look: Look, actions: Sequence[Item]) -> None:
    """`actions`: rows of the approved log."""
    for action in actions:
        data = look.at(action).data
        missing = blank(data, ("control", "cause", "action", "owner", "due"))
        if missing:
            look.fail("incomplete", action, ", ".join(missing))
            continue
        if not data["closed"]:
            if day(data["due"]) < look.as_of.date():
                look.fail("overdue", action, data["due"])
        elif not data["effect_checked"] or day(data["effect_checked"]) < day(data["closed"]):
            look.fail("effect-unknown", action)
