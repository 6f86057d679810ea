"""Coverage: which words of a question a query would leave unexplained. Many of them mean that it is another question."""
# ruff: noqa: E501, SIM905 - words and patterns read better in one piece

from __future__ import annotations

import re
from functools import lru_cache

from agents.models.offline.naming.services import SERVICES
from agents.models.offline.topics.action_table import DOES, TABLE
from agents.models.offline.topics.choices import patterns_of
from agents.models.offline.topics.examples import EXAMPLES
from agents.models.offline.topics.lexicon import CONCEPTS
from agents.models.offline.topics.rules import INTENT_RULES
from agents.models.offline.words.ordinary import MEANINGFUL, ORDINARY
from agents.models.offline.words.speech import is_known
from agents.models.offline.words.text import NUMBERS, stem, words

PENALTY = 1.1
"""Points that each unexplained word costs."""
_MOST = 4
_STRICT = {"account_list": 3.0, "inventory": 1.8, "health_summary": 1.8}
"""Queries that plain words lead to easily: each unexplained word counts more against them."""
_ALWAYS = frozenset({"HOWMUCH", "LIST", "COUNT", "HAVE", "FIGURE", "RELATED", "WHO", "ACCOUNTS", "RESOURCE", "WHY"})
_EXTRA: dict[str, frozenset[str]] = {
    "spend": frozenset(
        {
            "METRIC",
            "CHANGE",
            "DIMENSION",
            "INSTANCE",
            "DATABASE",
            "FUNCTION",
            "CONTAINER",
            "BALANCER",
            "BUCKET",
            "BUDGET",
        }
    ),
    "spend_change": frozenset({"HEALTH", "INSTANCE", "DATABASE", "FUNCTION", "CONTAINER", "BALANCER", "BUCKET"}),
    "findings": frozenset({"CHANGE", "INSTANCE", "BUCKET", "DATABASE", "HEALTH"}),
    "public_exposure": frozenset({"BUCKET", "INSTANCE", "DATABASE", "VOLUME", "SECURITYWORD"}),
    "identity_hygiene": frozenset({"ACTION", "CHANGE"}),
    "encryption": frozenset({"BUCKET", "DATABASE", "VOLUME", "INSTANCE"}),
    "vulnerabilities": frozenset({"PUBLIC", "FINDING", "PATCH", "INSTANCE", "FUNCTION", "CONTAINER"}),
    "who_did_what": frozenset(CONCEPTS) - {"COST", "FORECAST", "BUDGET"},
    "alarms": frozenset({"METRIC", "DATABASE", "INSTANCE", "QUOTA", "HEALTH"}),
    "alarm_history": frozenset({"ALARM", "INCIDENT", "CHANGES", "ACTION", "METRIC", "DEPLOY", "HEALTH"}),
    "metric": frozenset({"INSTANCE", "DATABASE", "FUNCTION", "CONTAINER", "BALANCER", "CHANGE", "HEALTH", "VOLUME"}),
    "error_logs": frozenset({"FUNCTION", "CONTAINER", "ACTION", "INCIDENT", "CHANGES", "METRIC"}),
    "backups": frozenset({"DATABASE", "INSTANCE", "BUCKET", "VOLUME", "ACTION", "LOGS", "ALARM", "INCIDENT"}),
    "patches": frozenset({"INSTANCE", "CONFIG", "CHANGE"}),
    "quotas": frozenset({"INSTANCE", "FUNCTION", "VOLUME", "METRIC"}),
    "recent_changes": frozenset({"ACTION", "CHANGE", "CONTAINER", "FUNCTION", "INSTANCE", "DATABASE"}),
    "savings": frozenset({"COST", "INSTANCE", "DATABASE", "VOLUME", "BUCKET", "METRIC", "CHANGE"}),
    "inventory": frozenset({"SAVE"}),
    "commitments": frozenset({"COST", "DATABASE", "INSTANCE", "METRIC", "CHANGE", "ACTION"}),
    "untagged_spend": frozenset({"COST"}),
    "budgets": frozenset(
        {
            "LOGS",
            "METRIC",
            "DATABASE",
            "INSTANCE",
            "SECURITYWORD",
            "SAVE",
            "QUOTA",
            "COST",
            "CHANGE",
            "FORECAST",
            "WHO",
            "ACTION",
            "HEALTH",
        }
    ),
    "cost_anomalies": frozenset({"COST", "CHANGE", "SPIKE", "ANOMALY"}),
    "forecast": frozenset({"COST", "CHANGE", "HEALTH"}),
    "health_summary": frozenset({"ALARM", "CHANGE", "ACTION", "LIST", "HAVE"}),
    "aws_health_events": frozenset({"HEALTH", "INCIDENT", "ACTION", "CHANGE"}),
    "config_compliance": frozenset({"RESOURCE", "ACTION", "INSTANCE", "BUCKET", "DATABASE"}),
    "threats": frozenset({"ALARM", "FINDING", "ACTION", "HAVE", "PUBLIC", "KEYS"}),
    "account_list": frozenset({"CHANGE"}),
}
"""Concepts that may stand in a question for a query though no rule asks for them."""


