"""Derive: new facts from facts. Every sum, difference, share or change in an answer that no query gave comes from here.

Arithmetic is exact; units decide what may be calculated; the formula names every fact that went in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Annotated, Literal

from pydantic import Field

from tools import units
from tools.errors import InputError
from tools.facts import Fact, FactBook, Facts, Scope
from tools.merging import compared_period, inside, merged_period, merged_scope, overlap
from tools.periods import Period
from tools.registry import query

Operation = Literal["sum", "difference", "ratio", "percentage_change", "share", "rank", "average", "count"]
FactIds = Annotated[
    list[str],
    Field(min_length=1, max_length=60, description="fact ids, in order"),
]
Number = int | Decimal


@query(domain="shared", operations=(), reach="facts")
def derive(book: FactBook, operation: Operation, facts: FactIds) -> Facts:
    """Calculate with facts found before, by their ids; never calculate yourself.

    difference: first minus second. ratio: first divided by second. percentage_change: from first to second.
    share: first as percent of second. sum, average, count, rank: of all of them.
    """
    if len(set(facts)) < len(facts):
        raise InputError("A fact was named more than once; name each fact once.")
    given = [book[fact_id] for fact_id in facts]
    with localcontext() as exact:
        exact.prec = 60
        return _OPERATIONS[operation](given)


def _sum(given: list[Fact]) -> Facts:
    numbers, unit = _same_unit("sum", given, least=2)
    if units.kind(unit) in ("percent", "points"):
        _need_one_whole(given)
    for index, one in enumerate(given):
        for two in given[index + 1 :]:
            if overlap(one, two):
                raise InputError(
                    f"{one.id} and {two.id} overlap ({_named(one, given)}; {_named(two, given)}): their sum would "
                    "count something twice. Sum facts of separate accounts, groups or periods."
                )
    return _one(given, f"sum of {_labels(given)}", sum(numbers[1:], numbers[0]), unit, " + ", "", _merged(given))


def _average(given: list[Fact]) -> Facts:
    numbers, unit = _same_unit("average", given, least=2)
    mean = Decimal(sum(numbers[1:], numbers[0])) / len(numbers)
    formula = f"({_formula(given, ' + ')}) / {len(given)}"
    facts = _one(given, f"average of {_labels(given)}", mean, unit, "", formula, _merged(given))
    if units.kind(unit) == "percent":
        facts.notes.append("Each percentage counts the same, whatever it is a percentage of.")
    facts.notes += _shorter([fact.period for fact in given if fact.period is not None])
    return facts


_SHORTER = 0.8
"""Of the longest period, below which one is no whole one of its kind: a February is nine tenths of a January."""


def _shorter(periods: Sequence[Period]) -> list[str]:
    """A sentence about the periods that are much shorter than another, and weigh as much in an average."""
    longest = max((period.days for period in periods), default=0)
    short = dict.fromkeys(period.label for period in periods if period.days < _SHORTER * longest)
    return [f"Shorter than the others, and counted the same in the average: {', '.join(short)}."] if short else []


def _difference(given: list[Fact]) -> Facts:
    one, two = _two("difference", given)
    label = f"difference in {one.label}" if one.label == two.label else f"{one.label} minus {two.label}"
    where = (compared_period(two.period, one.period), merged_scope([one.scope, two.scope]))
    if {units.kind(fact.unit) for fact in given} in ({"date"}, {"time"}):
        seconds = (_moment(one) - _moment(two)).total_seconds()
        days = one.unit == "date"
        value: Number = round(seconds / 86400) if days else Decimal(str(seconds)) / 3600
        return _one(given, label, value, "days" if days else "hours", " - ", "", where)
    bases = {one.scope.basis, two.scope.basis}
    credits = bases == {"net", "gross"} and one.label == two.label and one.period == two.period
    credits = credits and one.scope.model_copy(update={"basis": two.scope.basis}) == two.scope
    numbers, unit = _same_unit("difference", given, least=2, mixed_basis=credits)
    if units.kind(unit) == "percent":
        unit = "percentage points"
    facts = _one(given, label, numbers[0] - numbers[1], unit, " - ", "", where)
    if credits:
        facts.notes.append("Gross and net of the same spend: the difference is credits and refunds.")
    return facts


def _ratio(given: list[Fact]) -> Facts:
    one, two = _two("ratio", given)
    kinds = units.kind(one.unit), units.kind(two.unit)
    formula = _formula(given, " / ")
    where = (compared_period(two.period, one.period), merged_scope([one.scope, two.scope]))
    if kinds[0] == kinds[1] and (kinds[0] != "count" or one.unit == two.unit):
        numbers, _ = _same_unit("ratio", given, least=2)
        unit, label = "times", f"{one.label} divided by {two.label}"
    elif (kinds[0] in ("money", "count", "size") and kinds[1] in ("count", "duration", "size")) or (
        kinds == ("duration", "count")
    ):
        numbers = [_number(one), _number(two)]
        unit, label = one.unit, f"{one.label} per {units.singular(two.unit)} of {two.label}"
    else:
        raise InputError(f"{one.unit} divided by {two.unit} means nothing ({one.id}, {two.id}).")
    value = Decimal(numbers[0]) / _not_zero(numbers[1], two)
    if value and abs(value) < Decimal("0.005"):
        raise InputError(f"{formula} is {value:.6f}: too small to show in two decimals. Ask for the reverse ratio.")
    return _one(given, label, value, unit, "", formula, where)


def _percentage_change(given: list[Fact]) -> Facts:
    base, later = _two("percentage_change", given)
    numbers, unit = _same_unit("percentage_change", given, least=2)
    if units.kind(unit) in ("percent", "points"):
        raise InputError("A change between percentages is given in percentage points: use difference.")
    if numbers[0] <= 0:
        raise InputError(
            f"No percentage change from {base.id} ({numbers[0]} {unit}): there was nothing above zero to change from. "
            "Give the two values, or use difference."
        )
    value = (Decimal(numbers[1]) - numbers[0]) * 100 / numbers[0]
    names = base.label == later.label
    label = f"change in {later.label}, relative" if names else f"change from {base.label} to {later.label}, relative"
    first, second = _named(base, given), _named(later, given)
    formula = f"({second} - {first}) / {first} x 100"
    where = (compared_period(base.period, later.period), merged_scope([base.scope, later.scope]))
    return _one(given, label, value, "percent", "", formula, where)


def _share(given: list[Fact]) -> Facts:
    part, whole = _two("share", given)
    numbers, unit = _same_unit("share", given, least=2)
    if units.kind(unit) in ("percent", "points"):
        raise InputError("A share of a percentage means nothing; take the values behind the percentages.")
    if not inside(part, whole):
        raise InputError(
            f"{part.id} ({_named(part, given)}) is no part of {whole.id} ({_named(whole, given)}): it covers other "
            "accounts, filters or time. Use ratio to compare them."
        )
    if numbers[0] < 0 or numbers[0] > numbers[1]:
        raise InputError(f"{part.id} ({numbers[0]} {unit}) is no part of {whole.id} ({numbers[1]} {unit}).")
    value = Decimal(numbers[0]) * 100 / _not_zero(numbers[1], whole)
    label, formula = f"{part.label} as share of {whole.label}", f"{_formula(given, ' / ')} x 100"
    return _one(given, label, value, "percent", "", formula, (part.period, part.scope))


def _rank(given: list[Fact]) -> Facts:
    numbers, _ = _same_unit("rank", given, least=2)
    ordered = sorted(zip(numbers, given, strict=True), key=lambda pair: (-pair[0], pair[1].label, pair[1].id))
    facts = _empty(f"rank of {_labels(given)}", given, _merged(given))
    facts.columns, facts.series = ("Place", "What", "Value"), True
    ids, receipts, formula = [f.id for f in given], _receipts(given), f"largest first: {_formula(given, ', ')}"
    for number, fact in ordered:
        place = 1 + sum(1 for other in numbers if other > number)
        named = _named(fact, given).rpartition(" (")[0]
        facts.row(
            facts.fact(f"place of {fact.label}", place, "place", receipts=receipts, period=fact.period,
                       scope=fact.scope, derived_from=ids, formula=formula),
            named,
            facts.fact(fact.label, fact.value, fact.unit, receipts=fact.receipts, period=fact.period,
                       scope=fact.scope, derived_from=[fact.id], formula=_named(fact, given),
                       headline=place == 1),
        )  # fmt: skip
    return facts


def _count(given: list[Fact]) -> Facts:
    label = f"number of facts listed ({_labels(given)})"
    return _one(given, label, len(given), "facts", "", f"count of {_formula(given, ', ')}", _merged(given))


_OPERATIONS: dict[str, Callable[[list[Fact]], Facts]] = {
    "sum": _sum,
    "difference": _difference,
    "ratio": _ratio,
    "percentage_change": _percentage_change,
    "share": _share,
    "rank": _rank,
    "average": _average,
    "count": _count,
}


def _one(
    given: list[Fact],
    label: str,
    value: Number,
    unit: str,
    sign: str,
    formula: str,
    where: tuple[Period | None, Scope],
) -> Facts:
    facts = _empty(label, given, where)
    facts.fact(
        label,
        value,
        unit,
        receipts=_receipts(given),
        derived_from=[fact.id for fact in given],
        formula=formula or _formula(given, sign),
        headline=True,
    )
    return facts


def _empty(label: str, given: list[Fact], where: tuple[Period | None, Scope]) -> Facts:
    return Facts(read_as=f"{label}, from {', '.join(fact.id for fact in given)}", period=where[0], scope=where[1])


def _merged(given: list[Fact]) -> tuple[Period | None, Scope]:
    return merged_period([fact.period for fact in given]), merged_scope([fact.scope for fact in given])


def _same_unit(
    operation: str, given: Sequence[Fact], *, least: int, mixed_basis: bool = False
) -> tuple[list[Number], str]:
    """The values in the unit of the first; durations and sizes are converted.

    Raises:
        InputError: too few facts, texts, units that do not go together, or net beside gross.
    """
    if len(given) < least:
        raise InputError(f"{operation} needs at least {least} facts.")
    unit, numbers = given[0].unit, [_number(fact) for fact in given]
    scales: dict[str, float] | dict[str, int] = units.DURATIONS if unit in units.DURATIONS else units.SIZES
    for index, fact in enumerate(given):
        if fact.unit == unit:
            continue
        if fact.unit not in scales or unit not in scales:
            raise InputError(
                f"{operation} of {unit} ({given[0].id}) and {fact.unit} ({fact.id}) means nothing: the units differ."
            )
        numbers[index] = Decimal(numbers[index]) * Decimal(str(scales[fact.unit])) / Decimal(str(scales[unit]))
    bases = {fact.scope.basis for fact in given}
    if units.kind(unit) == "money" and len(bases) > 1 and not mixed_basis:
        said = ", ".join(f"{fact.id} {fact.scope.basis or 'neither net nor gross'}" for fact in given[:6])
        raise InputError(f"{operation} cannot mix net and gross ({said}); ask again with the same basis.")
    return numbers, unit


def _need_one_whole(given: list[Fact]) -> None:
    wholes = {fact.label.partition("share of ")[2] for fact in given}
    same = all(fact.period == given[0].period for fact in given) and len(wholes) == 1 and "" not in wholes
    if not same:
        raise InputError("Percentages add up only if they are shares of one whole in one period; use average instead.")


def _number(fact: Fact) -> Number:
    if not units.is_number(fact.unit) or isinstance(fact.value, str):
        raise InputError(f"{fact.id} ({fact.label}: {fact.value}) is no number.")
    return fact.value


def _not_zero(number: Number, fact: Fact) -> Number:
    if number == 0:
        raise InputError(f"{fact.id} ({fact.label}) is zero; nothing can be divided by it.")
    return number


def _two(operation: str, given: list[Fact]) -> tuple[Fact, Fact]:
    if len(given) != 2:
        raise InputError(f"{operation} takes exactly two facts, got {len(given)}.")
    return given[0], given[1]


def _moment(fact: Fact) -> datetime | date:
    text = str(fact.value)
    return date.fromisoformat(text) if fact.unit == "date" else datetime.fromisoformat(text.replace("Z", "+00:00"))


def _receipts(given: list[Fact]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(receipt for fact in given for receipt in fact.receipts))


def _formula(given: list[Fact], sign: str) -> str:
    return sign.join(_named(fact, given) for fact in given)


def _named(fact: Fact, given: list[Fact]) -> str:
    """The fact's label and id, with its period and scope as far as those of `given` differ and the label is silent."""
    parts, scopes = [fact.label], [other.scope for other in given]
    if fact.period and any(other.period != fact.period for other in given):
        parts.append(fact.period.label)
    if any(scope.accounts != fact.scope.accounts for scope in scopes):
        parts.append(Scope(accounts=fact.scope.accounts).text())
    for key, value in fact.scope.where.items():
        if value not in fact.label and any(scope.where.get(key) != value for scope in scopes):
            parts.append(f"{key} {value}")
    if fact.scope.basis and any(scope.basis != fact.scope.basis for scope in scopes):
        parts.append(fact.scope.basis)
    return f"{', '.join(parts)} ({fact.id})"


def _labels(given: list[Fact]) -> str:
    labels = list(dict.fromkeys(fact.label for fact in given))
    if len(labels) > 4:
        return f"{len(labels)} facts"
    return " and ".join(filter(None, [", ".join(labels[:-1]), labels[-1]]))
