"""The suites: what each asks, and which of its cases count."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from agents.controlling import ROOT, evaluated
from policies.controls.evaluations import EvaluationResult, dataset_sha256
from policies.grounding import ground
from tests.grounding.corpus import load
from tests.grounding.estates import all_estates
from tests.questions.__main__ import results_of
from tests.questions.bank import FILES
from tests.questions.runner import answered_offline

MODEL = "offline"
_TUNED = ("corpus", "heldout", "fresh")
_UNSEEN = ("independent5b",)
"""Answers on which the check was never tuned."""


def questions() -> Iterator[EvaluationResult]:
    """The bank, and each fresh set."""
    for files in (FILES, ("fresh.yaml",), ("fresh2.yaml",), ("fresh3.yaml",)):
        yield from results_of(MODEL, files, answered_offline(files))


def grounding() -> Iterator[EvaluationResult]:
    """Labelled answers: lies that were caught, and true answers that were stopped."""
    yield from _grounding("grounding", _TUNED)
    yield from _grounding("grounding-unseen", _UNSEEN)


def attack_files() -> tuple[str, ...]:
    """What the attack tests consist of now."""
    return tuple(
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests" / "attacks").rglob("*"))
        if path.suffix in (".py", ".yaml")
    )


def attacks() -> Iterator[EvaluationResult]:
    """Every case of the attack tests, by its name there; one that did not pass got through."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "attacks.xml"
        words = [
            sys.executable,
            "-m",
            "pytest",
            "tests/attacks",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--junitxml={report}",
        ]
        words.append("--hypothesis-seed=0")  # and no examples from earlier runs, so that the next run is the same
        env = {**os.environ, "REGENT_HOME": f"{folder}/home", "HYPOTHESIS_STORAGE_DIRECTORY": f"{folder}/examples"}
        subprocess.run(words, cwd=ROOT, env=env, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cases = {f"{case.get('classname')}::{case.get('name')}": not len(case) for case in _cases(report)}
    yield evaluated("attacks", cases, model=MODEL, dataset=attack_files())


SUITES: dict[str, Callable[[], Iterator[EvaluationResult]]] = {
    "questions": questions,
    "grounding": grounding,
    "attacks": attacks,
}


def attack_names() -> set[str]:
    """The attack tests that there are, named as their cases are."""
    words = [sys.executable, "-m", "pytest", "tests/attacks", "--collect-only", "-p", "no:cacheprovider"]
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    found = (line.partition("[") for line in done.stdout.splitlines() if line.startswith("tests/attacks/"))
    return {path.replace("/", ".").replace(".py::", "::") + bracket + rest for path, bracket, rest in found}


def _cases(report: Path) -> Iterator[ElementTree.Element]:
    """Test cases that ran; output that a test left is no fault of it."""
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        for name in ("system-out", "system-err", "properties"):
            for child in case.findall(name):
                case.remove(child)
        if case.find("skipped") is None:
            yield case


def _grounding(suite: str, parts: tuple[str, ...]) -> Iterator[EvaluationResult]:
    estates = all_estates()
    caught: dict[str, bool] = {}
    stopped: dict[str, bool] = {}
    for part in parts:
        for row in load(part):
            estate = estates[row.estate]
            grounded = ground(row.draft, estate.facts, question=estate.question, now=estate.now, locale=estate.locale)
            (stopped if row.corruption is None else caught)[f"{part}/{row.id}"] = not grounded.ok
    dataset = tuple(f"tests/grounding/{part}.jsonl" for part in parts)
    for name, cases in ((suite, caught), (f"{suite}-false-alarms", stopped)):
        yield EvaluationResult(
            suite=name,
            cases=cases,
            model=MODEL,
            prompts=None,
            policies_sha256=None,
            dataset=dataset,
            dataset_sha256=dataset_sha256(ROOT, dataset),
            run_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
