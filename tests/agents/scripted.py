"""A model that follows a script: each step is a list of query calls, or a text. It speaks Strands' own protocol."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from strands.models import Model

Calls = list[tuple[str, Any]]
Step = str | Calls | Exception | Callable[[list[Any]], "str | Calls"]


class ScriptedModel(Model):
    """Plays its steps one by one; after the last one it repeats that."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps, self._at = list(steps), 0
        self.seen: list[list[Any]] = []

    def update_config(self, **_: Any) -> None:
        return None

    def get_config(self) -> dict[str, Any]:
        return {"model_id": "scripted", "context_window_limit": 100_000}

    async def structured_output(self, *_: Any, **__: Any) -> AsyncIterator[dict[str, Any]]:
        raise AssertionError("nobody asks the scripted model for structured output")
        yield {}

    async def stream(self, messages: Any, *_: Any, **__: Any) -> AsyncIterator[dict[str, Any]]:
        self.seen.append(json.loads(json.dumps(messages, default=str)))
        step = self._steps[min(self._at, len(self._steps) - 1)]
        self._at += 1
        if callable(step):
            step = step(messages)
        if isinstance(step, Exception):
            raise step
        yield {"messageStart": {"role": "assistant"}}
        if isinstance(step, str):
            yield {"contentBlockStart": {"start": {}}}
            yield {"contentBlockDelta": {"delta": {"text": step}}}
            yield {"contentBlockStop": {}}
        else:
            for number, (name, given) in enumerate(step):
                use = {"name": name, "toolUseId": f"call-{self._at}-{number}"}
                text = given if isinstance(given, str) else json.dumps(given)
                yield {"contentBlockStart": {"start": {"toolUse": use}}}
                yield {"contentBlockDelta": {"delta": {"toolUse": {"input": text}}}}
                yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "end_turn" if isinstance(step, str) else "tool_use"}}
        usage = {"inputTokens": 100, "outputTokens": 10, "totalTokens": 110}
        yield {"metadata": {"usage": usage, "metrics": {"latencyMs": 1}}}


class ScriptedMaker:
    """Gives each specialist (and the repair) the next script; one script serves all if there is only one."""

    name = "scripted"
    is_llm = True

    def __init__(self, *scripts: Sequence[Step], domains: tuple[str, ...] = ("cost",)) -> None:
        self._scripts, self._domains, self._at = scripts, domains, 0
        self.made: list[ScriptedModel] = []

    def make(self, turn: Any) -> ScriptedModel:
        script = self._scripts[min(self._at, len(self._scripts) - 1)]
        self._at += 1
        self.made.append(ScriptedModel(script))
        return self.made[-1]

    def domains(self, question: str, history: Any, turn: Any) -> tuple[str, ...]:
        return self._domains
