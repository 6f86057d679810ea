"""Whoever was forgotten is forgotten everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import ledger

_ERASURE = {
    "time": "2026-10-01T08:00:00Z",
    "subjects": ["p-9"],
    "places": {"sessions": 2, "receipts": 0},
    "known_places": ["sessions", "receipts"],
    "keys_left": 0,
}


@check(
    "erasures-whole",
    says="Every erasure went through every known place, and no key of the person is left",
    serves=("A.7.2", "7.5.3"),
    needs={"erasures": ledger.ERASURES},
    reasons={
        "place-left-out": "an erasure left out a place that holds text of persons",
        "key-left": "a key of somebody who was forgotten is still there",
        "nobody": "an erasure names nobody",
    },
    good={"erasures": [Item(name="17", data=_ERASURE)]},
    mutants=[
        Mutant("left out", "place-left-out", put("erasures", "places", {"sessions": 2})),
        Mutant("a new place", "place-left-out", put("erasures", "known_places", ["sessions", "receipts", "memory"])),
        Mutant("a key left", "key-left", put("erasures", "keys_left", 1)),
        Mutant("nobody", "nobody", put("erasures", "subjects", [])),
    ],
    benign=[Mutant("nothing was there", None, put("erasures", "places", {"sessions": 0, "receipts": 0}))],
)
def erasures_whole(look: Look, erasures: Sequence[Item]) -> None:
    """A place in which nothing was found counts as gone through."""
    for erasure in erasures:
        data = look.at(erasure).data
        missing = sorted(set(data["known_places"]) - set(data["places"]))
        if missing:
            look.fail("place-left-out", erasure, ", ".join(missing))
        if data["keys_left"]:
            look.fail("key-left", erasure)
        if not data["subjects"]:
            look.fail("nobody", erasure)
