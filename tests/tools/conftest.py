"""Shared fixtures: the real sample estate over HTTP, and a person who asks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.homes import common_home
from tools import catalogue
from tools.accounts import Directory
from tools.estates import Estate, open_sample
from tools.facts import Fact, FactBook, QueryResult
from tools.receipts import ReceiptFiles
from tools.running import Ran, run_query
from tools.wire import Memory, Replay


class Asker:
    """Asks queries as `governed_call` does, after its gate. `last` holds the latest run with receipts and operations.

    One asker is one question: fact ids run on, and `derive` sees the facts found before.
    """

    def __init__(self, estate: Estate, folder: Path) -> None:
        self.estate, self.book = estate, FactBook()
        self.store = ReceiptFiles(folder / "receipts", folder / "receipts.key")
        self.last: Ran | None = None
        self.memory: Memory | None = None
        self.directory: Directory = estate.directory(self.store)

    def __call__(self, name: str, /, **inputs: Any) -> QueryResult:
        return self.run(name, **inputs).result

    def run(self, name: str, /, **inputs: Any) -> Ran:
        """The run itself: result, receipts, operations that went to AWS, cost."""
        query = catalogue.find(name)
        self.last = run_query(
            query,
            query.parse(inputs),
            estate=self.estate,
            directory=self.directory,
            book=self.book,
            store=self.store,
            now=self.estate.clock(),
            memory=self.memory,
        )
        return self.last

    def replay(self, ran: Ran) -> QueryResult:
        """The same query again from the stored responses only; fact ids start where that run's did."""
        query = catalogue.find(ran.result.query)
        first = int(ran.result.facts[0].id[1:]) if ran.result.facts else 1
        return run_query(
            query,
            dict(ran.result.input),
            estate=self.estate,
            directory=self.directory,
            book=FactBook(first),
            store=self.store,
            now=self.estate.clock(),
            memory=Replay(ran.receipts, self.store.get),
        ).result


def fact_named(result: QueryResult, label: str, **scope: Any) -> Fact:
    """The one fact with this label (and these scope fields); fails if there is none or more than one."""
    found = [
        fact
        for fact in result.facts
        if fact.label == label and all(getattr(fact.scope, key) == value for key, value in scope.items())
    ]
    assert len(found) == 1, (label, scope, [fact.label for fact in result.facts])
    return found[0]


@pytest.fixture(scope="session")
def estate_home() -> Path:
    """Where the sample estate keeps its generated data; `tools.estate.cost.store.parquet` finds the line items."""
    return common_home()


@pytest.fixture(scope="session")
def sample(estate_home: Path) -> Iterator[Estate]:
    """The sample estate, started once for the whole test run."""
    with open_sample(estate_home) as estate:
        yield estate


@pytest.fixture
def ask(sample: Estate, tmp_path: Path) -> Iterator[Asker]:
    """`ask("spend", by="team")` -> QueryResult. Planned faults are forgotten after each test."""
    yield Asker(sample, tmp_path)
    sample.server.clear_faults()


@pytest.fixture
def named() -> Any:
    """`named(result, "total spend")` -> the one fact with that label."""
    return fact_named
