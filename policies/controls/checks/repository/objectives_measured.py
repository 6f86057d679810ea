"""Each objective has a number to reach, somebody who wants it, and has been measured lately."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository
from policies.controls.predicates import blank, day, older

_OBJECTIVE = {
    "objective": "answers are right",
    "metric": "share of the question bank answered right",
    "target": "95 %",
    "owner": "Anna",
    "due": "2026-12-31",
    "measured": "2026-10-01",
    "measured_by": "questions",
}


@check(
    "objectives-measured",
    says="Every objective has a metric, a target, an owner and a date, and was measured within 90 days",
    serves=("6.2", "A.9.3", "A.6.1.2"),
    needs={"objectives": repository.OBJECTIVES},
    reasons={
        "not-measurable": "the objective lacks a metric, target, owner, date or what measures it",
        "not-measured": "the objective was not measured within 90 days",
        "nothing-measures": "what should measure the objective is no evaluation and no alarm of ours",
        "over": "the objective's date is past",
    },
    good={"objectives": [Item(name="O-1", data=_OBJECTIVE)]},
    mutants=[
        Mutant("no target", "not-measurable", put("objectives", "target", "")),
        Mutant("measured in spring", "not-measured", put("objectives", "measured", "2026-04-01")),
        Mutant("never measured", "not-measured", put("objectives", "measured", None)),
        Mutant("by a feeling", "nothing-measures", put("objectives", "measured_by", "feeling")),
        Mutant("over", "over", put("objectives", "due", "2026-10-01")),
    ],
    benign=[Mutant("by an alarm", None, put("objectives", "measured_by", "denials"))],
)
def objectives_measured(look: Look, objectives: Sequence[Item]) -> None:
    """What measures an objective is a declared evaluation or alarm, so that it is checked in its turn."""
    known = {*look.declared.evaluations, *look.declared.alarms}
    for objective in objectives:
        data = look.at(objective).data
        missing = blank(data, ("metric", "target", "owner", "due", "measured_by"))
        if missing:
            look.fail("not-measurable", objective, ", ".join(missing))
            continue
        if not data["measured"] or older(data["measured"], 90, look.as_of):
            look.fail("not-measured", objective)
        if data["measured_by"] not in known:
            look.fail("nothing-measures", objective, data["measured_by"])
        if day(data["due"]) < look.as_of.date():
            look.fail("over", objective, data["due"])
