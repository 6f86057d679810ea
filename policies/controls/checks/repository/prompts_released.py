"""The prompts that were used are the ones that ship, or that an approved release shipped."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put, without
from policies.controls.needs import ledger, repository
from policies.controls.predicates import records
from policies.controls.samples import RELEASE, SHA, answered, denied


@check(
    "prompts-released",
    says="Every prompt on record is one that ships or that an approved release shipped",
    serves=("8.1", "A.6.2.5"),
    needs={"questions": ledger.QUESTIONS, "prompts": repository.PROMPTS, "releases": ledger.RELEASES},
    reasons={"unknown-prompt": "a specialist ran with a prompt that was never released"},
    good={
        "questions": [answered(), denied()],
        "prompts": [Item(name="cost", data={"sha256": SHA["a"]})],
        "releases": [Item(name="0.4.0", data={**RELEASE, "prompts": [SHA["b"]]})],
    },
    mutants=[
        Mutant("edited", "unknown-prompt", put("questions", "records.3.body.prompt_sha256", SHA["f"])),
        Mutant("the prompt that ships is another", "unknown-prompt", put("prompts", "sha256", SHA["f"])),
        Mutant(
            "in a release that nobody approved",
            "unknown-prompt",
            both(put("questions", "records.3.body.prompt_sha256", SHA["b"]), put("releases", "approved", None)),
        ),
    ],
    benign=[
        Mutant("of an earlier release", None, put("questions", "records.3.body.prompt_sha256", SHA["b"])),
        Mutant("no releases yet", None, without("releases")),
    ],
)
def prompts_released(look: Look, questions: Sequence[Item], prompts: Sequence[Item], releases: Sequence[Item]) -> None:
    """Compares hashes of `specialist.started`."""
    known = {prompt.data["sha256"] for prompt in prompts}
    known |= {sha for release in releases if release.data["approved"] for sha in release.data["prompts"]}
    for question in questions:
        for started in records(question, "specialist.started"):
            if look.at(question) and started["body"]["prompt_sha256"] not in known:
                look.fail("unknown-prompt", question, started["body"]["specialist"])
    look.rest(questions, prompts, releases)
