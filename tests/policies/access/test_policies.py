"""Policy files: what does not fit stops the start and says where; a company's files add and never undo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.access import Circumstances, Gate, PolicyError, Principal, company_gate
from policies.access.policyset import PolicyFile, rules_of, shipped_files
from tools.accounts import Account, Directory
from tools.catalogue import find, queries

EVERYONE = Directory([Account(id="210000000567", name="online-prod")], Account(id="210000000012", name="payer"))
NAMED = '@id("theirs") @says("as they like")\n'
ALL = NAMED + "permit (principal, action, resource);"
REGIONS = ("eu-west-1",)


def outcome(gate: Gate, role: Any, name: str, **context: Any) -> str:
    query = find(name)
    told = Circumstances(**{"reason": "incident", **context})
    return gate.decide(Principal(id="p", role=role), query, query.parse({}), EVERYONE, told, REGIONS).outcome


def company(tmp_path: Path, text: str) -> Gate:
    (tmp_path / "ours.cedar").write_text(text)
    return company_gate([tmp_path], REGIONS)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("permit (principal, action, resource", 1, "does not parse"),
        (f"// a comment; with a semicolon\n\n{ALL}\nforbid (principal, action;", 5, "does not parse"),
        (NAMED + 'permit (principal, action == Regent::Action::"drop_tables", resource);', 1, "drop_tables"),
        (
            f'{ALL}\n\n@id("b") @says("//;")\n'
            'permit (principal is Regent::Person, action, resource) when { principal.rol == "admin" };',
            4,
            "rol",
        ),
        ("permit (principal, action, resource);", 1, "no @id and no @says"),
        (f"{ALL}\n{ALL}", 3, "is taken"),
        (
            '@id("admins-ask-everything") @says("ours now")\npermit (principal, action, resource);',
            1,
            "is taken by roles",
        ),
        (NAMED + "permit (principal == ?principal, action, resource);", 1, "template"),
        (NAMED + 'permit (principal, action, resource) when { context.input.period == "x" };', 1, "input.period"),
    ],
    ids=[
        "cut short",
        "second rule",
        "unknown action",
        "unknown attribute",
        "nameless",
        "named twice",
        "a shipped name",
        "template",
        "input of some queries only",
    ],
)
def test_a_policy_that_does_not_fit_stops_the_start_with_file_line_and_reason(
    tmp_path: Path, text: str, line: int, why: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        company(tmp_path, text)
    said = str(caught.value)
    assert f"ours.cedar, line {line}:" in said and why in said


def test_a_folder_without_policies_and_a_missing_file_are_errors(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere.cedar"):
        with pytest.raises(PolicyError, match=str(place)):
            company_gate([place], REGIONS)


def test_a_company_permits_and_forbids_more(tmp_path: Path) -> None:
    managers = (
        'permit (principal, action == Regent::Action::"findings", resource) when { principal.role == "manager" };'
    )
    nights = NAMED.replace("theirs", "nights") + "forbid (principal, action, resource) when { context.hour < 6 };"
    gate = company(tmp_path, f"{NAMED}{managers}\n{nights}")
    assert outcome(gate, "manager", "findings", hour=9) == "allow"
    assert outcome(gate, "admin", "findings", hour=3) == "deny"
    added = [rule for rule in gate.rules if not rule.shipped]
    assert [(rule.id, rule.effect, rule.line) for rule in added] == [("theirs", "permit", 1), ("nights", "forbid", 3)]


def test_a_policy_sees_the_typed_inputs_of_a_query(tmp_path: Path) -> None:
    few = 'forbid (principal, action == Regent::Action::"findings", resource) when { context.input.top > 5 };'
    gate = company(tmp_path, NAMED + few)
    for top, allowed in ((5, True), (6, False)):
        query = find("findings")
        person = Principal(id="p", role="admin")
        assert gate.decide(person, query, query.parse({"top": top}), EVERYONE, Circumstances()).allowed == allowed


def test_no_company_policy_switches_a_shipped_forbid_off(tmp_path: Path) -> None:
    gate = company(tmp_path, ALL)
    assert outcome(gate, "manager", "findings") == "allow", "their permit counts"
    assert outcome(gate, "admin", "who_did_what") == "needs_approval"
    assert outcome(gate, "admin", "who_did_what", reason="", approved=True) == "deny"
    query, abroad = find("alarms"), ("ap-south-1",)
    person = Principal(id="p", role="admin")
    assert not gate.decide(person, query, query.parse({}), EVERYONE, Circumstances(), abroad).allowed
    shy = Principal(id="p", role="admin", accounts=("venue-utrecht",))
    assert not gate.decide(shy, query, query.parse({"accounts": "online-prod"}), EVERYONE, Circumstances()).allowed
    asker = Principal(id="p", role="admin")
    assert not gate.may_approve(asker, asker, query, query.parse({}), EVERYONE, Circumstances()).allowed


def test_every_company_file_changes_the_digest(tmp_path: Path) -> None:
    plain, other = Gate(shipped_files(), queries().values()), company(tmp_path, ALL)
    assert plain.sha256 != other.sha256 and plain.schema_sha256 == other.schema_sha256


def test_shipped_policies_are_small_files_of_named_rules() -> None:
    assert len(shipped_files()) >= 4
    for file in shipped_files():
        assert file.text.startswith("// ") and file.text.count("\n") < 60, (
            f"{file.name} begins by saying what it is for"
        )
    rules = rules_of(shipped_files())
    assert len(rules) == sum(file.text.count("\npermit (") + file.text.count("\nforbid (") for file in shipped_files())


def test_a_rule_that_cannot_be_evaluated_counts_as_no() -> None:
    """Cedar itself leaves such a rule out, so that a forbid which fails would forbid nothing."""
    other = NAMED.replace("theirs", "limit")
    huge = other + "forbid (principal, action, resource) when { context.calls * 9223372036854775807 < 0 };"
    gate = Gate((PolicyFile("x.cedar", f"{ALL}\n{huge}"),), queries().values())
    assert outcome(gate, "admin", "spend", calls=1) == "allow"
    assert outcome(gate, "admin", "spend", calls=9) == "deny"
