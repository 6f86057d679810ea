"""Facts: the only values an answer may contain, and the shape in which a query returns them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator

from tools import units
from tools.errors import InputError
from tools.periods import Period

Value = int | Decimal | str
"""A count, an amount, or a text (names, ids; dates as `YYYY-MM-DD`, times as ISO 8601 UTC)."""

_QUOTABLE = 8
"""A text of so many characters is recognised where another text quotes it."""
Basis = Literal["net", "gross"]
"""Whether a cost includes credits and refunds (`net`) or leaves them out (`gross`)."""


UNTAGGED = "(no tag)"
"""The value of a tag where there is none."""


NOT_LISTED = "not listed"
"""How the label of a fact ends that says how many rows a list leaves out."""
CUT = "Not listed: "
"""How the note begins that says so in words."""


class Scope(BaseModel):
    """What a fact covers: accounts by name (empty: all that exist, see `Directory.scope`), filters, and cost basis."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accounts: tuple[str, ...] = ()
    where: dict[str, str] = {}
    basis: Basis | None = None

    def text(self) -> str:
        """One phrase: `account data-prod, service Amazon S3, net`."""
        parts = [f"{key} {value}" for key, value in self.where.items()]
        if not self.accounts:
            parts.insert(0, "all accounts")
        elif len(self.accounts) <= 3:
            parts.insert(0, f"account{'s' if len(self.accounts) > 1 else ''} {', '.join(self.accounts)}")
        else:
            parts.insert(0, f"{len(self.accounts)} accounts")
        return ", ".join([*parts, *([self.basis] if self.basis else [])])


class Fact(BaseModel):
    """One value that a query, or `derive` over facts, computed. `id` is unique within one question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    label: str
    value: Value
    unit: str
    period: Period | None = None
    scope: Scope = Scope()
    receipts: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()
    formula: str | None = None

    @field_validator("value", mode="before")
    @classmethod
    def _value_from_json(cls, value: Any) -> Any:
        # a JSON number with a point was a Decimal of two places: 7200.0 must not come back as the count 7200
        return Decimal(str(value)).quantize(Decimal("0.01")) if isinstance(value, float) else value

    @field_serializer("value", when_used="json")
    def _value_as_json(self, value: Value) -> int | float | str:
        return float(value) if isinstance(value, Decimal) else value


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A fact before it has an id. Compared by identity: a table cell points at exactly one draft."""

    label: str
    value: Value
    unit: str
    period: Period | None
    scope: Scope
    receipts: tuple[str, ...]
    derived_from: tuple[str, ...] = ()
    formula: str | None = None


