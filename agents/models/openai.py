"""OpenAI-compatible servers (vLLM, llama.cpp, SGLang, …), with their own tool calls or with constrained JSON."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agents.models.routing import likely_domains

if TYPE_CHECKING:
    import ssl

    from strands.models import Model

    from agents.conversations import Exchange
    from policies.turn import Turn


class OpenAIMaker:
    """Makes models of one server. `tools` is `native`, or `json` for servers without usable tool calls."""

    is_llm = True

    def __init__(self, url: str, model: str, *, api_key: str, tools: str) -> None:
        self.name = f"openai:{model}"
        self._url, self._model, self._api_key, self._tools = url, model, api_key, tools
        self._tls: ssl.SSLContext | None = None
        self._making = threading.Lock()

    def make(self, turn: Turn) -> Model:
        # no retries in the SDK: it would sleep for as long as a server's Retry-After says, unseen by any limit
        client_args = {"base_url": self._url, "api_key": self._api_key, "timeout": _timeout(turn), "max_retries": 0}
        params = {"temperature": 0.0, "max_tokens": 1500}
        if self._tools == "json":
            from agents.models.constrained import ConstrainedModel

            constrained: Model = ConstrainedModel(
                client_args=client_args, tls=self._trust(), model_id=self._model, params=params
            )
            return constrained
        from agents.models.native import NativeModel

        return NativeModel(client_args=client_args, tls=self._trust(), model_id=self._model, params=params)

    def domains(self, question: str, history: Sequence[Exchange], turn: Turn) -> tuple[str, ...]:
        return likely_domains(question, history, turn)

    def _trust(self) -> ssl.SSLContext:
        """Whose certificates a server may show: read once, since every reading takes 30 ms of the CPU."""
        with self._making:
            if self._tls is None:
                import httpx

                self._tls = httpx.create_ssl_context()
            return self._tls


def for_one_request(client_args: dict[str, Any], tls: ssl.SSLContext) -> dict[str, Any]:
    """The arguments of a client that serves one request: connections belong to one event loop, trust belongs to all."""
    from openai import DefaultAsyncHttpxClient

    return {**client_args, "http_client": DefaultAsyncHttpxClient(verify=tls)}


def _timeout(turn: Turn) -> Any:
    from openai import Timeout

    return Timeout(turn.meter.limits.seconds, connect=5.0)
