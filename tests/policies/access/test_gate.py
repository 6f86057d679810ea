"""The gate: who may run what, on which accounts, and that nothing is allowed by accident."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policies.access import (
    Circumstances,
    Decision,
    Gate,
    Principal,
    PrincipalsError,
    call_sha256,
    local_principal,
    shipped_gate,
)
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
CONTEXT = Circumstances(assurance="local", reason="incident 4711")
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
        ("who_did_what", set()),
        ("derive", {"admin", "engineer", "manager", "auditor"}),
    ],
)
def test_roles_see_what_the_policies_say(name: str, allowed: set[str]) -> None:
    given = {"operation": "sum", "facts": ["f1", "f2"]} if name == "derive" else {}
    assert {role for role in ROLES if decide(person(role), name, **given).allowed} == allowed


@pytest.mark.parametrize("role", ["admin", "engineer", "auditor"])
def test_a_query_about_persons_needs_a_reason_and_a_second_person(role: Any) -> None:
    def asked(**more: Any) -> Decision:
        context = replace(CONTEXT, **more)
        query = find("who_did_what")
        return shipped_gate().decide(person(role), query, query.parse({}), EVERYONE, context)

    assert asked().outcome == "needs_approval"
    assert asked().policies == ("persons-need-a-second-person",)
    assert asked(approved=True).outcome == "allow"
    assert asked(reason="").outcome == asked(reason="", approved=True).outcome == "deny"


def test_approval_opens_nothing_that_the_role_or_the_scope_closes() -> None:
    assert decide(person("manager"), "who_did_what").outcome == "deny"
    elsewhere = decide(person("engineer", accounts=("venue-utrecht",)), "who_did_what", accounts="online-prod")
    assert elsewhere.outcome == "deny"


def test_who_may_not_even_with_approval_is_not_told_to_get_one() -> None:
    never = decide(person("manager"), "who_did_what")
    assert never.reason == "No policy lets a manager run who_did_what."
    assert never.policies == ("persons-need-a-second-person",), "what Cedar said of the call as it was made"
    elsewhere = decide(person("engineer", accounts=("venue-utrecht",)), "who_did_what", accounts="online-prod")
    assert elsewhere.reason == "Nobody may ask about an account outside their scope."
    assert "second person" in decide(person("engineer"), "who_did_what").reason, "here it does help"


def may_approve(approver: Principal, asker: Principal, **given: Any) -> Decision:
    query = find("who_did_what")
    context = Circumstances(assurance=approver.assurance)
    return shipped_gate().may_approve(approver, asker, query, query.parse(given), EVERYONE, context)


def named(name: str, role: Any, **more: Any) -> Principal:
    return Principal(id=name, role=role, **more)


def test_approvers_are_another_person_of_a_role_that_approves() -> None:
    asker = named("ada", "admin")
    assert may_approve(named("carla", "auditor"), asker).outcome == "allow"
    assert may_approve(asker, asker).policies == ("nobody-approves-their-own",)
    assert not may_approve(named("ada", "auditor"), asker).allowed, "the same id is the same person"
    for role in ("engineer", "manager"):
        assert may_approve(named("bo", role), asker).outcome == "deny"


def test_approvers_see_every_account_that_the_call_touches() -> None:
    approver = named("carla", "auditor", accounts=("venue-utrecht",))
    assert not may_approve(approver, named("bram", "engineer")).allowed
    assert may_approve(approver, named("bram", "engineer"), accounts="venue-utrecht").allowed
    assert may_approve(approver, named("bram", "engineer", accounts=("venue-utrecht",))).allowed
    assert not may_approve(named("carla", "auditor", domains=("cost",)), named("bram", "engineer")).allowed


def test_a_name_known_only_on_this_machine_approves_nothing_of_a_verified_person() -> None:
    asker = named("bram", "engineer", assurance="oidc")
    assert not may_approve(named("carla", "auditor"), asker).allowed
    assert may_approve(named("carla", "auditor", assurance="oidc"), asker).allowed


def test_nothing_outside_the_allowed_regions() -> None:
    query = find("alarms")
    for regions, allowed in ((("eu-west-1",), True), (("eu-west-1", "ap-south-1"), False)):
        decision = shipped_gate().decide(person("admin"), query, query.parse({}), EVERYONE, CONTEXT, regions)
        assert decision.allowed == allowed


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
    empty = Gate((), queries().values())
    assert not any(decide(person(role), "spend", empty).allowed for role in ROLES)


def test_the_decision_is_bound_to_its_inputs() -> None:
    one = decide(person("admin"), "spend", period="2026-08")
    other = decide(person("admin"), "spend", period="2026-09")
    assert one.input_sha256 != other.input_sha256
    assert one.input_sha256 == call_sha256("spend", find("spend").parse({"period": "2026-08"}))


def test_principals_come_from_the_file_and_nobody_else(tmp_path: Path) -> None:
    assert local_principal("anna").accounts == ("venue-utrecht",)
    with pytest.raises(UnknownPrincipalError, match="mallory"):
        local_principal("mallory")
    wrong = tmp_path / "principals.yaml"
    wrong.write_text("principals:\n  eve: {role: owner}\n")
    with pytest.raises(PrincipalsError, match=r"principals\.eve\.role"):
        local_principal("eve", wrong)
