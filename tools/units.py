"""Units of facts: what kind of thing a unit measures, and which may be added, compared or divided.

A unit is a short string: an ISO 4217 code (`USD`), `percent`, `percentage points`, a duration (`days`),
a size (`GB`), `date`, `time`, one of the text units (`name`, `id`, `arn`, `account`, `text`), or the plural
noun of the things counted (`findings`, `access keys`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from tools.errors import InputError

Kind = Literal["money", "percent", "points", "duration", "size", "count", "date", "time", "text"]

CURRENCIES = frozenset({"USD", "EUR", "GBP", "BRL", "CHF"})
DURATIONS = {
    "milliseconds": 0.001,
    "seconds": 1,
    "minutes": 60,
    "hours": 3600,
    "days": 86400,
    "weeks": 604800,
}
"""Seconds in one unit of a duration."""
SIZES = {"bytes": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "GiB": 2**30}
"""Bytes in one unit of a size."""
TEXTS = frozenset({"name", "id", "arn", "account", "text"})


@lru_cache(maxsize=1024)
def kind(unit: str) -> Kind:
    """What a unit measures. Any lower-case plural noun is a count of such things.

    Raises:
        InputError: the string is no unit.
    """
    if unit in CURRENCIES:
        return "money"
    if unit == "percent":
        return "percent"
    if unit == "percentage points":
        return "points"
    if unit in DURATIONS:
        return "duration"
    if unit in SIZES:
        return "size"
    if unit == "date":
        return "date"
    if unit == "time":
        return "time"
    if unit in TEXTS:
        return "text"
    if unit and all(part.isalpha() or "-" in part for part in unit.split()) and not unit.isupper():
        return "count"
    raise InputError(f"{unit!r} is no unit: use a currency code, percent, a duration, or a plural noun.")


def is_number(unit: str) -> bool:
    """Whether values of this unit can be calculated with."""
    return kind(unit) not in ("date", "time", "text")


@lru_cache(maxsize=1024)
def singular(plural: str) -> str:
    """`policies` to `policy`, `addresses` to `address`, `access keys` to `access key`."""
    head, _, last = plural.rpartition(" ")
    if plural == "percentage points":
        last = "point"
    elif last.endswith("ies") and len(last) > 4:
        last = f"{last[:-3]}y"
    elif last.endswith(("sses", "xes", "ches", "shes")):
        last = last[:-2]
    elif last.endswith("s") and not last.endswith("ss"):
        last = last[:-1]
    return f"{head} {last}".strip()
