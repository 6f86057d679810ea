"""Counting what is sent to the model: system prompt, query specs and messages of every call, in o200k_base tokens.

Messages and specs are counted as compact JSON, which is a little more than what a provider makes of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from strands.models import Model

    from agents.conversations import Exchange
    from agents.drafting import ModelMaker
    from policies.turn import Turn


@cache
def _tokenizer() -> Any:
    """The part of `bpe_openai` that counts: importing all of it reads three vocabularies, to decode with."""
    package = PathFinder.find_spec("bpe_openai")
    spec = PathFinder.find_spec("bpe_openai._bindings", package.submodule_search_locations if package else None)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("bpe_openai is not installed: make setup")
    bindings = module_from_spec(spec)
    spec.loader.exec_module(bindings)
    return bindings.tokenizer_for_encoding("o200k_base")


@lru_cache(maxsize=4096)
def tokens(text: str) -> int:
    """How many o200k_base tokens a text has."""
    return int(_tokenizer().count(text))


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)


@dataclass(slots=True)
class Sent:
    """What one question sent, in tokens."""

    calls: list[int] = field(default_factory=list)
    """Of each model call."""
    fixed: list[int] = field(default_factory=list)
    """Of system prompt and query specs within each call: the same in every call of a specialist."""
    results: list[int] = field(default_factory=list)
    """Of each query result."""

    @property
    def total(self) -> int:
        """Over all calls: what is sent again counts again, as a provider bills it without a cache."""
        return sum(self.calls)


class CountingMaker:
    """A model maker that notes what is sent; otherwise the same."""

    def __init__(self, inner: ModelMaker) -> None:
        self._inner = inner
        self.name, self.is_llm = inner.name, inner.is_llm
        self.sent = Sent()

    def make(self, turn: Turn) -> Model:
        """The inner maker's model, counted."""
        model = self._inner.make(turn)
        stream = model.stream

        def counted(messages: Any, tool_specs: Any = None, system_prompt: Any = None, *given: Any, **named: Any) -> Any:
            self._note(messages, tool_specs, system_prompt)
            return stream(messages, tool_specs, system_prompt, *given, **named)

        model.stream = counted  # type: ignore[method-assign]  # Strands has no hook between an agent and its model
        return model

    def domains(self, question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
        """As the inner maker decides."""
        return self._inner.domains(question, history, turn)

    def take(self) -> Sent:
        """What was sent since the last time, and start anew."""
        sent, self.sent = self.sent, Sent()
        return sent

    def _note(self, messages: Any, specs: Any, prompt: Any) -> None:
        fixed = tokens(str(prompt or "")) + tokens(_compact(specs or []))
        self.sent.fixed.append(fixed)
        self.sent.calls.append(fixed + sum(tokens(_compact(message)) for message in messages))
        self.sent.results += [tokens(text) for text in _result_texts(messages[-1])] if messages else []


def _result_texts(message: Any) -> list[str]:
    results = [block["toolResult"] for block in message["content"] if "toolResult" in block]
    return ["\n".join(str(part.get("text", part)) for part in result["content"]) for result in results]
