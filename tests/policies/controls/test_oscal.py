"""The OSCAL export: valid, true, the same bytes again; and a linter that kills what trestle lets through."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from agents.cli import app
from policies.controls import checks
from policies.controls.catalogue import catalogue, document_kinds
from policies.controls.errors import ControlsError
from policies.controls.evaluate import Result
from policies.controls.implemented import implementers
from policies.controls.oscal import NAMES, export
from policies.controls.oscal_files import encode, validate, write
from policies.controls.oscal_lint import lint
from policies.controls.run import Evaluation
from policies.controls.status import Attested, status_of
from tests.homes import furnished

AT = datetime(2026, 11, 28, 9, tzinfo=UTC)


class Proven:
    valid = True


def evaluation(verdicts=("pass",), documents="valid"):
    """An evaluation in which checks come to these verdicts in turn."""
    known = checks.load()
    results = {}
    for number, name in enumerate(known):
        verdict = verdicts[number % len(verdicts)]
        results[name] = Result(
            check=name,
            verdict=verdict,
            problems=("denied",) if verdict == "error" else (),
            inspected=3,
            population=3,
            evidence=(f"{number:064x}",),
            collected=AT - timedelta(hours=1),
            expires=AT + timedelta(hours=23),
        )
    attested = {
        kind: Attested(type=kind, state=documents, said="so it is", sha256="a" * 64) for kind in document_kinds()
    }
    proofs = dict.fromkeys(known, Proven())
    statuses = tuple(
        status_of(one, [c for c in known.values() if one.id in c.serves], results, proofs, attested, None, AT)
        for one in catalogue().values()
    )
    return Evaluation(statuses, results, proofs, attested, known, (), AT, 41)


@pytest.fixture(scope="module")
def mixed():
    return export(evaluation(("pass", "pass", "pass", "error", "pass", "no-subject")), implementers())


@pytest.fixture
def documents(mixed):
    return copy.deepcopy(mixed)


def result(documents):
    return documents["assessment-results"]["assessment-results"]["results"][0]


def satisfied(documents):
    return next(one for one in result(documents)["findings"] if one["target"]["status"]["state"] == "satisfied")


def first_of(documents, finding):
    uuid = finding["related-observations"][0]["observation-uuid"]
    return next(one for one in result(documents)["observations"] if one["uuid"] == uuid)


def test_the_export_is_valid_for_trestle_and_for_us_and_has_both_kinds_of_findings(documents):
    assert tuple(documents) == NAMES
    assert validate(documents) == () and lint(documents, AT) == ()
    states = [one["target"]["status"]["state"] for one in result(documents)["findings"]]
    assert len(states) == 70 and set(states) == {"satisfied", "not-satisfied"}


def test_what_is_not_evidenced_or_attested_is_never_satisfied():
    done = evaluation(("pass", "error", "no-subject"), documents="draft")
    found = {one["title"]: one["target"]["status"]["state"] for one in result(export(done, {"4.1": ["x"]}))["findings"]}
    for one in done.statuses:
        assert (found[one.id] == "satisfied") == (one.status in ("evidenced", "attested")), one.id


def test_where_all_is_met_there_is_no_plan():
    everything = export(evaluation(), implementers())
    assert "poam" not in everything and lint(everything, AT) == () and validate(everything) == ()


def test_the_same_evaluation_gives_the_same_bytes(documents):
    again = export(evaluation(("pass", "pass", "pass", "error", "pass", "no-subject")), implementers())
    assert encode(again) == encode(documents)


def dangling_observation(documents):
    satisfied(documents)["related-observations"][0]["observation-uuid"] = "00000000-0000-4000-8000-000000000000"


def false_satisfied(documents):
    one = next(f for f in result(documents)["findings"] if f["target"]["status"]["state"] != "satisfied")
    one["target"]["status"]["state"] = "satisfied"


def satisfied_by_nothing(documents):
    del satisfied(documents)["related-observations"]


def missing_control_in_catalog(documents):
    documents["catalog"]["catalog"]["groups"][1]["controls"].pop()


def missing_control_in_profile(documents):
    documents["profile"]["profile"]["imports"][0]["include-controls"][0]["with-ids"].pop(3)


def duplicate_uuid(documents):
    some = result(documents)["observations"]
    some[1]["uuid"] = some[0]["uuid"]


def observation_without_evidence(documents):
    del first_of(documents, satisfied(documents))["relevant-evidence"]


def wrong_control_id(documents):
    satisfied(documents)["target"]["target-id"] = "a.8.6"


def item_without_finding(documents):
    del documents["poam"]["plan-of-action-and-milestones"]["poam-items"][0]["related-findings"]


def item_with_dangling_finding(documents):
    item = documents["poam"]["plan-of-action-and-milestones"]["poam-items"][0]
    item["related-findings"][0]["finding-uuid"] = "00000000-0000-4000-8000-000000000000"


def item_left_out(documents):
    documents["poam"]["plan-of-action-and-milestones"]["poam-items"].pop()


def plan_left_out(documents):
    del documents["poam"]


def stale_as_satisfied(documents):
    for one in result(documents)["observations"]:
        if "expires" in one:
            one["expires"] = "2026-11-28T08:59:59Z"


def evidence_without_end(documents):
    for one in result(documents)["observations"]:
        one.pop("expires", None)


def party_missing(documents):
    documents["assessment-results"]["assessment-results"]["metadata"]["parties"][0]["uuid"] = (
        "00000000-0000-4000-8000-000000000000"
    )


def actor_missing(documents):
    result(documents)["observations"][0]["origins"][0]["actors"][0]["actor-uuid"] = (
        "00000000-0000-4000-8000-000000000000"
    )


def plan_of_another(documents):
    documents["assessment-results"]["assessment-results"]["import-ap"]["href"] = "other.json"


def two_findings(documents):
    some = result(documents)["findings"]
    some[1]["target"]["target-id"] = some[0]["target"]["target-id"]


MUTANTS = {
    dangling_observation: "observation-dangling",
    false_satisfied: "satisfied-falsely",
    satisfied_by_nothing: "satisfied-by-nothing",
    missing_control_in_catalog: "control-missing",
    missing_control_in_profile: "control-missing",
    duplicate_uuid: "uuid-twice",
    observation_without_evidence: "evidence-missing",
    wrong_control_id: "control-unknown",
    item_without_finding: "item-without-finding",
    item_with_dangling_finding: "finding-dangling",
    item_left_out: "item-missing",
    plan_left_out: "item-missing",
    stale_as_satisfied: "satisfied-stale",
    evidence_without_end: "satisfied-stale",
    party_missing: "party-missing",
    actor_missing: "party-missing",
    plan_of_another: "document-dangling",
    two_findings: "finding-twice",
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.__name__)
def test_the_linter_kills(documents, mutant):
    mutant(documents)
    assert MUTANTS[mutant] in {fault.partition(":")[0] for fault in lint(documents, AT)}


def test_trestle_lets_a_false_satisfied_through_and_it_is_not_written(documents, tmp_path):
    false_satisfied(documents)
    assert validate(documents) == ()
    with pytest.raises(ControlsError, match="satisfied-falsely"):
        write(documents, tmp_path / "out", AT)
    assert not (tmp_path / "out").exists()


def test_what_trestle_refuses_is_not_written(documents, tmp_path):
    documents["catalog"]["catalog"]["uuid"] = "no uuid"
    with pytest.raises(ControlsError, match="catalog: uuid"):
        write(documents, tmp_path / "out", AT)


def test_what_trestles_validators_refuse_is_said(documents):
    some = documents["component-definition"]["component-definition"]
    some["components"].append(copy.deepcopy(some["components"][0]))
    assert any(fault.startswith("component-definition: ") for fault in validate(documents))


def test_a_folder_that_cannot_be_written_to_is_one_sentence(documents, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ControlsError, match="cannot be written"):
        write(documents, tmp_path / "file", AT)


@pytest.mark.slow
def test_export_on_a_fresh_installation(tmp_path, monkeypatch):
    monkeypatch.setenv("REGENT_HOME", furnished(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["controls", "export", "--format", "oscal", "--out", "oscal", "--json"])
    assert done.exit_code == 0, done.output
    read = {name: json.loads((tmp_path / "oscal" / f"{name}.json").read_text("utf-8")) for name in NAMES}
    assert lint(read, datetime.now(UTC)) == () and len(json.loads(done.output)["files"]) == 6
