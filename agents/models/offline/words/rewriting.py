"""Rewriting: rules that say in one way what is said in many, each tried only on a text that may hold it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from agents.models.offline.times import dates
from agents.models.offline.words.lazily import compiled


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What is said in one way, and how it is said instead."""

    pattern: str
    into: Callable[[re.Match[str], date], str]
    on: tuple[tuple[str, ...], ...]
    """What a text must hold for the pattern to match: of each group one."""


def rule(pattern: str, into: str | Callable[[re.Match[str], date], str], on: tuple[str, ...] = ()) -> Rewrite:
    """A rule for whole words.

    `on` are words of which a text must hold one of each group (`a|b`); `#` is a digit, `M` a month, `W` a weekday.
    """
    said = into if isinstance(into, str) else ""
    return Rewrite(
        rf"(?<![\w./-])(?:{pattern})(?![\w/-])",
        (lambda match, today: match.expand(said)) if isinstance(into, str) else into,
        tuple(tuple(group.split("|")) for group in on),
    )


_SHORTEST = 3
_MONTH_PARTS = tuple({name[:_SHORTEST] for name in dates.MONTHS})
_WEEKDAY_PARTS = tuple({name[:_SHORTEST] for name in dates.WEEKDAYS})


def rewritten(flat: str, rules: Sequence[Rewrite], today: date, *, every: bool = False) -> str:
    """The text after each rule in turn. `every` tries each, whatever the text holds."""
    for one in rules:
        if every or all(any(_holds(flat, word) for word in group) for group in one.on):
            flat = compiled(one.pattern).sub(lambda match, into=one.into: into(match, today), flat)  # type: ignore[misc]
    return flat


_DIGIT = re.compile(r"\d")


def _holds(flat: str, word: str) -> bool:
    if word == "#":
        return bool(_DIGIT.search(flat))
    if word in ("M", "W"):
        return any(part in flat for part in (_MONTH_PARTS if word == "M" else _WEEKDAY_PARTS))
    return word in flat
