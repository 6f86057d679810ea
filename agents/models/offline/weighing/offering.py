"""Offering: the questions nearest to one that was not answered, by the queries it fits and the words it shares.

Where nothing is near, the questions that most people begin with are offered.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache

from agents.models.offline.topics.examples import EXAMPLES, NOT_OFFERED
from agents.models.offline.topics.lexicon import concepts_in
from agents.models.offline.words.ordinary import ORDINARY
from agents.models.offline.words.text import stem, words

_MOST, _OF_ONE = 3, 2
"""Questions that are offered, and how many of one query."""
_NEAR = 0.8
"""How near a question has to be to be offered for itself."""
_FITS, _SURE = 0.25, 6.0
"""What a point for a query counts, and from how many on no more is added."""
_OPENING = ("spend", "findings", "alarms")


def offered(text: str, ranked: Mapping[str, float], queries: Collection[str]) -> tuple[str, ...]:
    """Up to three questions.

    Args:
        text: what was asked, masked.
        ranked: how well queries fit it, in points.
        queries: those that this asker may be offered.
    """
    asked, plain, rarity = _says(text), _letters_only(text), _rarity()
    near: list[tuple[float, int, str, str]] = []
    for place, (query, example) in enumerate(_examples()):
        if query not in queries or _letters_only(example) == plain:
            continue
        says = _says(example)
        shared = sum(rarity[one] for one in asked & says) / math.sqrt(sum(rarity[one] for one in says) or 1.0)
        fit = _FITS * min(_SURE, max(0.0, ranked.get(query, 0.0)))
        near.append((-(shared + fit), place, query, example))
    found: list[str] = []
    of_query: Counter[str] = Counter()
    for far, _, query, example in sorted(near):
        if -far >= _NEAR and of_query[query] < _OF_ONE and len(found) < _MOST:
            of_query[query] += 1
            found.append(example)
    opening = [one for one in _OPENING if one in queries] or [one for one in EXAMPLES if one in queries]
    return tuple(map(written, found or [EXAMPLES[one][0] for one in opening[:_MOST]]))


def written(example: str) -> str:
    """An example as a sentence."""
    if not example[0].islower():
        return example
    end = "?" if example.split()[0] in _ASKS else "."
    return f"{example[0].upper()}{example[1:]}{end}"


_ASKS = frozenset(
    [
        "which",
        "what",
        "who",
        "whom",
        "when",
        "where",
        "how",
        "why",
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "have",
        "has",
        "can",
        "any",
        "anything",
        "by",
    ]
)


def _letters_only(text: str) -> str:
    return " ".join(word for word in words(text) if word.isalnum())


@lru_cache(maxsize=1)
def _examples() -> tuple[tuple[str, str], ...]:
    return tuple((query, one) for query, every in EXAMPLES.items() for one in every if one not in NOT_OFFERED)


@lru_cache(maxsize=512)
def _says(text: str) -> frozenset[str]:
    """What a text says: the stems of its words that are not everybody's, and what they are about."""
    parts = (part for word in words(text) for part in word.split("-"))
    said = {stem(word) for word in parts if word.isalpha() and word not in ORDINARY}
    return frozenset(said) | (concepts_in(text) - _DULL)


_DULL = frozenset(
    ["LIST", "COUNT", "HAVE", "HOWMUCH", "FIGURE", "RELATED", "WHO", "WHY", "RESOURCE", "ACCOUNTS", "ACTION", "CHANGE"]
)
"""Concepts of words that ask, and say nothing of what is asked for."""


@lru_cache(maxsize=1)
def _rarity() -> Counter[str]:
    """How much it says that two questions have something in common: more, the fewer have it."""
    every = [_says(example) for _, example in _examples()]
    held = Counter(one for says in every for one in says)
    return Counter({one: math.log(len(every) / count) / 2 for one, count in held.items()})
