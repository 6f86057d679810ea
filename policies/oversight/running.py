"""Running: how many questions of one person, of a role and of the house are worked on at a time.

Each process counts its own: what is shared out is its threads and its time, of which one person who asks sixty things
at once would leave the others nothing. Who has as many as they may is turned away at once, and waits nowhere: a place
to wait would be one that they could fill.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from policies.oversight.budgets import AT_ONCE, Allowance, BudgetSettings

RETRY_SECONDS = 5
"""When somebody who was turned away may try again."""


class Full(NamedTuple):
    """As many run as may: which limit, its value, and the sentence that says so."""

    limit: str
    value: int
    sentence: str


class Running:
    """Counts what runs in this process. Safe for threads."""

    def __init__(self, settings: BudgetSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._now = Counter[str]()

    @contextmanager
    def one(self, principal: str, role: str, *, bounded: bool = True) -> Iterator[Full | None]:
        """One more question runs, while this is entered; or the limit that is reached, and then it does not count.

        With `bounded=False` it counts and is not refused: what a second person approved goes on.
        """
        limits = self._limits(principal, role)
        with self._lock:
            full = next((who for who, most in limits.items() if most is not None and self._now[who] >= most), None)
            if full is None or not bounded:
                self._now.update(limits.keys())
        if full is not None and bounded:
            yield _full(full, limits[full] or 0)
            return
        try:
            yield None
        finally:
            with self._lock:
                self._now.subtract(limits.keys())
                for who in limits:
                    if not self._now[who]:
                        del self._now[who]

    def now(self) -> dict[str, int]:
        """How many run, by person, by role and in the house."""
        with self._lock:
            return dict(self._now)

    def _limits(self, principal: str, role: str) -> dict[str, int | None]:
        held = self._settings
        own = held.persons.get(principal)
        return {
            f"principal:{principal}": _of_a_person(held.person if own is None or not _says(own) else own),
            f"role:{role}": held.roles.get(role, Allowance()).questions_at_once,
            "house": held.house.questions_at_once,
        }


def _says(allowed: Allowance) -> bool:
    return "questions_at_once" in allowed.model_fields_set


def _of_a_person(allowed: Allowance) -> int | None:
    """A person always has a bound, unless a setting says in so many words that there is none."""
    return allowed.questions_at_once if _says(allowed) else AT_ONCE


def _full(who: str, most: int) -> Full:
    kind, _, name = who.partition(":")
    have = {"principal": "You have", "role": f"All {name}s together have", "house": "The house has"}[kind]
    questions = f"{most} question{'s' if most != 1 else ''}"
    sentence = f"{have} {questions} running, and no more may run at a time. Ask again when one of them is answered."
    return Full(f"{kind} questions at once", most, sentence)
