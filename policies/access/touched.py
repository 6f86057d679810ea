"""What a call would touch: the accounts and the data class that are the gate's resource, for this very call."""

from __future__ import annotations

from typing import Any, NamedTuple

from policies.access.principal import Principal
from tools.accounts import Account, Directory
from tools.errors import UnknownNameError
from tools.registry import Query


class Touched(NamedTuple):
    """The accounts one call would touch."""

    accounts: tuple[Account, ...]
    known: bool
    """Whether every account that was named exists. Unnamed accounts are those in sight."""


def touched(principal: Principal, query: Query, given: dict[str, Any], everyone: Directory) -> Touched:
    """The accounts of one call, over the whole directory: scope is decided on, not assumed."""
    if query.reach == "facts":
        return Touched((), True)
    named = given.get("accounts")
    if not isinstance(named, str) or named.strip().casefold() in ("", "all"):
        return Touched(everyone.cut(principal.accounts).accounts, True)
    try:
        return Touched(everyone.select(named), True)
    except UnknownNameError:
        return Touched((), False)
