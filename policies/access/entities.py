"""Entities: a person and a call as policies see them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from policies.access.principal import Principal
from policies.access.scope import sight, touched
from tools.accounts import Directory
from tools.registry import Query

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


def person_of(principal: Principal, everyone: Directory) -> dict[str, Any]:
    """The attributes of `Regent::Person`. `accounts` are the ids within the limits on accounts and units."""
    limited = principal.accounts is not None or principal.units is not None
    within = sight(principal.model_copy(update={"tags": {}}), everyone) if limited else None
    return {
        "role": principal.role,
        "domains": list(principal.domains or ()),
        "all_domains": principal.domains is None,
        "accounts": [account.id for account in within.accounts] if within else [],
        "all_accounts": not limited,
        "units": list(principal.units or ()),
        "tags": {key: [value.casefold() for value in values] for key, values in principal.tags.items()},
    }


def call_of(
    asker: Principal, query: Query, given: dict[str, Any], everyone: Directory, regions: Iterable[str]
) -> dict[str, Any]:
    """The attributes of `Regent::Estate`: what this very call would touch for its asker."""
    found = touched(asker, query, given, everyone)
    return {
        "accounts": [account.id for account in found.accounts],
        "names_known": found.known,
        "units": sorted({unit for account in found.accounts for unit in account.units}),
        "tags": found.tags,
        "regions": _regions(query, given, regions),
        "data_class": "personal" if query.personal_data else "ordinary",
        "domain": query.domain,
        "query": query.name,
        "reach": query.reach,
    }


def _regions(query: Query, given: dict[str, Any], regions: Iterable[str]) -> list[str]:
    """Where a call looks: the estate's regions, or the one it names. Bills are read from a service of no region."""
    named = given.get("region")
    if isinstance(named, str) and _REGION.fullmatch(named.strip().casefold()):
        return [named.strip().casefold()]
    return list(regions) if query.reach == "accounts" else []
