"""`regent audit` as a person or a script meets it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import pytest
from typer.testing import CliRunner

from agents.cli.access import app as access_app
from agents.cli.audit import app
from policies.audit import (
    AnswerDelivered,
    GateDecided,
    Ledger,
    QueryCalled,
    QuestionAsked,
    Record,
    StoredRecord,
    export,
)
from policies.audit.bodies import KNOWN
from policies.audit.export import OCSF_VERSION
from policies.audit.note import Checkpoint
from policies.audit.story import sentence
from tests.homes import furnished

run = CliRunner()


def fill(
    ledger: Ledger, question: str, decision: Literal["allow", "deny"] = "allow", person: str = "vera@example.com"
) -> None:
    def add(actor: str, body: object) -> None:
        ledger.append(Record.model_validate({"actor": actor, "body": body, "question": question, "principal": person}))

    asked = QuestionAsked(
        text="What did we spend?",
        channel="cli",
        principal_id=person,
        role="manager",
        assurance="x",
        model="m",
        estate="s",
    )
    add("person", asked)
    given = {"period": "last_month"}
    gate = GateDecided(
        query="spend", input=given, input_sha256="0" * 64, accounts=["prod"], decision=decision, reason="because"
    )
    add("system:gate", gate)
    if decision == "allow":
        called = QueryCalled(query="spend", input=given, input_sha256="0" * 64, accounts=["prod"], now="2026-10-02")
        add("query:spend", called)
    status = "answered" if decision == "allow" else "denied"
    add("system", AnswerDelivered(status=status, text_sha256="0" * 64, figures=1))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path))
    with Ledger.open(tmp_path / "ledger") as ledger:
        fill(ledger, "q1")
        first = ledger.checkpoint()
        assert first is not None
        (tmp_path / "first.note").write_bytes(first.raw)
        fill(ledger, "q2", "deny", "otto@example.com")
    return tmp_path


def invoke(*args: object, code: int = 0) -> str:
    done = run.invoke(app, [str(arg) for arg in args])
    assert done.exit_code == code, done.output + str(done.exception or "")
    return done.output


def key(home: Path) -> str:
    return (home / "keys" / "ledger.vkey").read_text().strip()


def test_verify_says_verified_and_a_script_can_read_it(home: Path) -> None:
    assert invoke("verify").startswith("VERIFIED")
    report = json.loads(invoke("verify", "--json"))
    assert (report["code"], report["size"], report["unanchored"], report["anchored_through"]) == (0, 7, 0, 6)
    assert invoke("verify", "--hashes-only").startswith("VERIFIED")
    assert invoke("verify", home / "ledger", "--key", key(home), "--since", home / "first.note").startswith("VERIFIED")


def test_verify_exit_codes(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert invoke("verify", home / "nowhere", code=1).startswith("TAMPERED")
    assert "records" in invoke("verify", "--since", home / "first.note", "--key", home / "keys" / "ledger.vkey")
    elsewhere = tmp_path_factory.mktemp("auditor") / "ledger"
    (home / "ledger").rename(elsewhere)
    assert invoke("verify", elsewhere, code=2).startswith("UNANCHORED")
    assert invoke("verify", elsewhere, "--key", key(home), code=2).startswith("UNANCHORED"), (
        "first sight of this ledger"
    )
    assert invoke("verify", elsewhere, "--key", key(home)).startswith("VERIFIED"), "the head was remembered"
    assert invoke("verify", code=1).startswith("TAMPERED"), "a removed ledger"
    segment = next((elsewhere / "segments").iterdir())
    segment.write_bytes(segment.read_bytes().replace(b'"allow"', b'"deny!"'))
    out = invoke("verify", elsewhere, "--key", key(home), code=1)
    assert out.startswith("TAMPERED") and "first bad record   1" in out


@pytest.mark.parametrize("args", [["--bogus"], ["a", "b"], ["--key", "nonsense"], ["--since", "nowhere"]])
def test_a_wrong_call_of_verify_is_neither_verdict(home: Path, args: list[str]) -> None:
    invoke("verify", *args, code=3)


def test_show_tells_the_story_of_one_question(home: Path) -> None:
    out = invoke("show", "--question", "q2")
    assert "otto@example.com" in out and "answer delivered: denied" in out
    assert "gate: deny spend(period=last_month): because" in out
    assert "q1" not in out
    told = json.loads(invoke("show", "--question", "q1", "--json"))
    assert [step["type"] for step in told["steps"]] == [
        "question.asked",
        "gate.decided",
        "query.called",
        "answer.delivered",
    ]
    assert "What did we spend?" in invoke("show", "--index", 0)
    invoke("show", code=3)


def test_a_proof_convinces_somebody_who_has_only_the_key(home: Path) -> None:
    proof = home / "p.tlog-proof"
    invoke("prove", 1, "-o", proof)
    assert invoke("check", proof, "--key", key(home)).startswith("PROVEN: record 1")
    proof.write_text(proof.read_text().replace("index 1", "index 2"))
    assert invoke("check", proof, "--key", key(home), code=1).startswith("NOT PROVEN")
    invoke("check", home / "none", "--key", key(home), code=3)


def test_consistency_between_two_checkpoints(home: Path) -> None:
    last = home / "last.note"
    last.write_bytes(next((home / "anchors").glob("*.note")).read_bytes())
    assert invoke("consistency", home / "first.note", last).startswith("CONSISTENT: the 7 records begin with the 4")
    invoke("consistency", last, home / "first.note", code=1)
    assert Checkpoint.parse(invoke("checkpoint").encode()).size == 7


def test_search_by_person_query_decision_period_and_account(home: Path) -> None:
    def found(*args: str) -> list[int]:
        return [row["index"] for row in json.loads(invoke("search", "--json", *args))]

    assert found("--person", "otto@example.com") == [6, 5, 4]
    assert found("--query", "spend") == [5, 2, 1]
    assert found("--decision", "deny") == [5]
    assert found("--period", "last_month", "--type", "query.called") == [2]
    assert found("--account", "prod") == [5, 2, 1] and found("--account", "dev") == []
    assert "No record" in invoke("search", "--query", "nothing")


def test_search_never_trusts_its_index(home: Path) -> None:
    import sqlite3

    invoke("search", "--query", "spend")
    index = home / "index" / "ledger.sqlite"
    with sqlite3.connect(index) as database:
        database.execute("UPDATE records SET decision = 'allow'")
    assert json.loads(invoke("search", "--json", "--decision", "allow")) != []
    assert all(
        row["body"]["decision"] == "allow" for row in json.loads(invoke("search", "--json", "--decision", "allow"))
    )
    index.write_bytes(b"not a database, but long enough to look like a file of some kind" * 50)
    assert len(json.loads(invoke("search", "--json", "--query", "spend"))) == 3


def assert_ocsf(events: list[dict[str, Any]]) -> None:
    """Hold events against the classes of OCSF's own schema, as published."""
    from jsonschema import Draft202012Validator
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=OCSF_VERSION))
    for uid in {event["class_uid"] for event in events}:
        name = schema.lookup_class_name_from_uid(class_uid=uid)
        judge = Draft202012Validator(schema.get_class_schema(class_name=name, profiles=[]))
        faults = [fault.message for event in events if event["class_uid"] == uid for fault in judge.iter_errors(event)]
        assert not faults, f"{name}: {faults[:3]}"


