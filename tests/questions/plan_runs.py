"""Runs of planned calls over the sample estate, kept, and boiled down to what two plans are compared by."""

from __future__ import annotations

import json
import pickle
import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from agents.models.offline import Plan
from agents.models.offline.plan import PlannedCall
from agents.models.offline.telling.prose import answer
from agents.models.offline.telling.results import read_result
from agents.telling import tell
from tests.agents.models.sample_sight import sample_directory
from tests.homes import common_home
from tools.catalogue import queries
from tools.errors import RegentError
from tools.estate.world import NOW
from tools.estates import Estate, open_sample
from tools.facts import Fact, FactBook, QueryResult
from tools.periods import parse_period
from tools.receipts import ReceiptFiles
from tools.running import run_query

Canonical = tuple[str, tuple[tuple[str, Any], ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a call gave: its leading facts, the figures and texts of its rows, and all others, each comparable."""

    query: str
    headlines: tuple[Any, ...]
    rows: tuple[Any, ...]
    facts: frozenset[Any]
    places: frozenset[str]
    given: frozenset[str]
    has_by: bool
    told: str


class Runs:
    """Runs calls, each once. Use it as a context; `kept` is a file that outlives it."""

    def __init__(self, kept: Path | None = None) -> None:
        self._file, self._closing = kept, ExitStack()
        self._known: dict[str, Found | None] = {}
        self._estate: Estate | None = None
        self._folder = Path()
        self._directory = sample_directory()

    def __enter__(self) -> Self:
        if self._file is not None and self._file.exists():
            self._known = pickle.loads(self._file.read_bytes())
        self._folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="regent-plans-")))
        return self

    def __exit__(self, *gone: object) -> None:
        if self._file is not None:
            self._file.write_bytes(pickle.dumps(self._known))
        self._closing.close()

    def run(self, name: str, inputs: dict[str, Any]) -> Found | None:
        """What the call gives, or None if it cannot be made (an unknown name, an input that does not fit)."""
        key = json.dumps([name, inputs], sort_keys=True, default=str)
        if key not in self._known:
            self._known[key] = self._ran(name, inputs)
        return self._known[key]

    def _ran(self, name: str, inputs: dict[str, Any]) -> Found | None:
        if self._estate is None:
            self._estate = self._closing.enter_context(open_sample(common_home()))
        query = queries()[name]
        store = ReceiptFiles(self._folder / "receipts", self._folder / "receipts.key")
        try:
            ran = run_query(
                query, query.parse(inputs), estate=self._estate, directory=self._estate.directory(store),
                book=FactBook(), store=store, now=NOW,
            )  # fmt: skip
        except RegentError:
            return None
        return _found(ran.result, inputs, "by" in query.input_model.model_fields)

    def canonical(self, name: str, inputs: dict[str, Any]) -> Canonical | None:
        """A call with its defaults, its accounts and its times resolved, so that equal ones are equal."""
        try:
            full = queries()[name].parse(inputs)
            return name, tuple(sorted((key, self._resolved(key, value)) for key, value in full.items()))
        except RegentError:
            return None

    def _resolved(self, key: str, value: Any) -> Any:
        if key == "accounts":
            return tuple(sorted(account.name for account in self._directory.select(str(value))))
        if key == "period" and value:
            return self._span(str(value))
        return str(value).casefold()

    def _span(self, word: str) -> tuple[Any, Any] | str:
        try:
            period = parse_period(word, NOW)
        except RegentError:
            return word
        return period.first_day, min(period.end_day, f"{NOW + timedelta(days=1):%Y-%m-%d}")

    def period(self, name: str, inputs: dict[str, Any]) -> tuple[Any, Any] | None:
        """The first day of a call's period and the day after its last; None if it has none."""
        found = self.canonical(name, inputs)
        span = dict(found[1]).get("period") if found else None
        return span if isinstance(span, tuple) else None

    def prose(self, plan: Plan, asked: str) -> str:
        """What the offline model would say, figures left as references: a follow-up may point at a name in it."""
        return self.told(plan.calls, plan.asked or asked, plan.limits, plan.focus)

    def told(
        self, calls: Sequence[PlannedCall], asked: str, limits: Sequence[str] = (), focus: tuple[str, ...] = ()
    ) -> str:
        """`prose`, of calls."""
        ran = [self.run(call.query, call.inputs) for call in calls]
        told = [read_result(one.told) for one in ran if one is not None]
        text = answer(told, limits, asked, focus) if told else ""
        # of several results each has its own first fact: what a reference is of is known of one alone
        names = {i: f.value for i, f in told[0].facts.items() if f.unit == "name"} if len(told) == 1 else {}
        return re.sub(r"\[\[(f\d+)\]\]", lambda match: names.get(match[1], match[0]), text)


def _found(result: QueryResult, inputs: dict[str, Any], has_by: bool) -> Found:
    facts = {fact.id: fact for fact in result.facts}
    table = result.table
    rows = [_row(row, facts) for row in table.rows if row[0] != "other"] if table else []
    headlines = tuple(_essence(facts[i]) for i in result.headlines)
    places = frozenset(place for fact in result.facts[:1] for place in fact.scope.accounts)
    others = frozenset(_essence(fact) for fact in result.facts)
    return Found(result.query, headlines, tuple(rows), others, places, frozenset(inputs), has_by, tell(result))


def _row(row: tuple[str, ...], facts: dict[str, Fact]) -> tuple[str, ...]:
    """The cells of a row as texts, without shares and other figures beside the first."""
    figures = [facts[cell] for cell in row if cell in facts]
    names = [cell for cell in row if cell not in facts]
    texts = [str(fact.value) for fact in figures if isinstance(fact.value, str)]
    numbers = [f"{fact.value} {fact.unit}" for fact in figures if not isinstance(fact.value, str)][:1]
    return (*sorted({*names, *texts}), *numbers)


def _essence(fact: Fact) -> tuple[Any, ...]:
    """What makes a fact the same as another: amounts by value; counts and texts also by label, place and time."""
    if fact.unit == "USD" and fact.value:
        return (str(fact.value), fact.unit)
    period = (fact.period.first_day, fact.period.end_day) if fact.period else None
    return (fact.label, str(fact.value), fact.unit, period, fact.scope.accounts)
