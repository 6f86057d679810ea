"""The gate decided by the policies in force, or by those of an approved release."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import ledger, repository
from policies.controls.predicates import records
from policies.controls.samples import RELEASE, SHA, answered


@check(
    "decisions-in-force",
    says="Every decision on record was made by the policies in force or by those of an approved release",
    serves=("A.9.2", "8.1"),
    needs={"questions": ledger.QUESTIONS, "sets": repository.POLICY_SETS, "releases": ledger.RELEASES},
    reasons={
        "unknown-policies": "a decision was made by policies that were never released",
        "unbound": "a decision does not say by which policies it was made",
    },
    good={
        "questions": [answered()],
        "sets": [Item(name="regent", data={"sha256": SHA["c"]})],
        "releases": [Item(name="0.4.0", data={**RELEASE, "policies": [SHA["b"]]})],
    },
    mutants=[
        Mutant(
            "edited on the machine", "unknown-policies", put("questions", "records.5.body.policies_sha256", SHA["f"])
        ),
        Mutant("in force are others", "unknown-policies", put("sets", "sha256", SHA["f"])),
        Mutant("not said", "unbound", put("questions", "records.5.body.policies_sha256", None)),
    ],
    benign=[
        Mutant("of an earlier release", None, put("questions", "records.5.body.policies_sha256", SHA["b"])),
        Mutant("no releases yet", None, without("releases")),
    ],
)
def decisions_in_force(look: Look, questions: Sequence[Item], sets: Sequence[Item], releases: Sequence[Item]) -> None:
    """Compares digests of `gate.decided`."""
    known = {one.data["sha256"] for one in sets}
    known |= {sha for release in releases if release.data["approved"] for sha in release.data["policies"]}
    for question in questions:
        for decided in records(question, "gate.decided"):
            digest = look.at(question) and decided["body"].get("policies_sha256")
            if not digest:
                look.fail("unbound", question, decided["body"]["query"])
            elif digest not in known:
                look.fail("unknown-policies", question, decided["body"]["query"])
    look.rest(questions, sets, releases)
