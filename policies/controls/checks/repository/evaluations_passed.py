"""Each declared evaluation has been run, on enough cases, and reached its mark."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import repository

_RUN = {
    "sha256": "e" * 64,
    "n": 400,
    "value": 1.0,
    "run_at": "2026-10-01T08:00:00Z",
}
_SUITES = ("questions", "fresh-questions", "grounding", "attacks")
_FAULTS = ("grounding-false-alarms", "fresh-questions-silently-wrong")


@check(
    "evaluations-passed",
    says="Every declared evaluation was run on enough cases and reached the declared share",
    serves=("A.6.2.4", "9.1"),
    needs={"runs": repository.EVALUATION_RUNS},
    reasons={
        "not-run": "a declared evaluation has no result",
        "below": "an evaluation did not reach the declared share",
        "above": "an evaluation is above the declared share of faults",
        "too-few": "an evaluation ran on fewer cases than declared",
    },
    good={
        "runs": [
            *(Item(name=name, data=_RUN) for name in _SUITES),
            *(Item(name=name, data={**_RUN, "value": 0.004}) for name in _FAULTS),
        ]
    },
    mutants=[
        Mutant("one not run", "not-run", without("runs", 3)),
        Mutant(
            "another declared", "not-run", put("runs", "sha256", "0" * 64), {"evaluations": {"bias": {"cases": 10}}}
        ),
        Mutant("an attack got through", "below", put("runs", "value", 0.997, item=3)),
        Mutant("too many false alarms", "above", put("runs", "value", 0.02, item=4)),
        Mutant("too many answers that are wrong without a word", "above", put("runs", "value", 0.042, item=5)),
        Mutant("a handful", "too-few", put("runs", "n", 12)),
    ],
    benign=[
        Mutant("just enough", None, put("runs", "value", 0.95)),
        Mutant("more cases", None, put("runs", "n", 4000)),
    ],
)
def evaluations_passed(look: Look, runs: Sequence[Item]) -> None:
    """The newest result of each suite; suites that were not declared are passed over."""
    there = {run.name: run for run in runs}
    for name, suite in look.declared.evaluations.items() if runs else ():
        run = there.get(name)
        if run is None:
            look.fail("not-run", name)
            continue
        data = look.at(run).data
        if data["value"] < suite.at_least:
            look.fail("below", run, f"{data['value']:.3f}, declared {suite.at_least}")
        if data["value"] > suite.at_most:
            look.fail("above", run, f"{data['value']:.3f}, declared {suite.at_most}")
        if data["n"] < suite.cases:
            look.fail("too-few", run, f"{data['n']}, declared {suite.cases}")
    look.rest(runs)
