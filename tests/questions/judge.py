"""The judge: whether what a person sees, text and tables, answers the question as the ground truth would.

It looks at what is shown only: figures of the text, and the tables of results that the text refers to (as the terminal
shows them). A fact that lies in the JSON but in neither is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from agents.answer import Answer
from tests.questions.bank import Expect, Wanted
from tools import units
from tools.facts import Fact, QueryResult

Verdict = Literal["right", "abstained", "silently wrong"]
MOST_TABLES = 4
"""More tables than this is a heap of data, not an answer."""

_FRAME = ("Read as:", "Written by an AI system", "Note:", "Not looked up:")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one answer, and what was missing or should not have been there."""

    verdict: Verdict
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """One fact as it is seen: where, and the words that stand at it."""

    fact: Fact
    words: str
    place: int
    """0: in the text; 1: in the first table; 2 and up: in later ones."""


@dataclass(slots=True)
class Seen:
    """Everything that a person sees of an answer."""

    text: str
    body: str
    """The text without its frame: how it was read, notes, who wrote it."""
    facts: list[Shown] = field(default_factory=list)
    first_rows: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


def judge(answer: Answer, expect: Expect, compute: Callable[[str], Decimal | int | str]) -> Judgement:
    """Judge one answer. `compute` turns a formula of the bank into its value."""
    if answer.status not in expect.status:
        if answer.status == "answered":
            return Judgement("silently wrong", (f"answered, expected {' or '.join(expect.status)}",))
        return Judgement("abstained", (f"{answer.status}, expected {' or '.join(expect.status)}",))
    seen = look(answer)
    faults = [*_missing_facts(seen, expect, compute), *_missing_words(seen, expect, compute)]
    if len(seen.tables) > MOST_TABLES:
        faults.append(f"{len(seen.tables)} tables shown, more than {MOST_TABLES}")
    if not faults:
        return Judgement("right")
    return Judgement("silently wrong" if answer.status == "answered" else "abstained", tuple(faults))


def look(answer: Answer) -> Seen:
    """What a person sees of an answer."""
    paragraphs = answer.text.split("\n\n")
    body = "\n\n".join(part for part in paragraphs if not part.startswith(_FRAME))
    seen = Seen(answer.text, body)
    by_id = {fact.id: fact for fact in answer.facts}
    used = {one for figure in answer.figures for one in figure.facts}
    for one in (by_id[known] for known in by_id if known in used):
        seen.facts.append(Shown(one, _words(one), 0))
    results = [result for result in answer.results if result.table and used & {fact.id for fact in result.facts}]
    for place, result in enumerate(results, start=1):
        _look_at_table(seen, result, place)
    return seen


def _look_at_table(seen: Seen, result: QueryResult, place: int) -> None:
    table = result.table
    assert table is not None
    by_id = {fact.id: fact for fact in result.facts}
    lines = []
    for row in table.rows:
        held = {
            number: by_id[cell] for number, cell in enumerate(row) if number in table.fact_columns and cell in by_id
        }
        cells = [str(held[number].value) if number in held else cell for number, cell in enumerate(row)]
        line = " | ".join(cells)
        lines.append(line)
        for number, fact in held.items():
            seen.facts.append(Shown(fact, f"{_words(fact)} {line} {table.columns[number]} {result.read_as}", place))
    seen.first_rows += lines[:1]
    seen.tables.append("\n".join(lines))


def _words(fact: Fact) -> str:
    period = fact.period.label if fact.period else ""
    return f"{fact.label} {fact.unit} {fact.scope.text()} {period}"


def _missing_facts(seen: Seen, expect: Expect, compute: Callable[[str], Decimal | int | str]) -> Iterable[str]:
    # who asks for one number must find it in the sentence or in the first table, not in the fourth
    last = 1 if len(expect.facts) == 1 and not expect.first and not expect.names else MOST_TABLES
    for wanted in expect.facts:
        values = [compute(one) for one in wanted.value]
        if not any(shown.place <= last and _is(shown, wanted, value) for shown in seen.facts for value in values):
            about = f" about {', '.join(wanted.about)}" if wanted.about else ""
            yield f"no {' or '.join(f'{_plain(v)}' for v in values)} {wanted.unit}{about} ({wanted.value[0]})"


def _is(shown: Shown, wanted: Wanted, value: Decimal | int | str) -> bool:
    return _same(shown.fact, wanted, value) and all(_says(shown.words, words) for words in wanted.about)


def _same(fact: Fact, wanted: Wanted, value: Decimal | int | str) -> bool:
    kind = units.kind(fact.unit)
    if wanted.unit == "date" and kind == "time":
        kind = "date"  # who asks for a date is served with a time of that day
    if wanted.unit != "count" and kind != units.kind(wanted.unit):
        return False
    if kind == "money" and fact.unit != wanted.unit:
        return False
    if isinstance(value, str):
        return str(fact.value).lower().startswith(value.lower())
    if (wanted.unit == "count" and kind != "count") or isinstance(fact.value, str):
        return False
    found, expected = Decimal(fact.value) * _scale(fact.unit), Decimal(value) * _scale(wanted.unit)
    if wanted.unsigned:
        found, expected = abs(found), abs(expected)
    return abs(found - expected) <= _tolerance(wanted)


def _scale(unit: str) -> Decimal:
    return Decimal(str(units.DURATIONS.get(unit) or units.SIZES.get(unit) or 1))


def _tolerance(wanted: Wanted) -> Decimal:
    if wanted.tolerance is not None:
        return Decimal(str(wanted.tolerance)) * _scale(wanted.unit)
    # rounding to two places moves a value by half a unit of the second at most; one more half for a rounded operand
    return Decimal("0.01") if wanted.unit in units.CURRENCIES or wanted.unit.startswith("percent") else Decimal(0)


def _missing_words(seen: Seen, expect: Expect, compute: Callable[[str], Decimal | int | str]) -> Iterable[str]:
    body, tables = seen.body, "\n".join(seen.tables)
    for name in _settled(expect.first, compute):
        if not _named(body, name) and not any(_named(row, name) for row in seen.first_rows):
            yield f"{name!r} does not lead"
    for name in _settled(expect.names, compute):
        if not _named(f"{body}\n{tables}", name):
            yield f"{name!r} is not named"
    for said in _settled(expect.text_has, compute):
        if not _says(seen.text, said):
            yield f"the text does not say {said!r}"
    for said in _settled(expect.not_has, compute):
        if _says(f"{seen.text}\n{tables}", said):
            yield f"{said!r} must not be shown"


def _settled(texts: Iterable[str], compute: Callable[[str], Decimal | int | str]) -> list[str]:
    return [str(compute(text[1:])) if text.startswith("=") else text for text in texts]


def _named(text: str, names: str) -> bool:
    """Whether one of the names stands in the text, and not as a part of a longer name."""
    return any(
        re.search(rf"(?<![\w-]){re.escape(one.strip())}(?![\w-])", text, re.IGNORECASE) is not None
        for one in names.split("|")
    )


def _says(text: str, words: str) -> bool:
    """Whether one of the alternatives stands in the text."""
    return any(one.strip().lower() in text.lower() for one in words.split("|"))


def _plain(value: Decimal | int | str) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
