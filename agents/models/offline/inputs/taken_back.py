"""Taken back: the inputs that "all of them" or "for all accounts" take from what was asked before."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ALL_PLACES = re.compile(
    r"\b(?:all (?:of )?(?:the |our )?(?:accounts|company|estate|organi[sz]ation|teams|venues)|(?:for|across|over) (?:everything|everyone|everybody|all)|everything|everywhere|overall|in all|of all|(?:the )?(?:whole|entire|full) (?:company|estate|organi[sz]ation|group|business|lot)|all of (?:them|it|us)|company-wide|(?:for )?the (?:company|group|organi[sz]ation)|alle rekeningen|alles|overal|hele bedrijf|todas as contas|toda a empresa|geral)\b"
)
_EVERYTHING = re.compile(r"\b(?:everything|(?:the )?(?:whole|entire|full) lot|alles|tudo)\b")
_ALL_OF_THEM = re.compile(
    r"\ball of (?:them|those|these)\b|\b(?:them|those|these) all\b|^(?:(?:and|or|now|so|ok|then|for|show) )*(?:all|the lot)(?: please)?\W*$"
)
_ELSE = re.compile(
    r"\b(?:what|anything) else (?:did|has|have|had)\b|\b(?:did|has|have|had) <user> (?:do|done) anything else\b"
)
"""What somebody did beside what was shown of them."""
_DEED = frozenset({"action", "resource"})
_PLACES = frozenset({"accounts", "venue", "team", "env", "service", "region"})
_PICKS, _KINDS = frozenset({"severity", "only", "state"}), frozenset({"kind", "check"})
"""Inputs of where is looked, those that pick some of what is looked at, and those that say what things."""
_OF_EITHER_KIND = re.compile(r"\bcommitments?\b")
"""What savings plans and reservations are called together."""


def wants_all(text: str) -> bool:
    """Whether a follow-up wants all of what only some were shown of."""
    return bool(_EVERYTHING.search(text) or _ALL_OF_THEM.search(text))


def taken_back(text: str, old: Mapping[str, Any]) -> frozenset[str]:
    """What a follow-up takes back of the inputs before it.

    "All of them" takes back what picked some of them; where nothing did, the place. "Everything" takes back all of it.
    """
    if _ELSE.search(text):
        return _DEED
    if _OF_EITHER_KIND.search(text) and old.get("kind") in ("savings_plans", "reservations"):
        return frozenset({"kind"})
    if _EVERYTHING.search(text):
        return _PICKS | _KINDS | _PLACES
    if picked := _PICKS & old.keys() if wants_all(text) else frozenset():
        return picked
    return _PLACES if _ALL_PLACES.search(text) else frozenset()