@pytest.mark.filterwarnings("ignore:Pydantic serializer")
def test_every_record_type_is_an_ocsf_event() -> None:
    """Whatever a body holds: the class, its required members and no others, in OCSF's own schema."""
    events = []
    for kind in KNOWN.values():
        for member in ("x", "allow", "deny", "blocked", "failed"):
            body = kind.model_construct(**dict.fromkeys(kind.model_fields, member))
            for person in (None, "p-1"):
                record = Record(actor="system", body=body, question="q1" if person else None, principal=person)
                stored = StoredRecord(index=7, time=1_790_000_000_123_456_789, hash="ab" * 32, raw=b"{}", record=record)
                events.append(json.loads(export.ocsf(stored, "house.example/ledger")))
    assert {event["class_uid"] for event in events} == {2004, 3003, 6003}
    assert_ocsf(events)


def test_export_formats(home: Path) -> None:
    import hashlib

    raw = invoke("export").splitlines()
    report = json.loads(invoke("show", "--index", 0, "--json"))
    assert hashlib.sha256(b"\0" + raw[0].encode()).hexdigest() == report["hash"]
    assert "vera@example.com" not in "".join(raw)
    ocsf = [json.loads(line) for line in invoke("export", "--format", "ocsf").splitlines()]
    assert {event["class_uid"] for event in ocsf} == {3003, 6003}
    assert all(event["type_uid"] == event["class_uid"] * 100 + event["activity_id"] for event in ocsf)
    assert_ocsf(ocsf)
    events = [json.loads(line) for line in invoke("export", "--format", "cloudevents", "--open").splitlines()]
    assert events[0]["specversion"] == "1.0" and events[0]["data"]["body"]["text"] == "What did we spend?"
    logs = json.loads(invoke("export", "--format", "otlp").splitlines()[2])
    (log,) = logs["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    names = {attribute["key"] for attribute in log["attributes"]}
    assert "gen_ai.tool.name" in names and log["eventName"] == "regent.query.called"
    invoke("export", "--format", "tiles", "--out", home / "tiles")
    assert (home / "tiles" / "tile" / "0" / "000.p" / "7").stat().st_size == 7 * 32
    assert (home / "tiles" / "tile" / "entries" / "000.p" / "7").is_file()
    assert Checkpoint.parse((home / "tiles" / "checkpoint").read_bytes()).size == 7


def test_stats_types_and_keys(home: Path) -> None:
    numbers = json.loads(invoke("stats", "--json"))
    assert (numbers["records"], numbers["questions"], numbers["persons"]) == (7, 2, 2)
    assert numbers["decisions"] == {"allow": 1, "deny": 1}
    assert "gate.decided" in json.loads(invoke("types"))
    old = invoke("keys", "show").strip()
    assert "introduces the new key" in invoke("keys", "rotate")
    assert invoke("verify", "--key", old).startswith("VERIFIED")
    invoke("keys", "revoke", old, "--from", "2026-01-01T00:00:00+00:00", "--reason", "stolen")
    assert invoke("verify").startswith("VERIFIED")


def test_where_no_ledger_was_ever_written_nothing_is_called_tampered_nor_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path))
    said = invoke("verify", code=2)
    assert said.startswith("NO LEDGER: There is no ledger in") and "regent ask" in said.replace("\n", " ")
    assert "TAMPERED" not in said and "VERIFIED" not in said
    assert json.loads(invoke("verify", "--json", code=2))["absent"] is True
    assert list(tmp_path.iterdir()) == [tmp_path / "cache"], "looking writes nothing"
    # Who brings a key or a checkpoint of the ledger knows that there was one.
    with Ledger.open(tmp_path / "other" / "ledger") as other:
        fill(other, "q1")
    brought = key(tmp_path / "other")
    assert invoke("verify", "--key", brought, code=1).startswith("TAMPERED")
    assert invoke("verify", tmp_path / "other", code=3).startswith("regent: ")  # the folder above a ledger


