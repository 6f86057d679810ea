"""Before a model call and after a query call: what queries brought back is data, and goes on only as the guard says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from strands.interventions import InterventionHandler, Proceed, Transform

from policies.guarded import guarded, withhold
from policies.guardrails import Assessment, Point
from policies.turn import Turn

if TYPE_CHECKING:
    from strands.hooks.events import AfterToolCallEvent, BeforeModelCallEvent
    from strands.interventions import Deny

GONE = "(the guard withheld this result)"
"""What a model reads in place of a result that was withheld."""


class GuardHandler(InterventionHandler):
    """Withholds by Transform: after a tool call Strands ignores a Deny. What cannot be assessed ends the turn."""

    name = "guard"

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    async def before_model_call(self, event: BeforeModelCallEvent, **_: object) -> Proceed | Deny | Transform:
        """Assess every tool result that the model has not read yet."""
        if self._turn.broken is not None:
            raise self._turn.broken
        changed: list[tuple[dict[str, Any], dict[str, Any]]] = []
        for message in event.agent.messages:
            for block in message["content"]:
                if "toolResult" in block:
                    result: Any = block["toolResult"]
                    content = await self._assessed(result["content"], "model_input")
                    if content is not None:
                        changed.append((result, {"content": content}))
        if not changed:
            return Proceed()

        def apply(_: object) -> None:
            for result, new in changed:
                result.update(new)

        return Transform(apply=apply, reason="the guard changed what the model reads")

    async def after_tool_call(self, event: AfterToolCallEvent, **_: object) -> Proceed | Transform:
        """Assess what a call brought back, the sentence of a refused call included."""
        if self._turn.broken is not None:
            raise self._turn.broken
        content = await self._assessed(event.result["content"], "tool_result")
        if content is None:
            return Proceed()
        new: Any = {**event.result, "content": content}

        def apply(changed: Any) -> None:
            changed.result = new

        return Transform(apply=apply, reason="the guard changed the result")

    async def _assessed(self, content: Any, point: Point) -> list[dict[str, Any]] | None:
        """The content as it may go on; None if nothing has to change."""
        new: list[dict[str, Any]] = []
        for block in content:
            if not isinstance(block, Mapping) or set(block) != {"text"}:
                new.append({"text": GONE})  # pictures, documents and JSON are no results of ours: nobody assesses them
                continue
            found = await guarded(self._turn, block["text"], point)
            if found.outcome == "blocked":
                withhold(self._turn, block["text"], _why(found))
                new.append({"text": GONE})
            else:
                text = block["text"] if found.outcome == "passed" else found.text
                if text != block["text"]:
                    self._turn.retold(block["text"], text)
                new.append({"text": text})
        return new if new != list(content) else None


def _why(found: Assessment) -> str:
    return f"The guard withheld what was found. {' '.join(found.reasons)}"
