"""Strict: what every model's reply must be before anything of it counts.

A reply must be finished, must not take for ever, and the inputs of its query calls must be JSON objects. Strands turns
inputs that it cannot parse into an empty object and a reply that broke off into a finished one; the first would answer
another question than the model asked, the second would show half a sentence as an answer.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterable, AsyncIterator
from typing import TYPE_CHECKING, Any

from strands.types.exceptions import ContextWindowOverflowException

from agents.models.failures import ModelError, UnfinishedReplyError, understood
from agents.models.lean import lean
from tools.registry import UNREADABLE

if TYPE_CHECKING:
    from strands.models import Model


def strict(model: Model, seconds: float) -> Model:
    """The same model, with its replies checked on their way and its failures as sentences (`ModelError`).

    No reply may take longer than `seconds`, those of the whole question, however steadily it trickles.
    """
    inner = model.stream

    async def stream(messages: Any, tool_specs: Any = None, *given: Any, **named: Any) -> AsyncIterator[Any]:
        try:
            async for event in _checked(_in_time(inner(messages, lean(tool_specs), *given, **named), seconds)):
                yield event
        except Exception as error:
            known = understood(error, model)
            if known is error:
                raise
            # from None: a provider's text can quote the key or the prompt, and a trace would print it
            raise known from None

    model.stream = stream  # type: ignore[method-assign]  # Strands has no hook between a model and its parser
    return model


async def _in_time(events: AsyncIterable[Any], seconds: float) -> AsyncIterator[Any]:
    ends, reply = asyncio.get_running_loop().time() + seconds, aiter(events)
    while True:
        try:
            async with asyncio.timeout_at(ends):
                event = await anext(reply)
        except StopAsyncIteration:
            return
        yield event


async def _checked(events: AsyncIterable[Any]) -> AsyncIterator[Any]:
    held: list[str] | None = None
    finished = False
    ids: set[str] = set()
    async for event in events:
        if "toolUse" in (event.get("contentBlockStart") or {}).get("start", {}):
            held = []
            event = {"contentBlockStart": {"start": {"toolUse": _with_id(event, ids)}}}
        elif held is not None and "toolUse" in (event.get("contentBlockDelta") or {}).get("delta", {}):
            held.append(event["contentBlockDelta"]["delta"]["toolUse"].get("input") or "")
            continue
        elif held is not None and "contentBlockStop" in event:
            yield {"contentBlockDelta": {"delta": {"toolUse": {"input": _object("".join(held))}}}}
            held = None
        elif "metadata" in event:
            event = {"metadata": {**event["metadata"], "usage": _whole(event["metadata"].get("usage") or {})}}
        elif "messageStop" in event:
            finished = True
            _accept(str(event["messageStop"].get("stopReason")))
        yield event
    if not finished:
        raise UnfinishedReplyError


def _accept(reason: str) -> None:
    """Stop reasons after which a reply counts; Strands would take all that it does not know for a finished answer."""
    if reason == "content_filtered":
        raise ModelError("The model's provider stopped the reply with a content filter. Ask in other words.")
    if reason == "model_context_window_exceeded":
        raise ContextWindowOverflowException("too long")
    if reason.startswith("malformed_"):
        raise ModelError("The model wrote something that its provider could not read. Ask again.", passing=True)
    if reason not in ("end_turn", "tool_use", "stop_sequence", "max_tokens", "guardrail_intervened"):
        raise UnfinishedReplyError


def _with_id(event: Any, ids: set[str]) -> dict[str, Any]:
    """The start of a call, with an id of its own: some servers send none, or the same for every call."""
    use = dict(event["contentBlockStart"]["start"]["toolUse"])
    if not use.get("toolUseId") or use["toolUseId"] in ids:
        use["toolUseId"] = f"call-{uuid.uuid4().hex[:12]}"
    ids.add(use["toolUseId"])
    return use


def _whole(usage: Any) -> dict[str, Any]:
    """Usage whose input tokens hold the cached ones too: Bedrock counts them apart, other servers do not."""
    written = usage.get("outputTokens", 0)
    sent = max(usage.get("inputTokens", 0), usage.get("totalTokens", 0) - written)
    return {**usage, "inputTokens": sent, "outputTokens": written, "totalTokens": sent + written}


def _object(text: str) -> str:
    if not text.strip():
        return "{}"
    try:
        if isinstance(json.loads(text), dict):
            return text
    except ValueError:
        return json.dumps({UNREADABLE: text[:200]})
    return json.dumps({UNREADABLE: text[:200]})
