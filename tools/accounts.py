"""Accounts: which AWS accounts exist, and which of them an asker may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tools.errors import InputError, UnknownNameError

Accounts = Annotated[
    str,
    Field(description="'all', or account names or ids separated by commas, or venue:NAME, env:NAME, team:NAME"),
]


TAGS = ("venue", "team", "env")
"""The tags of the organisation that accounts are told apart by, and that a person may be limited to."""


class Account(BaseModel):
    """One AWS account: 12-digit id, name, its organisation tags (`TAGS`), and the organisational units it is in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    tags: dict[str, str] = {}
    units: tuple[str, ...] = ()
    """Names of the units above it, outermost first; empty if it is under the root, or if units were not read."""

    def __hash__(self) -> int:
        return hash(self.id)


class Directory:
    """The accounts in one asker's sight. Names outside it do not exist here, not even as candidates."""

    def __init__(
        self,
        accounts: Iterable[Account],
        payer: Account,
        *,
        complete: bool = True,
        where: Mapping[str, str] | None = None,
    ) -> None:
        self.accounts = tuple(accounts)
        self.payer = payer
        """The account that billing queries run in; being used for billing does not make it visible."""
        self.complete = complete
        """False if the asker sees only some accounts, so that billing queries must filter by account."""
        self.where = dict(where or {})
        """Tag values that every bill read for this asker is filtered by, whatever a query asks."""
        self._by_id = {account.id: account for account in self.accounts}

    def cut(self, names: Iterable[str] | None) -> Directory:
        """The part of it with these account names or ids (None: all of it)."""
        if names is None:
            return self
        wanted = set(names)
        kept = [a for a in self.accounts if a.id in wanted or a.name in wanted]
        complete = self.complete and len(kept) == len(self.accounts)
        return Directory(kept, self.payer, complete=complete, where=self.where)

    def only(self, where: Mapping[str, str]) -> Directory:
        """The same accounts, with bills filtered by these tag values."""
        return Directory(self.accounts, self.payer, complete=self.complete, where={**self.where, **where})

    def everything(self, accounts: Sequence[Account]) -> bool:
        """Whether these accounts are all that exist, not merely all in sight."""
        return self.complete and {account.id for account in accounts} >= self._by_id.keys()

    def scope(self, accounts: Sequence[Account]) -> tuple[str, ...]:
        """What `Scope.accounts` says of these accounts: their names, or nothing if they are all that exist.

        Every query says its scope with this, so that "all accounts" is never said of a restricted asker's few.

        Raises:
            InputError: there is no account to speak of; no names would read as all accounts.
        """
        if self.everything(accounts):
            return ()
        if not accounts:
            raise InputError("There is no account in sight, so there is nothing to answer about; ask for access first.")
        return tuple(account.name for account in accounts)

    def select(self, text: str) -> tuple[Account, ...]:
        """Accounts for an `Accounts` input: `all`, or names, ids, `venue:utrecht`, comma-separated.

        Raises:
            UnknownNameError: a named account is not in sight.
        """
        if text.strip().casefold() in ("all", ""):
            return self.accounts
        chosen: dict[str, Account] = {}
        for word in (part.strip() for part in text.split(",") if part.strip()):
            for account in self._matching(word):
                chosen[account.id] = account
        return tuple(chosen.values())

    def name(self, account_id: str) -> str:
        """The name of an account in sight, or its id."""
        account = self._by_id.get(account_id)
        return account.name if account else account_id

    def _matching(self, word: str) -> list[Account]:
        key, _, value = word.partition(":")
        if value:
            found = [a for a in self.accounts if a.tags.get(key.casefold(), "").casefold() == value.casefold()]
            known: Iterable[str] = {f"{key}:{a.tags[key]}" for a in self.accounts if key in a.tags}
        else:
            found = [a for a in self.accounts if word.casefold() in (a.id, a.name.casefold())]
            known = [a.name for a in self.accounts]
        if not found:
            raise UnknownNameError("account", word, known)
        return found
