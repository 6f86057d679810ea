"""Strict inputs: a query call whose inputs are not a JSON object is refused, not run with defaults.

Strands turns inputs that it cannot parse into an empty object. For a query with defaults that would answer another
question than the model asked, so such inputs are replaced by something that no query accepts.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, AsyncIterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from strands.models import Model

UNREADABLE = "inputs_that_are_not_a_json_object"


def strict(model: Model) -> Model:
    """The same model, with the inputs of its query calls checked on their way."""
    inner = model.stream

    def stream(*given: Any, **named: Any) -> AsyncIterable[Any]:
        return _checked(inner(*given, **named))

    model.stream = stream  # type: ignore[method-assign]  # Strands has no hook between a model and its parser
    return model


async def _checked(events: AsyncIterable[Any]) -> AsyncIterator[Any]:
    held: list[str] | None = None
    async for event in events:
        if "toolUse" in (event.get("contentBlockStart") or {}).get("start", {}):
            held = []
        elif held is not None and "toolUse" in (event.get("contentBlockDelta") or {}).get("delta", {}):
            held.append(event["contentBlockDelta"]["delta"]["toolUse"].get("input") or "")
            continue
        elif held is not None and "contentBlockStop" in event:
            yield {"contentBlockDelta": {"delta": {"toolUse": {"input": _object("".join(held))}}}}
            held = None
        yield event


def _object(text: str) -> str:
    if not text.strip():
        return "{}"
    try:
        if isinstance(json.loads(text), dict):
            return text
    except ValueError:
        return json.dumps({UNREADABLE: text[:200]})
    return json.dumps({UNREADABLE: text[:200]})
