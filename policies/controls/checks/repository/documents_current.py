"""Documents that count are owned, approved by another, unchanged since, and reviewed in time."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository
from policies.controls.predicates import blank, day

_DOCUMENT = {
    "type": "ai-policy",
    "version": "1.0",
    "draft": False,
    "owner": "Anna",
    "approver": "Bruno",
    "approved_on": "2026-03-01",
    "review_due": "2027-03-01",
    "sha256": "a" * 64,
    "attested_sha256": "a" * 64,
}


@check(
    "documents-current",
    says="Every document in force has an owner and another approver, is unchanged since its approval, and in date",
    serves=("7.5.2", "A.2.4"),
    needs={"documents": repository.DOCUMENTS},
    reasons={
        "incomplete": "the document lacks what identifies it",
        "self-approved": "the document was approved by its owner",
        "changed": "the document was changed after it was approved, or its approval is not on record",
        "overdue": "the document's review is overdue",
    },
    good={
        "documents": [
            Item(name="ai-policy", data=_DOCUMENT),
            Item(name="raci", data={**_DOCUMENT, "type": "raci", "draft": True, "approver": None}),
        ]
    },
    mutants=[
        Mutant("no version", "incomplete", put("documents", "version", "")),
        Mutant("no approver", "incomplete", put("documents", "approver", None)),
        Mutant("by the owner", "self-approved", put("documents", "approver", "Anna")),
        Mutant("by the owner, spelt otherwise", "self-approved", put("documents", "approver", " anna ")),
        Mutant("edited", "changed", put("documents", "sha256", "b" * 64)),
        Mutant("never attested", "changed", put("documents", "attested_sha256", None)),
        Mutant("yesterday", "overdue", put("documents", "review_due", "2026-10-14")),
    ],
    benign=[Mutant("due today", None, put("documents", "review_due", "2026-10-15"))],
)
def documents_current(look: Look, documents: Sequence[Item]) -> None:
    """Drafts state nothing and are passed over."""
    for document in documents:
        data = document.data
        if data["draft"]:
            look.skip(document)
            continue
        look.at(document)
        missing = blank(data, ("version", "owner", "approver", "approved_on", "review_due"))
        if missing:
            look.fail("incomplete", document, ", ".join(missing))
            continue
        if data["owner"].strip().casefold() == data["approver"].strip().casefold():
            look.fail("self-approved", document, data["owner"])
        if data["sha256"] != data["attested_sha256"]:
            look.fail("changed", document)
        if day(data["review_due"]) < look.as_of.date():
            look.fail("overdue", document, f"since {data['review_due']}")