@pytest.mark.parametrize("left", ["keys", "anchors", "index", "receipts", "evidence", "quarantine", "witnesses/ledger"])
def test_attack_a_ledger_that_was_removed_is_an_alarm_whatever_is_left_of_its_home(home: Path, left: str) -> None:
    invoke("search")  # makes the index
    for name in ("receipts", "evidence", "quarantine", "witnesses/ledger"):
        (home / name).mkdir(parents=True, exist_ok=True)
        (home / name / "one").write_bytes((home / "first.note").read_bytes())
    for found in sorted(home.iterdir()):
        if found.is_dir() and found.name not in ("cache", left.partition("/")[0]):
            shutil.rmtree(found)
    assert not (home / "ledger").exists() and any((home / left).iterdir())
    said = invoke("verify", code=1).replace("\n", " ")
    assert said.startswith("TAMPERED: There is no ledger") and "it was removed" in said


def test_explaining_a_decision_leaves_nothing_that_looks_like_a_removed_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path))
    done = run.invoke(access_app, ["explain", "--query", "spend", "--as", "local"])
    assert done.exit_code == 0, done.output
    assert invoke("verify", code=2).startswith("NO LEDGER")


@pytest.mark.parametrize("gone", ["tile/0/000", "tile"])
def test_repair_writes_missing_tiles_anew(home: Path, gone: str) -> None:
    path = home / "ledger" / gone
    path.unlink() if path.is_file() else shutil.rmtree(path)
    assert "The tile 0/000 is missing; run `regent audit repair`" in invoke("verify", code=2)
    invoke("repair")
    assert invoke("verify").startswith("VERIFIED")


