"""The example in CONTRIBUTING.md works as written: it is declared, governed, and right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.homes import common_home
from tools import catalogue, registry
from tools.estates import open_sample
from tools.facts import FactBook
from tools.receipts import ReceiptFiles
from tools.running import run_query

TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture
def example() -> Iterator[registry.Query]:
    catalogue.queries()  # ours are loaded first, so that the example is all there is to take away again
    code = next(block for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if "@query(" in block)
    body = code[code.index("def idle_addresses") :].strip().splitlines()
    assert len(body) <= 10, "ten lines are promised"
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "CONTRIBUTING.md", "exec"), names)
    yield registry.registered()["idle_addresses"]
    registry._REGISTRY.pop("idle_addresses")


def test_the_example_counts_what_the_inventory_says(example: registry.Query, tmp_path: Path) -> None:
    from tools.estate.services import ec2

    store = ReceiptFiles(tmp_path / "receipts", tmp_path / "key")
    with open_sample(common_home()) as estate:
        ran = run_query(
            example,
            example.parse({}),
            estate=estate,
            directory=estate.directory(store),
            book=FactBook(),
            store=store,
            now=estate.clock(),
        )
    truth = ec2.ground_truth()["ec2_addresses"]
    idle = sum(1 for address in truth if not address["used_by"])
    assert ran.result.facts[0].value == idle
    assert set(ran.asked) == example.operations
