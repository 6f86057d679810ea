"""The names of the facts in play, how people say them, and the words that are left of labels without them.

A name is heard in full (`names`), or, for the fact that stands at a place, by any word that no other name of its kind
has: `Utrecht`, `NAT`, `GPU`.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from policies.grounding import words
from policies.grounding.names import values_of
from policies.grounding.wordlist import listing
from tools.facts import Fact

_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]*")


@dataclass(slots=True)
class Vocabulary:
    """The names of the facts in play, by kind, and what tells each from the others of its kind."""

    values: dict[str, set[str]]
    telling: dict[tuple[str, str], frozenset[str]]
    held: dict[str, dict[str, frozenset[str]]]
    """By fact id: its names by kind, also those that only its label carries."""
    label: dict[str, frozenset[str]]
    """By fact id: the stems of its label less those of its names."""
    traits: dict[str, Any] = field(default_factory=dict)
    """By fact id: what `fit` keeps of it."""
    numbers: dict[Hashable, int] = field(default_factory=dict)
    """What `fit` has numbered, so that equal labels, names and periods need not be compared again."""


def pieces(value: str) -> frozenset[str]:
    """The words of a name, also those run together: `EUW1-NatGateway-Bytes` has `nat` and `gateway`."""
    return frozenset(p.lower() for w in re.findall(r"[^\W_]+", value) for p in (w, *_CAMEL.findall(w)) if len(p) > 1)


_ALIASES = {
    "ec2": listing("ec2 compute instances"), "elastic compute cloud": listing("ec2"),
    "simple storage service": listing("s3"), "relational database service": listing("rds databases database"),
    "key management": listing("kms"), "elastic container service": listing("ecs"),
    "(no tag)": listing("untagged tag tagged attributed unattributed nobody label ongelabeld zonder"),
    "prod": listing("production productie produ\u00e7\u00e3o"), "dev": listing("development ontwikkeling"),
    "natgateway": listing("nat"), "boxusage": listing("instances instance machines gpu"),
    "idle": listing("unused ongebruikte inativos"),
    "heavyusage": listing("reserved reservations"), "dataprocessing": listing("logs log ingestion"),
}  # fmt: skip


@lru_cache(maxsize=4096)
def spoken(value: str) -> frozenset[str]:
    extra = {a for key, also in _ALIASES.items() if key in value.lower() for a in also}
    return (pieces(value) | extra) - _EMPTY


_EMPTY = frozenset(listing("aws amazon service services account accounts spend in on of the for and to"))
"""Words of names that say nothing."""


@lru_cache(maxsize=4096)
def _whole(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(value)}(?![\w-])", re.IGNORECASE)


def vocabulary(facts: Sequence[Fact]) -> Vocabulary:
    """What the names of these facts are."""
    values: dict[str, set[str]] = {}
    for fact in facts:
        for kind, names in values_of(fact).items():
            values.setdefault(kind, set()).update(names)
    telling = {
        (kind, value): spoken(value) - frozenset().union(*(spoken(v) for v in all_ if v != value))
        for kind, all_ in values.items()
        for value in all_
    }
    known = [(k, v, v.lower(), _whole(v)) for k, vs in values.items() for v in vs]
    held: dict[str, dict[str, frozenset[str]]] = {}
    label: dict[str, frozenset[str]] = {}
    for fact in facts:
        own, lower = dict(values_of(fact)), fact.label.lower()
        for kind, value, plain, pattern in known:
            if kind not in own and plain in lower and pattern.search(fact.label):
                own[kind] = frozenset({value})
        held[fact.id] = own
        said = fact.label
        for value in sorted((v for vs in own.values() if len(vs) <= 3 for v in vs), key=len, reverse=True):
            said = _whole(value).sub(" ", said)
        label[fact.id] = words.stems(said) - {"type", "usage", "change", "relative"}
    return Vocabulary(values, telling, held, label)
