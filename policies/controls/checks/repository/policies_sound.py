"""The policies in force are valid, readable, and permit nobody everything."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository

_POLICY = {
    "id": "managers",
    "says": "managers may ask",
    "effect": "permit",
    "everyone": False,
    "everything": False,
    "conditions": 1,
}
_SET = {
    "sha256": "c" * 64,
    "errors": [],
    "policies": [_POLICY, {**_POLICY, "id": "sight", "effect": "forbid", "everyone": True}],
}


@check(
    "policies-sound",
    says="The policies in force hold against their schema, say in words what they mean, and permit nobody everything",
    serves=("A.9.2", "A.2.2"),
    needs={"sets": repository.POLICY_SETS},
    reasons={
        "invalid": "a policy does not hold against the schema",
        "wide-open": "a policy permits everybody everything, without a condition",
        "wordless": "a policy does not say in words what it means",
        "nothing-forbidden": "the policies forbid nothing, so that one permit too many opens all",
    },
    good={"sets": [Item(name="regent.cedar", data=_SET)]},
    mutants=[
        Mutant("unknown attribute", "invalid", put("sets", "errors", ["managers: attribute `x` not found"])),
        Mutant(
            "open",
            "wide-open",
            put("sets", "policies.0", {**_POLICY, "everyone": True, "everything": True, "conditions": 0}),
        ),
        Mutant("no words", "wordless", put("sets", "policies.0.says", None)),
        Mutant("no forbid", "nothing-forbidden", put("sets", "policies.1.effect", "permit")),
    ],
    benign=[
        Mutant("everybody, on a condition", None, put("sets", "policies.0.everyone", True)),
        Mutant(
            "a forbid of everything",
            None,
            put(
                "sets",
                "policies.1",
                {**_POLICY, "effect": "forbid", "everyone": True, "everything": True, "conditions": 0},
            ),
        ),
    ],
)
def policies_sound(look: Look, sets: Sequence[Item]) -> None:
    """`everyone`, `everything`: the policy's scope names no principal, or neither action nor resource."""
    for one in sets:
        data = look.at(one).data
        for error in data["errors"]:
            look.fail("invalid", one, error)
        for policy in data["policies"]:
            if not policy["says"]:
                look.fail("wordless", one, policy["id"])
            if (
                policy["effect"] == "permit"
                and policy["everyone"]
                and policy["everything"]
                and not policy["conditions"]
            ):
                look.fail("wide-open", one, policy["id"])
        if not any(policy["effect"] == "forbid" for policy in data["policies"]):
            look.fail("nothing-forbidden", one)
