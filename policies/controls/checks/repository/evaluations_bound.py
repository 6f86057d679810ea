"""An evaluation counts only for what was evaluated: these prompts, these policies, this data, an approved model."""

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
    "model": "offline",
    "prompts": ["a" * 64],
    "policies_sha256": "c" * 64,
    "dataset_sha256": "d" * 64,
    "dataset_now_sha256": "d" * 64,
    "run_at": "2026-10-01T08:00:00Z",
}


@check(
    "evaluations-bound",
    says="Every evaluation was made with the prompts, policies and cases that ship, and an approved model",
    serves=("A.6.2.4", "A.6.2.5"),
    needs={"runs": repository.EVALUATION_RUNS, "prompts": repository.PROMPTS, "sets": repository.POLICY_SETS},
    reasons={
        "other-prompts": "the evaluation was made with other prompts than those that ship",
        "other-policies": "the evaluation was made with other policies than those in force",
        "other-cases": "the cases have changed since the evaluation",
        "other-model": "the evaluation was made with a model that is not approved",
    },
    good={
        "runs": [Item(name="questions", data=_RUN)],
        "prompts": [Item(name="cost", data={"sha256": "a" * 64})],
        "sets": [Item(name="regent", data={"sha256": "c" * 64})],
    },
    mutants=[
        Mutant("a prompt edited", "other-prompts", put("prompts", "sha256", "b" * 64)),
        Mutant("a prompt removed", "other-prompts", without("prompts")),
        Mutant("a policy edited", "other-policies", put("sets", "sha256", "b" * 64)),
        Mutant("a case edited", "other-cases", put("runs", "dataset_now_sha256", "b" * 64)),
        Mutant("another model", "other-model", put("runs", "model", "openai:http://x#y")),
    ],
    benign=[Mutant("run yesterday", None, put("runs", "run_at", "2026-10-14T08:00:00Z"))],
)
def evaluations_bound(look: Look, runs: Sequence[Item], prompts: Sequence[Item], sets: Sequence[Item]) -> None:
    """Compares digests; a suite that uses no prompts or policies says so with null."""
    shipped = sorted(prompt.data["sha256"] for prompt in prompts)
    in_force = {policies.data["sha256"] for policies in sets}
    for run in runs:
        data = look.at(run).data
        if data["prompts"] is not None and sorted(data["prompts"]) != shipped:
            look.fail("other-prompts", run)
        if data["policies_sha256"] is not None and data["policies_sha256"] not in in_force:
            look.fail("other-policies", run)
        if data["dataset_sha256"] != data["dataset_now_sha256"]:
            look.fail("other-cases", run)
        if data["model"] not in look.declared.models:
            look.fail("other-model", run, data["model"])
    look.rest(prompts, sets)
