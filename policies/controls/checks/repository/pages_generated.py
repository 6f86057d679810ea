"""The technical file says what the code says: each generated page is as it would be generated now."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import both, put
from policies.controls.needs import repository

_PAGE = {"sha256": "a" * 64, "generated_sha256": "a" * 64}


@check(
    "pages-generated",
    says="Every generated page of the technical file is what would be generated now",
    serves=("A.6.2.7",),
    needs={"pages": repository.GENERATED},
    reasons={
        "outdated": "the page differs from what would be generated now",
        "missing": "the page is not there",
    },
    good={"pages": [Item(name="docs/governance.md", data=_PAGE), Item(name="docs/guardrails.md", data=_PAGE)]},
    mutants=[
        Mutant("edited by hand", "outdated", put("pages", "sha256", "b" * 64)),
        Mutant("code went on", "outdated", put("pages", "generated_sha256", "b" * 64, item=1)),
        Mutant("deleted", "missing", put("pages", "sha256", None)),
    ],
    benign=[
        Mutant("both new", None, both(put("pages", "sha256", "b" * 64), put("pages", "generated_sha256", "b" * 64)))
    ],
)
def pages_generated(look: Look, pages: Sequence[Item]) -> None:
    """`pages`: as they lie, and generated anew."""
    for page in pages:
        data = look.at(page).data
        if data["sha256"] is None:
            look.fail("missing", page)
        elif data["sha256"] != data["generated_sha256"]:
            look.fail("outdated", page)