@dataclass(slots=True)
class Facts:
    """What a query found, in the order a reader wants it. Queries build one and return it.

    `headline` facts answer the question in one line; the table shows the rest. `read_as` says how the inputs were
    understood. Rows hold texts and drafts; every draft in a row is a fact too.
    """

    read_as: str
    period: Period | None = None
    scope: Scope = field(default_factory=Scope)
    columns: Sequence[str] = ()
    series: bool = False
    """True if the rows are a series over time or a ranking worth a bar chart of the first number column."""
    drafts: list[Draft] = field(default_factory=list)
    headlines: list[Draft] = field(default_factory=list)
    rows: list[tuple[str | Draft, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    names_people: bool = False
    """True if a fact names a person, such as the IAM user whose key is old: then the answer is for the asker alone."""
    snapshot: Any = None
    """What a snapshot saw (`tools.snapshots.Survey`); None for queries."""

    def fact(
        self,
        label: str,
        value: Value | float | datetime,
        unit: str,
        *,
        receipts: Iterable[str],
        period: Period | None = None,
        scope: Scope | None = None,
        headline: bool = False,
        derived_from: Iterable[str] = (),
        formula: str | None = None,
    ) -> Draft:
        """Add one fact and return it, for use in a row. `period` and `scope` default to those of the whole.

        Money is rounded to cents, other fractions to two decimals, so that what is shown is what is stored.

        Raises:
            InputError: the unit is none, the value does not suit it, or there is no receipt behind it.
        """
        behind = tuple(dict.fromkeys(receipts))
        if not behind and not tuple(derived_from):
            raise InputError(f"The fact {label!r} has no receipt: every fact names the AWS calls behind it.")
        draft = Draft(
            label,
            _settle(value, unit),
            unit,
            period if period is not None else self.period,
            scope if scope is not None else self.scope,
            behind,
            tuple(derived_from),
            formula,
        )
        self.drafts.append(draft)
        if headline:
            self.headlines.append(draft)
        return draft

    def row(self, *cells: str | Draft) -> None:
        """Add a table row; as many cells as there are columns."""
        if len(cells) != len(self.columns):
            raise InputError(f"A row of {len(cells)} cells does not fit {len(self.columns)} columns.")
        self.rows.append(cells)

    def rest(
        self, what: str, number: int, unit: str, *, receipts: Iterable[str], column: int = 1, says: str = ""
    ) -> None:
        """End a list that is cut: how many more there are, as its last row and in a note that every channel shows.

        `what` names them in full. `column` is where rows count them, if they do. `says` stands in the last column, for
        a table of several lists.
        """
        cells: list[str | Draft] = ["other", *[""] * (len(self.columns) - 2), says]
        cells[column] = self.fact(f"{what} {NOT_LISTED}", number, unit, receipts=receipts)
        self.row(*cells)
        narrower = [*["one account"] * (len(self.scope.accounts) != 1), *["a shorter time"] * self._lasts()]
        how = f"; ask about {' or '.join(narrower)} to see more of them" if narrower else ""
        self.notes.insert(0, f"{CUT}{number:,} more {units.singular(unit) if number == 1 else unit}{how}.")

    def _lasts(self) -> bool:
        return self.period is not None and self.period.start < self.period.end

    def cleaned(self, clean: Callable[[str], str]) -> Facts:
        """A copy in which `clean` went over every text that may come from the estate.

        What it changes in a cell or a value, it changes wherever that text is quoted: in labels, notes and scopes.
        """
        texts = {cell for row in self.rows for cell in row if isinstance(cell, str)}
        texts |= {draft.value for draft in self.drafts if isinstance(draft.value, str)}
        changed = {text: safe for text in texts if len(text) >= _QUOTABLE and (safe := clean(text)) != text}
        quoted = sorted(changed, key=len, reverse=True)

        def tidy(text: str) -> str:
            for raw in quoted:
                text = text.replace(raw, changed[raw])
            return clean(text)

        new = {id(draft): _clean_draft(draft, tidy) for draft in self.drafts}
        return replace(
            self,
            read_as=tidy(self.read_as),
            drafts=list(new.values()),
            headlines=[new[id(draft)] for draft in self.headlines],
            rows=[tuple(tidy(c) if isinstance(c, str) else new[id(c)] for c in row) for row in self.rows],
            notes=[tidy(note) for note in self.notes],
            incomplete=[tidy(said) for said in self.incomplete],
        )


def _clean_draft(draft: Draft, clean: Callable[[str], str]) -> Draft:
    value = clean(draft.value) if isinstance(draft.value, str) else draft.value
    where = {key: clean(text) for key, text in draft.scope.where.items()}
    scope = draft.scope.model_copy(update={"where": where}) if where != draft.scope.where else draft.scope
    return replace(draft, label=clean(draft.label), value=value, scope=scope)


class Table(BaseModel):
    """A result's table with cells resolved: a text, or the id of the fact shown there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    fact_columns: tuple[int, ...]
    """Indexes of the columns whose cells are fact ids (an empty cell stays an empty text)."""
    series: bool = False


class QueryResult(BaseModel):
    """What one query call gave: facts with ids, how to show them, and what could not be looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    query: str
    input: dict[str, Any]
    read_as: str
    facts: tuple[Fact, ...]
    headlines: tuple[str, ...]
    table: Table | None
    notes: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()
    names_people: bool = False
    snapshot: Any = Field(default=None, exclude=True, repr=False)
    """What a snapshot saw; never part of an answer."""

    def fact(self, fact_id: str) -> Fact:
        """The fact with this id."""
        return next(fact for fact in self.facts if fact.id == fact_id)


class FactBook:
    """All facts of one question. Ids are `f<n>`; `first` and `step` keep concurrent specialists apart."""

    def __init__(self, first: int = 1, step: int = 1, known: Iterable[Fact] = ()) -> None:
        self._next, self._step = first, step
        self._facts: dict[str, Fact] = {fact.id: fact for fact in known}
        self.results: list[QueryResult] = []

    def __getitem__(self, fact_id: str) -> Fact:
        try:
            return self._facts[fact_id]
        except KeyError:
            known = ", ".join(list(self._facts)[-8:]) or "none yet"
            raise InputError(f"There is no fact {fact_id!r} in this question (latest: {known}).") from None

    def __contains__(self, fact_id: str) -> bool:
        return fact_id in self._facts

    @property
    def next(self) -> int:
        """The number of the next fact's id."""
        return self._next

    def all(self) -> tuple[Fact, ...]:
        """Every fact so far, in the order they were found."""
        return tuple(self._facts.values())

    def seal(self, query: str, given: dict[str, Any], found: Facts) -> QueryResult:
        """Give every draft its id and keep the result."""
        ids: dict[int, str] = {}
        facts = []
        for draft in found.drafts:
            fact_id = f"f{self._next}"
            self._next += self._step
            ids[id(draft)] = fact_id
            facts.append(
                Fact(
                    id=fact_id,
                    label=draft.label,
                    value=draft.value,
                    unit=draft.unit,
                    period=draft.period,
                    scope=draft.scope,
                    receipts=draft.receipts,
                    derived_from=draft.derived_from,
                    formula=draft.formula,
                )
            )
        result = QueryResult(
            query=query,
            input=given,
            read_as=found.read_as,
            facts=tuple(facts),
            headlines=tuple(ids[id(draft)] for draft in found.headlines),
            table=_table(found, ids),
            notes=tuple(found.notes),
            incomplete=tuple(found.incomplete),
            names_people=found.names_people,
            snapshot=found.snapshot,
        )
        self._facts.update((fact.id, fact) for fact in facts)
        self.results.append(result)
        return result


def _table(found: Facts, ids: dict[int, str]) -> Table | None:
    if not found.rows:
        return None
    held = tuple(
        column for column in range(len(found.columns)) if any(isinstance(row[column], Draft) for row in found.rows)
    )
    rows = tuple(tuple(c if isinstance(c, str) else ids[id(c)] for c in row) for row in found.rows)
    return Table(columns=tuple(found.columns), rows=rows, fact_columns=held, series=found.series)


def _settle(value: Value | float | datetime, unit: str) -> Value:
    if not units.is_number(unit):
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%dT%H:%M:%SZ" if unit == "time" else "%Y-%m-%d")
        if isinstance(value, str):
            return value
        raise InputError(f"A value of unit {unit!r} is a text, not {value!r}.")
    if isinstance(value, (str, datetime, bool)):
        raise InputError(f"A value of unit {unit!r} is a number, not {value!r}.")
    if units.kind(unit) == "money":
        return Decimal(str(value)).quantize(Decimal("0.01"))
    return value if isinstance(value, int) else Decimal(str(value)).quantize(Decimal("0.01"))


def as_plain(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """The facts as JSON objects: how records hold them."""
    return [fact.model_dump(mode="json") for fact in facts]


def plain_sha256(plain: Sequence[dict[str, Any]]) -> str:
    """SHA-256 over facts as `as_plain` gives them, as sorted JSON: what an offline recomputation must reproduce."""
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def facts_sha256(facts: Iterable[Fact]) -> str:
    """`plain_sha256` of facts."""
    return plain_sha256(as_plain(facts))
