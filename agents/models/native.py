"""Native: an OpenAI-compatible server that calls queries in its own tool-call format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strands.models.openai import OpenAIModel

from agents.models.failures import UnfinishedReplyError
from agents.models.openai import for_one_request

if TYPE_CHECKING:
    import ssl

    from strands.types.streaming import StreamEvent


class NativeModel(OpenAIModel):
    """Strands' provider, but a reply without a finish reason is no reply.

    Strands writes `end_turn` when the server gave no reason, which no server of this protocol ever sends; a connection
    that was cut between two chunks would pass as a finished answer.
    """

    def __init__(self, *, tls: ssl.SSLContext, **given: Any) -> None:
        super().__init__(**given)
        self._tls = tls

    def _resolve_client_args(self) -> dict[str, Any]:
        return for_one_request(super()._resolve_client_args(), self._tls)

    def format_request(self, *given: Any, **named: Any) -> dict[str, Any]:
        request: dict[str, Any] = super().format_request(*given, **named)
        if not request.get("tools"):
            request.pop("tools", None)  # OpenAI and others refuse an empty list
        return request

    def format_chunk(self, event: dict[str, Any], **kwargs: Any) -> StreamEvent:
        if event["chunk_type"] == "message_stop" and event["data"] == "end_turn":
            raise UnfinishedReplyError
        return super().format_chunk(event, **kwargs)
