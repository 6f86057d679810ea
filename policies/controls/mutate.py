"""Changes to good evidence, for mutants: one place, one thing."""

from __future__ import annotations

from typing import Any

from policies.controls.check import Change, Items
from policies.controls.evidence import Item


def put(need: str, path: str, value: Any, item: int = 0) -> Change:
    """Set `path` (`a.b.0.c`) of one item's data to `value`."""

    def change(items: Items) -> None:
        data, last = _at(items, need, item, path)
        if isinstance(data, list):
            data[int(last)] = value
        else:
            data[last] = value

    return change


def drop(need: str, path: str, item: int = 0) -> Change:
    """Remove `path` of one item's data."""

    def change(items: Items) -> None:
        data, last = _at(items, need, item, path)
        del data[int(last) if isinstance(data, list) else last]

    return change


def add(need: str, *more: Item) -> Change:
    """Add items."""

    def change(items: Items) -> None:
        items[need] += more

    return change


def without(need: str, item: int = 0) -> Change:
    """Take one item out."""

    def change(items: Items) -> None:
        del items[need][item]

    return change


def replace(need: str, other: Item, item: int = 0) -> Change:
    """Put another item in the place of one."""

    def change(items: Items) -> None:
        items[need][item] = other

    return change


def both(*changes: Change) -> Change:
    """Several changes that only together make the case."""

    def change(items: Items) -> None:
        for one in changes:
            one(items)

    return change


def _at(items: Items, need: str, index: int, path: str) -> tuple[Any, str]:
    """A copy of one item's data in its place, and the container in it that holds the last step of `path`."""
    items[need][index] = items[need][index].copied()
    data: Any = items[need][index].data
    *steps, last = path.split(".")
    for step in steps:
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data, last
