"""How one value is written for a reader: the only place that turns a fact's value into characters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from policies.grounding.model import Locale
from policies.grounding.wordlist import listing
from tools import units
from tools.facts import Fact, Value

MONTHS: dict[Locale, tuple[str, ...]] = {
    "en": tuple(listing("January February March April May June July August September October November December")),
    "nl": tuple(listing("januari februari maart april mei juni juli augustus september oktober november december")),
    "pt": tuple(listing("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro")),
}


def write(value: Value, unit: str, locale: Locale = "en", *, magnitude: bool = False) -> str:
    """A value with its unit: `USD 12,345.67`, `12 findings`, `4.2 %`, `6 October 2026 14:18 UTC`.

    With `magnitude` the sign is left out (the words around it say which way it went).
    """
    match units.kind(unit):
        case "text":
            return str(value)
        case "date":
            return _day(date.fromisoformat(str(value)), locale)
        case "time":
            moment = datetime.fromisoformat(str(value)).astimezone(UTC)
            return f"{_day(moment.date(), locale)} {moment:%H:%M} UTC"
        case "money":
            return f"{unit} {number(value, locale, places=2, magnitude=magnitude)}"
        case "percent":
            return f"{number(value, locale, magnitude=magnitude)} %"
        case _:
            return f"{number(value, locale, magnitude=magnitude)} {noun(value, unit)}"


def write_fact(fact: Fact, locale: Locale = "en") -> str:
    """A fact's value with its unit, without context: for table cells and lists."""
    return write(fact.value, fact.unit, locale)


def number(value: Value, locale: Locale = "en", places: int | None = None, *, magnitude: bool = False) -> str:
    """A number with grouped thousands; `places` decimals, or as many as it has (at most two)."""
    if isinstance(value, str):
        raise TypeError(f"{value!r} is a text, not a number.")
    amount = Decimal(value)
    amount = abs(amount) if magnitude else amount
    if places is None:
        text = f"{amount.quantize(Decimal('0.01')):,}"
        text = text.rstrip("0").rstrip(".")
    else:
        text = f"{amount:,.{places}f}"
    return text if locale == "en" else text.translate(str.maketrans(",.", ".,"))


def noun(value: Value, unit: str) -> str:
    """The unit's noun in the number that the value takes: `1 finding`, `2 findings`, `3 GB`."""
    if units.kind(unit) == "size" or isinstance(value, str) or abs(value) != 1:
        return unit
    return units.singular(unit)


def _day(day: date, locale: Locale) -> str:
    names = MONTHS[locale]
    joint = " de " if locale == "pt" else " "
    return f"{day.day}{joint}{names[day.month - 1]}{joint}{day.year}"
