"""Scoring: how well each query fits a question, by intent rules plus BM25 over example questions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from agents.models.offline.intents.coverage import penalty
from agents.models.offline.intents.learned import probabilities
from agents.models.offline.reading import Reading
from agents.models.offline.topics.examples import EXAMPLES
from agents.models.offline.topics.lexicon import concepts_in
from agents.models.offline.topics.rules import rule_scores
from agents.models.offline.words.text import stem, words
from tools.registry import Query

_K1, _B = 1.2, 0.5
RULED, LEARNED = 0.4, 7.0
"""What a point of the rules and a whole probability count: a query that both are sure of has about ten points."""
SPOKEN_FOR = 2.5
"""Points of the rules from which on what was learned counts."""
LEXICAL_WEIGHT = 2.5
"""Points that the best lexical match may add; a rule that fully fits brings seven to nine."""
_DULL = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "for",
        "to",
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "we",
        "our",
        "us",
        "i",
        "me",
        "my",
        "you",
        "it",
        "this",
        "that",
        "there",
        "and",
        "or",
        "with",
        "by",
        "from",
        "at",
        "have",
        "has",
        "had",
        "be",
        "been",
        "how",
        "what",
        "which",
        "who",
        "show",
        "give",
        "list",
        "tell",
        "please",
        "can",
        "could",
        "any",
        "all",
        "<p>",
        "<account>",
        "<venue>",
        "<team>",
        "<env>",
        "<region>",
        "<service>",
        "<id>",
        "<user>",
        "?",
        ",",
        ";",
        "'s",
    ]
)


def _features(text: str) -> list[str]:
    plain = [stem(word) for word in words(text) if word not in _DULL]
    return plain + [f"#{concept}" for concept in concepts_in(text)]


class _Index:
    """BM25 over example questions; a query scores as its best example."""

    def __init__(self, examples: Mapping[str, tuple[str, ...]]) -> None:
        documents = [(query, Counter(_features(text))) for query, texts in examples.items() for text in texts]
        count = Counter(term for _, document in documents for term in document)
        total = len(documents)
        idf = {term: math.log(1 + (total - n + 0.5) / (n + 0.5)) for term, n in count.items()}
        mean = sum(sum(d.values()) for _, d in documents) / max(1, total)
        self.queries = [query for query, _ in documents]
        self.points: dict[str, list[tuple[int, float]]] = {}
        """What each term adds to the score of which documents, by their places."""
        for place, (_, document) in enumerate(documents):
            length = sum(document.values()) / mean
            for t in document:
                adds = idf[t] * document[t] * (_K1 + 1) / (document[t] + _K1 * (1 - _B + _B * length))
                self.points.setdefault(t, []).append((place, adds))

    def scores(self, text: str) -> dict[str, float]:
        of_documents = [0.0] * len(self.queries)
        for term in sorted(set(_features(text))):  # in one order, as sums of floats differ by it
            for place, adds in self.points.get(term, ()):
                of_documents[place] += adds
        best: dict[str, float] = {}
        for query, score in zip(self.queries, of_documents, strict=True):
            best[query] = max(best.get(query, 0.0), score)
        return best


@lru_cache(maxsize=8)
def _index(extra: tuple[tuple[str, str], ...]) -> _Index:
    examples = {**EXAMPLES, **{name: (summary, name.replace("_", " ")) for name, summary in extra}}
    return _Index(examples)


@lru_cache(maxsize=128)
def _likeness(text: str, extra: tuple[tuple[str, str], ...]) -> Mapping[str, float]:
    """How like the examples of each query a text is; one text is scored for several ends."""
    return _index(extra).scores(text)


def scores(reading: Reading, queries: Mapping[str, Query]) -> dict[str, float]:
    """Points per query, best first: half of what the rules say, half of what was learned."""
    ruled = rule_points(reading, queries)
    likely = probabilities(reading, ruled)
    # what was learned knows our own queries only: a company's is held to the points of the rules; and a query that no
    # rule speaks for is not chosen, as probabilities add up to one even for what is about none of them
    total = {
        name: RULED * points + (LEARNED * likely[name] if points >= SPOKEN_FOR else 0.0) if name in likely else points
        for name, points in ruled.items()
    }
    return dict(sorted(total.items(), key=lambda pair: (-pair[1], pair[0])))


def rule_points(reading: Reading, queries: Mapping[str, Query]) -> dict[str, float]:
    """Points per query by intent rules and likeness to example questions, best first."""
    extra = tuple((q.name, q.summary) for q in queries.values() if q.name not in EXAMPLES and q.domain != "shared")
    lexical = _likeness(reading.text, extra)
    top = max([*lexical.values(), 8.0])
    by_rule = rule_scores(reading.concepts)
    added = {name for name, _ in extra}
    total = {
        name: by_rule.get(name, 0.0) + lexical.get(name, 0.0) / top * (LEXICAL_WEIGHT + 4 * (name in added))
        for name in queries
        if queries[name].domain != "shared"
    }
    total = {n: p - (penalty(reading.text, n) if p > 1 and n not in added else 0.0) for n, p in total.items()}
    return dict(sorted(total.items(), key=lambda pair: (-pair[1], pair[0])))
