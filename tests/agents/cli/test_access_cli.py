"""`regent access`: what a reviewer sees of who may run what, and of what a change would change."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agents.answer import Answer
from agents.cli.app import app
from agents.home import Home
from policies.access.policyset import FOLDER
from tests.agents.scripted import ScriptedMaker
from tests.homes import furnished
from tools.catalogue import queries

Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def at_home(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGENT_HOME", furnished(home.path))
    monkeypatch.chdir(tmp_path)


def run(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["access", *words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


def told(*words: str, code: int = 0) -> Any:
    return json.loads(run(*words, "--json", code=code))


def test_explain_says_what_decides_and_exits_as_ask_does() -> None:
    assert told("explain", "--as", "bram", "--query", "spend")["outcome"] == "allow"
    denied = told("explain", "--as", "bram", "--query", "spend", "--input", '{"accounts": "data-prod"}', code=3)
    [rule] = denied["policies"]
    assert (rule["id"], rule["effect"], rule["file"]) == ("nothing-out-of-sight", "forbid", "scope.cedar")
    line = (FOLDER / "scope.cedar").read_text().splitlines()[rule["line"] - 1]
    assert line == '@id("nothing-out-of-sight")'
    waiting = run("explain", "--as", "carla", "--query", "who_did_what", code=5)
    assert "once a second person has approved" in waiting
    assert told("explain", "--as", "carla", "--query", "who_did_what", "--approved")["outcome"] == "allow"
    assert told("explain", "--as", "carla", "--query", "who_did_what", "--reason", "", code=3)["outcome"] == "deny"


def test_explain_shows_the_filter_that_a_scope_adds() -> None:
    assert told("explain", "--as", "eva", "--query", "spend")["input"]["venue"] == "utrecht"


@pytest.mark.parametrize("given", ["{", "[]", '{"accounts": 1}', '{"nothing": 1}'])
def test_explain_refuses_inputs_that_are_none(given: str) -> None:
    done = CliRunner().invoke(app, ["access", "explain", "--query", "spend", "--input", given])
    assert done.exit_code == 1 and "Traceback" not in done.output


def test_matrix_is_what_the_policies_say() -> None:
    table = told("matrix")["matrix"]
    assert set(table) == set(queries())
    assert table["findings"] == {"manager": "deny", "engineer": "allow", "auditor": "allow", "admin": "allow"}
    assert table["who_did_what"]["admin"] == "needs_approval" and table["who_did_what"]["manager"] == "deny"
    assert "with approval" in run("matrix")


def policy(folder: Path, *rules: str) -> str:
    folder.mkdir()
    text = "\n".join(f'@id("r{number}") @says("rule {number}")\n{rule}' for number, rule in enumerate(rules))
    (folder / "p.cedar").write_text(text)
    return str(folder)


def test_diff_shows_what_a_change_would_newly_allow_and_deny(ask: Ask, tmp_path: Path) -> None:
    cost = [[("spend", {})], "None."]
    security = [[("findings", {})], [("who_did_what", {})], "None."]
    for person in ("anna", "anna", "local"):
        script = ScriptedMaker(cost, security, domains=("cost", "security"))  # type: ignore[arg-type]
        ask(script, as_id=person)
    change = policy(
        tmp_path / "ours",
        'permit (principal is Regent::Person, action == Regent::Action::"findings", resource)\n'
        'when { principal.role == "manager" };',
        'forbid (principal is Regent::Person, action == Regent::Action::"spend", resource)\n'
        'when { principal.role == "admin" };',
    )
    found = told("diff", "current", change, "--added")
    assert found["calls"] == 9
    kinds = {(c["principal"], c["query"], c["before"], c["after"], tuple(c["because"])) for c in found["changes"]}
    assert kinds == {("anna", "findings", "deny", "allow", ("r0",)), ("local", "spend", "allow", "deny", ("r1",))}
    assert [len(c["records"]) for c in found["changes"] if c["principal"] == "anna"] == [2]
    shown = run("diff", "current", change, "--added")
    assert "newly allowed: anna (manager) findings" in shown and "newly denied: local (admin) spend" in shown
    assert told("diff", "current", "shipped")["changes"] == []
    assert told("diff", str(FOLDER), "shipped")["changes"] == []
    alone = told("diff", "shipped", change)
    assert {c["after"] for c in alone["changes"] if c["query"] == "spend"} == {"deny"}, "alone, it permits no spend"


def test_diff_without_a_ledger_and_with_bad_policies_is_one_sentence(tmp_path: Path) -> None:
    for words in (("current", "nowhere.cedar"), ("current", "shipped")):
        done = CliRunner().invoke(app, ["access", "diff", *words])
        assert done.exit_code != 0 and "Traceback" not in done.output


def test_policies_lists_every_rule_and_whose_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = policy(tmp_path / "ours", "permit (principal, action, resource);")
    (tmp_path / "regent.yaml").write_text(f"policies: ['{change}']\n")
    listed = {rule["id"]: rule for rule in told("policies")["policies"]}
    assert listed["r0"]["shipped"] is False and listed["persons-need-a-reason"]["shipped"] is True
    assert "yours" in run("policies")
    (tmp_path / "ours" / "p.cedar").write_text("permit (principal);")
    done = CliRunner().invoke(app, ["access", "policies"])
    assert done.exit_code == 1 and "line 1" in str(done.exception)


def test_projection_prints_what_a_gateway_takes() -> None:
    arn = "arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/regent-x"
    found = told("projection", "--gateway", arn, "--iam")
    assert all(arn in one["text"] and "AgentCore::IamEntity" in one["text"] for one in found["statements"])
    assert any(one["rule"] == "persons-need-a-second-person" for one in found["unsaid"])
    assert "// " in run("projection", "--gateway", arn)
