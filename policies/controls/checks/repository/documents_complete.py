"""Each document that some control asks for is in force, and once."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.catalogue import document_kinds
from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import add, put, without
from policies.controls.needs import repository

_KINDS = tuple(sorted(document_kinds()))


@check(
    "documents-complete",
    says="Every kind of document that a control asks for is in force, in one version",
    serves=("7.5.1",),
    needs={"documents": repository.DOCUMENTS},
    reasons={
        "missing": "a document that a control asks for is not in force",
        "twice": "two documents of one kind are in force at the same time",
    },
    good={"documents": [Item(name=kind, data={"type": kind, "draft": False}) for kind in _KINDS]},
    mutants=[
        Mutant("one gone", "missing", without("documents", 3)),
        Mutant("one still a draft", "missing", put("documents", "draft", True, item=5)),
        Mutant(
            "two policies",
            "twice",
            add("documents", Item(name="ai-policy-2", data={"type": "ai-policy", "draft": False})),
        ),
    ],
    benign=[
        Mutant(
            "the next version is being written",
            None,
            add("documents", Item(name="ai-policy-2", data={"type": "ai-policy", "draft": True})),
        ),
        Mutant(
            "one of the tenant's own",
            None,
            add("documents", Item(name="x", data={"type": "house-rules", "draft": False})),
        ),
    ],
)
def documents_complete(look: Look, documents: Sequence[Item]) -> None:
    """As long as all are drafts there is nothing to judge: nobody has begun."""
    in_force = [look.at(document).data["type"] for document in documents if not document.data["draft"]]
    look.rest(documents)
    for kind in sorted(set(_KINDS) - set(in_force)) if in_force else []:
        look.fail("missing", kind)
    for kind in sorted({kind for kind in in_force if in_force.count(kind) > 1}):
        look.fail("twice", kind)
