"""Prose of the estate: text that a person wrote into AWS and that a language model does not get to read.

No rule knows every way to say "do as I say". A language model that has not read a text cannot obey it, and it need not
read it: the text is a fact, the model refers to the fact, and code writes it. Names, ids and AWS's own words for its
services are no prose, because a model has to use them in further calls.
"""

from __future__ import annotations

import re

UNREAD = "(text)"
"""What a language model reads in place of prose."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_OF_AWS = frozenset(
    [
        *("amazon", "aws", "elastic", "compute", "cloud", "simple", "storage", "service", "services", "relational"),
        *("database", "savings", "plan", "plans", "support", "business", "enterprise", "developer", "data", "transfer"),
        *(
            "load",
            "balancing",
            "balancer",
            "key",
            "management",
            "registrar",
            "route",
            "other",
            "for",
            "and",
            "of",
            "in",
        ),
        *("usage", "container", "registry", "instance", "instances", "virtual", "private", "network", "gateway", "nat"),
        *(
            "notification",
            "queue",
            "email",
            "kubernetes",
            "systems",
            "manager",
            "secrets",
            "config",
            "cost",
            "explorer",
        ),
        *("security", "hub", "code", "build", "pipeline", "opensearch", "machine", "learning", "global", "accelerator"),
        *("backup", "glue", "lambda", "function", "functions", "glacier", "file", "system", "managed", "streaming"),
        *("account", "accounts", "service-linked", "reserved", "recommendation", "all", "the", "to", "web", "firewall"),
    ]
)


def is_prose(text: str, from_words: int) -> bool:
    """Whether a text has at least so many words (0: never) that are not, for the most part, AWS's names of services."""
    if not from_words or " " not in text:
        return False
    words = [word.lower() for part in text.split() if (word := _longest(part))]
    return len(words) >= from_words and sum(word in _OF_AWS for word in words) * 3 < len(words) * 2


def _longest(part: str) -> str:
    """The longest run of letters between two spaces: an id or a path counts as one word."""
    return max(_WORD.findall(part), key=len, default="")
