"""Scope: what a person may see, enforced twice. The gate decides over it, and a query is given nothing beyond it.

A person may be limited to accounts, organisational units, tags (`venue`, `team`, `env`) and domains; several limits
hold together. A tag limit becomes a filter that every call must carry. A query that has an input of that name (`spend`
has `venue`) gets the value as its input, and its bills are filtered by it, also in shared accounts; any other query
looks only at accounts that carry the tag. A query that can do neither is denied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from policies.access.principal import Principal
from tools.accounts import TAGS, Account, Directory
from tools.errors import UnknownNameError
from tools.registry import Query

ANYTHING = "*"
"""The tag value of a call that could touch anything, because its query takes no such filter."""


class Touched(NamedTuple):
    """What one call would touch."""

    accounts: tuple[Account, ...]
    known: bool
    """Whether every account that was named exists. Unnamed accounts are those in sight."""
    tags: dict[str, list[str]]
    """By tag: every value, in lower case, of what is touched; empty for what has none."""


def sight(principal: Principal, everyone: Directory) -> Directory:
    """The accounts that this person may see in full."""
    return _cut(principal, everyone, principal.tags)


def narrowed(principal: Principal, query: Query, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parsed inputs with the filters that the person's tag scope makes mandatory.

    An input that is given already stays, in the scope's spelling: whether it is within is for the gate to decide. Of
    several values none is chosen; a call that names none of them is denied.
    """
    inputs = query.input_model.model_fields
    added: dict[str, str] = {}
    for key, values in principal.tags.items():
        if key not in inputs:
            continue
        if given.get(key) is None:
            if len(values) == 1:
                added[key] = values[0]
            continue
        # the gate folds case and AWS does not, so the call carries the spelling of the scope
        asked = str(given[key])
        same = [value for value in values if value.casefold() == asked.casefold()]
        if same and asked not in same:
            added[key] = same[0]
    return {**given, **added}


def looked_at(principal: Principal, query: Query, given: Mapping[str, Any], everyone: Directory) -> Directory:
    """The accounts that this call is given: with a tag as its filter, also accounts that do not carry the tag."""
    filtered = {key: str(given[key]) for key in principal.tags if given.get(key) is not None and _takes(query, key)}
    if not filtered:
        return sight(principal, everyone)
    accounts = {key: values for key, values in principal.tags.items() if key not in filtered}
    return _cut(principal, everyone, accounts).only(filtered)


def touched(principal: Principal, query: Query, given: Mapping[str, Any], everyone: Directory) -> Touched:
    """What one call would touch, over the whole directory: scope is decided on, not assumed."""
    if query.reach == "facts":
        return Touched((), True, {key: [] for key in TAGS})
    named = given.get("accounts")
    if not isinstance(named, str) or named.strip().casefold() in ("", "all"):
        accounts = looked_at(principal, query, given, everyone).accounts
        return Touched(accounts, True, {key: _values(key, principal, query, given, accounts) for key in TAGS})
    try:
        accounts = everyone.select(named)
    except UnknownNameError:
        return Touched((), False, {key: [ANYTHING] for key in TAGS})
    # an account that is named counts with its own tags, so that a filter opens no account by name
    carried = {key: [account.tags.get(key, "").casefold() for account in accounts] for key in TAGS}
    return Touched(
        accounts, True, {key: sorted({*_values(key, principal, query, given, accounts), *carried[key]}) for key in TAGS}
    )


def _values(
    key: str, principal: Principal, query: Query, given: Mapping[str, Any], accounts: tuple[Account, ...]
) -> list[str]:
    if _takes(query, key) and given.get(key) is not None:
        return [str(given[key]).casefold()]
    if not _takes(query, "accounts") or (_takes(query, key) and len(principal.tags.get(key, ())) > 1):
        return [ANYTHING]  # nothing filters it: also what carries no tag in these accounts would be shown
    return sorted({account.tags.get(key, "").casefold() for account in accounts})


def _takes(query: Query, key: str) -> bool:
    return key in query.input_model.model_fields


def _cut(principal: Principal, everyone: Directory, tags: Mapping[str, tuple[str, ...]]) -> Directory:
    """The accounts within the limits on accounts and units, and these tags."""
    within = everyone.cut(principal.accounts)
    kept = [account.id for account in within.accounts if _in_units(principal, account) and _carries(tags, account)]
    return within.cut(kept) if len(kept) < len(within.accounts) else within


def _in_units(principal: Principal, account: Account) -> bool:
    if principal.units is None:
        return True
    wanted = {unit.casefold() for unit in principal.units}
    return any(unit.casefold() in wanted for unit in account.units)


def _carries(tags: Mapping[str, tuple[str, ...]], account: Account) -> bool:
    return all(
        account.tags.get(key, "").casefold() in {value.casefold() for value in values} for key, values in tags.items()
    )
