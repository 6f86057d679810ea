"""The notation in which labelled answers are written: text, references and literals by the author's key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from policies.grounding import write
from policies.grounding.values import number
from policies.grounding.wordlist import listing
from tests.grounding.estates import Estate
from tools.facts import Fact

_SITE = re.compile(r"\[\[(\w+)\]\]|\{\{(\w+)(?::(\w+))?\}\}")
_WORDS = listing(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = listing("- - twenty thirty forty fifty sixty seventy eighty ninety")


@dataclass(frozen=True)
class Part:
    """A stretch of an answer: plain text, or a site that shows the fact of `key`."""

    text: str = ""
    key: str = ""
    form: str = ""
    """For a site: `ref`, or the form of a literal (empty: as written by code)."""


def parse(source: str) -> list[Part]:
    """Split an answer in notation into its parts."""
    parts, at = [], 0
    for match in _SITE.finditer(source):
        parts.append(Part(source[at : match.start()]))
        parts.append(Part(key=match[1], form="ref") if match[1] else Part(key=match[2], form=match[3] or "full"))
        at = match.end()
    return [*parts, Part(source[at:])]


def expand(parts: list[Part], estate: Estate) -> str:
    """The draft as a model would have written it."""
    return "".join(p.text if not p.key else show(estate.by_key[p.key], p.form, estate) for p in parts)


def show(fact: Fact, form: str, estate: Estate) -> str:
    """One site as the model would write it."""
    if form == "ref":
        return f"[[{fact.id}]]"
    value = fact.value
    if form == "full":
        return write(value, fact.unit, estate.locale)
    if isinstance(value, str):
        raise TypeError(f"{fact.id} is a text and has no form {form!r}")
    match form:
        case "abs":
            return write(value, fact.unit, estate.locale, magnitude=True)
        case "n":
            return number(value, estate.locale)
        case "w":
            return in_words(int(value))
        case "W":
            return in_words(int(value)).capitalize()
        case "k":
            return f"{fact.unit} {number((Decimal(value) / 1000).quantize(Decimal('0.1')), estate.locale)}k"
        case _:
            raise ValueError(f"no form {form!r}")


def in_words(value: int) -> str:
    """A count below a hundred in English words; digits above."""
    if value > 99:
        return str(value)
    if value < 20:
        return _WORDS[value]
    return _TENS[value // 10] + (f"-{_WORDS[value % 10]}" if value % 10 else "")
