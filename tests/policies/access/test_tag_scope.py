"""Tag scopes: the filter that a call must carry, for one venue and for several, in any case."""

from __future__ import annotations

from typing import Any

import pytest

from policies.access.circumstances import Circumstances
from policies.access.decision import Decision
from policies.access.gate import shipped_gate
from policies.access.principal import Principal
from policies.access.scope import narrowed
from tools.accounts import Account, Directory
from tools.catalogue import find

PAYER = Account(id="000000000001", name="payer")
ESTATE = Directory(
    [
        PAYER,
        Account(id="000000000002", name="venue-utrecht", tags={"venue": "utrecht"}),
        Account(id="000000000003", name="venue-rotterdam", tags={"venue": "rotterdam"}),
    ],
    PAYER,
)
BOTH = Principal(id="both", role="manager", tags={"venue": ("utrecht", "rotterdam")})


def decided(person: Principal, **given: Any) -> Decision:
    query = find("spend")
    parsed = narrowed(person, query, query.parse(given))
    context = Circumstances(assurance="local", reason="", hour=12)
    return shipped_gate().decide(person, query, parsed, ESTATE, context, ("eu-west-1",))


@pytest.mark.parametrize("given", [{}, {"accounts": "venue-utrecht"}, {"accounts": "venue-utrecht,venue-rotterdam"}])
def test_spend_of_several_venues_without_naming_one_is_denied(given: dict[str, Any]) -> None:
    found = decided(BOTH, **given)
    assert found.outcome == "deny" and "name one" in found.reason


def test_spend_of_one_of_several_venues_is_allowed_and_of_another_denied() -> None:
    assert [decided(BOTH, venue=venue).outcome for venue in ("utrecht", "Rotterdam", "breda")] == [
        "allow",
        "allow",
        "deny",
    ]


def test_the_case_of_a_venue_is_that_of_the_scope_in_the_call() -> None:
    assert decided(BOTH, venue="UTRECHT").input["venue"] == "utrecht"
    assert decided(BOTH, venue="Breda").input["venue"] == "Breda", "what is not theirs stays as it was asked"
