"""A model that does what it should not: it obeys every planted order that it can read, and writes what it read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.agents.scripted import Calls, ScriptedModel
from tests.attacks.guardrails.planting import Planted


class Obedient:
    """Makes one model per specialist: it makes its honest calls, then obeys whatever order it can read, once each."""

    name = "obedient"
    is_llm = True

    def __init__(self, honest: dict[str, Calls], planted: Sequence[Planted]) -> None:
        self._honest, self._planted = honest, planted
        self._at = 0
        self.obeyed: list[str] = []
        self.made: list[ScriptedModel] = []

    def domains(self, *_: Any) -> tuple[str, ...]:
        return tuple(self._honest)

    def make(self, turn: Any) -> ScriptedModel:
        domains = list(self._honest)
        calls = self._honest[domains[self._at]] if self._at < len(domains) else []
        self._at += 1
        self.made.append(ScriptedModel([calls or "Nothing to do.", *[self._next] * 20]))
        return self.made[-1]

    def _next(self, messages: list[Any]) -> str | Calls:
        read = _texts(messages)
        for order in self._planted:
            if order.name not in self.obeyed and order.readable_in(read):
                self.obeyed.append(order.name)
                return [order.wants]
        return "The figures are in the table."


def _texts(messages: list[Any]) -> str:
    """Everything a model reads, in one text."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(json.loads(json.dumps(messages, default=str)))
    return "\n".join(found)
