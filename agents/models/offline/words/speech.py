"""Speech: the words this model knows. What is outside may be a name or a misspelling."""
# ruff: noqa: SIM905 - words and patterns read better in one piece

from __future__ import annotations

from functools import lru_cache

from agents.models.offline.times.dates import MONTHS, WEEKDAYS
from agents.models.offline.topics.examples import EXAMPLES
from agents.models.offline.topics.lexicon import concepts_in, vocabulary
from agents.models.offline.topics.refusals import CHANGE_VERBS, is_outside
from agents.models.offline.topics.value_words import VALUE_WORDS
from agents.models.offline.words.ordinary import ORDINARY
from agents.models.offline.words.text import stem, words

_TIME_WORDS = frozenset(
    "yesterday today tomorrow month months week weeks weekend quarter year years hour hours morning evening "
    "afternoon night previous current since between minutes".split()
)
_SPEAKABLE = frozenset(
    word for examples in EXAMPLES.values() for example in examples for word in words(example) if word.isalpha()
)
KNOWN_WORDS = (
    CHANGE_VERBS
    | vocabulary()
    | ORDINARY
    | VALUE_WORDS
    | _SPEAKABLE
    | _TIME_WORDS
    | frozenset(MONTHS)
    | frozenset(WEEKDAYS)
)
_KNOWN_STEMS = frozenset(stem(word) for word in KNOWN_WORDS)
TARGETS = tuple(
    sorted(
        w
        for w in (vocabulary() | _SPEAKABLE | _TIME_WORDS | {m for m in MONTHS if len(m) > 4} | set(WEEKDAYS))
        if len(w) > 4
    )
)


@lru_cache(maxsize=8192)
def is_known(word: str) -> bool:
    """Whether a word is part of the language this model speaks."""
    return word in KNOWN_WORDS or stem(word) in _KNOWN_STEMS or bool(concepts_in(word)) or is_outside(word)
