"""`regent controls`, `incident`, `concern` and `release` as a person meets them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agents.cli import app
from policies.controls.catalogue import catalogue
from tests.agents.cli.test_documented import mistakes
from tests.homes import furnished
from tools.errors import RegentError

Regent = Callable[..., Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("controls")


@pytest.fixture
def regent(place: Path, monkeypatch: pytest.MonkeyPatch) -> Regent:
    """`regent("controls", "status")`: what it printed; a RegentError that it ends with is raised."""
    monkeypatch.setenv("REGENT_HOME", furnished(place / "home"))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(place)

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, list(words))
        if isinstance(done.exception, RegentError):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_status_has_exactly_the_shape_that_is_promised(regent):
    found = json.loads(regent("controls", "status", "--json"))
    assert list(found) == ["controls", "counts"]
    assert [one["id"] for one in found["controls"]] == list(catalogue())
    assert all(list(one) == ["id", "framework", "status", "reasons", "evidence"] for one in found["controls"])
    assert {one["framework"] for one in found["controls"]} == {"iso42001"}
    assert sum(found["counts"].values()) == 70
    statuses = [one["status"] for one in found["controls"]]
    assert all(statuses.count(status) == count for status, count in found["counts"].items())


def test_the_table_says_why_how_old_and_what_next_and_counts_without_a_percentage(regent):
    said = regent("controls", "status", "--stored")
    assert "A.6.2.8" in said and "failing" in said and "What to do next" in said
    assert "70 clauses and controls:" in said and "%" not in said


def test_whatever_is_open_the_next_step_names_a_command_that_exists(regent, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    said = regent("controls", "status", "--stored")
    next_steps = [line for line in said.splitlines() if re.match(r"[\dA]\S* +(partial|failing|stale|unassessed)", line)]
    assert len(next_steps) > 40
    for line in next_steps:
        [*_, typed] = re.findall(r"`([^`]+)`", line)
        assert typed == "make synth" or not mistakes(typed.removeprefix("regent ")), typed
        control = line.split()[0]
        assert not typed.startswith("regent controls show") or typed.endswith(f" {control}")


def test_another_framework_has_no_statuses(regent):
    found = json.loads(regent("controls", "status", "--stored", "--framework", "eu-ai-act", "--json"))
    assert {one["framework"] for one in found["controls"]} == {"iso42001"}
    requirements = {one["id"]: one for one in found["crosswalk"]["requirements"]}
    assert {one["status"] for one in requirements.values()} == {None}
    assert [one["id"] for one in requirements["Art.12"]["controls"]] == ["A.6.2.8"]
    assert found["crosswalk"]["declared"] is True
    said = regent("controls", "status", "--stored", "--framework", "dora")
    assert "not declared as binding you" in said and "transfers no status" in said
    with pytest.raises(RegentError, match="eu-ai-act"):
        regent("controls", "status", "--framework", "eu-ai-akt")


def test_show_has_the_crosswalk_and_says_what_was_not_declared(regent):
    said = regent("controls", "show", "A.6.2.8", "--stored")
    assert "eu-ai-act: Art.12" in said and "dora (not declared): Art.10" in said and "no status is transferred" in said


def test_show_names_file_and_line_checks_results_and_documents(regent):
    said = regent("controls", "show", "A.6.2.8", "--stored")
    assert "policies/audit/ledger.py:" in said
    assert "check log-retention (" in said and "at: policies/controls/checks/aws/log_retention.py:" in said
    assert "verdict: fail" in said and "kept-too-short" in said
    found = json.loads(regent("controls", "show", "7.5.3", "--stored", "--json"))
    assert found["documents"][0]["type"] == "retention-schedule" and found["documents"][0]["state"] == "draft"
    assert {"id", "says", "at", "needs", "proven", "result"} == set(found["checks"][0])


def test_an_unknown_control_is_an_error_with_candidates(regent):
    with pytest.raises(RegentError, match=r"A\.6\.2\.8"):
        regent("controls", "show", "A.6.2.9")


def test_prove_shows_every_check_and_writes_the_report(regent, place):
    found = json.loads(regent("controls", "prove", "--json", "--out", str(place / "report.json")))
    assert found["valid"] == found["total"] >= 45
    for one in found["checks"]:
        assert one["killed"] == one["mutants"] > 0 and one["kept_green"] == one["benign"] > 0 and one["void"] == 0
    assert json.loads((place / "report.json").read_text())["checks"] == found["checks"]
    with pytest.raises(RegentError, match="cannot be written"):
        regent("controls", "prove", "--out", str(place / "nowhere" / "report.json"))


def test_soa_is_written_and_the_same_evidence_gives_the_same_bytes(regent, place):
    for name in ("a.xlsx", "b.xlsx", "a.html", "b.html"):
        regent("controls", "soa", "--stored", "--out", str(place / name))
    assert (place / "a.xlsx").read_bytes() == (place / "b.xlsx").read_bytes()
    assert (place / "a.html").read_bytes() == (place / "b.html").read_bytes()
    rows = json.loads(regent("controls", "soa", "--stored", "--json"))["rows"]
    assert len(rows) == 38 and {row["computed_status"] for row in rows} >= {"failing", "unassessed"}
    assert "write .xlsx or .html" in regent("controls", "soa", "--out", "soa.pdf", code=2)


def test_attest_binds_a_document_and_status_sees_it(regent, place, monkeypatch):
    folder = place / "documents"
    folder.mkdir()
    (folder / "cross.md").write_text(
        "---\nid: cross\ntype: policy-cross-reference\nversion: '1'\nowner: bram\napprover: carla\n"
        f"approved_on: {datetime.now(UTC):%Y-%m-%d}\nreview_due: 2099-01-01\nscope: [regent]\n"
        "---\nAll policies were compared.\n"
    )
    monkeypatch.setenv("REGENT_DOCUMENTS", str(folder))
    with pytest.raises(RegentError, match="to be approved by carla"):
        regent("controls", "attest", "cross", "--as", "bram")
    done = json.loads(regent("controls", "attest", "cross", "--as", "carla", "--json"))
    assert done["document"] == "cross" and len(done["sha256"]) == 64

    def status() -> str:
        found = json.loads(regent("controls", "status", "--stored", "--json"))
        return next(one["status"] for one in found["controls"] if one["id"] == "A.2.3")

    assert status() == "attested"
    with (folder / "cross.md").open("a") as file:
        file.write("And one more thing.\n")
    assert status() == "failing"


def test_somebody_who_may_not_see_all_makes_no_evaluation_that_counts(regent):
    before = json.loads(regent("controls", "status", "--json"))
    for words in (("status", "--fresh"), ("show", "A.6.2.8"), ("watch", "--once"), ("soa",)):
        with pytest.raises(RegentError, match="anna is manager; controls are evaluated by auditor and admin"):
            regent("controls", *words, "--as", "anna")
    assert json.loads(regent("controls", "status", "--stored", "--as", "anna", "--json")) == before


def test_an_incident_from_open_to_close(regent):
    words = ("--title", "t", "--detected", "2026-11-01T09:30Z", "--class", "personal-data")
    opened = json.loads(regent("incident", "open", *words, "--json"))
    case = opened["case"]
    assert opened["deadlines"][0]["due"] == "2026-11-04T09:30:00Z"
    assert "late: gdpr notification" in regent("incident", "list")
    assert "no deadline of this incident" in regent(
        "incident", "update", case, "--done", "nis2/x@2026-11-02T00:00Z", code=2
    )
    regent("incident", "update", case, "--done", "gdpr/notification@2026-11-03T09:00Z")
    [found] = json.loads(regent("incident", "list", "--json"))["incidents"]
    assert found["late"] == [] and found["state"] == "open"
    regent("incident", "close", case, "--cause", "c", "--lessons", "l")
    with pytest.raises(RegentError, match="was closed"):
        regent("incident", "update", case, "--text", "more")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--detected", "2026-11-01T09:30Z", "--class", "nonsense"), "personal-data"),
        (("--detected", "2026-11-01T09:30Z", "--class", "other", "--control", "A.6.2.1"), "no clause or control"),
        (("--detected", "2999-01-01T00:00Z", "--class", "other"), "yet to come"),
        (("--detected", "2026-11-02T09:30Z", "--class", "other", "--classified", "2026-11-01T09:30Z"), "before"),
    ],
)
def test_an_incident_that_cannot_be_is_a_usage_error(regent, words, said):
    assert said in regent("incident", "open", "--title", "t", *words, code=2)


def test_a_concern_is_anonymous_and_lists_no_reporter(regent):
    case = json.loads(regent("concern", "open", "--text", "watched", "--anonymous", "--json"))["case"]
    regent("concern", "open", "--text", "odd", "--reporter", "vera")
    assert "vera" not in regent("concern", "list", "--json") + regent("concern", "list")
    regent("concern", "update", case, "--acknowledge")
    assert "goes with --incident" in regent("concern", "close", case, "--outcome", "incident", code=2)
    regent("concern", "close", case, "--outcome", "changed")
    assert "leave out --reporter" in regent("concern", "open", "--text", "x", "--anonymous", "--reporter", "v", code=2)


def test_nobody_approves_their_own_release_and_only_an_approved_one_is_deployed(regent):
    words = ("--version", "1.0", "--change", "C-1", "--artefact", "a" * 64, "--as", "bram", "--json")
    case = json.loads(regent("release", "open", *words))["case"]
    with pytest.raises(RegentError, match="another person"):
        regent("release", "update", case, "--approve", "--as", "bram")
    with pytest.raises(RegentError, match="not approved"):
        regent("release", "close", case, "--outcome", "deployed")
    regent("release", "update", case, "--approve", "--as", "carla")
    regent("release", "close", case, "--outcome", "deployed")
    [found] = json.loads(regent("release", "list", "--json"))["releases"]
    assert found["outcome"] == "deployed" and len(found["prompts"]) == 3 and len(found["policies"]) == 1
    assert "no SHA-256" in regent("release", "open", "--version", "1", "--change", "c", "--artefact", "short", code=2)


def test_a_heading_shows_every_clause_under_it_and_no_other(regent):
    found = json.loads(regent("controls", "show", "9.2", "--stored", "--json"))
    assert [one["id"] for one in found["controls"]] == ["9.2.1", "9.2.2"]
    said = regent("controls", "show", "9.2", "--stored")
    assert "9.2.1  Internal audits happen" in said and "\n9.2.2  " in said and "A.9.2" not in said


def test_the_whole_story_verifies_and_is_told_by_audit(regent, place):
    assert "VERIFIED" in regent("audit", "verify")
    [case] = [one["id"] for one in json.loads(regent("release", "list", "--json"))["releases"]]
    assert f"release {case} opened: version" in regent("audit", "show", "--question", case)


@pytest.mark.parametrize("group", ["controls", "incident", "concern", "release"])
def test_every_command_has_help_with_an_example(regent, group):
    import typer

    command = typer.main.get_command(app).commands[group]
    for name in command.commands:
        said = regent(group, name, "--help")
        assert f"regent {group} {name}" in said and "Example" in said
