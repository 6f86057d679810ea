"""OpenAI-compatible servers (vLLM, llama.cpp, SGLang, …), with their own tool calls or with constrained JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agents.models.routing import likely_domains

if TYPE_CHECKING:
    from strands.models import Model

    from agents.conversations import Exchange
    from policies.turn import Turn


class OpenAIMaker:
    """Makes models of one server. `tools` is `native`, or `json` for servers without usable tool calls."""

    is_llm = True

    def __init__(self, url: str, model: str, *, api_key: str, tools: str) -> None:
        self.name = f"openai:{model}"
        self._url, self._model, self._api_key, self._tools = url, model, api_key, tools

    def make(self, turn: Turn) -> Model:
        # no retries in the SDK: it would sleep for as long as a server's Retry-After says, unseen by any limit
        client_args = {"base_url": self._url, "api_key": self._api_key, "timeout": _timeout(turn), "max_retries": 0}
        params = {"temperature": 0.0, "max_tokens": 1500}
        if self._tools == "json":
            from agents.models.constrained import ConstrainedModel

            constrained: Model = ConstrainedModel(client_args=client_args, model_id=self._model, params=params)
            return constrained
        from agents.models.native import NativeModel

        return NativeModel(client_args=client_args, model_id=self._model, params=params)

    def domains(self, question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
        return likely_domains(question, history, turn)


def _timeout(turn: Turn) -> Any:
    from openai import Timeout

    return Timeout(turn.meter.limits.seconds, connect=5.0)
