"""What must hold for every person, call and moment: default deny, nobody unknown, and no scope ever widens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.access import Circumstances, Gate, Principal, UnknownPrincipalError, local_principal, shipped_gate
from policies.access.explaining import smallest
from policies.access.principal import SHIPPED, known_principal
from policies.access.scope import looked_at, narrowed, sight
from tests.policies.access.test_replay import contexts
from tools.accounts import Account, Directory
from tools.catalogue import find, queries

NAMES = ("payer", "online-prod", "data-prod", "venue-utrecht", "venue-rotterdam", "Venue-Delft")
UNITS = {"online-prod": ("Online", "Prod"), "data-prod": ("Data", "Prod")}
EVERYONE = Directory(
    [
        Account(
            id=f"{210_000_000_000 + n}",
            name=name,
            tags={"venue": name[6:], "env": "prod"} if name.casefold().startswith("venue") else {"env": "test"},
            units=UNITS.get(name, ("Venues",) if "enue" in name else ()),
        )
        for n, name in enumerate(NAMES)
    ],
    Account(id="210000000000", name="payer"),
)
NOTHING = Gate((), queries().values())
several = lambda *of: st.none() | st.lists(st.sampled_from(of), max_size=3, unique=True).map(tuple)  # noqa: E731
values = lambda *of: st.lists(st.sampled_from(of), min_size=1, max_size=2, unique=True).map(tuple)  # noqa: E731
named: dict[str, Any] = {
    "id": st.sampled_from(("anna", "bram")),
    "role": st.sampled_from(("manager", "engineer", "auditor", "admin")),
}
tagged = st.builds(Principal, **named, tags=st.sampled_from(({"venue": ("utrecht",)}, {"env": ("prod",)})))
people = tagged | st.builds(
    Principal,
    **named,
    accounts=several(*NAMES, "nowhere"),
    units=several("Prod", "Data", "Venues", "none"),
    tags=st.fixed_dictionaries({}, optional={"venue": values("utrecht", "delft", "x"), "env": values("prod", "test")}),
    domains=several("cost", "security", "ops"),
)
selections = st.none() | st.lists(
    st.sampled_from((*NAMES, "210000000003", "nowhere", "venue:utrecht", "env:prod", "VENUE:DELFT", " ")), max_size=3
).map(",".join)


def inputs(name: str, accounts: str | None, venue: str | None) -> dict[str, Any]:
    fields = find(name).input_model.model_fields
    plain = smallest(find(name))
    given = {"accounts": accounts, "venue": venue}
    return find(name).parse({**plain, **{k: v for k, v in given.items() if k in fields and v is not None}})


calls = st.builds(
    lambda name, accounts, venue: (name, inputs(name, accounts, venue)),
    st.sampled_from((*sorted(queries()), *["spend", "spend_change"] * 8)),
    selections,
    st.none() | st.sampled_from(("utrecht", "rotterdam", "UTRECHT", "x")),
)


@settings(max_examples=60, deadline=None)
@given(people, calls, contexts)
def test_what_no_policy_permits_does_not_happen(
    person: Principal, call: tuple[str, Any], context: Circumstances
) -> None:
    assert NOTHING.decide(person, find(call[0]), call[1], EVERYONE, context).outcome == "deny"


@settings(max_examples=200, deadline=None)
@given(people, calls, contexts)
def test_a_permitted_call_touches_and_is_given_nothing_beyond_the_scope(
    person: Principal, call: tuple[str, Any], context: Circumstances
) -> None:
    query, parsed = find(call[0]), narrowed(person, find(call[0]), call[1])
    decision = shipped_gate().decide(person, query, parsed, EVERYONE, context, ("eu-west-1",))
    handed = looked_at(person, query, parsed, EVERYONE)
    within = {account.id for account in sight(person.model_copy(update={"tags": {}}), EVERYONE).accounts}
    full = {account.id for account in sight(person, EVERYONE).accounts}
    assert {account.id for account in handed.accounts} <= within, "what a query is given never depends on the gate"
    assert handed.where or {account.id for account in handed.accounts} <= full
    for key, value in handed.where.items():
        assert decision.outcome == "deny" or value.casefold() in {v.casefold() for v in person.tags[key]}
    if decision.outcome == "deny":
        return
    assert set(decision.accounts) <= (within if handed.where else full)
    named = parsed.get("accounts")
    if query.reach != "facts" and named is not None and named.strip().casefold() not in ("", "all"):
        assert set(decision.accounts) <= full, "a filter opens no account by name"
    assert person.domains is None or query.domain in (*person.domains, "shared")


@settings(max_examples=150, deadline=None)
@given(people, calls, contexts, st.sampled_from(("accounts", "units", "tags", "domains")))
def test_a_limit_never_lets_more_through(
    person: Principal, call: tuple[str, Any], context: Circumstances, limit: str
) -> None:
    query, freer = find(call[0]), person.model_copy(update={limit: {} if limit == "tags" else None})
    limited = shipped_gate().decide(person, query, narrowed(person, query, call[1]), EVERYONE, context)
    unlimited = shipped_gate().decide(freer, query, narrowed(freer, query, call[1]), EVERYONE, context)
    order = ("deny", "needs_approval", "allow")
    assert order.index(limited.outcome) <= order.index(unlimited.outcome)


@settings(max_examples=100, deadline=None)
@given(people, calls, contexts)
def test_approval_and_reason_only_ever_help(person: Principal, call: tuple[str, Any], context: Circumstances) -> None:
    query, gate = find(call[0]), shipped_gate()
    plain = gate.decide(person, query, call[1], EVERYONE, replace(context, approved=False, reason=""))
    helped = gate.decide(person, query, call[1], EVERYONE, replace(context, approved=True, reason="incident"))
    assert plain.outcome == "deny" or helped.outcome == "allow"
    if query.personal_data:
        assert plain.outcome == "deny", "whoever asks"


@settings(max_examples=100, deadline=None)
@given(people, people, calls, contexts)
def test_nobody_approves_their_own_nor_what_they_may_not_see(
    asker: Principal, approver: Principal, call: tuple[str, Any], context: Circumstances
) -> None:
    query = find(call[0])
    decision = shipped_gate().may_approve(approver, asker, query, call[1], EVERYONE, context)
    assert decision.outcome != "needs_approval"
    if decision.allowed:
        assert approver.id != asker.id and approver.role in ("admin", "auditor")
        accounts = sight(approver.model_copy(update={"tags": {}}), EVERYONE).accounts
        assert set(decision.accounts) <= {account.id for account in accounts} or approver.unlimited


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_nobody_unknown_is_a_principal(name: str) -> None:
    assume(name not in ("local", "anna", "bram", "carla", "dirk", "eva", "femke"))
    with pytest.raises(UnknownPrincipalError):
        local_principal(name)
    assert known_principal(name, "oidc", SHIPPED) is None


def test_ids_of_the_file_are_no_ids_of_a_verified_source() -> None:
    for name in ("local", "anna"):
        assert known_principal(name, "oidc", SHIPPED) is known_principal(f"oidc:{name}", "oidc", SHIPPED) is None
    assert isinstance(SHIPPED, Path)