@lru_cache(maxsize=64)
def _relevant(query: str) -> frozenset[str]:
    positive = {c for rule in INTENT_RULES if rule.query == query and rule.weight > 0 for c in rule.needs}
    return frozenset(positive) | _ALWAYS | _EXTRA.get(query, frozenset())


@lru_cache(maxsize=64)
def own_concepts(query: str) -> frozenset[str]:
    """The concepts that a query is about by itself: not those that may stand in a question for it."""
    positive = {c for rule in INTENT_RULES if rule.query == query and rule.weight > 0 for c in rule.needs}
    return (frozenset(positive) - _ALWAYS) & CONCEPTS.keys()


@lru_cache(maxsize=64)
def _example_stems(query: str) -> frozenset[str]:
    return frozenset(stem(word) for example in EXAMPLES.get(query, ()) for word in words(example))


@lru_cache(maxsize=1024)
def explained(text: str, query: str) -> tuple[bool, ...]:
    """Which characters of a masked text belong to words that `query` is about, or that select what it looks at."""
    covered = [False] * len(text)
    for name in _relevant(query):
        if name in CONCEPTS:
            for start, end in _places(text, name):
                covered[start:end] = [True] * (end - start)
    for pattern in patterns_of(query):
        for match in pattern.finditer(text):
            covered[match.start() : match.end()] = [True] * (match.end() - match.start())
    return tuple(covered)


@lru_cache(maxsize=1024)
def _places(text: str, concept: str) -> tuple[tuple[int, int], ...]:
    """Where a text speaks of a concept; kept, as most concepts may stand in questions for many queries."""
    return tuple(match.span() for match in CONCEPTS[concept].finditer(text))


@lru_cache(maxsize=1024)
def left_over(text: str, query: str) -> tuple[str, ...]:
    """Content words of masked text that `query` does not explain; kept, as every plan is held against one text."""
    covered = explained(text, query)
    known = _example_stems(query)
    found = []
    for match in re.finditer(r"(?<![<\w])[a-z][a-z-]+(?![>\w])", text):
        word = match[0]
        if word in _NICKS and query in _BILLED:
            continue
        if covered[match.start()] or stem(word) in known or word in NUMBERS:
            continue
        if word in ORDINARY and word not in MEANINGFUL and not _speaks(word, query):
            continue
        found.append(word)
    return tuple(found)


@lru_cache(maxsize=1024)
def unused(text: str, query: str) -> tuple[str, ...]:
    """Words that a query cannot make use of: of no known meaning, or about what another query is about."""
    words_left = dict.fromkeys(left_over(text, query))
    return tuple(w for w in words_left if len(w) > 2 and (not is_known(w) or _speaks(w, query)))


_TELLS: dict[str, str] = {
    "identity_hygiene": "console password passwords verification device auth login",
    "encryption": "symmetric pending scheduled deletion deleted",
    "backups": "window",
    "recent_changes": "config configuration",
    "metric": "web",
    "quotas": "raise",
    "public_exposure": "https http plain web",
    "alarms": "silent",
    "inventory": "storage",
    "config_compliance": "required flunk",
    "spend": "tables",
}
"""Words of what a query looks at, or of what its rows show, that no concept has."""
_CHANGED = frozenset(re.findall(r"[a-z]{4,}", " ".join([*DOES.values(), *(thing for _, _, thing in TABLE)])))


@lru_cache(maxsize=64)
def told_by(query: str) -> frozenset[str]:
    """The stems of words that say what a query looks at: of its examples, and of what its rows show."""
    shown = _TELLS.get(query, "").split()
    if query in ("who_did_what", "recent_changes"):
        shown += sorted(_CHANGED)  # what was done, and to what, stands in the rows
    return _example_stems(query) | {stem(word) for word in shown}


def knows_word(query: str, word: re.Match[str], text: str) -> bool:
    """Whether a query is about a word of a masked text, or its rows say it."""
    return explained(text, query)[word.start()] or stem(word[0]) in told_by(query)


_NICKS = frozenset(part for nick in SERVICES for part in nick.replace("-", " ").split())
_BILLED = frozenset({"spend", "spend_change", "forecast"})
"""Queries that take a service by name."""


@lru_cache(maxsize=8192)
def _speaks(word: str, query: str) -> bool:
    """Whether an ordinary word is a concept that this query is not about ("patch" in a question of cost)."""
    return any(p.fullmatch(word) for name, p in CONCEPTS.items() if name not in _relevant(query) and name in _SHARP)


_SHARP = frozenset(
    "FORECAST ANOMALY UNTAGGED COMMIT SAVE BUDGET CREDITS FINDING THREAT PUBLIC MFA KEYS ROOT PRIVILEGE CONFIG ENCRYPT "
    "VULN ALARM INCIDENT METRIC LOGS BACKUP PATCH QUOTA DEPLOY AWSHEALTH COST".split()
)


def penalty(text: str, query: str) -> float:
    """Points to take off for what a query leaves unexplained."""
    return PENALTY * _STRICT.get(query, 1.0) * min(_MOST, len(set(left_over(text, query))))
