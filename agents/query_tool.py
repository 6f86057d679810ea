"""A query as a Strands tool: the model's way to `governed_call`."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

from strands.types.tools import AgentTool

from agents.telling import tell
from policies.access import DeniedError
from policies.governed import governed_call
from policies.oversight import LimitReachedError
from tools.errors import AwsCallError, InputError, RegentError, UnreadableError
from tools.registry import schema_of

if TYPE_CHECKING:
    from pydantic import BaseModel
    from strands.types.tools import ToolGenerator, ToolSpec, ToolUse

    from policies.turn import Turn
    from tools.facts import FactBook
    from tools.registry import Query

_EXPLAINED = frozenset({"period", "accounts", "top"})
"""Inputs whose meaning the common prompt gives for all queries."""


class QueryTool(AgentTool):
    """One query, offered to the model of one specialist of one turn."""

    def __init__(self, query: Query, turn: Turn, book: FactBook) -> None:
        super().__init__()
        self._query, self._turn, self._book = query, turn, book
        # made once: Strands asks for it several times before every model call, and copies what it changes
        self._spec: ToolSpec = {
            "name": query.name,
            "description": query.summary,
            "inputSchema": {"json": _offered(query.input_model)},
        }

    @property
    def tool_name(self) -> str:
        return self._query.name

    @property
    def tool_type(self) -> str:
        return "regent-query"

    @property
    def tool_spec(self) -> ToolSpec:
        return self._spec

    async def stream(self, tool_use: ToolUse, invocation_state: dict[str, Any], **_: Any) -> ToolGenerator:
        given = dict(tool_use["input"])
        # to_thread copies the context, and botocore blocks: the loop stays free for the other specialists
        text, failed = await asyncio.to_thread(self._run, given)
        status = "error" if failed else "success"
        yield {"toolUseId": tool_use["toolUseId"], "status": status, "content": [{"text": text}]}

    def _run(self, given: dict[str, Any]) -> tuple[str, bool]:
        try:
            result = governed_call(self._turn, self._query.name, given, self._book)
            text = tell(result, prose_from=self._turn.prose_from)
            self._turn.told[text] = result
            return text, False
        except (InputError, DeniedError, AwsCallError, LimitReachedError, UnreadableError) as error:
            return f"error: {error}", True
        except RegentError as error:
            # Not the model's to deal with: a step could not be recorded or stored. The chain ends the turn.
            self._turn.broken = error
            return "error: the turn ends here", True


@cache
def _offered(model: type[BaseModel]) -> dict[str, Any]:
    """What a model is told of a query's inputs, made once: nobody changes it, and every question tells it of many."""
    return brief(deepcopy(schema_of(model)))


def brief(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with what a model needs to call the query, and no more: it is sent again with every model call.

    The inputs that most queries share are explained once, in the specialists' common prompt. Defaults and bounds are
    left out: inputs that are not given take their defaults, and what does not fit is refused with a sentence.
    """
    plain = {name: _brief_input(name, given) for name, given in schema.get("properties", {}).items()}
    short: dict[str, Any] = {"type": "object", "properties": plain}
    if schema.get("required"):
        short["required"] = schema["required"]
    return short


def _brief_input(name: str, given: dict[str, Any]) -> dict[str, Any]:
    if name in _EXPLAINED:
        return {"type": given["type"]}
    if "enum" in given:
        return {"enum": given["enum"]}
    return {key: value for key, value in given.items() if key in ("type", "description", "items", "anyOf")}
