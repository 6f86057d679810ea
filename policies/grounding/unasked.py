"""Unasked: an account, venue or team of the organisation that a figure is said of, and that no query looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policies.grounding.names import ACCOUNT, Mention, Name, find_mentions, named
from policies.grounding.view import Item, View, about
from tools.accounts import TAGS, Account

_PLACES = tuple(tag for tag in TAGS if tag != "env")
"""What words name besides accounts. An environment's name is an everyday word (`prod`, `test`)."""


def unasked(view: View, accounts: Sequence[Account]) -> Iterator[tuple[Item, str]]:
    """Figures in whose sentence a name stands that no fact of this question is about, each with what is wrong.

    The other rules know the names of the facts in play only; what was never asked for is unknown to them.
    """
    looked_at = {name for fact in view.facts for name in fact.scope.accounts}
    told = " ".join(
        " ".join([fact.label, *fact.scope.where.values(), *([fact.value] if isinstance(fact.value, str) else [])])
        for fact in view.facts
    ).lower()
    strangers = [
        mention
        for mention in find_mentions(view.words, _names(accounts))
        if view.words[mention.start : mention.end].lower() not in told
        and not any(known.start < mention.end and mention.start < known.end for known in view.mentions)
        and not _looked_at(mention, accounts, looked_at)
    ]
    for item in view.items if strangers else ():
        start, end = view.layout.sentence(item.start)
        for mention in strangers:
            if start <= mention.start < end:
                said = view.text[mention.start : mention.end]
                yield item, f"The words name {said!r}, which no query of this answer looked at, but {about(item.fact)}."
                break


def account_mentions(view: View, accounts: Sequence[Account]) -> list[tuple[int, int, str]]:
    """Where the words name one account, of the facts in play or of those the asker may see."""
    seen = {name for fact in view.facts for name in fact.scope.accounts} | {account.name for account in accounts}
    text, found = view.words.lower(), []
    for name in seen:
        if name and name.lower() in text:
            spelled = re.compile(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])")
            found += [(m.start(), m.end(), name) for m in spelled.finditer(text)]
    return sorted(found)


def _names(accounts: Sequence[Account]) -> tuple[Name, ...]:
    values = {(ACCOUNT, account.name) for account in accounts}
    values |= {(tag, account.tags[tag]) for account in accounts for tag in _PLACES if account.tags.get(tag)}
    return named(values)


def _looked_at(mention: Mention, accounts: Sequence[Account], looked_at: set[str]) -> bool:
    """Whether facts are about some of the accounts that the name stands for: `team data` is those of the team."""
    meant = {
        account.name
        for account in accounts
        for kind, value in mention.means
        if (account.name if kind == ACCOUNT else account.tags.get(kind)) == value
    }
    return bool(meant & looked_at)
