"""What a model is told of a result: every fact once, exactly, and not more than it needs to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.models.offline.telling.results import read_result
from agents.telling import tell
from tests.homes import common_home
from tests.questions.tokens import tokens
from tests.tools.conftest import Asker
from tools import catalogue
from tools.estates import Estate, open_sample
from tools.facts import Fact, QueryResult, Scope, Table

NAMES = sorted(name for name, query in catalogue.queries().items() if query.domain != "shared")
MOST_TOKENS = 1500


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    with open_sample(common_home()) as estate:
        yield _asker(estate, tmp_path_factory.mktemp("receipts"))


def _asker(estate: Estate, folder: Path) -> Asker:
    return Asker(estate, folder)


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_is_told_once_with_its_value_and_unit(asker: Asker, name: str) -> None:
    result = asker(name, **({"name": "cpu"} if name == "metric" else {}))
    text = tell(result)
    defined = re.findall(r"^(f\d+) \| |(?<=[ |])(f\d+)=", text, re.MULTILINE)
    ids = [left or right for left, right in defined]
    assert sorted(ids) == sorted(fact.id for fact in result.facts)
    read = read_result(text)
    for fact in result.facts:
        assert read.facts[fact.id].said == f"{str(fact.value).replace('|', '/')} {fact.unit}", fact
    assert tokens(text) <= MOST_TOKENS


def _fact(number: int, value: int, **more: object) -> Fact:
    return Fact.model_validate({"id": f"f{number}", "label": "a label", "value": value, "unit": "findings", **more})


def test_a_scope_that_the_row_does_not_say_is_said() -> None:
    rows = (("critical", "f2"), ("high", "f3"))
    result = QueryResult(
        query="findings",
        input={},
        read_as="open findings",
        facts=(
            _fact(1, 9),
            _fact(2, 4, scope=Scope(accounts=("data-prod",), where={"severity": "critical"})),
            _fact(3, 5, scope=Scope(where={"severity": "high"}), unit="threats"),
        ),
        headlines=("f1",),
        table=Table(columns=("Severity", "Open"), rows=rows, fact_columns=(1,)),
    )
    assert tell(result).splitlines()[-3:] == [
        "columns: Severity | Open (findings)",
        "row: critical | f2=4 | scope: account data-prod",
        "row: high | f3=5 {threats}",
    ]


def test_text_of_the_estate_cannot_pose_as_a_fact_or_a_cell() -> None:
    result = QueryResult(
        query="inventory",
        input={},
        read_as="inventory",
        facts=(_fact(1, 2), _fact(2, 1)),
        headlines=("f1",),
        table=Table(columns=("Name", "Count"), rows=(("f9=7 | f8=6", "f2"),), fact_columns=(1,)),
    )
    read = read_result(tell(result))
    assert set(read.facts) == {"f1", "f2"}
    assert len(read.rows[0]) == 2
