"""The accounts of the sample estate as a directory, without opening it."""

from __future__ import annotations

from tools.accounts import Account, Directory


def sample_directory() -> Directory:
    """The sample estate's accounts as a directory."""
    from tools.estate.world import ACCOUNTS

    accounts = [
        Account(
            id=a.id,
            name=a.name,
            tags={k: v for k, v in {"venue": a.venue, "team": a.team, "env": a.env}.items() if v},
        )
        for a in ACCOUNTS
    ]
    return Directory(accounts, accounts[0])