def test_recomputing_writes_nothing(home: Path) -> None:
    segment = sorted((home / "ledger" / "segments").iterdir())[-1]
    with segment.open("ab") as file:
        file.write(b"a torn write, which opening the ledger to write would cut away")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    invoke("recompute", "--question", "q1")
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_recomputing_where_no_ledger_is_makes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGENT_HOME", str(tmp_path / "home"))
    assert run.invoke(app, ["recompute", "--question", "q1"]).exit_code == 1
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["recompute"],
        ["show", "--bogus"],
        ["search", "--limit", "0"],
        ["prove", "x"],
        ["verfy"],
        ["export", "--format", "x"],
    ],
)
def test_a_wrong_call_never_exits_with_a_verdict(home: Path, words: list[str]) -> None:
    invoke(*words, code=3)


def test_wrong_settings_are_no_verdict_of_recomputing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "regent.yaml").write_text("modle: offline\n")
    monkeypatch.chdir(home)
    assert "modle" in invoke("recompute", "--question", "q1", code=3)


def test_forget_asks_first(home: Path) -> None:
    assert run.invoke(app, ["forget", "vera@example.com"], input="n\n").exit_code == 1
    assert "What did we spend?" in invoke("show", "--question", "q1")
    assert "1 keys destroyed" in invoke("forget", "vera@example.com", "--yes")
    assert "[forgotten]" in invoke("show", "--question", "q1")
    assert json.loads(invoke("verify", "--json"))["erased"] == 1


def test_the_story_says_how_much_was_in_sight_and_no_raw_record() -> None:
    accounts = [{"id": "210000000012", "name": "payer"}, {"id": "210000000123", "name": "data-prod"}]
    body = {"accounts": accounts, "payer": {}, "complete": True, "regions": ["eu-west-1"], "source": "sample"}
    assert sentence("sight.resolved", body) == "in sight: accounts 2, regions 1, estate sample"


@pytest.mark.parametrize(("given", "wanted"), [([], "--key takes"), (["--key"], "--head takes")])
def test_the_verifier_without_our_code_says_what_it_lacks(home: Path, given: list[str], wanted: str) -> None:
    command = [sys.executable, str(Path(__file__).parents[3] / "verify.py"), str(home / "ledger"), *given]
    done = subprocess.run([*command, *([key(home)] if given else [])], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and wanted in done.stdout


def test_the_verifier_given_something_else_says_what_to_give_it_and_cries_no_tampering(home: Path) -> None:
    pack, note = home / "pack.zip", home / "head.note"
    pack.write_bytes(b"PK\x03\x04 an evidence pack")
    note.write_text("a checkpoint")
    for given, wanted in ((home, str(home / "ledger")), (pack, "verify_pack.py"), (note, "--proof")):
        command = [sys.executable, str(Path(__file__).parents[3] / "verify.py"), str(given), "--key", key(home)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (3, "") and wanted in done.stderr
    gone = [sys.executable, str(Path(__file__).parents[3] / "verify.py"), str(home / "nowhere"), "--key", key(home)]
    assert subprocess.run(gone, capture_output=True, check=False).returncode == 1, "a ledger that is gone is a fault"
