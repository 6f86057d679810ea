"""A release is approved by somebody other than who made it, before it goes out."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import ledger
from policies.controls.predicates import moment
from policies.controls.samples import RELEASE


@check(
    "release-approved",
    says="Every release was approved by a second person before it was closed, under a change",
    serves=("A.6.2.5", "8.1", "A.6.1.3"),
    needs={"releases": ledger.RELEASES},
    reasons={
        "own-approval": "the author approved their own release",
        "not-approved": "the release went out without an approval",
        "approved-afterwards": "the release was approved after it had gone out",
        "no-change": "the release belongs to no planned change",
    },
    good={"releases": [Item(name="0.4.0", data=RELEASE)]},
    mutants=[
        Mutant("by the author", "own-approval", put("releases", "approver", "p-1")),
        Mutant("by nobody", "not-approved", put("releases", "approved", None)),
        Mutant("afterwards", "approved-afterwards", put("releases", "approved", "2026-10-02T09:00:00Z")),
        Mutant("no change", "no-change", put("releases", "change", "")),
    ],
    benign=[Mutant("still open", None, both(put("releases", "closed", None), put("releases", "approved", None)))],
)
def release_approved(look: Look, releases: Sequence[Item]) -> None:
    """A release that is still open need not be approved yet."""
    for release in releases:
        data = look.at(release).data
        if data["approver"] and data["approver"] == data["author"]:
            look.fail("own-approval", release)
        if data["closed"] and not data["approved"]:
            look.fail("not-approved", release)
        elif data["closed"] and moment(data["approved"]) > moment(data["closed"]):
            look.fail("approved-afterwards", release)
        if not data["change"]:
            look.fail("no-change", release)
