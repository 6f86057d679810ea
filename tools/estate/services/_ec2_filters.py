"""EC2's ``Filters``: names with values that may hold ``*`` and ``?``; an unknown name is EC2's error."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tools.estate.errors import AwsError
from tools.estate.inventory import Tags

ItemT = TypeVar("ItemT")
Extractor = Callable[[Any], Sequence[str]]


def _values(item: Any, name: str, table: Mapping[str, Extractor], tags: Tags) -> Sequence[str]:
    if name.startswith("tag:"):
        value = tags.get(name[4:])
        return [] if value is None else [value]
    if name == "tag-key":
        return [key for key, _ in tags.pairs]
    return table[name](item)


def apply(
    items: Sequence[ItemT],
    filters: list[dict[str, Any]] | None,
    table: Mapping[str, Extractor],
    tags: Callable[[ItemT], Tags],
) -> list[ItemT]:
    """The items that match every filter (one of its values each)."""
    wanted = [(one.get("Name", ""), one.get("Values") or []) for one in filters or []]
    for name, _ in wanted:
        if name not in table and name != "tag-key" and not name.startswith("tag:"):
            raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    return [
        item
        for item in items
        if all(
            any(fnmatch.fnmatchcase(have, value) for have in _values(item, name, table, tags(item)) for value in values)
            for name, values in wanted
        )
    ]


def by_ids(items: Sequence[ItemT], ids: list[str] | None, code: str, key: Callable[[ItemT], str]) -> list[ItemT]:
    """The items with these ids (all of them without ids); an id that does not exist is an error, as in EC2."""
    if not ids:
        return list(items)
    known = {key(item): item for item in items}
    missing = [one for one in ids if one not in known]
    if missing:
        raise AwsError(code, f"The ID '{missing[0]}' does not exist")
    return [known[one] for one in ids]
