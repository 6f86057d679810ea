"""Before a model call: may it still be paid for? What it may take is held before the call and settled after it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from strands.interventions import Deny, InterventionHandler, Proceed

from policies.halting import exhausted
from policies.oversight import Exhausted, Lease
from policies.turn import Turn

if TYPE_CHECKING:
    from strands import Agent
    from strands.hooks.events import AfterModelCallEvent, BeforeModelCallEvent
    from strands.interventions import Transform

_BYTES_A_TOKEN = 2
"""Fewer than any tokenizer needs for prose, names or JSON, so that a hold is more than the call will take."""
_WRITTEN = 4_096
"""Tokens that a model may write when its settings do not say."""


class BudgetHandler(InterventionHandler):
    """Before a model call: may it still be paid for?"""

    name = "budget"

    def __init__(self, turn: Turn, model: str) -> None:
        self._turn, self._model = turn, model
        self._lease: Lease | None = None

    async def before_model_call(self, event: BeforeModelCallEvent, **_: object) -> Proceed | Deny:
        if self._turn.halted:
            return Deny(reason=self._turn.halted)
        if self._model == "offline":
            return Proceed(reason="no language model is called")
        given, written = _most(event.agent)
        who = self._turn.principal
        budgets = self._turn.oversight.budgets
        held = await asyncio.to_thread(budgets.model_call, who.id, who.role, self._model, given, written)
        if isinstance(held, Exhausted):
            return Deny(reason=exhausted(self._turn, held))
        self._lease = held
        return Proceed()

    async def after_model_call(self, event: AfterModelCallEvent, **_: object) -> Proceed | Transform:
        lease, response = self._lease, event.stop_response
        if lease is not None and response is not None:  # a call that failed may have been billed: its hold expires
            usage: Mapping[str, Any] = (response.message.get("metadata") or {}).get("usage") or {}
            given, written = int(usage.get("inputTokens", 0)), int(usage.get("outputTokens", 0))
            usd = self._turn.oversight.budgets.prices.tokens(self._model, given, written)
            await asyncio.to_thread(lease.settle, given + written, usd)
            self._lease = None
        return Proceed()


def _most(agent: Agent) -> tuple[int, int]:
    """The most tokens that the next call can take, in and out."""
    sent = (agent.messages, agent.system_prompt, agent.tool_registry.get_all_tool_specs())
    size = sum(len(json.dumps(part, default=str, ensure_ascii=False).encode()) for part in sent)
    most: Any = agent.model.get_config()
    return size // _BYTES_A_TOKEN, int(most.get("max_tokens") or _WRITTEN)
