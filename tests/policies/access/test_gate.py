"""The gate: who may run what, on which accounts, and that nothing is allowed by accident."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.access import Gate, PolicyError, Principal, PrincipalsError, local_principal, shipped_gate
from policies.access.gate import SHIPPED, Decision, call_sha256
from policies.access.principal import UnknownPrincipalError
from tools.accounts import Account, Directory
from tools.catalogue import find, queries

EVERYONE = Directory(
    [
        Account(id="210000000012", name="payer"),
        Account(id="210000000567", name="online-prod", tags={"env": "prod"}),
        Account(id="210000001123", name="venue-utrecht", tags={"venue": "utrecht"}),
    ],
    Account(id="210000000012", name="payer"),
)
CONTEXT = {"channel": "cli", "assurance": "local", "calls": 0}
ROLES = ("admin", "engineer", "manager", "auditor")


def decide(principal: Principal, name: str, gate: Gate | None = None, **given: Any) -> Decision:
    query = find(name)
    return (gate or shipped_gate()).decide(principal, query, query.parse(given), EVERYONE, CONTEXT)


def person(role: Any, **more: Any) -> Principal:
    return Principal(id="p", role=role, **more)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("spend", {"admin", "engineer", "manager", "auditor"}),
        ("alarms", {"admin", "engineer", "manager", "auditor"}),
        ("findings", {"admin", "engineer", "auditor"}),
        ("who_did_what", {"admin", "engineer"}),
        ("derive", {"admin", "engineer", "manager", "auditor"}),
    ],
)
def test_roles_see_what_the_policies_say(name: str, allowed: set[str]) -> None:
    given = {"operation": "sum", "facts": ["f1", "f2"]} if name == "derive" else {}
    assert {role for role in ROLES if decide(person(role), name, **given).allowed} == allowed


def test_an_account_out_of_sight_is_denied_even_beside_one_in_sight() -> None:
    utrecht = person("manager", accounts=("venue-utrecht",))
    assert decide(utrecht, "spend", accounts="venue-utrecht").allowed
    assert not decide(utrecht, "spend", accounts="venue-utrecht,online-prod").allowed
    assert not decide(utrecht, "spend", accounts="210000000567").allowed
    assert not decide(utrecht, "spend", accounts="env:prod").allowed


def test_a_real_and_an_invented_account_out_of_sight_get_the_same_words() -> None:
    utrecht = person("manager", accounts=("venue-utrecht",))
    assert decide(utrecht, "spend", accounts="online-prod").reason == decide(utrecht, "spend", accounts="x").reason


def test_not_naming_an_account_touches_only_those_in_sight() -> None:
    decision = decide(person("engineer", accounts=("online-prod",)), "alarms")
    assert decision.allowed
    assert decision.accounts == ("210000000567",)


def test_somebody_who_sees_no_account_is_denied() -> None:
    assert not decide(person("admin", accounts=()), "spend").allowed


def test_domains_limit_a_person_below_the_role() -> None:
    finance = person("manager", domains=("cost",))
    assert decide(finance, "spend").allowed
    assert not decide(finance, "alarms").allowed


def test_without_policies_nothing_is_allowed() -> None:
    empty = Gate("", queries().values())
    assert not any(decide(person(role), "spend", empty).allowed for role in ROLES)


@pytest.mark.parametrize(
    "text",
    [
        "permit (principal, action, resource",
        'permit (principal, action == Regent::Action::"drop_tables", resource);',
        'permit (principal is Regent::Person, action, resource) when { principal.rol == "admin" };',
    ],
    ids=["does not parse", "unknown action", "unknown attribute"],
)
def test_policies_that_do_not_fit_stop_the_start(text: str) -> None:
    with pytest.raises(PolicyError, match=r"regent\.cedar"):
        Gate(text, queries().values())


def test_the_decision_is_bound_to_its_inputs() -> None:
    one = decide(person("admin"), "spend", period="2026-08")
    other = decide(person("admin"), "spend", period="2026-09")
    assert one.input_sha256 != other.input_sha256
    assert one.input_sha256 == call_sha256("spend", find("spend").parse({"period": "2026-08"}))


def test_every_shipped_policy_has_a_name_and_plain_words() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    rules = text.count("\npermit (") + text.count("\nforbid (")
    assert text.count("@id(") == text.count("@says(") == rules >= 5


def test_principals_come_from_the_file_and_nobody_else(tmp_path: Path) -> None:
    assert local_principal("anna").accounts == ("venue-utrecht",)
    with pytest.raises(UnknownPrincipalError, match="mallory"):
        local_principal("mallory")
    wrong = tmp_path / "principals.yaml"
    wrong.write_text("principals:\n  eve: {role: owner}\n")
    with pytest.raises(PrincipalsError, match=r"principals\.eve\.role"):
        local_principal("eve", wrong)
