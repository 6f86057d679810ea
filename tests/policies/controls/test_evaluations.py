"""Results of evaluations are evidence only of what was evaluated, and nobody types one in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agents.controlling import ROOT, evaluated
from policies.audit import verify
from policies.controls import checks, evaluations
from policies.controls.collect import collect
from policies.controls.evaluate import evaluate
from policies.controls.evaluations import EvaluationResult, dataset_sha256, folder, keep, record
from policies.controls.evidence import Evidence
from policies.controls.needs import repository
from tests.evaluations.suites import SUITES, attack_files, attack_names

RUNS = repository.EVALUATION_RUNS
HERE = Path(__file__).parents[2] / "evaluations"


@pytest.fixture
def scene(opened, tmp_path):
    (tmp_path / "cases.yaml").write_text("one")
    return replace(opened().scene, root=tmp_path)


def result(scene, **other: Any) -> EvaluationResult:
    said = {
        "suite": "questions",
        "cases": {f"q-{number}": number > 3 for number in range(130)},
        "model": "offline",
        "prompts": None,
        "policies_sha256": None,
        "dataset": ("cases.yaml",),
        "dataset_sha256": dataset_sha256(scene.root, ("cases.yaml",)),
        "run_at": "2026-10-01T08:00:00Z",
    }
    return EvaluationResult(**{**said, **other})


def seen(scene) -> Evidence:
    [found] = collect(scene, [RUNS])
    return found


def verdict(scene) -> str:
    check = checks.load()["evaluations-passed"]
    declared = replace(scene, declared=scene.declared.model_copy(update={"evaluations": _ONE})).declared
    return evaluate(check, {RUNS: seen(scene)}, declared, scene.clock()).verdict


_ONE = {"questions": {"cases": 120, "at_least": 0.95}}


@pytest.fixture(autouse=True)
def _only_one(monkeypatch):
    from policies.controls.declared import Suite

    monkeypatch.setitem(_ONE, "questions", Suite(cases=120, at_least=0.95))


def test_a_run_that_is_on_record_counts_and_is_bound_to_its_cases(scene):
    one = result(scene)
    sha = keep(folder(scene.home), one)
    record(scene.ledger, one, sha, "local")
    [item] = seen(scene).items
    assert (item.name, item.data["n"], item.data["value"], item.data["sha256"]) == ("questions", 130, 126 / 130, sha)
    assert seen(scene).problems == () and verdict(scene) == "pass"
    (scene.root / "cases.yaml").write_text("one and an easier one")
    [item] = seen(scene).items
    assert item.data["dataset_now_sha256"] != item.data["dataset_sha256"]
    assert verify(scene.ledger.path, home=scene.ledger.home.path).code == 0


def test_a_result_that_was_typed_in_counts_for_nothing(scene):
    keep(folder(scene.home), result(scene, cases={f"q-{number}": True for number in range(130)}))
    assert "no record names the result questions.json" in seen(scene).problems[0]
    assert verdict(scene) == "error"


def test_a_result_edited_after_it_was_recorded_counts_for_nothing(scene):
    one = result(scene)
    record(scene.ledger, one, keep(folder(scene.home), one), "local")
    path = folder(scene.home) / "questions.json"
    path.write_text(path.read_text().replace('"q-1": false', '"q-1": true'))
    assert verdict(scene) == "error"


def test_an_own_run_stands_before_the_shipped_one_and_others_stay(scene):
    shipped = scene.root / evaluations.SHIPPED
    keep(shipped, result(scene))
    keep(shipped, result(scene, suite="attacks"))
    assert verdict(scene) == "pass"
    worse = result(scene, cases={f"q-{number}": False for number in range(130)})
    record(scene.ledger, worse, keep(folder(scene.home), worse), "local")
    assert {item.name: item.data["value"] for item in seen(scene).items} == {"questions": 0.0, "attacks": 126 / 130}
    assert verdict(scene) == "fail"


def test_numbers_that_somebody_states_are_refused(scene):
    plain = json.loads(result(scene).encode())
    folder(scene.home).mkdir(parents=True)
    (folder(scene.home) / "questions.json").write_text(json.dumps({**plain, "value": 1.0, "n": 4000}))
    assert "cannot be used: n" in seen(scene).problems[0] or "cannot be used: value" in seen(scene).problems[0]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"dataset": ("gone.yaml",), "dataset_sha256": "0" * 64}, "the cases gone.yaml cannot be read"),
        ({"run_at": "2999-01-01T00:00:00Z"}, "from the future"),
    ],
)
def test_a_result_without_cases_or_from_the_future_is_a_problem(scene, other, said):
    keep(scene.root / evaluations.SHIPPED, result(scene, **other))
    assert said in seen(scene).problems[0] and verdict(scene) == "error"


@pytest.mark.parametrize(
    "other",
    [{"cases": {}}, {"dataset": ()}, {"dataset": ("../x",)}, {"dataset": ("/etc/hosts",)}, {"run_at": "2026-10-01"}],
    ids=str,
)
def test_a_result_of_nothing_or_of_elsewhere_is_none(scene, other):
    with pytest.raises(ValueError, match="validation error"):
        result(scene, **other)


def test_a_file_of_another_suites_name_is_a_problem(scene):
    path = folder(scene.home) / "questions.json"
    keep(folder(scene.home), result(scene, suite="attacks"))
    (folder(scene.home) / "attacks.json").rename(path)
    assert "is of the suite attacks" in seen(scene).problems[0]


def test_what_ships_has_a_result_for_every_declared_suite_dated_before_now(opened):
    room = opened()
    found = {path.stem: evaluations.read(path)[0] for path in HERE.glob("*.json")}
    assert set(room.scene.declared.evaluations) <= set(found)
    assert all(one.at < datetime.now(UTC) for one in found.values())


@pytest.mark.parametrize("path", sorted(HERE.glob("*.json")), ids=lambda path: path.stem)
def test_what_ships_was_run_on_the_cases_as_they_are(path):
    """The quick half of the next test: `make evaluations` after a change of cases, prompts or policies."""
    shipped, _ = evaluations.read(path)
    assert shipped.dataset_sha256 == dataset_sha256(ROOT, shipped.dataset)
    if shipped.suite == "attacks":
        assert shipped.dataset == attack_files()
    if shipped.prompts is not None:
        now = evaluated(shipped.suite, dict(shipped.cases), model=shipped.model, dataset=shipped.dataset)
        assert (shipped.prompts, shipped.policies_sha256) == (now.prompts, now.policies_sha256)


@pytest.mark.slow
def test_the_shipped_results_of_the_attacks_are_of_those_that_there_are_and_none_got_through():
    """They are tests of their own, all of which run beside this one: one that gets through fails there."""
    shipped, _ = evaluations.read(HERE / "attacks.json")
    assert set(shipped.cases) == attack_names() and all(shipped.cases.values())


@pytest.mark.slow
@pytest.mark.parametrize("suite", sorted({*SUITES} - {"attacks"}))
def test_the_shipped_results_come_out_again(suite):
    """`python -m tests.evaluations` writes them anew where prompts, policies, cases or behaviour have changed."""
    for again in SUITES[suite]():
        shipped, _ = evaluations.read(HERE / f"{again.suite}.json")
        assert again.model_dump(exclude={"run_at"}) == shipped.model_dump(exclude={"run_at"}), again.suite
