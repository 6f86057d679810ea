"""INVARIANTS.md is true: every promise names an owner module that exists and a test that exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
    for line in (ROOT / "INVARIANTS.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_the_list_is_not_empty() -> None:
    assert len(ROWS) >= 12
    assert [int(row[0]) for row in ROWS] == list(range(1, len(ROWS) + 1))


def test_a_promise_stands_once() -> None:
    """Their number is shown to auditors (A.6.2.2); two branches that each add a row once made one promise five."""
    twice = [promise for promise, count in Counter(row[1] for row in ROWS).items() if count > 1]
    assert not twice, f"these stand more than once: {twice}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:60])
def test_a_promise_has_an_owner_and_a_test(row: list[str]) -> None:
    _, _, owner, test = row
    assert (ROOT / owner).exists(), f"{owner} does not exist"
    path, _, name = test.partition("::")
    assert (ROOT / path).exists(), f"{path} does not exist"
    assert name in functions_of(ROOT / path), f"{path} has no {name}"
