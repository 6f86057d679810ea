"""Lately: what was made a moment ago is not made anew; the desk, each specialist and what follows ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")
_MOST = 16
"""How many are kept, where it is not said: a conversation reaches back to half as many. They are looked through one by
one."""


class Lately(Generic[Key, Made]):
    """The last few things that a pure function made, each by all that it was made from."""

    def __init__(self, make: Callable[[Key], Made], most: int = _MOST) -> None:
        self._make, self._most = make, most
        self._kept: tuple[tuple[Key, Made], ...] = ()

    def __call__(self, key: Key) -> Made:
        """What is made from this, or was; keys need not be hashable."""
        for known, made in self._kept:
            if known == key:
                return made
        made = self._make(key)
        # replaced whole: another thread sees the one or the other
        self._kept = ((key, made), *self._kept[: self._most - 1])
        return made
