"""A release has been evaluated, its impact assessed, and there is a way back."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import ledger
from policies.controls.samples import RELEASE

_REASONS = {
    "not-evaluated": ("evaluations", "the release names no evaluation"),
    "no-impact-assessment": ("impact_assessment", "the release names no impact assessment"),
    "no-way-back": ("rollback", "the release names no version to go back to"),
    "no-digest": ("artefacts", "the release names no digest of what was built"),
}


@check(
    "release-prepared",
    says="Every release names its artefacts, evaluations, impact assessment and the version to go back to",
    serves=("A.6.2.5", "A.5.2"),
    needs={"releases": ledger.RELEASES},
    reasons={reason: said for reason, (_, said) in _REASONS.items()},
    good={"releases": [Item(name="0.4.0", data=RELEASE)]},
    mutants=[
        Mutant("no evaluation", "not-evaluated", put("releases", "evaluations", [])),
        Mutant("no impact assessment", "no-impact-assessment", put("releases", "impact_assessment", None)),
        Mutant("no way back", "no-way-back", put("releases", "rollback", None)),
        Mutant("no digest", "no-digest", put("releases", "artefacts", [])),
    ],
    benign=[
        Mutant("two evaluations", None, put("releases", "evaluations", ["e" * 64, "f" * 64])),
        Mutant(
            "still open, not evaluated", None, both(put("releases", "closed", None), put("releases", "evaluations", []))
        ),
    ],
)
def release_prepared(look: Look, releases: Sequence[Item]) -> None:
    """Judged when it is closed, which is when it went out."""
    for release in releases:
        if not look.at(release).data["closed"]:
            continue
        for reason, (field, _) in _REASONS.items():
            if not release.data[field]:
                look.fail(reason, release)
