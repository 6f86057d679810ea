"""Placing: the accounts that the places of a question come to."""
# ruff: noqa: E501 - patterns of words read better in one piece

from __future__ import annotations

import re

from agents.models.offline.naming.names import Found, Names

_BESIDE = re.compile(
    r"<(account|venue|team)>(?: ?,)? ?(?:,|and|plus|or|as well as|vs|versus|&|en|e) (?:in |at |of |for |from )?(?:the |our )?<(?!\1)(?:account|venue|team)>"
)
"""Places of different kinds side by side: all of them, not what they have in common ("the halls and the back office")."""


def beside_each_other(text: str) -> bool:
    """Whether places of different kinds are named side by side."""
    return bool(_BESIDE.search(text))


def fitting(found: Found, teams: list[str], names: Names, *, beside: bool = False) -> list[str] | None:
    """An `accounts` input: names where one kind of thing was named, else the accounts that fit all of them."""
    places = [*found.accounts, *(f"venue:{v}" for v in found.venues)]
    kinds = [places, [f"env:{e}" for e in found.envs], [f"team:{t}" for t in teams]]
    named = [kind for kind in kinds if kind]
    if len(named) <= 1:
        return named[0] if named else []
    if beside:
        return [*places, *(f"env:{e}" for e in found.envs), *(f"team:{t}" for t in teams)]
    common = set(names.accounts)
    for kind in named:
        common &= {a for a in names.accounts if any(_is_in(a, part, names) for part in kind)}
    return [a for a in names.accounts if a in common] or None


def _is_in(account: str, part: str, names: Names) -> bool:
    key, _, value = part.partition(":")
    return names.tags.get(account, {}).get(key) == value if value else account == part


def others(found: Found, names: Names) -> list[str]:
    """All accounts but those that were named."""
    parts = [*found.accounts, *(f"venue:{v}" for v in found.venues), *(f"env:{e}" for e in found.envs)]
    parts += [f"team:{t}" for t in found.teams]
    return [a for a in names.accounts if not any(_is_in(a, part, names) for part in parts)]


def accounts_of(found: Found, names: Names) -> list[str]:
    """The names of the accounts that the places of a question come to; empty where it names none."""
    if found.excluded:
        return others(found, names)
    parts = fitting(found, list(found.teams), names) or []
    return [a for a in names.accounts if any(_is_in(a, part, names) for part in parts)]
