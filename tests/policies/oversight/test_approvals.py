"""Approvals as people meet them: what is shown to whom, what goes on, what is kept, here and on an emulated AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agents.acting import Waiting
from agents.answer import Answer, Question
from agents.approving import decide
from agents.cli.app import app
from agents.desk import Desk
from agents.home import Home
from policies.access import Principal, local_principal
from policies.audit import Ledger, verify
from policies.audit.bodies import ApprovalDecided, ApprovalRefused, ApprovalRequested, QueryCalled
from policies.audit.erasure import forget
from policies.oversight import ApprovalError, Approvals, ApprovalSettings
from policies.oversight.approval_dynamo import DynamoApprovals
from policies.oversight.approval_store import ApprovalStore, SqliteApprovals, Stored
from policies.oversight.database import Database
from tests.agents.scripted import ScriptedMaker
from tests.homes import furnished
from tests.policies.oversight.tables import make_table

Open = Callable[..., Desk]
CALL = {"period": "last_7_days", "accounts": "data-prod"}
WHO = [("who_did_what", CALL)]
SPEND = [("spend", {"period": "last_month"})]
ASKER, APPROVER = local_principal("local"), local_principal("carla")


def person(asker: Principal) -> Principal:
    return local_principal(asker.id)


def ask(desk: Desk, *scripts: Any, domains: tuple[str, ...] = ("security",), **more: Any) -> Answer:
    made = replace(desk, maker=ScriptedMaker(*scripts, domains=domains), overseen=desk.oversight)
    return made.answer(Question(text="Who did what in data-prod?", **more), ASKER)


def go_on(desk: Desk, approval: str | None, *scripts: Any) -> Answer:
    return replace(desk, maker=ScriptedMaker(*scripts), overseen=desk.oversight).resume(approval or "", ASKER)


def ruled(desk: Desk, approval: str | None, verdict: Any = "approve", reason: str = "") -> None:
    decide(desk, approval or "", APPROVER, verdict, reason, person)


def bodies(home: Home, kind: type) -> list[Any]:
    with Ledger.open(home.ledger) as ledger:
        return [stored.body for stored in ledger.read() if isinstance(stored.body, kind)]


def test_what_was_found_before_the_pause_is_in_the_answer(open_desk_with: Open, home: Home) -> None:
    desk = open_desk_with(ScriptedMaker(["-"]))
    waiting = ask(desk, [[("findings", {})], WHO, "unused"])
    assert waiting.status == "needs_approval" and not waiting.facts
    ruled(desk, waiting.approval)
    answer = go_on(desk, waiting.approval, ["Findings: [[f1]]."])
    assert answer.status == "answered" and answer.id == waiting.id
    assert {fact.id for fact in answer.facts} >= {"f1"}
    assert [query.name for query in answer.queries] == ["findings", "who_did_what"]
    ids = [fact.id for fact in answer.facts]
    assert len(ids) == len(set(ids)), "ids go on where they were"


def test_two_specialists_one_of_which_waits(open_desk_with: Open) -> None:
    desk = open_desk_with(ScriptedMaker(["-"]))
    waiting = ask(desk, [WHO, "unused"], [SPEND, "Spend was [[f2]]."], domains=("security", "cost"))
    assert waiting.status == "needs_approval"
    ruled(desk, waiting.approval)
    answer = go_on(desk, waiting.approval, ["There were [[f1]]."])
    assert answer.status == "answered"
    assert {query.name: query.decision for query in answer.queries} == {"who_did_what": "allow", "spend": "allow"}
    assert "USD" in answer.text and answer.usage.input_tokens >= 400, "what it took before the pause counts"


def test_two_calls_that_wait_need_an_approval_each(open_desk_with: Open, home: Home) -> None:
    desk = open_desk_with(ScriptedMaker(["-"]))
    other = [("who_did_what", {**CALL, "accounts": "payer"})]
    first = ask(desk, [WHO + other, "unused"])
    ruled(desk, first.approval)
    second = go_on(desk, first.approval, ["unused"])
    assert second.status == "needs_approval" and second.approval != first.approval
    ruled(desk, second.approval)
    assert go_on(desk, second.approval, ["There were [[f1]]."]).status == "answered"
    assert [body.input["accounts"] for body in bodies(home, QueryCalled)] == ["data-prod", "payer"]


def test_a_denial_is_told_with_its_reason_and_what_else_was_found(open_desk_with: Open, home: Home) -> None:
    desk = open_desk_with(ScriptedMaker(["-"]))
    waiting = ask(desk, [[("findings", {})], WHO, "unused"])
    ruled(desk, waiting.approval, "deny", "ask HR first")
    answer = go_on(desk, waiting.approval, ["Findings: [[f1]]."])
    assert answer.status == "answered" and "Not looked up:" in answer.text and "ask HR first" in answer.text
    alone = ask(desk, [WHO, "unused"])
    ruled(desk, alone.approval, "deny")
    answer = go_on(desk, alone.approval, ["Nothing."])
    assert (answer.status, answer.exit_code) == ("denied", 3) and "carla denied it" in answer.text
    assert [body.query for body in bodies(home, QueryCalled)] == ["findings"]


def test_every_step_is_on_record_with_who_when_and_which_call(open_desk_with: Open, home: Home) -> None:
    desk = open_desk_with(ScriptedMaker(["-"]))
    waiting = ask(desk, [WHO, "unused"], reason="incident 4711")
    ruled(desk, waiting.approval, reason="mine too")
    go_on(desk, waiting.approval, ["There were [[f1]]."])
    desk.ledger.close()
    with Ledger.open(home.ledger) as ledger:
        found = [stored for stored in ledger.read() if stored.type.startswith("approval.")]
    steps = [stored.type.partition(".")[2] for stored in found]
    assert steps == ["requested", "decided", "consumed", "resumed"]
    assert len({stored.body.call_sha256 for stored in found}) == 1  # type: ignore[attr-defined]
    assert {stored.record.principal for stored in found} == {"local"}
    [requested], [decided] = bodies(home, ApprovalRequested), bodies(home, ApprovalDecided)
    assert (requested.reason, decided.approver, decided.reason) == ("incident 4711", "carla", "mine too")
    kept = b"".join(path.read_bytes() for path in home.ledger.rglob("*") if path.is_file())
    for text in (b"carla", b"mine too", b"incident 4711"):
        assert text not in kept
    assert verify(home.ledger).code == 0


def test_forgetting_the_approver_leaves_the_askers_records_readable(open_desk_with: Open, home: Home) -> None:
    desk = open_desk_with(ScriptedMaker(["-"]))
    ruled(desk, ask(desk, [WHO, "unused"], reason="incident 4711").approval)
    forget(desk.ledger, "carla")
    [decided], [requested] = bodies(home, ApprovalDecided), bodies(home, ApprovalRequested)
    assert decided.approver.startswith("p-") and requested.reason == "incident 4711"


def test_a_budget_that_ran_out_meanwhile_counts(open_desk_with: Open, home: Home) -> None:
    from policies.oversight import Allowance, BudgetSettings, Oversight

    desk = open_desk_with(ScriptedMaker(["-"]))
    waiting = ask(desk, [WHO, "unused"])
    ruled(desk, waiting.approval)
    spent = Oversight.local(home.path, desk.ledger, BudgetSettings(house=Allowance(tokens_per_day=100)))
    answer = replace(desk, maker=ScriptedMaker(["There were [[f1]]."]), overseen=spent).resume(
        waiting.approval or "", ASKER
    )
    assert answer.status == "denied" and "budget of 100 tokens" in answer.text and not answer.facts


@pytest.fixture(params=["sqlite", pytest.param("emulated DynamoDB", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ApprovalStore:
    if request.param == "sqlite":
        return SqliteApprovals(Database(tmp_path / "oversight.sqlite"))
    return DynamoApprovals(*make_table(request))


def row(name: str, box: str = "sealed", created: float = 1.5) -> Stored:
    return Stored(id=name, question="q", state="pending", created=created, expires=9e9, requested=3, box=box)


def test_a_store_swaps_once_and_keeps_what_it_was_given(store: ApprovalStore) -> None:
    store.add(row("a-1"))
    store.add(row("a-2", created=2.5))
    with pytest.raises(ApprovalError):
        store.add(row("a-1"))
    assert store.get("a-1") == row("a-1") and store.get("a-3") is None
    assert [one.id for one in store.all()] == ["a-2", "a-1"]
    assert store.swap("a-1", "pending", "consumed") and not store.swap("a-1", "pending", "consumed")
    assert not store.swap("a-3", "pending", "consumed")
    assert store.swap("a-1", "consumed", "answered", "text")
    found = store.get("a-1")
    assert found is not None and (found.state, found.answer) == ("answered", "text")
    assert store.erase(lambda one: one.id == "a-1") == 1 and [one.id for one in store.all()] == ["a-2"]


def test_threads_swap_one_row_once(store: ApprovalStore) -> None:
    from concurrent.futures import ThreadPoolExecutor

    store.add(row("a-1"))
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: store.swap("a-1", "pending", "consumed"), range(16))) == 1


@pytest.mark.slow
def test_emulated_a_run_that_is_too_large_for_the_table_is_a_sentence(request: pytest.FixtureRequest) -> None:
    with pytest.raises(ApprovalError, match="400000 bytes"):
        DynamoApprovals(*make_table(request)).add(row("a-1", box="x" * 400_000))


@pytest.mark.slow
def test_emulated_a_question_waits_in_the_table_and_goes_on(
    open_desk_with: Open, home: Home, request: pytest.FixtureRequest
) -> None:
    desk = open_desk_with(ScriptedMaker(["-"]))
    approvals = Approvals(DynamoApprovals(*make_table(request)), desk.ledger, ApprovalSettings(), time.time)
    desk = replace(desk, overseen=replace(desk.oversight, approvals=approvals))
    waiting = ask(desk, [WHO, "unused"])
    ruled(desk, waiting.approval)
    answer = go_on(desk, waiting.approval, ["There were [[f1]]."])
    assert answer.status == "answered" and go_on(desk, waiting.approval, ["-"]) == answer
    assert not SqliteApprovals(Database(home.oversight)).all()


@pytest.mark.slow
def test_emulated_the_settings_put_everything_on_aws_and_forgetting_reaches_it(
    home: Home, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, emulated: Any
) -> None:
    from agents.opening import open_desk
    from policies.oversight import Scope, stop

    client, table = make_table(request)
    emulated("ssm").put_parameter(Name=f"/regent/{table}", Value="[]", Type="String")
    for name, value in {
        "AWS_ENDPOINT_URL_DYNAMODB": client.meta.endpoint_url,
        "AWS_ENDPOINT_URL_SSM": client.meta.endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "REGENT_STATE_TABLE": table,
        "REGENT_SWITCH_PARAMETER": f"/regent/{table}",
    }.items():
        monkeypatch.setenv(name, value)
    with open_desk(model="offline", home=home) as desk:
        waiting = desk.answer(Question(text="Who deleted the S3 endpoint in data-prod in September?"), ASKER)
        ruled(desk, waiting.approval)
        assert desk.resume(waiting.approval or "", ASKER).status == "answered"
        stop(desk.ledger, desk.oversight.switch, ASKER, Scope(kind="domain", name="cost"), "wrong figures")
        assert desk.answer(Question(text="What did we spend?"), ASKER).status == "denied"
        held = client.scan(TableName=table)["Items"]
        assert {"approvals"} < {item["pk"]["S"] for item in held} and not home.oversight.exists()
        done = forget(desk.ledger, "local")
    assert done.places["approvals"] == 1 and done.places["usage"] >= 1
    left = json.dumps(client.scan(TableName=table)["Items"])
    assert "principal:local|" not in left and (waiting.approval or "") not in left


def test_an_asker_whose_role_changed_meanwhile_is_decided_on_as_they_are_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = tmp_path / "people.yaml"
    everybody = "principals:\n  carla: {role: auditor}\n  zoe: {role: %s}\n  local: {role: admin}\n"
    people.write_text(everybody % "engineer")
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path / "home"))
    monkeypatch.setenv("REGENT_PRINCIPALS", str(people))

    def regent(*words: str, code: int = 0) -> Any:
        done = CliRunner().invoke(app, [*words, "--json"])
        assert done.exit_code == code, (words, done.output, done.exception)
        return json.loads(done.stdout) if done.stdout else done.output

    question = "Who deleted the S3 endpoint in data-prod in September?"
    approval = regent("ask", question, "--as", "zoe", code=5)["approval"]
    people.write_text(everybody % "manager")
    told = regent("approvals", "approve", approval, "--as", "carla")
    assert told["resumed"]["status"] == "denied"
    gone = regent("ask", question, "--as", "local", code=5)["approval"]
    people.write_text("principals:\n  carla: {role: auditor}\n")
    regent("approvals", "approve", gone, "--as", "carla", code=3)


@pytest.mark.slow
def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """list, show, approve and deny, and `ask --resume`, with their exit codes and their JSON."""
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path))

    def regent(*words: str, code: int = 0) -> Any:
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == code, (words, done.output, done.exception)
        return json.loads(done.stdout) if "--json" in words and done.stdout else done.output

    question = "Who deleted the S3 endpoint in data-prod in September?"
    waiting = regent("ask", question, "--reason", "incident 4711", "--json", code=5)
    approval = waiting["approval"]
    assert approval in waiting["text"] and "what everybody did in AWS" in waiting["text"]
    assert "who_did_what(" not in waiting["text"] and "incident 4711" in waiting["text"]
    assert [one["name"] for one in waiting["queries"]] == ["who_did_what"], "JSON has the call itself"
    [listed] = regent("approvals", "list", "--as", "carla", "--json")["approvals"]
    shown = regent("approvals", "show", approval, "--as", "carla", "--json")
    assert shown == listed and shown["input"]["accounts"] == "data-prod" and len(shown["accounts"]) == 1
    assert (shown["state"], shown["asker"], shown["reason"]) == ("pending", "local", "incident 4711")
    assert Waiting.model_validate(shown).mine is False, "what channels get, and nothing else"
    assert regent("approvals", "list", "--as", "anna", "--json") == {"approvals": []}
    regent("approvals", "show", approval, "--as", "anna", code=3)
    assert "waits for a second person" in regent("ask", "--resume", approval, code=5)
    said = regent("approvals", "approve", approval, code=3)
    assert "own question" in said and "`--as ID`" in said, "what to do, too"
    assert "Nobody is known" in regent("approvals", "approve", approval, "--as", "mallory", code=3)
    told = regent("approvals", "approve", approval, "--as", "carla", "--json")
    assert (told["approver"], told["resumed"]["status"]) == ("carla", "answered")
    assert "deploy-data" not in json.dumps(told), "the answer is the asker's alone"
    assert "used, already" in regent("approvals", "deny", approval, "--as", "carla", code=3)
    answer = regent("ask", "--resume", approval, "--json")
    assert answer["status"] == "answered" and "deploy-data" in answer["text"] and "approval" not in answer
    assert "Only the person who asked" in regent("ask", "--resume", approval, "--as", "carla", code=3)
    regent("ask", question, "--resume", approval, code=2)
    for wanted, words in (("see", ("approvals", "show", "a-none")), ("decide", ("approvals", "deny", "please, no")),
                          ("resume", ("ask", "--resume", "a-0123456789abcdef"))):  # fmt: skip
        assert "There is no approval" in regent(*words, "--as", "anna", code=3)
        with Ledger.open(tmp_path / "ledger") as ledger:
            last = [stored for stored in ledger.read() if stored.record.type == "approval.refused"][-1]
        assert isinstance(last.body, ApprovalRefused) and last.record.question is None
        assert (last.body.wanted, last.body.by, last.record.principal) == (wanted, "anna", "anna")
        an_id = wanted == "resume"
        assert last.body.approval == words[-1] if an_id else last.body.approval.startswith("sha256:")
        assert (words[-1] in last.body.why) == an_id, "what is no id may be anything, and would stay in clear"
    assert verify(tmp_path / "ledger").code == 0


def test_the_commands_stop_and_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path))

    def regent(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == code, (words, done.output, done.exception)
        return done.output

    assert json.loads(regent("stop", "incident 4711", "--json"))["by"] == "local"
    told = regent("ask", "What did we spend?", code=3)
    assert "local stopped it at" in told and "incident 4711" in told
    assert "incident 4711" in regent("doctor", code=1)
    assert "Only an admin" in regent("resume", "--as", "carla", code=3)
    assert "Nobody is known" in regent("stop", "x", "--as", "mallory", code=3)
    where = f"the home {tmp_path} on this machine"
    resumed = {"stopped": False, "scope": "all", "by": "local", "where": where}
    assert json.loads(regent("resume", "--json")) == resumed
    assert regent("stop", "  ", code=2)
    assert isinstance(CliRunner().invoke(app, ["stop", "x", "--scope", "domain:costs"]).exception, Exception)
    assert verify(tmp_path / "ledger").code == 0
