"""Stable ids, seeded choices and tags: what every list of the inventory is made with."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from tools.estate.world import BY_NAME, COST_CENTERS, NOW, SampleAccount


class Placed(Protocol):
    """Anything that lies in one account and one region."""

    @property
    def account(self) -> str: ...

    @property
    def region(self) -> str: ...


PlacedT = TypeVar("PlacedT", bound=Placed)


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags as key/value pairs in a fixed order (frozen, so a record can be hashed)."""

    pairs: tuple[tuple[str, str], ...] = ()

    def get(self, key: str) -> str | None:
        return dict(self.pairs).get(key)

    def as_dict(self) -> dict[str, str]:
        return dict(self.pairs)

    def as_list(self, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
        return [{key: name, value: text} for name, text in self.pairs]


def digest(*parts: object) -> str:
    """A stable hexadecimal digest of the parts: the source of every generated id."""
    return hashlib.sha256("/".join(str(part) for part in parts).encode()).hexdigest()


def resource_id(prefix: str, *parts: object) -> str:
    """An id in EC2's form: prefix, ``0`` and 16 hexadecimal digits."""
    return f"{prefix}-0{digest(prefix, *parts)[:16]}"


def uuid(*parts: object) -> str:
    """A stable UUID-shaped id."""
    text = digest("uuid", *parts)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"


def rng(*parts: object) -> random.Random:
    """A generator seeded by the parts alone, so adding a record never changes another."""
    return random.Random(digest("rng", *parts))  # noqa: S311 - sample data, not a secret


def ago(days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
    """A time before the sample clock."""
    return NOW - timedelta(days=days, hours=hours, minutes=minutes)


def account_id(name: str) -> str:
    """The id of the account called ``name``."""
    return BY_NAME[name].id


def standard_tags(account: SampleAccount, name: str, *, team: str | None = None, missing: Iterable[str] = ()) -> Tags:
    """The tags the company's policy asks for, without those in ``missing``."""
    owner = team or account.team
    full = {"Name": name, "team": owner, "cost-center": COST_CENTERS[owner], "env": account.env}
    if account.venue:
        full["venue"] = account.venue
    left_out = set(missing)
    return Tags(tuple((key, value) for key, value in full.items() if key not in left_out))


def in_account(items: Iterable[PlacedT], account: str, region: str | None = None) -> list[PlacedT]:
    """The items that lie in one account (and region, if given), in inventory order."""
    return [item for item in items if item.account == account and (region is None or item.region == region)]
